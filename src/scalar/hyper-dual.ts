import { Dual, dual } from "./dual.js";
import type { Real } from "./real.js";

/**
 * a + b ε₁ + c ε₂ + d ε₁ε₂ with ε₁² = ε₂² = 0: a dual of duals. The last part of f on it is the
 * second derivative of f along two directions, exact but for the rounding of the scalar.
 */
export type HyperDual<S extends Real<S>> = Dual<Dual<S>>;

/** x moved along two directions at once: by dx1 along ε₁ and by dx2 along ε₂. */
export function hyperDual<S extends Real<S>>(
  x: S,
  dx1: S | number = 0,
  dx2: S | number = 0,
): HyperDual<S> {
  return new Dual(dual(x, dx2), dual(typeof dx1 === "number" ? x.of(dx1) : dx1));
}

/** The parts of a second-order dual: value, two first derivatives and the mixed second one. */
export function parts<S extends Real<S>>(
  x: HyperDual<S>,
): { value: S; first1: S; first2: S; second: S } {
  return { value: x.a.a, first1: x.b.a, first2: x.a.b, second: x.b.b };
}
