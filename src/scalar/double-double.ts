/**
 * Numbers of about 31 decimal digits: the sum of two doubles that do not overlap, hi + lo with
 * |lo| ≤ ½ ulp(hi), computed with error-free transformations [Dekker1971, Joldes2017].
 *
 * What it may be trusted for. With u = 2⁻⁵³, so that u² = 1.2e-32, one operation is wrong by a relative
 * error of at most 3u² for plus and minus, 7u² times, 15u² over and 4u² sqrt. For functions, bounds from
 * 10u² (sin) to 60u² (acos) follow from those, and no draw was off by more than 6u²
 * (spec/scalar/double-double-functions.spec.ts); arguments count as exact, and no argument is too large, too small
 * or too near a zero of sin, cos, log or acos. A definition that loses d digits
 * to cancellation therefore has 31 − d: enough to judge claims in float32, and in float64 wherever d is
 * below 13. It is a rounding arithmetic all the same. It proves nothing by itself: central differences
 * with h = 1e-20 need the 64 digits of `Big`, and so does the conditioning at degenerate poses. The
 * gap to `Big` on the same definition is its error there.
 *
 * Ends of the range, as doubles have them: past 1.8e308 a result is ±∞, which is hi with lo = 0;
 * below 2e-292 lo has fewer bits, since no double is below 5e-324, and below 2e-308 none, so that a
 * result is off by up to 1e-323 absolutely; ±0, ±∞ and NaN go in and come out as from Math.
 *
 * An operation creates its result and nothing else: sums are ten times as fast as `Big`'s, products a
 * hundred and functions up to a thousand times.
 */
import { product, quotient, root, sum, word } from "./double-word.js";
import {
  angleOf,
  arcCosineOf,
  cosineOf,
  exponentialOf,
  logarithmOf,
  sineOf,
} from "./double-word-functions.js";
import type { Real } from "./real.js";

/** hi + lo: hi is the double nearest to it. Made by `doubleDouble`, which sees to that. */
export class DoubleDouble implements Real<DoubleDouble> {
  constructor(
    readonly hi: number,
    readonly lo: number,
  ) {}

  plus(b: DoubleDouble | number): DoubleDouble {
    if (typeof b === "number") sum(this.hi, this.lo, b, 0);
    else sum(this.hi, this.lo, b.hi, b.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  minus(b: DoubleDouble | number): DoubleDouble {
    if (typeof b === "number") sum(this.hi, this.lo, -b, 0);
    else sum(this.hi, this.lo, -b.hi, -b.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  times(b: DoubleDouble | number): DoubleDouble {
    if (typeof b === "number") product(this.hi, this.lo, b, 0);
    else product(this.hi, this.lo, b.hi, b.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  over(b: DoubleDouble | number): DoubleDouble {
    if (typeof b === "number") quotient(this.hi, this.lo, b, 0);
    else quotient(this.hi, this.lo, b.hi, b.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  negated(): DoubleDouble {
    return new DoubleDouble(-this.hi, -this.lo);
  }
  sqrt(): DoubleDouble {
    root(this.hi, this.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  sin(): DoubleDouble {
    sineOf(this.hi, this.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  cos(): DoubleDouble {
    cosineOf(this.hi, this.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  exp(): DoubleDouble {
    exponentialOf(this.hi, this.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  log(): DoubleDouble {
    logarithmOf(this.hi, this.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  acos(): DoubleDouble {
    arcCosineOf(this.hi, this.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  atan2(x: DoubleDouble | number): DoubleDouble {
    if (typeof x === "number") angleOf(this.hi, this.lo, x, 0);
    else angleOf(this.hi, this.lo, x.hi, x.lo);
    return new DoubleDouble(word[0], word[1]);
  }
  lessThan(b: DoubleDouble | number): boolean {
    if (typeof b === "number") return this.hi < b || (this.hi === b && this.lo < 0);
    return this.hi < b.hi || (this.hi === b.hi && this.lo < b.lo);
  }
  atMost(b: DoubleDouble | number): boolean {
    if (typeof b === "number") return this.hi < b || (this.hi === b && this.lo <= 0);
    return this.hi < b.hi || (this.hi === b.hi && this.lo <= b.lo);
  }
  of(n: number): DoubleDouble {
    return new DoubleDouble(n, 0);
  }
  toNumber(): number {
    return this.hi;
  }
}

/** n + rest, two doubles of any size taken exactly where 31 digits hold the sum. */
export function doubleDouble(n: number, rest = 0): DoubleDouble {
  if (rest === 0) return new DoubleDouble(n, 0);
  sum(n, 0, rest, 0);
  return new DoubleDouble(word[0], word[1]);
}
