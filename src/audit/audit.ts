/** Auditing claims files: every claimed quantity against its definition, a verdict each. */
import { version } from "../conventions/version.js";
import type { Claims } from "../formats/claims.js";
import { derivativeCases } from "./derivative-cases.js";
import type { Located } from "./forward.js";
import { judgements } from "./judge.js";
import { ContractError, checkedSizes, expectedShape } from "./methods.js";
import { poseCostReports } from "./pose-cost-reports.js";
import { posedProblems } from "./posed-problem.js";
import { problems } from "./problem.js";
import {
  type AuditReport,
  type ClaimReport,
  type FileReport,
  type ForwardFinding,
  type Verdict,
  verdicts,
} from "./report.js";
import { claimedPose, solutionReports } from "./solution.js";
import { Truths } from "./truths.js";

/** A claims file under its name. */
export interface NamedClaims {
  readonly name: string;
  readonly claims: Claims;
}

export interface AuditOptions {
  /** Called before each problem is solved at 64 digits: done of total, and which file. */
  readonly onProgress?: (done: number, total: number, file: string) => void;
}

/**
 * The report on claims files. Truths of equal inputs are computed once for all files.
 *
 * @throws ContractError if a file names or shapes something its method does not have; every file is
 * checked before any is audited.
 */
export async function audit(
  files: readonly NamedClaims[],
  options: AuditOptions = {},
): Promise<AuditReport> {
  const checked = files.map(({ name, claims }) => ({ name, claims, ...contract(name, claims) }));
  const total = checked.reduce((sum, { sizes }) => sum + sizes.B, 0);
  let done = 0;
  const truths = new Truths();
  const reports: FileReport[] = [];
  for (const { name, claims, sizes, shapes } of checked) {
    const step = async () => {
      options.onProgress?.(done++, total, name);
      // Lets a progress bar draw and a signal arrive between problems.
      await new Promise((resolve) => setImmediate(resolve));
    };
    if (claims.method === "epropnp-cost") {
      reports.push({
        file: name,
        method: claims.method,
        source: claims.source,
        dtype: claims.dtype,
        problems: sizes.B,
        correspondences: sizes.N,
        forward: { status: "ok", sentence: "Every pose is taken as given.", poseDistance: 0 },
        claims: await poseCostReports(claims, sizes, shapes, step),
      });
      continue;
    }
    const derivatives = await derivativeCases(claims, sizes, shapes, truths, step);
    const solutions = solutionReports(claims, sizes, shapes, derivatives.located);
    reports.push({
      file: name,
      method: claims.method,
      source: claims.source,
      dtype: claims.dtype,
      problems: sizes.B,
      correspondences: sizes.N,
      forward: forward(derivatives.located),
      claims: [...solutions, ...judgements(derivatives.cases)],
    });
  }
  options.onProgress?.(total, total, "");
  return {
    schema: "pnp-oracle/report@1",
    version,
    files: reports,
    summary: summary(reports.flatMap((file) => file.claims)),
  };
}

/** Sizes and expected shapes of a file, its name in front of any complaint. */
function contract(name: string, claims: Claims) {
  try {
    const sizes = checkedSizes(claims);
    const shapes = new Map(
      Object.keys(claims.claim).map((quantity) => [
        quantity,
        expectedShape(claims, quantity, sizes),
      ]),
    );
    // Whatever can be refused is refused before the first file is audited.
    if (claims.method === "epropnp-cost") posedProblems(claims, sizes);
    else for (const { index } of problems(claims, sizes)) claimedPose(claims, index);
    return { sizes, shapes };
  } catch (error) {
    if (error instanceof ContractError) throw new ContractError(`${name}: ${error.message}`);
    throw error;
  }
}

function summary(claims: readonly ClaimReport[]): Record<Verdict, number> {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0]));
  for (const { verdict } of claims) counts[verdict]++;
  return counts as Record<Verdict, number>;
}

const sentences: Record<ForwardFinding["status"], string> = {
  ok: "Every pose is a minimum of the reprojection cost.",
  "not-checked": "There are no problems.",
  "unconverged-pose":
    "A given pose is not stationary: its solver stopped short, and a derivative taken there describes another point.",
  "other-minimum": "A given pose is a local minimum, but a pose with lower cost exists.",
  "behind-camera": "At a pose, some points lie at or behind the camera.",
  "rank-deficient": "At a pose the Hessian has lost rank: the derivative does not exist there.",
  indefinite: "A pose is a saddle of the cost, not a minimum.",
  kink: "At a pose a residual lies on the Huber threshold, where second derivatives jump.",
};

/** The gravest finding of the batch, with how many problems share it. */
function forward(located: readonly Located[]): ForwardFinding {
  const order: ForwardFinding["status"][] = [
    "rank-deficient",
    "indefinite",
    "kink",
    "unconverged-pose",
    "behind-camera",
    "other-minimum",
  ];
  const poseDistance = Math.max(0, ...located.map(({ distance }) => distance));
  if (located.length === 0)
    return { status: "not-checked", sentence: sentences["not-checked"], poseDistance };
  const status = order.find((s) => located.some((l) => l.status === s)) ?? "ok";
  const count = located.filter((l) => l.status === status).length;
  const share = status === "ok" ? "" : ` (${count} of ${located.length} problems)`;
  return { status, sentence: sentences[status].replace(/\.$/, `${share}.`), poseDistance };
}
