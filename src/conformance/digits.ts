/**
 * Numbers with 30 certified digits: written down only where two routes at 64 digits agree well beyond them.
 *
 * A decimal is d.ddd…e±x with 30 digits, or "0". An entry counts as zero where it is nothing beside the
 * largest of its array on both routes: a slope by a weight of zero, say, that rounding alone makes 1e-64.
 */
import { type Big, big } from "../scalar/big.js";

/** Digits of every decimal in a file of vectors. */
export const digits = 30;

/** How far two routes may differ, relative: a tenth of a unit of the last digit at most. */
const agreement = 1e-31;
/** Shares of the array's largest entry below which an entry is zero, by the first and by the second route. */
const nothing = { first: 1e-50, second: 1e-35 };

/** Two routes that part before the last digit, or a written number that they do not make. */
export class DigitsError extends Error {
  override readonly name = "DigitsError";
}

/**
 * The decimals of an array on which two routes agree.
 *
 * @param where what the array is, for the error
 * @throws DigitsError if an entry is not known to 30 digits.
 */
export function certifiedDigits(
  first: readonly Big[],
  second: readonly Big[],
  where: string,
): string[] {
  if (first.length !== second.length)
    throw new DigitsError(
      `${where}: expected two routes of one length, got ${first.length} and ${second.length}`,
    );
  const largest = largestOf(first);
  return first.map((v, k) => {
    if (isNothing(v, second[k], largest)) return "0";
    const gap = Math.abs(v.minus(second[k]).over(v).toNumber());
    if (gap <= agreement) return decimal(v);
    throw new DigitsError(
      `${where}[${k}]: expected two routes that agree to ${digits} digits, got ${v.toString(digits)} and ${second[k].toString(digits)}`,
    );
  });
}

/** v with all its digits: "1.50…0e+0". */
export function decimal(v: Big): string {
  const text = v.toString(digits);
  const [, sign, whole, part = "", power = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === undefined) throw new DigitsError(`decimal: expected a finite number, got ${text}`);
  const all = whole + part;
  const start = all.search(/[1-9]/);
  if (start < 0) return "0";
  const exponent = Number(power) + whole.length - 1 - start;
  const own = all.slice(start).padEnd(digits, "0");
  return `${sign}${own[0]}.${own.slice(1)}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

/** The form of a decimal, for a schema. */
export const decimalPattern = `^(0|-?[1-9]\\.[0-9]{${digits - 1}}e[+-][0-9]{1,3})$`;

/** The first entry that two routes do not make of what is written, in a sentence; null if there is none. */
export function wrongDigit(
  written: readonly string[],
  first: readonly Big[],
  second: readonly Big[],
): { at: number; sentence: string } | null {
  const largest = largestOf(first);
  for (const [k, text] of written.entries()) {
    const zero = isNothing(first[k], second[k], largest);
    const expected = zero ? "0" : decimal(first[k]);
    if (text !== expected) return { at: k, sentence: `expected ${expected}, got ${text}` };
    if (zero) continue;
    const gap = Math.abs(first[k].minus(second[k]).over(first[k]).toNumber());
    if (!(gap <= agreement))
      return { at: k, sentence: `the second route gives ${decimal(second[k])}, not ${text}` };
  }
  return null;
}

const isNothing = (first: Big, second: Big, largest: number): boolean =>
  Math.abs(first.toNumber()) <= nothing.first * largest &&
  Math.abs(second.toNumber()) <= nothing.second * largest;

const largestOf = (array: readonly Big[]): number =>
  array.reduce((most, v) => Math.max(most, Math.abs(v.toNumber())), 0);

/** A sum of big floats; like tells the digits where there is none. */
export const total = (terms: readonly Big[], like: Big = big(0)): Big =>
  terms.reduce((sum, v) => sum.plus(v), like.of(0));
