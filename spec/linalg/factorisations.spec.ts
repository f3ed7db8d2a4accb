import { expect, it } from "vitest";
import {
  choleskyFactor,
  choleskyInverse,
  choleskySolve,
  lowerSolve,
} from "../../src/linalg/cholesky.js";
import { ldlFactor, ldlSolve, NEGATIVE, POSITIVE, ZERO } from "../../src/linalg/ldl.js";
import { luFactor, luSolve, luSolveTransposed } from "../../src/linalg/lu.js";
import { qrFactor, qrSolve } from "../../src/linalg/qr.js";
import { stream } from "../../src/random/index.js";
import {
  backwardError,
  gram,
  largest,
  normals,
  product,
  symmetric,
  transposed,
} from "./matrices.js";

const ε = Number.EPSILON;
const sizes = [1, 2, 3, 4, 6, 9, 12];
const draws = sizes.flatMap((n) =>
  Array.from({ length: 20 }, (_, k) => ({ n, draw: stream("spec/linalg").at(n).at(k) })),
);

it("choleskySolve(n, L, b) solves A x = b to rounding, with L Lᵀ = A", () => {
  for (const { n, draw } of draws) {
    const A = gram(n, n + 2, draw);
    const b = normals(n, draw);
    const L = A.slice();
    expect(choleskyFactor(n, L)).toBe(true);
    const x = b.slice();
    choleskySolve(n, L, x);
    expect(backwardError(A, x, b)).toBeLessThan(4 * ε);
    const y = b.slice();
    lowerSolve(n, L, y);
    const quadratic = y.reduce((sum, value) => sum + value * value, 0);
    const expected = b.reduce((sum, value, i) => sum + value * x[i], 0);
    // bᵀA⁻¹b two ways; the solve's forward error is ε times A's condition.
    const condition = largest(A) * largest(inverseOf(n, L)) * n;
    expect(Math.abs(quadratic - expected)).toBeLessThan(4 * n * ε * condition * quadratic);
  }
});

const inverseOf = (n: number, L: Float64Array): Float64Array => {
  const inverse = new Float64Array(n * n);
  choleskyInverse(n, L, inverse);
  return inverse;
};

it("choleskyInverse(n, L, inverse) is symmetric and inverts, column by column", () => {
  for (const { n, draw } of draws) {
    const A = gram(n, n + 2, draw);
    const L = A.slice();
    choleskyFactor(n, L);
    const inverse = inverseOf(n, L);
    expect(inverse).toEqual(transposed(n, inverse));
    for (let j = 0; j < n; j++) {
      const unit = new Float64Array(n);
      unit[j] = 1;
      const column = inverse.slice(j * n, j * n + n);
      const condition = largest(A) * largest(inverse) * n;
      expect(largest(product(A, column).map((x, i) => x - unit[i]))).toBeLessThan(
        4 * n * ε * condition,
      );
    }
  }
});

it("choleskyFactor(n, A) refuses a matrix that is indefinite, singular or not a number", () => {
  expect(choleskyFactor(2, Float64Array.of(1, 2, 2, 1))).toBe(false);
  expect(choleskyFactor(2, Float64Array.of(1, 1, 1, 1))).toBe(false);
  expect(choleskyFactor(2, Float64Array.of(NaN, 0, 0, 1))).toBe(false);
  expect(choleskyFactor(2, Float64Array.of(1, 0, Infinity, 1))).toBe(false);
});

it("ldlSolve(n, A, pivots, b) solves an indefinite A x = b to rounding", () => {
  for (const { n, draw } of draws)
    for (const hollow of [false, true]) {
      const A = symmetric(n, draw);
      // Without a diagonal every pivot has to be a block of size 2, or made by elimination.
      if (hollow && n > 1) for (let i = 0; i < n; i++) A[i * n + i] = 0;
      const b = normals(n, draw);
      const F = A.slice();
      const pivots = new Int32Array(n);
      expect(ldlFactor(n, F, pivots, new Int32Array(3))).toBe(true);
      const x = b.slice();
      ldlSolve(n, F, pivots, x);
      // Growth of entries under diagonal pivoting is a small factor in practice.
      expect(backwardError(A, x, b)).toBeLessThan(16 * ε);
    }
});

it("ldlFactor(n, A, pivots, inertia) counts eigenvalue signs, which congruence keeps", () => {
  for (const { n, draw } of draws) {
    // A = S D Sᵀ with chosen signs D: by Sylvester's law the inertia of A is that of D.
    const S = normals(n * n, draw);
    const signs = Array.from({ length: n }, () => (draw.integer(2) === 0 ? 1 : -1));
    const A = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        for (let k = 0; k < n; k++) A[i * n + j] += S[i * n + k] * signs[k] * S[j * n + k];
    const inertia = new Int32Array(3);
    ldlFactor(n, A, new Int32Array(n), inertia);
    expect(inertia[POSITIVE]).toBe(signs.filter((s) => s > 0).length);
    expect(inertia[NEGATIVE]).toBe(signs.filter((s) => s < 0).length);
  }
});

it("ldlFactor(n, A, pivots, inertia) counts zeros of matrices that lost rank", () => {
  const inertia = new Int32Array(3);
  for (const [n, rank] of [
    [3, 1],
    [6, 4],
    [6, 0],
  ]) {
    const A = gram(n, rank, stream("spec/linalg/rank").at(n));
    expect(ldlFactor(n, A, new Int32Array(n), inertia)).toBe(false);
    expect([inertia[POSITIVE], inertia[NEGATIVE], inertia[ZERO]]).toEqual([rank, 0, n - rank]);
  }
  expect(ldlFactor(2, Float64Array.of(NaN, 0, 0, 1), new Int32Array(2), inertia)).toBe(false);
  expect([...inertia]).toEqual([0, 0, 2]);
});

it("luSolve and luSolveTransposed solve A x = b and Aᵀ x = b to rounding", () => {
  for (const { n, draw } of draws) {
    const A = normals(n * n, draw);
    const b = normals(n, draw);
    const LU = A.slice();
    const pivots = new Int32Array(n);
    expect(luFactor(n, LU, pivots)).toBe(true);
    const x = b.slice();
    luSolve(n, LU, pivots, x);
    expect(backwardError(A, x, b)).toBeLessThan(16 * ε);
    const y = b.slice();
    luSolveTransposed(n, LU, pivots, y);
    expect(backwardError(transposed(n, A), y, b)).toBeLessThan(16 * ε);
  }
  expect(luFactor(2, Float64Array.of(1, 2, 2, 4), new Int32Array(2))).toBe(false);
});

it("qrSolve(m, n, …) leaves a residual orthogonal to every column", () => {
  for (const { n, draw } of draws) {
    const m = n + 4;
    const A = normals(m * n, draw);
    const b = normals(m, draw);
    const QR = A.slice();
    const [tau, pivots, x] = [new Float64Array(n), new Int32Array(n), new Float64Array(n)];
    const rank = qrFactor(m, n, QR, tau, pivots);
    expect(rank).toBe(n);
    qrSolve(m, n, QR, tau, pivots, rank, b.slice(), x);
    const residual = product(A, x).map((value, i) => value - b[i]);
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = 0; i < m; i++) sum += A[i * n + j] * residual[i];
      const size = m * largest(A) * (n * largest(A) * largest(x) + largest(b));
      expect(Math.abs(sum)).toBeLessThan(4 * ε * size);
    }
  }
});

it("qrSolve(m, n, …) keeps its digits where a column already points along its axis", () => {
  // A reflection that takes the wrong side subtracts two equal numbers here.
  for (const tilt of [0, 1e-12, 1e-8, 1e-4]) {
    const A = Float64Array.of(1, 0, 0, 0.5, tilt, tilt);
    const x = new Float64Array(2);
    const [tau, pivots] = [new Float64Array(2), new Int32Array(2)];
    const rank = qrFactor(3, 2, A, tau, pivots);
    qrSolve(3, 2, A, tau, pivots, rank, Float64Array.of(1, 1, 3 * tilt), x);
    expect(Math.abs(x[0] - 1)).toBeLessThan(8 * ε);
    expect(Math.abs(x[1] - 2)).toBeLessThan(8 * ε);
  }
});

it("qrFactor(m, n, A, tau, pivots) reveals the rank and refuses wide matrices", () => {
  const draw = stream("spec/linalg/qr");
  for (const rank of [0, 1, 2, 3]) {
    const B = normals(8 * 4, draw);
    const A = new Float64Array(8 * 4);
    for (let i = 0; i < 8; i++)
      for (let j = 0; j < 4; j++) A[4 * i + j] = j < rank ? B[4 * i + j] : j ? A[4 * i + j - 1] : 0;
    expect(qrFactor(8, 4, A, new Float64Array(4), new Int32Array(4))).toBe(rank);
  }
  expect(() => qrFactor(2, 3, new Float64Array(6), new Float64Array(3), new Int32Array(3))).toThrow(
    "qrFactor: expected m >= n, got m = 2 and n = 3",
  );
});
