/**
 * Log-evidence in closed form: kernel of ../definitions/laplace-evidence.ts, in doubles on flat arrays.
 *
 * Determinants come from a Cholesky factor of the matrix scaled to unit diagonal, as in
 * pose-covariance.ts, so radians beside metres neither overflow nor cost digits. A matrix that is not
 * positive definite gives NaN, which the stage src/sample/evidence.ts turns into a status.
 */
import { choleskyFactor } from "../linalg/cholesky.js";

const LOG_TWO_PI = Math.log(2 * Math.PI);
const scaled = new Float64Array(36);

/** log Z of a cost at the minimum and Σ [d,d] there, d ≤ 6; `peaks` 2 for the double cover of S³. */
export function laplaceLogEvidence(
  d: number,
  cost: number,
  covariance: Float64Array,
  peaks: 1 | 2 = 1,
): number {
  const gaussian = 0.5 * (logDeterminant(d, covariance) + d * LOG_TWO_PI);
  return gaussian + (peaks === 2 ? Math.LN2 : 0) - cost;
}

/** ∂log Z = −∂c⋆ − ½ tr(Σ ∂H) for Σ and ∂H [d,d]. */
export function laplaceLogEvidenceSlope(
  d: number,
  covariance: Float64Array,
  dCost: number,
  dHessian: Float64Array,
): number {
  let trace = 0;
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) trace += covariance[d * i + j] * dHessian[d * j + i];
  return -dCost - 0.5 * trace;
}

/** ½ eᵀH e + (d/2) log 2π − ½ log det H of e [d] and H [d,d], d ≤ 6. */
export function linearGaussianLoss(d: number, error: Float64Array, hessian: Float64Array): number {
  const constant = 0.5 * (d * LOG_TWO_PI - logDeterminant(d, hessian));
  return 0.5 * squaredLength(d, error, hessian) + constant;
}

/** Writes ∂L/∂y_gt = H e to gradient [d], which may not be e. */
export function linearGaussianLossGradient(
  d: number,
  error: Float64Array,
  hessian: Float64Array,
  gradient: Float64Array,
): void {
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += hessian[d * i + j] * error[j];
    gradient[i] = sum;
  }
}

/** √(d / eᵀH e); Infinity for no error. */
export function linearGaussianWeightScale(
  d: number,
  error: Float64Array,
  hessian: Float64Array,
): number {
  return Math.sqrt(d / squaredLength(d, error, hessian));
}

/** ‖e‖²/(2σ²) + d log(σ √2π) of e [d]. */
export function isotropicGaussianLoss(d: number, error: Float64Array, sigma: number): number {
  let square = 0;
  // Dividing first: σ² of a small σ may underflow where e/σ does not.
  for (let i = 0; i < d; i++) square += (error[i] / sigma) * (error[i] / sigma);
  return 0.5 * square + d * (Math.log(sigma) + 0.5 * LOG_TWO_PI);
}

function squaredLength(d: number, error: Float64Array, hessian: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) sum += error[i] * hessian[d * i + j] * error[j];
  return sum;
}

/** log det A [d,d], NaN unless A is positive definite to working precision. */
function logDeterminant(d: number, A: Float64Array): number {
  let total = 0;
  for (let i = 0; i < d; i++) {
    const diagonal = A[d * i + i];
    if (!(diagonal > 0)) return Number.NaN;
    total += Math.log(diagonal);
    for (let j = 0; j < i; j++)
      scaled[d * i + j] = A[d * i + j] / Math.sqrt(diagonal) / Math.sqrt(A[d * j + j]);
    scaled[d * i + i] = 1;
  }
  if (!choleskyFactor(d, scaled)) return Number.NaN;
  for (let i = 0; i < d; i++) total += 2 * Math.log(scaled[d * i + i]);
  return total;
}
