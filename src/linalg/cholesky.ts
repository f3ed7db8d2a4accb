/**
 * Cholesky factorisation of a symmetric positive definite matrix.
 *
 *     A = L Lᵀ,   L lower triangular with positive diagonal
 *
 * Matrices are row-major [n, n] with n small; nothing is allocated.
 * Source: [GolubVanLoan2013] Matrix Computations, section 4.2.
 */

/**
 * Overwrites the lower triangle of A [n, n] by L; the strict upper triangle is neither read nor
 * written. Returns false, leaving A partly overwritten, if a pivot is not positive: A is then not
 * positive definite to working precision (or holds a NaN).
 */
export function choleskyFactor(n: number, A: Float64Array): boolean {
  for (let j = 0; j < n; j++) {
    const rowJ = j * n;
    let pivot = A[rowJ + j];
    for (let k = 0; k < j; k++) pivot -= A[rowJ + k] * A[rowJ + k];
    if (!(pivot > 0 && pivot < Number.POSITIVE_INFINITY)) return false;
    const diagonal = Math.sqrt(pivot);
    A[rowJ + j] = diagonal;
    for (let i = j + 1; i < n; i++) {
      const rowI = i * n;
      let sum = A[rowI + j];
      for (let k = 0; k < j; k++) sum -= A[rowI + k] * A[rowJ + k];
      A[rowI + j] = sum / diagonal;
    }
  }
  return true;
}

/** Overwrites b [n] by A⁻¹ b, given the L [n, n] of choleskyFactor. */
export function choleskySolve(n: number, L: Float64Array, b: Float64Array): void {
  lowerSolve(n, L, b);
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let k = i + 1; k < n; k++) sum -= L[k * n + i] * b[k];
    b[i] = sum / L[i * n + i];
  }
}

/** Overwrites b [n] by L⁻¹ b; its squared norm is then bᵀ A⁻¹ b. */
export function lowerSolve(n: number, L: Float64Array, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i];
    for (let k = 0; k < i; k++) sum -= L[i * n + k] * b[k];
    b[i] = sum / L[i * n + i];
  }
}

/** Writes A⁻¹ [n, n], symmetric, to `inverse`, given the L [n, n] of choleskyFactor. No aliasing. */
export function choleskyInverse(n: number, L: Float64Array, inverse: Float64Array): void {
  // Column j of L⁻¹ goes to row j of `inverse`; then A⁻¹ = L⁻ᵀ L⁻¹ is formed from the last row down.
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < j; i++) inverse[j * n + i] = 0;
    inverse[j * n + j] = 1 / L[j * n + j];
    for (let i = j + 1; i < n; i++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum -= L[i * n + k] * inverse[j * n + k];
      inverse[j * n + i] = sum / L[i * n + i];
    }
  }
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) {
      let sum = 0;
      for (let k = j; k < n; k++) sum += inverse[i * n + k] * inverse[j * n + k];
      inverse[i * n + j] = sum;
    }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) inverse[i * n + j] = inverse[j * n + i];
}
