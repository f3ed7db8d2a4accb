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

/** Claims that got the same verdict for the same reason. */
export interface Finding {
  readonly verdict: Verdict;
  readonly explanation: string | null;
  /** The explanation in a sentence, and what to do about it. */
  readonly sentence: string;
  /** What the claims claim to be. */
  readonly contract: string;
  readonly method: string;
  readonly dtype: string;
  readonly sources: readonly string[];
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

/** What a claim for each method claims to be. */
const contracts: Readonly<Record<string, string>> = {
  pnp: "the minimum of the reprojection cost",
  bpnp: "the exact derivative of the minimum",
  "bpnp-faster": "the derivative with constant coefficients",
};

/**
 * The code a file's numbers came from: its source without a closing note in brackets, which names
 * the recording rather than the code.
 */
export function code(file: FileReport): string {
  return file.source.replace(/ \([^()]*\)$/, "") || file.file;
}

/** Every finding of a report: what fails first, then by how much attention it needs. */
export function findings(report: AuditReport): Finding[] {
  const groups = new Map<string, { file: FileReport; claim: ClaimReport }[]>();
  for (const file of report.files)
    for (const claim of file.claims) {
      const { verdict, explanation, expected } = claim;
      // Without an explanation nothing says that two sources share a cause.
      const alone = explanation === null && !passes(claim) ? code(file) : "";
      const key = JSON.stringify([verdict, explanation, expected, file.method, file.dtype, alone]);
      groups.set(key, [...(groups.get(key) ?? []), { file, claim }]);
    }
  const rank = (f: Finding) => (f.passes ? 1 : 0);
  return [...groups.values()]
    .map(finding)
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        attention.indexOf(a.verdict) - attention.indexOf(b.verdict) ||
        b.claims.length - a.claims.length,
    );
}

function finding(group: readonly { file: FileReport; claim: ClaimReport }[]): Finding {
  const claims = group.map(({ claim }) => claim);
  const [{ file, claim }] = group;
  const errors = claims.flatMap(({ perProblem, worstRelativeError }) => [
    worstRelativeError,
    ...perProblem.map(({ relativeError }) => relativeError),
  ]);
  const explained = claims.flatMap(({ explanationError }) => explanationError ?? []);
  const unique = (names: string[]) => [...new Set(names)];
  return {
    verdict: claim.verdict,
    explanation: claim.explanation,
    sentence: claim.sentence,
    contract: contracts[file.method] ?? file.method,
    method: file.method,
    dtype: file.dtype,
    sources: unique(group.map(({ file }) => code(file))),
    quantities: unique(claims.map(({ quantity }) => quantity)),
    files: unique(group.map(({ file }) => file.file)),
    claims,
    low: Math.min(...errors.filter((error) => !Number.isNaN(error)), greatest(errors)),
    high: greatest(errors),
    explanationError: explained.length > 0 ? greatest(explained) : null,
    expected: claims.every(({ expected }) => expected),
    passes: claims.every(passes),
  };
}

/** A finding's title: which quantities, and what they are. */
export function findingTitle(found: Finding): string {
  const { quantities, verdict, explanation, contract, dtype } = found;
  const cause = explanation === null ? "" : `: ${explanation}`;
  const phrase = verdictPhrase(verdict, quantities.length > 1);
  const precision = dtype === "float64" ? "" : ` in ${dtype}`;
  return `${listing(quantities)}, claimed${precision} as ${contract}, ${phrase}${cause}`;
}

/** A finding's sources, what they share said once: "owner/repo: this pass; that pass". */
export function findingSources({ sources }: Finding): string {
  const groups = new Map<string, string[]>();
  for (const source of sources) {
    const [, owner, rest] = /^(\S+: )?(.*)$/s.exec(source) ?? ["", "", source];
    groups.set(owner ?? "", [...(groups.get(owner ?? "") ?? []), rest]);
  }
  return [...groups].map(([owner, rests]) => owner + rests.join("; ")).join("; ");
}

/** A finding's numbers: how far from the truth, and how near to the explanation. */
export function findingNumbers(found: Finding): string {
  const { low, high, explanation, explanationError, files, claims, verdict } = found;
  const where = `in ${count(claims.length, "claim")} of ${count(files.length, "file")}${overSeeds(found)}`;
  if (verdict === "correct" || (verdict === "rounding" && explanation === null))
    return `Within ${exponent(high)} of the truth ${where}.`;
  const off = `Off by ${shareRange(low, high)} ${where}.`;
  if (explanation === null || explanationError === null) return off;
  return `${off} The explanation reproduces the claimed numbers to ${exponent(explanationError)}.`;
}

/** How well means over seeds are known, where claims are means. */
function overSeeds({ claims }: Finding): string {
  const seeds = claims.flatMap((claim) => claim.seeds ?? []);
  if (seeds.length === 0) return "";
  const numbers = [...new Set(seeds.map((one) => one.count))].sort((a, b) => a - b);
  const widths = seeds.map(({ interval }) => interval);
  const range = shareRange(Math.min(...widths), Math.max(...widths));
  const many = numbers.length > 1 ? `${numbers[0]} to ${numbers.at(-1)}` : `${numbers[0]}`;
  return `, means over ${many} seeds that are known to ± ${range} but for one claim in ${Math.round(1 / seeds[0].falseAlarm)}`;
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

/** How many problems needed 64 digits, in a sentence; empty where no file has a method that asks. */
export function digitsLine({ files }: AuditReport): string {
  const asked = files.filter(({ digits64 }) => digits64 !== undefined);
  if (asked.length === 0) return "";
  const needed = asked.reduce((sum, { digits64 = 0 }) => sum + digits64, 0);
  const all = asked.reduce((sum, { problems }) => sum + problems, 0);
  return `${needed} of ${count(all, "problem")} with a solved pose needed 64 digits.`;
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
