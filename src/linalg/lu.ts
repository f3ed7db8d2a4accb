/**
 * LU factorisation of a square matrix with partial pivoting.
 *
 *     P A = L U,   L unit lower triangular, U upper triangular
 *
 * Matrices are row-major [n, n] with n small; nothing is allocated.
 * Source: [GolubVanLoan2013] Matrix Computations, section 3.4.
 */

/**
 * Overwrites A [n, n] by L (below the diagonal) and U, and pivots [n] by the row swapped with each
 * row. Returns false if a pivot is exactly zero or not finite: A is then singular.
 */
export function luFactor(n: number, A: Float64Array, pivots: Int32Array): boolean {
  for (let k = 0; k < n; k++) {
    let p = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(A[i * n + k]) > Math.abs(A[p * n + k])) p = i;
    pivots[k] = p;
    const pivot = A[p * n + k];
    if (!(Math.abs(pivot) > 0 && Math.abs(pivot) < Number.POSITIVE_INFINITY)) return false;
    if (p !== k)
      for (let j = 0; j < n; j++) {
        const swap = A[k * n + j];
        A[k * n + j] = A[p * n + j];
        A[p * n + j] = swap;
      }
    for (let i = k + 1; i < n; i++) {
      const factor = (A[i * n + k] /= pivot);
      if (factor !== 0) for (let j = k + 1; j < n; j++) A[i * n + j] -= factor * A[k * n + j];
    }
  }
  return true;
}

/** Overwrites b [n] by A⁻¹ b, given the output of luFactor. */
export function luSolve(n: number, LU: Float64Array, pivots: Int32Array, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const swap = b[pivots[i]];
    b[pivots[i]] = b[i];
    b[i] = swap;
  }
  for (let i = 1; i < n; i++) for (let k = 0; k < i; k++) b[i] -= LU[i * n + k] * b[k];
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i] -= LU[i * n + k] * b[k];
    b[i] /= LU[i * n + i];
  }
}

/** Overwrites b [n] by A⁻ᵀ b, given the output of luFactor. */
export function luSolveTransposed(
  n: number,
  LU: Float64Array,
  pivots: Int32Array,
  b: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i] -= LU[k * n + i] * b[k];
    b[i] /= LU[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) for (let k = i + 1; k < n; k++) b[i] -= LU[k * n + i] * b[k];
  for (let i = n - 1; i >= 0; i--) {
    const swap = b[pivots[i]];
    b[pivots[i]] = b[i];
    b[i] = swap;
  }
}
