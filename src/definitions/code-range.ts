/**
 * How many bits an axis of an object is coded with, and which level of its range a coordinate has.
 *
 *     n_i = max(floor, round(n + log₂(s_i / max s)))                        (ENC-1)
 *     v(c) = (c − low) / (high − low) · (2^M − 1)                           (ENC-2)
 *     text:       low = c_min,  high = c_max
 *     published:  low = −|c_min|,  high = |c_min|
 *
 * s are the extents of the model, n = 7 the bits of the longest. A range [low, high] of an axis is cut
 * into 2^M levels, both ends included, and a coordinate is coded by the level that it rounds to; one
 * outside the range by the nearest end. No bits, M = 0, leave one level, and it stands for the centre.
 * Ties: "half-up" or, as published code has it, "half-even". log₂ of a ratio of doubles is a half-integer
 * never, so the rule matters for levels alone. Source: EQUATIONS ENC-1, ENC-2; [LC2023] Sec 4.2, 6.3
 * and published code (floor 2, "published", "half-even").
 */
import { max, type Real } from "../scalar/real.js";

/** Where the half between two integers goes. */
export type TieRule = "half-up" | "half-even";

/** Which interval the levels of an axis span. */
export type RangeRule = "text" | "published";

/** The integer nearest to x. */
export function roundedInteger<S extends Real<S>>(x: S, ties: TieRule): number {
  let below = Math.floor(x.toNumber());
  // The nearest double of x may lie across an integer from it.
  if (x.lessThan(below)) below--;
  const twice = x.minus(below).times(2);
  if (twice.lessThan(1)) return below;
  if (!twice.atMost(1)) return below + 1;
  return ties === "half-up" || below % 2 !== 0 ? below + 1 : below;
}

/** n_i, of extents s [n] > 0, `most` bits for the longest and `floor` ≥ 0 for every axis. */
export function bitCounts<S extends Real<S>>(
  s: readonly S[],
  most: number,
  floor: number,
  ties: TieRule,
): number[] {
  const longest = s.reduce((a, b) => max(a, b));
  return s.map((extent) => {
    const bits = extent.over(longest).log().over(longest.of(2).log()).plus(most);
    return Math.max(floor, roundedInteger(bits, ties));
  });
}

/** [low, high] of a model that reaches from least to greatest along the axis. */
export function codeRange<S extends Real<S>>(least: S, greatest: S, rule: RangeRule): [S, S] {
  if (rule === "text") return [least, greatest];
  const half = max(least, least.negated());
  return [half.negated(), half];
}

/** v(c), a real number of levels, unrounded and unclamped; M ≥ 1. */
export function coordinateLevel<S extends Real<S>>(c: S, low: S, high: S, M: number): S {
  return c
    .minus(low)
    .over(high.minus(low))
    .times(2 ** M - 1);
}

/** The level that codes c: v(c) rounded, and the nearest end if it is outside. */
export function codedLevel<S extends Real<S>>(
  c: S,
  low: S,
  high: S,
  M: number,
  ties: TieRule,
): number {
  if (M === 0) return 0;
  const v = roundedInteger(coordinateLevel(c, low, high, M), ties);
  return Math.min(2 ** M - 1, Math.max(0, v));
}

/** The coordinate of a level v, which need be no integer: the inverse of v(c). */
export function levelCoordinate<S extends Real<S>>(v: S, low: S, high: S, M: number): S {
  if (M === 0) return low.plus(high).over(2);
  return v.times(levelStep(low, high, M)).plus(low);
}

/** dc/dv: the step between levels; 0 if M = 0, where nothing moves the coordinate. */
export function levelStep<S extends Real<S>>(low: S, high: S, M: number): S {
  return M === 0 ? low.of(0) : high.minus(low).over(2 ** M - 1);
}
