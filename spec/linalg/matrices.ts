import type { Stream } from "../../src/random/stream.js";

/** Matrices and residuals for the specs of src/linalg, row-major and drawn from a stream. */

export function normals(length: number, draw: Stream): Float64Array {
  return Float64Array.from({ length }, () => draw.normal());
}

/** A + Aᵀ of normals: indefinite as a rule. */
export function symmetric(n: number, draw: Stream): Float64Array {
  const A = normals(n * n, draw);
  return Float64Array.from(A, (x, i) => x + A[(i % n) * n + Math.floor(i / n)]);
}

/** B Bᵀ of normals B [n, rank]: positive semidefinite of that rank. */
export function gram(n: number, rank: number, draw: Stream): Float64Array {
  const B = normals(n * rank, draw);
  const A = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < rank; k++) A[i * n + j] += B[i * rank + k] * B[j * rank + k];
  return A;
}

/** A x for A [m, n]. */
export function product(A: Float64Array, x: ArrayLike<number>): Float64Array {
  const n = x.length;
  const out = new Float64Array(A.length / n);
  for (let i = 0; i < out.length; i++) for (let j = 0; j < n; j++) out[i] += A[i * n + j] * x[j];
  return out;
}

export function transposed(n: number, A: Float64Array): Float64Array {
  return Float64Array.from(A, (_, i) => A[(i % n) * n + Math.floor(i / n)]);
}

export function largest(x: ArrayLike<number>): number {
  return Array.from(x).reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
}

/**
 * ‖A x − b‖∞ over n (‖A‖∞ ‖x‖∞ + ‖b‖∞): the backward error of x as a solution. A stable solver keeps
 * it at a few ε, however badly A is conditioned.
 */
export function backwardError(A: Float64Array, x: Float64Array, b: Float64Array): number {
  const Ax = product(A, x);
  const residual = largest(Ax.map((value, i) => value - b[i]));
  return residual / (x.length * largest(A) * largest(x) + largest(b));
}

/** The larger of ‖VVᵀ − I‖∞ entry by entry, for the rows of V [k, n]. */
export function orthonormality(k: number, V: Float64Array): number {
  const n = V.length / k;
  let worst = 0;
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++) {
      let sum = i === j ? -1 : 0;
      for (let c = 0; c < n; c++) sum += V[i * n + c] * V[j * n + c];
      worst = Math.max(worst, Math.abs(sum));
    }
  return worst;
}
