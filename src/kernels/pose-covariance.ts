/**
 * Covariance of a pose: kernel of ../definitions/pose-covariance.ts, in doubles on flat arrays.
 *
 * N is scaled to unit diagonal before it is factored: radians and metres (or millimetres) then cost
 * no digits, and the error is the condition number of the scaled matrix times ε. Published code
 * replaces a covariance it cannot factor by a fixed matrix; here that is a status.
 */
import { choleskyFactor, choleskyInverse } from "../linalg/cholesky.js";

const scaled = new Float64Array(36);
const root = new Float64Array(6);

/**
 * Writes (N + ε I)⁻¹ to covariance [d,d], d ≤ 6, which may be N. Returns false, and writes nothing,
 * if N + ε I is not positive definite to working precision: the pose is then not held in place.
 */
export function poseCovariance(
  d: number,
  normal: Float64Array,
  ridge: number,
  covariance: Float64Array,
): boolean {
  for (let i = 0; i < d; i++) {
    const diagonal = normal[d * i + i] + ridge;
    if (!(diagonal > 0)) return false;
    root[i] = Math.sqrt(diagonal);
  }
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      scaled[d * i + j] = i === j ? 1 : normal[d * i + j] / root[i] / root[j];
  if (!choleskyFactor(d, scaled)) return false;
  choleskyInverse(d, scaled, covariance);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) covariance[d * i + j] /= root[i] * root[j];
  return true;
}

/** Writes ∂Σ = −Σ ∂N Σ to slope [d,d]; aliases neither input. */
export function poseCovarianceSlope(
  d: number,
  covariance: Float64Array,
  dNormal: Float64Array,
  slope: Float64Array,
): void {
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++)
        for (let l = 0; l < d; l++)
          sum -= covariance[d * i + k] * dNormal[d * k + l] * covariance[d * l + j];
      slope[d * i + j] = sum;
    }
}
