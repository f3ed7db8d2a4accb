/**
 * One projected point linearised at a pose in the RP tangent: kernel of ../definitions/linearised-point.ts,
 * in doubles on flat row-major arrays. Outputs come last.
 */
import { type ProjectionDerivatives, projectionDerivatives } from "./pose-jacobian.js";
import { clampedProjection, clampedProjectionJacobian } from "./projection-clamp.js";

/** π of a point and its derivatives, flat: what pose-jacobian.ts writes, depth free, and more. */
export interface LinearisedPoint {
  /** π [2] with the depth held, and less π with the depth free. */
  readonly value: Float64Array;
  readonly gap: Float64Array;
  /** ∂π/∂z [2,3] with the depth held. */
  readonly z: Float64Array;
  /** π and its derivatives with the depth free: y [2,6], yy [2,6,6], yz [2,6,3] are of the tangent. */
  readonly free: ProjectionDerivatives;
}

const X = new Float64Array(3);
const P = new Float64Array(6);
const clamps = Float64Array.of(
  Number.NEGATIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.POSITIVE_INFINITY,
  Number.POSITIVE_INFINITY,
);

/** Writes the point z [3] at `motion` [48] of chart RP, its depth at least zMin (−Infinity: any). */
export function linearisedPoint(
  motion: Float64Array,
  z: Float64Array,
  K: Float64Array,
  zMin: number,
  out: LinearisedPoint,
): void {
  for (let a = 0; a < 3; a++)
    X[a] =
      motion[3 * a] * z[0] + motion[3 * a + 1] * z[1] + motion[3 * a + 2] * z[2] + motion[9 + a];
  clamps[0] = zMin;
  projectionDerivatives("RP", motion, z, K, out.free);
  clampedProjection(X, K, clamps, out.value);
  clampedProjectionJacobian(X, K, clamps, P);
  const held = out.value;
  for (let i = 0; i < 2; i++) {
    if (K[6] * X[0] + K[7] * X[1] + K[8] * X[2] > zMin) held[i] = out.free.value[i];
    out.gap[i] = held[i] - out.free.value[i];
    for (let b = 0; b < 3; b++)
      out.z[3 * i + b] =
        P[3 * i] * motion[b] + P[3 * i + 1] * motion[3 + b] + P[3 * i + 2] * motion[6 + b];
  }
}

/** Writes ∂(½rₖ²)/∂y [2,6] for r = x − π [2]. */
export function squaredResidualGradient(
  { free }: LinearisedPoint,
  r: Float64Array,
  gradient: Float64Array,
): void {
  for (let k = 0; k < 2; k++)
    for (let p = 0; p < 6; p++) gradient[6 * k + p] = -r[k] * free.y[6 * k + p];
}

/** Writes ∂²(½rₖ²)/∂y² [2,6,6] for r = x − π [2]. */
export function squaredResidualHessian(
  { free }: LinearisedPoint,
  r: Float64Array,
  hessian: Float64Array,
): void {
  const { y, yy } = free;
  for (let k = 0; k < 2; k++)
    for (let p = 0; p < 6; p++)
      for (let q = 0; q < 6; q++) {
        const at = 6 * (6 * k + p) + q;
        hessian[at] = y[6 * k + p] * y[6 * k + q] - r[k] * yy[at];
      }
}
