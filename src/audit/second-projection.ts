/**
 * Weighted residuals by a route of their own, to hold the first against: K [R | t] is folded into one
 * 3 × 4 matrix, its R made by turning the axes with the quaternion, q ⊗ e ⊗ q̄ / ‖q‖², or by Rodrigues'
 * formula about the vertical axis. Nothing but scalars is shared with rowRotation and clampedProjection.
 */
import { quaternionProduct } from "../definitions/quaternion.js";
import { rotation } from "../definitions/rodrigues.js";
import { dot, type Matrix, transpose, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** Correspondences x [N][2], z [N][3], w [N][2] and the camera K [3][3], with the least depth. */
export interface Sighted<S> {
  readonly x2d: Matrix<S>;
  readonly x3d: Matrix<S>;
  readonly w2d: Matrix<S>;
  readonly K: Matrix<S>;
  readonly zMin: S;
}

/** f = w ∘ (π − x) of one point, and whether its depth is clamped. */
export interface SecondResidual<S> {
  readonly f: readonly S[];
  readonly clamped: boolean;
}

/** The residuals [N] at a pose (t, q) [7] or (t, β) [4], depths clamped from below at z_min. */
export function secondResiduals<S extends Real<S>>(
  { x2d, x3d, w2d, K, zMin }: Sighted<S>,
  y: Vector<S>,
): SecondResidual<S>[] {
  const columns = [...turnedAxes(y), y.slice(0, 3)];
  const P = K.map((row) => columns.map((column) => dot(row, column)));
  return x3d.map((z, i) => {
    const [u, v, depth] = P.map((row) => dot(row.slice(0, 3), z).plus(row[3]));
    const clamped = depth.atMost(zMin);
    const d = clamped ? zMin : depth;
    const f = [u, v].map((h, k) => h.minus(x2d[i][k].times(d)).times(w2d[i][k]).over(d));
    return { f, clamped };
  });
}

/** The columns of R [3][3]: where the object's axes point. */
function turnedAxes<S extends Real<S>>(y: Vector<S>): S[][] {
  const [zero, one] = [y[0].of(0), y[0].of(1)];
  if (y.length === 4) return transpose(rotation([zero, y[3], zero]));
  const q = y.slice(3);
  const conjugate = q.map((v, k) => (k === 0 ? v : v.negated()));
  const square = dot(q, q);
  return [0, 1, 2].map((axis) => {
    const e = [zero, ...[0, 1, 2].map((k) => (k === axis ? one : zero))];
    const turned = quaternionProduct(quaternionProduct(q, e), conjugate);
    return turned.slice(1).map((v) => v.over(square));
  });
}
