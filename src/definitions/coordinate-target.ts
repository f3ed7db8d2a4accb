/**
 * The coordinates that a dense network should give a pixel, of its depth and the true pose.
 *
 *     z = Rᵀ (d K⁻¹ (u + h, v + h, 1)ᵀ − t) ⊘ e
 *
 * (u, v) counts pixels, h = ½ is the middle of one, d is the depth along the optical axis where the last row
 * of K is 0, 0, 1, and e [3] are half the extents of the model, so that z is in −1 … 1 on it.
 *
 * Source: EQUATIONS DATA-6, PVC-30; published code of [LC2023].
 */
import { apply, type Matrix, solve, transpose, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** z [3] of the pixel (u, v) at depth d, in half extents; d, t and e in one unit of length. */
export function coordinateTarget<S extends Real<S>>(
  [u, v]: Vector<S>,
  d: S,
  K: Matrix<S>,
  R: Matrix<S>,
  t: Vector<S>,
  e: Vector<S>,
  h: number,
): S[] {
  const ray = solve(K, [[u.plus(h)], [v.plus(h)], [d.of(1)]]);
  const seen = ray.map(([x], a) => x.times(d).minus(t[a]));
  return apply(transpose(R), seen).map((x, a) => x.over(e[a]));
}
