import { type Big, big, defaultDigits, ulpError } from "../../src/scalar/index.js";

type Nested = Big | readonly Nested[];

/** One unit in the last of the digits that truth is computed with, relative to 1. */
export const lastDigit = 10 ** (1 - defaultDigits);

/** Doubles as big floats, exactly. */
export const bigs = (values: ArrayLike<number>): Big[] => Array.from(values, (x) => big(x));

/** A flat array as rows of `width` big floats. */
export const bigRows = (flat: ArrayLike<number>, width: number): Big[][] =>
  Array.from({ length: flat.length / width }, (_, i) =>
    Array.from({ length: width }, (_, j) => big(flat[i * width + j])),
  );

/** The entries of nested arrays, in order. */
export const entries = (nested: Nested): Big[] =>
  Array.isArray(nested) ? nested.flatMap(entries) : [nested as Big];

/** The greatest |entry|, as a double. */
export const size = (nested: Nested): number =>
  Math.max(...entries(nested).map((x) => Math.abs(x.toNumber())));

/** Worst error of a kernel's entries, in ulps of the greatest entry of the truth or of `scale`. */
export function worstUlp(values: ArrayLike<number>, truth: Nested, scale = size(truth)): number {
  const exact = entries(truth);
  if (values.length !== exact.length)
    throw new RangeError(`worstUlp: expected ${exact.length} values, got ${values.length}`);
  return Math.max(...exact.map((x, i) => ulpError(values[i], x, scale)));
}

/** Greatest |aᵢ − bᵢ| over the greatest |bᵢ|, or over `scale`. */
export function worstGap(a: Nested, b: Nested, scale = size(b)): number {
  const [left, right] = [entries(a), entries(b)];
  if (left.length !== right.length)
    throw new RangeError(`worstGap: expected ${right.length} entries, got ${left.length}`);
  const gap = Math.max(...left.map((x, i) => Math.abs(x.minus(right[i]).toNumber())));
  return gap === 0 ? 0 : gap / scale;
}
