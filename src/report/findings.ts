/** What an audit found, claims with the same cause put together: the sentences a reader needs first. */
import {
  type AuditReport,
  type ClaimReport,
  type FileReport,
  passes,
  type Verdict,
  verdicts,
} from "../audit/report.js";
import { count, exponent, greatest, listing, shareRange, verdictPhrase } from "./wording.js";

/** Claims of one source that got the same verdict for the same reason. */
export interface Finding {
  readonly verdict: Verdict;
  readonly explanation: string | null;
  readonly source: string;
  readonly method: string;
  /** The explanation in a sentence, and what to do about it. */
  readonly sentence: string;
  readonly quantities: readonly string[];
  readonly files: readonly string[];
  readonly claims: readonly ClaimReport[];
  /** Least and greatest relative error over problems and quantities. */
  readonly low: number;
  readonly high: number;
  /** Worst distance of these claims from their explanation; null if they have none. */
  readonly explanationError: number | null;
  /** True if every one of these claims was declared as an expected deviation. */
  readonly expected: boolean;
  readonly passes: boolean;
}

/** Verdicts from what needs attention first to what needs none. */
const attention: readonly Verdict[] = [
  "wrong",
  "ill-posed",
  "inconclusive",
  "approximation",
  "correct-under-convention",
  "rounding",
  "correct",
];

/** Every finding of a report: unexpected before expected, then by how much attention it needs. */
export function findings(report: AuditReport): Finding[] {
  const groups = new Map<string, { file: FileReport; claim: ClaimReport }[]>();
  for (const file of report.files)
    for (const claim of file.claims) {
      const { verdict, explanation, expected } = claim;
      const key = JSON.stringify([verdict, explanation, file.source, file.method, expected]);
      groups.set(key, [...(groups.get(key) ?? []), { file, claim }]);
    }
  const found = [...groups.values()].map(finding);
  const rank = (f: Finding) => (f.passes && f.verdict !== "correct" ? 0 : f.passes ? 1 : -1);
  return found.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      attention.indexOf(a.verdict) - attention.indexOf(b.verdict) ||
      b.high - a.high,
  );
}

function finding(group: readonly { file: FileReport; claim: ClaimReport }[]): Finding {
  const claims = group.map(({ claim }) => claim);
  const [{ file, claim }] = group;
  const errors = claims.flatMap(({ problems, worstRelativeError }) => [
    worstRelativeError,
    ...problems.map(({ relativeError }) => relativeError),
  ]);
  const explained = claims.flatMap(({ explanationError }) => explanationError ?? []);
  return {
    verdict: claim.verdict,
    explanation: claim.explanation,
    source: file.source,
    method: file.method,
    sentence: claim.sentence,
    quantities: [...new Set(claims.map(({ quantity }) => quantity))],
    files: [...new Set(group.map(({ file }) => file.file))],
    claims,
    low: Math.min(...errors.filter((error) => !Number.isNaN(error)), greatest(errors)),
    high: greatest(errors),
    explanationError: explained.length > 0 ? greatest(explained) : null,
    expected: claims.every(({ expected }) => expected),
    passes: claims.every(passes),
  };
}

/** What a claim for each method claims to be. */
const contract: Readonly<Record<string, string>> = {
  pnp: "the minimum of the reprojection cost",
  bpnp: "the exact derivative of the minimum",
  "bpnp-faster": "the derivative with constant coefficients",
};

/** A finding's title: who claimed what, and what it is. */
export function findingTitle(found: Finding): string {
  const { quantities, source, method, verdict } = found;
  const of = source === "" ? "" : `${source}: `;
  return `${of}${listing(quantities)}, claimed as ${contract[method] ?? method}, ${verdictPhrase(verdict, quantities.length > 1)}`;
}

/** A finding's numbers: how far from the truth, and how near to the explanation. */
export function findingNumbers(found: Finding): string {
  const { low, high, explanation, explanationError, files, verdict } = found;
  const where = files.length > 1 ? ` in ${files.length} files` : "";
  if (verdict === "correct" || verdict === "rounding")
    return `Within ${exponent(high)} of the truth${where}.`;
  const off = `Off by ${shareRange(low, high)}${where}.`;
  if (explanation === null)
    return verdict === "wrong" ? `${off} No known explanation fits the claimed numbers.` : off;
  const match =
    explanationError === null
      ? ""
      : `, which matches the claimed numbers to ${exponent(explanationError)}`;
  return `${off} Explanation: ${explanation}${match}.`;
}

/** One line on the whole report. */
export function summaryLine(report: AuditReport): string {
  const claims = report.files.flatMap((file) => file.claims);
  const parts = verdicts
    .filter((verdict) => report.summary[verdict] > 0)
    .map((verdict) => {
      const expected = claims.filter((c) => c.verdict === verdict && c.expected).length;
      const note =
        expected === 0
          ? ""
          : expected === report.summary[verdict]
            ? " (expected)"
            : ` (${expected} expected)`;
      return `${report.summary[verdict]} ${verdict}${note}`;
    });
  return `${count(claims.length, "claim")} in ${count(report.files.length, "file")}: ${parts.join(", ")}.`;
}

/** Whether the report passes, in a sentence that says why not. */
export function conclusion(report: AuditReport): string {
  const claims = report.files.flatMap((file) => file.claims);
  const failed = claims.filter((claim) => !passes(claim)).length;
  const expected = claims.filter((claim) => claim.expected).length;
  if (failed > 0) return `${count(failed, "claim")} ${failed === 1 ? "does" : "do"} not pass.`;
  if (expected === 0) return "Every claim passes.";
  return `Every claim passes; ${expected === 1 ? "1 deviation is" : `${expected} deviations are`} declared as expected by the files.`;
}
