/**
 * The depth-weighted residual and constraint of published BPnP code: kernel of
 * ../definitions/depth-weighted.ts, in doubles on flat arrays and in the LEFT chart. As in
 * reprojection-cost.ts, a force q at p = R z adds (p × q, q).
 */
import { projectionJacobian, rigidTransform } from "./projection.js";

/** Writes r̃ [2] of the image point x [2] and the camera point X [3]. */
export function depthWeightedResidual(
  x: Float64Array,
  X: Float64Array,
  K: Float64Array,
  r: Float64Array,
): void {
  const depth = K[6] * X[0] + K[7] * X[1] + K[8] * X[2];
  for (let k = 0; k < 2; k++)
    r[k] = depth * x[k] - (K[3 * k] * X[0] + K[3 * k + 1] * X[1] + K[3 * k + 2] * X[2]);
}

const x = new Float64Array(2);
const z = new Float64Array(3);
const X = new Float64Array(3);
const r = new Float64Array(2);
const J = new Float64Array(6);

/** Writes f̃ [6] of n correspondences x2d [2n], x3d [3n], w2d [2n] at the pose R [9], t [3]. */
export function depthWeightedConstraint(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
  constraint: Float64Array,
): void {
  constraint.fill(0, 0, 6);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < 3; a++) z[a] = x3d[3 * i + a];
    x[0] = x2d[2 * i];
    x[1] = x2d[2 * i + 1];
    rigidTransform(z, R, t, X);
    projectionJacobian(X, K, J);
    depthWeightedResidual(x, X, K, r);
    const mu = -2 * w2d[2 * i] * w2d[2 * i] * r[0];
    const mv = -2 * w2d[2 * i + 1] * w2d[2 * i + 1] * r[1];
    for (let a = 0; a < 3; a++) constraint[3 + a] += mu * J[a] + mv * J[3 + a];
    for (let a = 0; a < 3; a++) {
      const b = (a + 1) % 3;
      const c = (a + 2) % 3;
      // p = R z, not X − t, which cancels where the object is far from the camera.
      const pb = R[3 * b] * z[0] + R[3 * b + 1] * z[1] + R[3 * b + 2] * z[2];
      const pc = R[3 * c] * z[0] + R[3 * c + 1] * z[1] + R[3 * c + 2] * z[2];
      constraint[a] += pb * (mu * J[c] + mv * J[3 + c]) - pc * (mu * J[b] + mv * J[3 + b]);
    }
  }
}
