/**
 * Moving the object's origin to the mean of its points before a pose is solved, and back after.
 *
 *     o = mean z     z′ = z − o     t′ = t + R o     t = t′ − R o
 *
 * leaves every camera point R z + t as it is. A pose tangent of the moved problem maps back by
 *
 *     ∂(φ, τ)/∂(φ′, τ′) = [[I, 0], [[R o]×, I]]     (LEFT chart),
 *
 * and a covariance C′ by M C′ Mᵀ. Published code detaches o; where z is differentiated exactly, t
 * depends on it through o too: ∂t/∂z_i at constant R, t′ is −R / N for each of the N points.
 * Source: EQUATIONS GEO-19.
 */
import {
  add,
  apply,
  identity,
  type Matrix,
  scale,
  subtract,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { hat } from "./hat.js";

/** o [3], the mean of z [N,3], in its unit. @throws RangeError if N = 0. */
export function pointOffset<S extends Real<S>>(z: Matrix<S>): S[] {
  if (z.length === 0) throw new RangeError("pointOffset: expected N >= 1 points, got 0");
  const total = z.slice(1).reduce<S[]>((sum, point) => add(sum, point), [...z[0]]);
  return total.map((x) => x.over(z.length));
}

/** z′ [N,3] = z − o. */
export function offsetPoints<S extends Real<S>>(z: Matrix<S>, o: Vector<S>): S[][] {
  return z.map((point) => subtract(point, o));
}

/** t′ [3] = t + R o, the translation of the moved problem. */
export function offsetTranslation<S extends Real<S>>(
  R: Matrix<S>,
  t: Vector<S>,
  o: Vector<S>,
): S[] {
  return add(t, apply(R, o));
}

/** t [3] = t′ − R o, the translation of the problem as it was given. */
export function restoredTranslation<S extends Real<S>>(
  R: Matrix<S>,
  moved: Vector<S>,
  o: Vector<S>,
): S[] {
  return subtract(moved, apply(R, o));
}

/** ∂(φ, τ)/∂(φ′, τ′) [6,6] in the LEFT chart, o held fixed. */
export function restoredTangentTransform<S extends Real<S>>(R: Matrix<S>, o: Vector<S>): S[][] {
  const M = identity(6, o[0]);
  for (const [i, row] of hat(apply(R, o)).entries())
    for (const [j, entry] of row.entries()) M[3 + i][j] = entry;
  return M;
}

/** ∂t/∂z_i [3,3] at constant R and t′, the same for each of N points: what a detached o leaves out. */
export function offsetPathJacobian<S extends Real<S>>(R: Matrix<S>, N: number): S[][] {
  return R.map((row) => scale(row, -1).map((entry) => entry.over(N)));
}
