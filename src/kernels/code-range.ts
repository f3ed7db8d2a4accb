/**
 * Bit counts and levels of an axis in doubles; see definitions/code-range.ts.
 *
 * Rounding is of the double at hand. A coordinate within rounding of the middle between two levels may
 * so get either; both are half a step off.
 */

export type TieRule = "half-up" | "half-even";
export type RangeRule = "text" | "published";

/** The integer nearest to x. @throws RangeError if x is not finite or the rule is unknown. */
export function roundedInteger(x: number, ties: TieRule): number {
  if (ties !== "half-up" && ties !== "half-even")
    throw new RangeError(`roundedInteger: expected ties half-up or half-even, got ${ties}`);
  if (!Number.isFinite(x))
    throw new RangeError(`roundedInteger: expected a finite number, got ${x}`);
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return ties === "half-up" || below % 2 !== 0 ? below + 1 : below;
}

/**
 * Writes n_i to counts [n], of extents s [n].
 *
 * @throws RangeError unless extents are positive and finite, and most ≥ floor ≥ 0 whole numbers up to 30.
 */
export function bitCounts(
  s: Float64Array,
  most: number,
  floor: number,
  ties: TieRule,
  counts: Int32Array,
): void {
  if (!(Number.isInteger(most) && Number.isInteger(floor) && 0 <= floor && floor <= most))
    throw new RangeError(`bitCounts: expected 0 <= floor <= most, got ${floor} and ${most}`);
  if (most > 30) throw new RangeError(`bitCounts: expected at most 30 bits, got ${most}`);
  let longest = 0;
  for (let i = 0; i < s.length; i++) {
    if (!(s[i] > 0 && s[i] < Number.POSITIVE_INFINITY))
      throw new RangeError(`bitCounts: expected extents > 0, got ${s[i]} at ${i}`);
    longest = Math.max(longest, s[i]);
  }
  for (let i = 0; i < s.length; i++)
    counts[i] = Math.max(floor, roundedInteger(most + Math.log2(s[i] / longest), ties));
}

/** Writes low and high to range [2]. @throws RangeError if they do not span an interval. */
export function codeRange(
  least: number,
  greatest: number,
  rule: RangeRule,
  range: Float64Array,
): void {
  if (rule !== "text" && rule !== "published")
    throw new RangeError(`codeRange: expected rule text or published, got ${rule}`);
  range[0] = rule === "text" ? least : -Math.abs(least);
  range[1] = rule === "text" ? greatest : Math.abs(least);
  if (!(range[1] > range[0] && range[1] - range[0] < Number.POSITIVE_INFINITY))
    throw new RangeError(`codeRange: expected low < high, got ${range[0]} and ${range[1]}`);
}

/** v(c), unrounded and unclamped; M ≥ 1. */
export function coordinateLevel(c: number, low: number, high: number, M: number): number {
  return ((c - low) * (2 ** M - 1)) / (high - low);
}

/** The level that codes c. @throws RangeError if c is not finite. */
export function codedLevel(c: number, low: number, high: number, M: number, ties: TieRule): number {
  if (M === 0) return 0;
  const v = roundedInteger(coordinateLevel(c, low, high, M), ties);
  return Math.min(2 ** M - 1, Math.max(0, v));
}

/** The coordinate of a level v, which need be no integer; of M = 0, the centre. */
export function levelCoordinate(v: number, low: number, high: number, M: number): number {
  return M === 0 ? 0.5 * (low + high) : low + (v * (high - low)) / (2 ** M - 1);
}

/** dc/dv; 0 if M = 0. */
export function levelStep(low: number, high: number, M: number): number {
  return M === 0 ? 0 : (high - low) / (2 ** M - 1);
}
