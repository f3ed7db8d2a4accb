import type { Real } from "./real.js";

/** Small dense algebra over any scalar, for the definitions: nested arrays in, new arrays out. */
export type Vector<S> = readonly S[];
export type Matrix<S> = readonly (readonly S[])[];

/** Σᵢ terms[i]; the zero of `like` if there are none. */
export function sum<S extends Real<S>>(terms: Vector<S>, like: S): S {
  let total = terms.length ? terms[0] : like.of(0);
  for (let i = 1; i < terms.length; i++) total = total.plus(terms[i]);
  return total;
}

/** aᵀb, for vectors of at least one entry. */
export function dot<S extends Real<S>>(a: Vector<S>, b: Vector<S>): S {
  let total = a[0].times(b[0]);
  for (let i = 1; i < a.length; i++) total = total.plus(a[i].times(b[i]));
  return total;
}

/** a × b. */
export function cross<S extends Real<S>>(a: Vector<S>, b: Vector<S>): S[] {
  return [
    a[1].times(b[2]).minus(a[2].times(b[1])),
    a[2].times(b[0]).minus(a[0].times(b[2])),
    a[0].times(b[1]).minus(a[1].times(b[0])),
  ];
}

export function add<S extends Real<S>>(a: Vector<S>, b: Vector<S>): S[] {
  return a.map((x, i) => x.plus(b[i]));
}

export function subtract<S extends Real<S>>(a: Vector<S>, b: Vector<S>): S[] {
  return a.map((x, i) => x.minus(b[i]));
}

export function scale<S extends Real<S>>(a: Vector<S>, s: S | number): S[] {
  return a.map((x) => x.times(s));
}

/** ‖a‖₂. */
export function norm<S extends Real<S>>(a: Vector<S>): S {
  return dot(a, a).sqrt();
}

export function transpose<S>(A: Matrix<S>): S[][] {
  return A[0].map((_, j) => A.map((row) => row[j]));
}

/** A b. */
export function apply<S extends Real<S>>(A: Matrix<S>, b: Vector<S>): S[] {
  return A.map((row) => dot(row, b));
}

/** A B. */
export function multiply<S extends Real<S>>(A: Matrix<S>, B: Matrix<S>): S[][] {
  const columns = transpose(B);
  return A.map((row) => columns.map((column) => dot(row, column)));
}

export function addMatrices<S extends Real<S>>(A: Matrix<S>, B: Matrix<S>): S[][] {
  return A.map((row, i) => add(row, B[i]));
}

export function scaleMatrix<S extends Real<S>>(A: Matrix<S>, s: S | number): S[][] {
  return A.map((row) => scale(row, s));
}

/** a bᵀ. */
export function outer<S extends Real<S>>(a: Vector<S>, b: Vector<S>): S[][] {
  return a.map((x) => b.map((y) => x.times(y)));
}

/** The n × n identity in the scalars of `like`. */
export function identity<S extends Real<S>>(n: number, like: S): S[][] {
  const [zero, one] = [like.of(0), like.of(1)];
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? one : zero)),
  );
}

/**
 * X of A X = B for square A [n,n] and B [n,m], by elimination with partial pivoting.
 *
 * @throws RangeError if a pivot is exactly zero: A is singular in this arithmetic.
 */
export function solve<S extends Real<S>>(A: Matrix<S>, B: Matrix<S>): S[][] {
  const n = A.length;
  const rows = A.map((row, i) => [...row, ...B[i]]);
  for (let k = 0; k < n; k++) {
    const pivot = k + pivotIndex(rows.slice(k).map((row) => row[k]));
    if (pivot < k)
      throw new RangeError(`solve: expected a regular ${n} x ${n} matrix, got pivot ${k} = 0`);
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k].over(rows[k][k]);
      for (let j = k + 1; j < rows[i].length; j++)
        rows[i][j] = rows[i][j].minus(factor.times(rows[k][j]));
    }
  }
  for (let k = n - 1; k >= 0; k--)
    for (let j = n; j < rows[k].length; j++) {
      for (let i = k + 1; i < n; i++) rows[k][j] = rows[k][j].minus(rows[k][i].times(rows[i][j]));
      rows[k][j] = rows[k][j].over(rows[k][k]);
    }
  return rows.map((row) => row.slice(n));
}

/** Index of the entry of greatest magnitude, the first on a tie; −1 if all are zero. */
export function pivotIndex<S extends Real<S>>(column: Vector<S>): number {
  // Only the choice of pivot depends on it, so doubles are enough.
  return column[0].largestOf?.(column) ?? largest(column.map((x) => x.toNumber()));
}

/** As `pivotIndex`, of doubles. */
export function largest(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++)
    if (Math.abs(values[best]) < Math.abs(values[i])) best = i;
  return values[best] === 0 ? -1 : best;
}
