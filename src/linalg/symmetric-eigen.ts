/**
 * Eigenvalues and eigenvectors of a symmetric matrix.
 *
 *     A = Σₖ λₖ vₖ vₖᵀ,   λ₁ ≤ λ₂ ≤ …,   vₖ orthonormal
 *
 * symmetricEigen turns the whole matrix diagonal by cyclic Jacobi rotations: slower than reduction
 * to tridiagonal form, but each eigenvalue comes with small relative error wherever the matrix
 * allows it. smallestEigenvector finds one pair by inverse iteration: a Cholesky factor and a few
 * triangular solves, ten times cheaper at n = 12. Matrices are row-major [n, n]; vectors are rows.
 * Sources: [GolubVanLoan2013] Matrix Computations, sections 8.2 and 8.5.
 */

import { choleskyFactor, choleskySolve } from "./cholesky.js";

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

/** Largest matrix smallestEigenvector takes: scratch is made once, for this size. */
const LARGEST = 16;
const factor = new Float64Array(LARGEST * LARGEST);
const previous = new Float64Array(LARGEST);
const MAX_ITERATIONS = 60;

/**
 * Writes a unit eigenvector of the smallest eigenvalue of the positive semidefinite A [n, n] to
 * vector [n], by inverse iteration. A is not changed. The vector is accurate to nε tr A over the gap
 * to the second eigenvalue; where that gap closes, it is some vector of the two's plane.
 *
 * Returns the Rayleigh quotient, that is the eigenvalue, or NaN if A is not positive semidefinite.
 *
 * @throws RangeError if n > 16.
 */
export function smallestEigenvector(n: number, A: Float64Array, vector: Float64Array): number {
  if (!(n <= LARGEST))
    throw new RangeError(`smallestEigenvector: expected n <= ${LARGEST}, got ${n}`);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += A[i * n + i];
  for (let i = 0; i < n * n; i++) factor[i] = A[i];
  // The smallest shift that keeps a singular A factorable: rounding of the factor is about nε tr A.
  const shift = n * Number.EPSILON * trace;
  for (let i = 0; i < n; i++) factor[i * n + i] += shift;
  if (!choleskyFactor(n, factor)) return NaN;
  // A start without special directions: fractional parts of multiples of the golden ratio.
  for (let i = 0; i < n; i++) {
    const x = (i + 1) * 0.6180339887498949;
    vector[i] = x - Math.floor(x) - 0.5;
  }
  let change = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    for (let i = 0; i < n; i++) previous[i] = vector[i];
    choleskySolve(n, factor, vector);
    normalise(n, vector);
    const moved = distance(n, previous, vector);
    // Once small, a change that no longer shrinks is rounding.
    if (moved <= Number.EPSILON || (moved < 1e-6 && moved >= change)) break;
    change = moved;
  }
  let quotient = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += A[i * n + j] * vector[j];
    quotient += vector[i] * sum;
  }
  return quotient;
}

function normalise(n: number, vector: Float64Array): void {
  let squared = 0;
  for (let i = 0; i < n; i++) squared += vector[i] * vector[i];
  const scale = 1 / Math.sqrt(squared);
  for (let i = 0; i < n; i++) vector[i] *= scale;
}

/** ‖a − b‖; no sign to fix, since A⁻¹ is positive and iterates never alternate. */
function distance(n: number, a: Float64Array, b: Float64Array): number {
  let squared = 0;
  for (let i = 0; i < n; i++) squared += (a[i] - b[i]) * (a[i] - b[i]);
  return Math.sqrt(squared);
}
