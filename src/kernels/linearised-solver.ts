/**
 * A weighted solver linearised at the true pose: kernel of ../definitions/linearised-solver.ts, in
 * doubles on flat row-major arrays. m = 2N coordinates; outputs come last and alias no input.
 *
 * The loss itself forms no A: it needs C = P S P with S = Jᵀ diag(ω² M) J, one pass over the rows.
 */
import { choleskyFactor, choleskyInverse } from "../linalg/cholesky.js";

/** Writes H = Jᵀ diag(ω) J [6,6] of J [m,6] and ω [m]. */
export function linearisedHessian(
  m: number,
  J: Float64Array,
  omega: Float64Array,
  H: Float64Array,
): void {
  H.fill(0, 0, 36);
  for (let k = 0; k < m; k++)
    for (let p = 0; p < 6; p++) {
      const pull = omega[k] * J[6 * k + p];
      for (let q = 0; q <= p; q++) H[6 * p + q] += pull * J[6 * k + q];
    }
  mirrored(H);
}

const scaled = new Float64Array(36);
const root = new Float64Array(6);

/** What the sums of H and of its elimination leave of a pivot, before smaller ones magnify it. */
const rounding = 1024 * Number.EPSILON;

/**
 * Writes C_prior = H⁻¹ [6,6] of the lower triangle of H, which may be the same array. False, and
 * nothing written, if H is not positive definite to working precision: scaled to unit diagonal, so that
 * radians and lengths cost no digits, it has a pivot that may be nothing but rounding.
 */
export function priorCovariance(H: Float64Array, P: Float64Array): boolean {
  for (let i = 0; i < 6; i++) {
    if (!(H[7 * i] > 0 && H[7 * i] < Number.POSITIVE_INFINITY)) return false;
    root[i] = Math.sqrt(H[7 * i]);
  }
  for (let i = 0; i < 6; i++)
    for (let j = 0; j <= i; j++) scaled[6 * i + j] = H[6 * i + j] / root[i] / root[j];
  if (!choleskyFactor(6, scaled)) return false;
  let least = 1;
  for (let i = 0; i < 6; i++) {
    const pivot = scaled[7 * i] * scaled[7 * i];
    if (!(pivot * least > rounding)) return false;
    least = Math.min(least, pivot);
  }
  choleskyInverse(6, scaled, P);
  for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) P[6 * i + j] /= root[i] * root[j];
  return true;
}

/** Writes A = P Jᵀ diag(ω) [6,m]. */
export function solverMatrix(
  m: number,
  P: Float64Array,
  J: Float64Array,
  omega: Float64Array,
  A: Float64Array,
): void {
  for (let p = 0; p < 6; p++)
    for (let k = 0; k < m; k++) {
      let sum = 0;
      for (let q = 0; q < 6; q++) sum += P[6 * p + q] * J[6 * k + q];
      A[m * p + k] = sum * omega[k];
    }
}

/** Writes ∂A/∂ωₖ [6,m] of A [6,m]. */
export function solverMatrixSlope(
  m: number,
  P: Float64Array,
  J: Float64Array,
  A: Float64Array,
  k: number,
  slope: Float64Array,
): void {
  for (let l = 0; l < m; l++) {
    let lever = l === k ? 1 : 0;
    for (let p = 0; p < 6; p++) lever -= A[m * p + l] * J[6 * k + p];
    for (let p = 0; p < 6; p++) slope[m * p + l] = moved(P, J, k, p) * lever;
  }
}

/** Writes C = A diag(M) Aᵀ [6,6]. */
export function linearisedCovariance(
  m: number,
  A: Float64Array,
  M: Float64Array,
  C: Float64Array,
): void {
  for (let p = 0; p < 6; p++)
    for (let q = 0; q <= p; q++) {
      let sum = 0;
      for (let k = 0; k < m; k++) sum += A[m * p + k] * M[k] * A[m * q + k];
      C[6 * p + q] = sum;
    }
  mirrored(C);
}

const pull = new Float64Array(6);

/** Writes ∂C/∂ωₖ [6,6] of C [6,6] and A [6,m]: with v = P aₖ, it is v uᵀ + u vᵀ, u = Mₖ A_k − C aₖ. */
export function linearisedCovarianceSlope(
  m: number,
  P: Float64Array,
  J: Float64Array,
  A: Float64Array,
  M: Float64Array,
  C: Float64Array,
  k: number,
  slope: Float64Array,
): void {
  for (let p = 0; p < 6; p++) pull[p] = M[k] * A[m * p + k] - moved(C, J, k, p);
  for (let p = 0; p < 6; p++)
    for (let q = 0; q < 6; q++)
      slope[6 * p + q] = moved(P, J, k, p) * pull[q] + pull[p] * moved(P, J, k, q);
}

/** Writes ∂C_prior/∂ω [6,6] for a row a [6] of J. */
export function priorCovarianceSlope(P: Float64Array, a: Float64Array, slope: Float64Array): void {
  for (let p = 0; p < 6; p++)
    for (let q = 0; q < 6; q++) slope[6 * p + q] = -moved(P, a, 0, p) * moved(P, a, 0, q);
}

/** Writes diag(J_f C J_fᵀ) [rows], for J_f [rows,6] and C [6,6] symmetric. */
export function transportedVariance(
  rows: number,
  Jf: Float64Array,
  C: Float64Array,
  variance: Float64Array,
): void {
  for (let j = 0; j < rows; j++) {
    let sum = 0;
    for (let p = 0; p < 6; p++) sum += Jf[6 * j + p] * moved(C, Jf, j, p);
    variance[j] = sum;
  }
}

/** Entry p of P times row k of J. */
function moved(P: Float64Array, J: Float64Array, k: number, p: number): number {
  let sum = 0;
  for (let q = 0; q < 6; q++) sum += P[6 * p + q] * J[6 * k + q];
  return sum;
}

function mirrored(A: Float64Array): void {
  for (let p = 0; p < 6; p++) for (let q = 0; q < p; q++) A[6 * q + p] = A[6 * p + q];
}
