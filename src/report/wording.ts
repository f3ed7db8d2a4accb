/** Numbers and lists as people read them, the same on the terminal and on the page. */
import type { ClaimReport, Verdict } from "../audit/report.js";

/** A relative error: "3.1e-15", "0" where it is exactly zero, "–" where there is none. */
export function exponent(value: number | null): string {
  if (value === null) return "–";
  if (value === 0) return "0";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  return value.toExponential(1);
}

/** A relative error in a sentence: "18 %" where a percentage says more than an exponent. */
export function share(value: number): string {
  if (!(Math.abs(value) >= 0.95e-4 && Math.abs(value) < 10)) return exponent(value);
  return `${Number((100 * value).toPrecision(2))} %`;
}

/** Two relative errors as a range: "0.8 to 18 %", or one where they read the same. */
export function shareRange(low: number, high: number): string {
  const [from, to] = [share(low), share(high)];
  if (from === to) return to;
  return from.endsWith(" %") && to.endsWith(" %")
    ? `${from.slice(0, -2)} to ${to}`
    : `${from} to ${to}`;
}

/** The greatest of some errors, a NaN counting as the greatest of all. */
export function greatest(values: readonly number[]): number {
  return values.reduce(
    (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)),
    0,
  );
}

/** A factor or a cosine: enough digits to see that it is not one. */
export function factor(value: number): string {
  if (!Number.isFinite(value)) return exponent(value);
  const text = value.toFixed(6).replace(/\.?0+$/, "");
  return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? exponent(value) : text;
}

/** "a, b and c". */
export function listing(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** "1 file", "2 files". */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}

/** What a verdict means, in one sentence. */
export const verdictMeaning: Readonly<Record<Verdict, string>> = {
  correct:
    "The claim is the truth, to a few units in the last place or within its budget of rounding.",
  "correct-under-convention":
    "The claim is the truth written differently; the explanation names the convention.",
  rounding:
    "The claim differs from the truth by no more than its precision and the problem's conditioning allow.",
  approximation:
    "The claim is a published approximation, documented by its authors, that vanishes in a stated limit.",
  wrong: "The claim is not the quantity it is claimed to be.",
  "ill-posed":
    "The quantity itself is not determined here: lost rank, a saddle, or a kink at the solution.",
  inconclusive: "The truth could not be established well enough to judge the claim.",
};

/** Predicate that follows a list of quantities: "is wrong", "are an approximation". */
export function verdictPhrase(verdict: Verdict, plural: boolean): string {
  const is = plural ? "are" : "is";
  switch (verdict) {
    case "correct":
      return `${is} correct`;
    case "correct-under-convention":
      return `${is} correct under another convention`;
    case "rounding":
      return `${is} correct up to rounding`;
    case "approximation":
      return `${is} a published approximation`;
    case "wrong":
      return `${is} wrong`;
    case "ill-posed":
      return `${is} ill-posed here`;
    case "inconclusive":
      return "cannot be judged";
  }
}

/** A claim in one line, and what is to be said of it beyond. */
export function claimSummary(claim: ClaimReport): { title: string; body: string } {
  const { quantity, verdict, explanation, sentence, worstRelativeError, worstProblem } = claim;
  const cause = explanation === null ? "" : `: ${explanation}`;
  const where = worstProblem === null ? "" : ` in problem ${worstProblem}`;
  const numbers = `Relative error ${exponent(worstRelativeError)}${where}, budget ${exponent(claim.budget)}.`;
  return {
    title: `${quantity} ${verdictPhrase(verdict, false)}${cause}`,
    body: [sentence, numbers].filter((part) => part !== "").join(" "),
  };
}
