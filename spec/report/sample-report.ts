/** A report made by hand, for the specs of its renderings: every verdict, and every absent number. */
import {
  type AuditReport,
  type ClaimReport,
  type FileReport,
  type ProblemFinding,
  type Verdict,
  verdicts,
} from "../../src/audit/report.js";
import { stream } from "../../src/random/index.js";

const draw = stream("sample report");
const depthSpread = [0.02, 0.03, 0.05, 0.1, 0.14, 0.2, 0.3, 0.39, 0.6, 0.8, 1.1, 2, 3.3];
export const depthWeighted =
  "The backward pass differentiates a depth-weighted residual that its forward pass does not minimise: divide the residual by the depth.";

/** Findings whose error is `error(spread)`, explained to rounding if `explained`. */
export function problemFindings(
  error: (spread: number) => number,
  explained: boolean,
): ProblemFinding[] {
  return depthSpread.map((spread) => {
    const relativeError = error(spread) * (0.7 + 0.6 * draw.uniform());
    return {
      relativeError,
      explanationError: explained ? 1e-15 * (1 + 8 * draw.uniform()) : null,
      budget: 1e-13 * (1 + 2 * draw.uniform()),
      truthError: 1e-38,
      cosine: 1 - relativeError ** 2 / 2,
      depthRatio: 1 + spread,
      rms: 0.5 + draw.uniform(),
    };
  });
}

/** A claim on these problems; its entries follow its errors. */
export function claimReport(
  quantity: string,
  verdict: Verdict,
  explanation: string | null,
  problems: readonly ProblemFinding[],
  rest: Partial<ClaimReport> = {},
): ClaimReport {
  const errors = problems.map(({ relativeError }) => relativeError).toSorted((a, b) => a - b);
  const worst = errors[errors.length - 1] ?? 0;
  const entries = Array.from({ length: 120 }, (): [number, number, number] => {
    const truth = 1e-3 * draw.normal();
    const claim = truth + worst * 1e-3 * draw.normal();
    return [truth, claim, explanation === null ? Number.NaN : claim];
  });
  return {
    quantity,
    verdict,
    explanation,
    sentence: explanation === null ? "" : depthWeighted,
    explanationError: explanation === null ? null : 8.4e-15,
    medianRelativeError: errors[Math.floor(errors.length / 2)] ?? 0,
    worstRelativeError: worst,
    worstProblem: problems.length > 1 ? problems.length - 1 : null,
    cosine: 1 - worst ** 2 / 2,
    scale: 1 + worst / 20,
    budget: 2.9e-13,
    expected: false,
    problems: problems.length,
    perProblem: problems,
    entries,
    ...rest,
  };
}

/** A file of these claims. */
export function fileReport(
  file: string,
  source: string,
  claims: readonly ClaimReport[],
  rest: Partial<FileReport> = {},
): FileReport {
  return {
    file,
    method: "bpnp",
    source,
    dtype: "float64",
    problems: 13,
    correspondences: 8,
    points: 0,
    forward: { status: "ok", sentence: "", poseDistance: 2e-15 },
    claims,
    ...rest,
  };
}

/** A report of these files. */
export function auditReport(files: readonly FileReport[]): AuditReport {
  const summary = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<
    Verdict,
    number
  >;
  for (const { claims } of files) for (const { verdict } of claims) summary[verdict]++;
  return { schema: "pnp-oracle/report@1", version: "0.1.0", files, summary };
}

const rounding = () => 2e-14;
const weighted = (spread: number) => 0.2 * spread;
const jacobians = ["J_x2d", "J_x3d", "J_K"];

/** What an audit of published code looks like: wrong ones that were expected, and right ones. */
export const publishedReport = auditReport([
  fileReport(
    "n8-bpnp.json",
    "BoChenYS/BPnP@f1f4f6a BPnP.backward",
    jacobians.map((quantity) =>
      claimReport(quantity, "wrong", "depth-weighted-residual", problemFindings(weighted, true), {
        expected: true,
      }),
    ),
  ),
  fileReport(
    "n8-true.json",
    "differences at 50 digits",
    jacobians.map((quantity) =>
      claimReport(quantity, "correct", null, problemFindings(rounding, false)),
    ),
  ),
]);

/** One file with a claim of each verdict, and the oddities a report may hold. */
export const motleyReport = auditReport([
  fileReport(
    'motley <&">.npz',
    "a layer of <b>mine</b>",
    verdicts.map((verdict, i) =>
      claimReport(
        `q${i}`,
        verdict,
        verdict === "correct-under-convention" ? "transposed" : null,
        problemFindings(verdict === "wrong" ? weighted : rounding, false),
      ),
    ),
    {
      dtype: "float32",
      forward: {
        status: "unconverged-pose",
        sentence: "Poses lie up to 1e-3 from stationary points.",
        poseDistance: 1e-3,
      },
    },
  ),
  fileReport("summed.json", "", [
    claimReport("grad_K", "wrong", "depth-weighted-residual+dropped-coefficients", [], {
      worstRelativeError: Number.POSITIVE_INFINITY,
      medianRelativeError: Number.NaN,
      cosine: Number.NaN,
      entries: [],
    }),
  ]),
]);
