/**
 * The contract every number system keeps: what a definition may ask of its scalars.
 *
 * A definition written against `Real` runs unchanged in doubles, in duals (it then carries its own
 * derivative), in 64-digit floats (it is then the truth) and in rounding doubles (its spread is then
 * the rounding error to expect). Operands may be plain numbers, taken as exact doubles.
 */
export interface Real<S> {
  plus(b: S | number): S;
  minus(b: S | number): S;
  times(b: S | number): S;
  over(b: S | number): S;
  negated(): S;
  sqrt(): S;
  sin(): S;
  cos(): S;
  exp(): S;
  /** Natural logarithm. */
  log(): S;
  acos(): S;
  /** The angle of the point (x, this): `y.atan2(x)`, in (−π, π]. */
  atan2(x: S | number): S;
  /** Comparisons look at the value only, never at a derivative part. */
  lessThan(b: S | number): boolean;
  atMost(b: S | number): boolean;
  /**
   * Index of the scalar of greatest magnitude, of which this is the first, where a number system wants to
   * know what it decides (program.ts); any other is asked for its doubles by `pivotIndex`.
   */
  largestOf?(column: readonly S[]): number;
  /** The double n as a constant of this number system, exactly. */
  of(n: number): S;
  /** The nearest double of the value. */
  toNumber(): number;
}

/** |x|, with slope −1 left of zero and +1 from zero on. */
export function abs<S extends Real<S>>(x: S): S {
  return x.lessThan(0) ? x.negated() : x;
}

/** The greater of two scalars; the first on a tie. */
export function max<S extends Real<S>>(a: S, b: S): S {
  return a.lessThan(b) ? b : a;
}

/** The smaller of two scalars; the first on a tie. */
export function min<S extends Real<S>>(a: S, b: S): S {
  return b.lessThan(a) ? b : a;
}

/** x². */
export function square<S extends Real<S>>(x: S): S {
  return x.times(x);
}
