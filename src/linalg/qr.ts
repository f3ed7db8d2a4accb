/**
 * Least squares by Householder reflections with column pivoting, rank revealed.
 *
 *     A P = Q R,   |R₁₁| ≥ |R₂₂| ≥ …,   x = argmin ‖A x − b‖
 *
 * Matrices are row-major [m, n], m ≥ n, both small; nothing is allocated. Unlike the normal
 * equations, the error of x grows with the condition number of A and not with its square.
 * Source: [GolubVanLoan2013] Matrix Computations, sections 5.1 and 5.4.
 */

/**
 * Overwrites A [m, n] by R (on and above the diagonal) and the Householder vectors (below it, their
 * first entry 1 implied), tau [n] by their factors and pivots [n] by the column order.
 *
 * Returns the numerical rank: the number of diagonal entries of R above max(m, n) ε |R₁₁|.
 *
 * @throws RangeError if m < n.
 */
export function qrFactor(
  m: number,
  n: number,
  A: Float64Array,
  tau: Float64Array,
  pivots: Int32Array,
): number {
  if (m < n) throw new RangeError(`qrFactor: expected m >= n, got m = ${m} and n = ${n}`);
  for (let j = 0; j < n; j++) pivots[j] = j;
  let rank = 0;
  let first = 0;
  for (let k = 0; k < n; k++) {
    let p = k;
    let longest = -1;
    for (let j = k; j < n; j++) {
      let squared = 0;
      for (let i = k; i < m; i++) squared += A[i * n + j] * A[i * n + j];
      if (squared > longest) {
        longest = squared;
        p = j;
      }
    }
    if (p !== k) {
      for (let i = 0; i < m; i++) {
        const swap = A[i * n + k];
        A[i * n + k] = A[i * n + p];
        A[i * n + p] = swap;
      }
      const swap = pivots[k];
      pivots[k] = pivots[p];
      pivots[p] = swap;
    }
    const norm = Math.sqrt(longest);
    if (k === 0) first = norm;
    if (norm > m * Number.EPSILON * first) rank = k + 1;
    tau[k] = 0;
    if (!(norm > 0)) continue;
    const diagonal = A[k * n + k];
    // The sign that adds, so that the vector's first entry never cancels.
    const r = diagonal > 0 ? -norm : norm;
    tau[k] = (r - diagonal) / r;
    for (let i = k + 1; i < m; i++) A[i * n + k] /= diagonal - r;
    A[k * n + k] = r;
    for (let j = k + 1; j < n; j++) {
      let projection = A[k * n + j];
      for (let i = k + 1; i < m; i++) projection += A[i * n + k] * A[i * n + j];
      projection *= tau[k];
      A[k * n + j] -= projection;
      for (let i = k + 1; i < m; i++) A[i * n + j] -= projection * A[i * n + k];
    }
  }
  return rank;
}

/**
 * Writes to x [n] the argmin of ‖A x − b‖ among those with zeros in the columns beyond `rank`, given
 * the output of qrFactor. Overwrites b [m] by Qᵀ b, whose entries beyond `rank` are the residual.
 */
export function qrSolve(
  m: number,
  n: number,
  QR: Float64Array,
  tau: Float64Array,
  pivots: Int32Array,
  rank: number,
  b: Float64Array,
  x: Float64Array,
): void {
  for (let k = 0; k < n; k++) {
    let projection = b[k];
    for (let i = k + 1; i < m; i++) projection += QR[i * n + k] * b[i];
    projection *= tau[k];
    b[k] -= projection;
    for (let i = k + 1; i < m; i++) b[i] -= projection * QR[i * n + k];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = 0;
    if (i < rank) {
      sum = b[i];
      for (let k = i + 1; k < rank; k++) sum -= QR[i * n + k] * x[pivots[k]];
      sum /= QR[i * n + i];
    }
    x[pivots[i]] = sum;
  }
}

/**
 * Writes (AᵀA)⁻¹ b to x [n], given the output of qrFactor for an A of full rank: the adjoint of a least
 * squares solution. b [n] is overwritten.
 */
export function qrNormalSolve(
  n: number,
  QR: Float64Array,
  pivots: Int32Array,
  b: Float64Array,
  x: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    let sum = b[pivots[i]];
    for (let k = 0; k < i; k++) sum -= QR[k * n + i] * x[k];
    x[i] = sum / QR[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= QR[i * n + k] * x[k];
    x[i] /= QR[i * n + i];
  }
  for (let i = 0; i < n; i++) b[pivots[i]] = x[i];
  for (let i = 0; i < n; i++) x[i] = b[i];
}
