/**
 * Factorisation of a symmetric indefinite matrix, with its inertia.
 *
 *     P A Pᵀ = L D Lᵀ,   L unit lower triangular, D block diagonal with blocks of size 1 and 2
 *
 * By Sylvester's law D has as many positive, negative and zero eigenvalues as A: that is how a
 * minimum is told from a saddle. Diagonal pivoting bounds the growth of entries by 2.57 a step.
 * Matrices are row-major [n, n] with n small; only the lower triangle is read or written.
 * Source: [BunchKaufman1977] Some Stable Methods for Calculating Inertia and Solving Symmetric
 * Linear Systems, doi:10.1090/S0025-5718-1977-0428694-0, algorithm A.
 */

/** The growth-optimal threshold (1 + √17)/8 of the pivot test. */
const ALPHA = (1 + Math.sqrt(17)) / 8;

/** Slots of the inertia written by ldlFactor. */
export const POSITIVE = 0;
export const NEGATIVE = 1;
export const ZERO = 2;

/**
 * Overwrites the lower triangle of A [n, n] by L and D, pivots [n] by the swaps made (row p ≥ 0
 * for a block of size 1, −p − 1 twice for a block of size 2) and inertia [3] by the numbers of
 * positive, negative and zero eigenvalues. A pivot counts as zero within nε of the largest entry of
 * A, which is what rounding A itself may move an eigenvalue by.
 *
 * Returns whether A is regular, that is whether no eigenvalue counted as zero.
 */
export function ldlFactor(
  n: number,
  A: Float64Array,
  pivots: Int32Array,
  inertia: Int32Array,
): boolean {
  inertia[POSITIVE] = inertia[NEGATIVE] = inertia[ZERO] = 0;
  let largest = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const entry = Math.abs(A[i * n + j]);
      if (!(entry < Number.POSITIVE_INFINITY)) return nothingKnown(n, pivots, inertia);
      if (entry > largest) largest = entry;
    }
  const negligible = n * Number.EPSILON * largest;
  let k = 0;
  while (k < n) {
    let r = k;
    let lambda = 0;
    for (let i = k + 1; i < n; i++)
      if (Math.abs(A[i * n + k]) > lambda) {
        lambda = Math.abs(A[i * n + k]);
        r = i;
      }
    const diagonal = Math.abs(A[k * n + k]);
    let size = 1;
    let p = k;
    if (diagonal < ALPHA * lambda) {
      const sigma = largestOffDiagonal(n, A, k, r);
      if (diagonal * sigma < ALPHA * lambda * lambda) {
        p = r;
        if (Math.abs(A[r * n + r]) < ALPHA * sigma) size = 2;
      }
    }
    const q = k + size - 1;
    if (p !== q) swapRowsAndColumns(n, A, k, q, p);
    if (size === 1) {
      pivots[k] = p;
      const d = A[k * n + k];
      if (Math.abs(d) <= negligible) inertia[ZERO]++;
      else inertia[d > 0 ? POSITIVE : NEGATIVE]++;
      if (d !== 0) eliminateOne(n, A, k);
    } else {
      // The pivot test makes the block's determinant negative: one eigenvalue of each sign.
      pivots[k] = pivots[k + 1] = -p - 1;
      inertia[POSITIVE]++;
      inertia[NEGATIVE]++;
      eliminateTwo(n, A, k);
    }
    k += size;
  }
  return inertia[ZERO] === 0;
}

/** A matrix with a NaN or an infinity: every eigenvalue counts as zero, and A is not factored. */
function nothingKnown(n: number, pivots: Int32Array, inertia: Int32Array): boolean {
  inertia[ZERO] = n;
  for (let i = 0; i < n; i++) pivots[i] = i;
  return false;
}

/** max |A[r, j]| over j ≥ k, j ≠ r, in the trailing block. */
function largestOffDiagonal(n: number, A: Float64Array, k: number, r: number): number {
  let sigma = 0;
  for (let j = k; j < r; j++) sigma = Math.max(sigma, Math.abs(A[r * n + j]));
  for (let i = r + 1; i < n; i++) sigma = Math.max(sigma, Math.abs(A[i * n + r]));
  return sigma;
}

/** Swaps rows and columns q < p of the trailing block from k on, in the lower triangle. */
function swapRowsAndColumns(n: number, A: Float64Array, k: number, q: number, p: number): void {
  for (let i = p + 1; i < n; i++) swap(A, i * n + q, i * n + p);
  for (let i = q + 1; i < p; i++) swap(A, i * n + q, p * n + i);
  swap(A, q * n + q, p * n + p);
  for (let j = k; j < q; j++) swap(A, q * n + j, p * n + j);
}

function swap(A: Float64Array, i: number, j: number): void {
  const entry = A[i];
  A[i] = A[j];
  A[j] = entry;
}

function eliminateOne(n: number, A: Float64Array, k: number): void {
  const d = A[k * n + k];
  for (let j = k + 1; j < n; j++) {
    const factor = A[j * n + k] / d;
    for (let i = j; i < n; i++) A[i * n + j] -= A[i * n + k] * factor;
  }
  for (let i = k + 1; i < n; i++) A[i * n + k] /= d;
}

function eliminateTwo(n: number, A: Float64Array, k: number): void {
  // Scaled by the off-diagonal entry, the largest of the block, so that nothing overflows.
  const d21 = A[(k + 1) * n + k];
  const d11 = A[(k + 1) * n + k + 1] / d21;
  const d22 = A[k * n + k] / d21;
  const t = 1 / (d11 * d22 - 1) / d21;
  for (let j = k + 2; j < n; j++) {
    const w1 = t * (d11 * A[j * n + k] - A[j * n + k + 1]);
    const w2 = t * (d22 * A[j * n + k + 1] - A[j * n + k]);
    for (let i = j; i < n; i++) A[i * n + j] -= A[i * n + k] * w1 + A[i * n + k + 1] * w2;
    A[j * n + k] = w1;
    A[j * n + k + 1] = w2;
  }
}

/** Overwrites b [n] by A⁻¹ b, given the output of a ldlFactor that returned true. */
export function ldlSolve(n: number, A: Float64Array, pivots: Int32Array, b: Float64Array): void {
  for (let k = 0; k < n; ) {
    if (pivots[k] >= 0) {
      swap(b, k, pivots[k]);
      for (let i = k + 1; i < n; i++) b[i] -= A[i * n + k] * b[k];
      b[k] /= A[k * n + k];
      k += 1;
    } else {
      swap(b, k + 1, -pivots[k] - 1);
      for (let i = k + 2; i < n; i++) b[i] -= A[i * n + k] * b[k] + A[i * n + k + 1] * b[k + 1];
      const d21 = A[(k + 1) * n + k];
      const d11 = A[k * n + k] / d21;
      const d22 = A[(k + 1) * n + k + 1] / d21;
      const b1 = b[k] / d21;
      const b2 = b[k + 1] / d21;
      const determinant = d11 * d22 - 1;
      b[k] = (d22 * b1 - b2) / determinant;
      b[k + 1] = (d11 * b2 - b1) / determinant;
      k += 2;
    }
  }
  for (let k = n - 1; k >= 0; ) {
    if (pivots[k] >= 0) {
      for (let i = k + 1; i < n; i++) b[k] -= A[i * n + k] * b[i];
      swap(b, k, pivots[k]);
      k -= 1;
    } else {
      for (let i = k + 1; i < n; i++) {
        b[k] -= A[i * n + k] * b[i];
        b[k - 1] -= A[i * n + k - 1] * b[i];
      }
      swap(b, k, -pivots[k] - 1);
      k -= 2;
    }
  }
}
