/**
 * Eigenvalues and eigenvectors of a symmetric matrix.
 *
 *     A = Σₖ λₖ vₖ vₖᵀ,   λ₁ ≤ λ₂ ≤ …,   vₖ orthonormal
 *
 * The matrix is turned diagonal by cyclic Jacobi rotations: slower than reduction to tridiagonal form,
 * but each eigenvalue comes with small relative error wherever the matrix allows it. Matrices are
 * row-major [n, n], n small; vectors are rows.
 * Source: [GolubVanLoan2013] Matrix Computations, section 8.5.
 */

const MAX_SWEEPS = 30;

/**
 * Writes the eigenvalues to values [n], ascending, and the eigenvectors to the rows of vectors
 * [n, n]; overwrites A [n, n], of which both triangles are read.
 *
 * Returns false if the rotations did not settle or a value is not finite: A held a NaN or overflowed.
 */
export function symmetricEigen(
  n: number,
  A: Float64Array,
  values: Float64Array,
  vectors: Float64Array,
): boolean {
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) vectors[i * n + j] = i === j ? 1 : 0;
  let settled = false;
  for (let sweep = 0; sweep < MAX_SWEEPS && !settled; sweep++) {
    settled = true;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = A[p * n + q];
        // Below this the entry moves no eigenvalue by half a unit in the last place.
        if (
          Math.abs(apq) <=
          0.5 * Number.EPSILON * Math.sqrt(Math.abs(A[p * n + p] * A[q * n + q]))
        )
          continue;
        // Squares this small underflow.
        if (apq * apq === 0) continue;
        settled = false;
        rotate(n, A, vectors, p, q, apq);
      }
  }
  let finite = true;
  for (let i = 0; i < n; i++) {
    values[i] = A[i * n + i];
    if (!Number.isFinite(values[i])) finite = false;
  }
  sortAscending(n, values, vectors);
  return settled && finite;
}

/** One Jacobi rotation in the plane of rows p and q, zeroing A[p, q]. */
function rotate(
  n: number,
  A: Float64Array,
  vectors: Float64Array,
  p: number,
  q: number,
  apq: number,
): void {
  const zeta = (A[q * n + q] - A[p * n + p]) / (2 * apq);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = c * t;
  A[p * n + p] -= t * apq;
  A[q * n + q] += t * apq;
  A[p * n + q] = A[q * n + p] = 0;
  for (let k = 0; k < n; k++) {
    if (k !== p && k !== q) {
      const akp = A[k * n + p];
      const akq = A[k * n + q];
      A[p * n + k] = A[k * n + p] = c * akp - s * akq;
      A[q * n + k] = A[k * n + q] = s * akp + c * akq;
    }
    const vp = vectors[p * n + k];
    const vq = vectors[q * n + k];
    vectors[p * n + k] = c * vp - s * vq;
    vectors[q * n + k] = s * vp + c * vq;
  }
}

function sortAscending(n: number, values: Float64Array, vectors: Float64Array): void {
  for (let i = 0; i < n - 1; i++) {
    let least = i;
    for (let j = i + 1; j < n; j++) if (values[j] < values[least]) least = j;
    if (least === i) continue;
    const value = values[i];
    values[i] = values[least];
    values[least] = value;
    for (let k = 0; k < n; k++) {
      const entry = vectors[i * n + k];
      vectors[i * n + k] = vectors[least * n + k];
      vectors[least * n + k] = entry;
    }
  }
}
