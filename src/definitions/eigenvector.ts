/**
 * One eigenvector of a symmetric matrix, in any scalar.
 *
 *     (A − λ I) v = 0,   vᵀv = 1
 *
 * Rotations in plain doubles give a start, Newton's method on both equations makes it exact: an error of
 * 1e-8 squares at every step, and a dual's derivative follows one step behind its value. Where λ is simple
 * this is the derivative dv = Σ_j v_j (v_jᵀ dA v)/(λ − λ_j) of the textbook, which nothing here writes down.
 * Source: EQUATIONS PNP-9; [GolubVanLoan2013] section 8.5 for the start; [Magnus1985] for the derivative.
 */
import { apply, dot, type Matrix, scale, solve, subtract } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** Errors 1e-8, 1e-16, 1e-32, 1e-64: four steps for a value, one more for each derivative carried. */
const NEWTON_STEPS = 6;
const SWEEPS = 30;

/**
 * v [n], ‖v‖ = 1, of the eigenvalue that `index` others lie below, of A [n][n]; its sign is as it comes.
 * Where that eigenvalue is repeated there is no such vector, and the result is arbitrary.
 */
export function eigenvector<S extends Real<S>>(A: Matrix<S>, index: number): S[] {
  const start = numberVectors(A.map((row) => row.map((a) => a.toNumber())))[index];
  const one = A[0][0].of(1);
  let v = start.map((x) => one.times(x));
  let lambda = dot(v, apply(A, v)).over(dot(v, v));
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const bordered = A.map((row, i) => [
      ...row.map((a, j) => (i === j ? a.minus(lambda) : a)),
      v[i].negated(),
    ]);
    const residual = subtract(apply(A, v), scale(v, lambda));
    const excess = dot(v, v).minus(1).over(2);
    const change = solve(
      [...bordered, [...v, one.of(0)]],
      [...residual, excess].map((r) => [r.negated()]),
    ).flat();
    lambda = lambda.plus(change[v.length]);
    v = v.map((x, i) => x.plus(change[i]));
  }
  return v;
}

/** Eigenvectors of a symmetric matrix of numbers as rows, by eigenvalue: cyclic Jacobi rotations. */
function numberVectors(A: number[][]): number[][] {
  const n = A.length;
  const V: number[][] = A.map((_, i) => A.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const gap = A[q][q] - A[p][p];
        const twice = 2 * A[p][q];
        if (twice === 0) continue;
        const tangent = ((gap < 0 ? -1 : 1) * twice) / (Math.abs(gap) + Math.hypot(gap, twice));
        const c = 1 / Math.hypot(1, tangent);
        const s = c * tangent;
        for (let k = 0; k < n; k++)
          [A[k][p], A[k][q]] = [c * A[k][p] - s * A[k][q], s * A[k][p] + c * A[k][q]];
        [A[p], A[q]] = turned(A[p], A[q], c, s);
        [V[p], V[q]] = turned(V[p], V[q], c, s);
      }
  return V.map((v, i) => ({ v, value: A[i][i] }))
    .sort((a, b) => a.value - b.value)
    .map(({ v }) => v);
}

const turned = (a: number[], b: number[], c: number, s: number): [number[], number[]] => [
  a.map((x, k) => c * x - s * b[k]),
  a.map((x, k) => s * x + c * b[k]),
];
