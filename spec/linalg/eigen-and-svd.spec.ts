import { expect, it } from "vitest";
import { determinant3, nearestRotation, svd3 } from "../../src/linalg/svd3.js";
import { symmetricEigen } from "../../src/linalg/symmetric-eigen.js";
import { stream } from "../../src/random/index.js";
import {
  gram,
  largest,
  normals,
  orthonormality,
  product,
  symmetric,
  transposed,
} from "./matrices.js";

const ε = Number.EPSILON;

it("symmetricEigen(n, A, values, vectors) gives ascending values with A v = λ v, v orthonormal", () => {
  for (const n of [1, 2, 3, 4, 9, 12])
    for (let k = 0; k < 20; k++) {
      const draw = stream("spec/eigen").at(n).at(k);
      const A = k % 2 ? symmetric(n, draw) : gram(n, 1 + draw.integer(n), draw);
      const [values, vectors] = [new Float64Array(n), new Float64Array(n * n)];
      expect(symmetricEigen(n, A.slice(), values, vectors)).toBe(true);
      expect(orthonormality(n, vectors)).toBeLessThan(16 * n * ε);
      for (let i = 0; i < n; i++) {
        if (i > 0) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]);
        const v = vectors.slice(i * n, i * n + n);
        const residual = product(A, v).map((x, j) => x - values[i] * v[j]);
        expect(largest(residual)).toBeLessThan(16 * n * ε * largest(A));
      }
    }
});

it("symmetricEigen(n, A, …) keeps small eigenvalues of a graded positive matrix accurate", () => {
  // D H D with H well conditioned: eigenvalues from 1 to 1e-24, all with relative digits.
  const scales = [1, 1e-4, 1e-8, 1e-12];
  const A = Float64Array.from({ length: 16 }, (_, k) => {
    const [i, j] = [k >> 2, k & 3];
    return (i === j ? 1 : 0.25) * scales[i] * scales[j];
  });
  const values = new Float64Array(4);
  symmetricEigen(4, A.slice(), values, new Float64Array(16));
  // det(DHD) = det D² · det H, and det H = (1 − ¼)³(1 + ¾) in closed form.
  const determinant = 0.75 ** 3 * 1.75;
  const scaled = values.reduce((p, value, i) => p * (value / scales[3 - i] ** 2), 1);
  expect(Math.abs(scaled / determinant - 1)).toBeLessThan(64 * ε);
});

it("symmetricEigen(n, A, …) reports a matrix that is not a number", () => {
  expect(
    symmetricEigen(2, Float64Array.of(1, NaN, NaN, 1), new Float64Array(2), new Float64Array(4)),
  ).toBe(false);
});

/** 3×3 matrices: generic, of rank 2 and 1 and 0, and with one row shrunk by 1e-12. */
const threeByThree = Array.from({ length: 400 }, (_, k) => {
  const A = normals(9, stream("spec/svd").at(k));
  for (let j = 0; j < 3; j++) {
    if (k % 5 === 1) A[6 + j] = A[j] + A[3 + j];
    if (k % 5 === 2) A[6 + j] = -(A[3 + j] = 2 * A[j]);
    if (k % 5 === 3) A[6 + j] *= 1e-12;
    if (k % 5 === 4 && k < 20) A[j] = A[3 + j] = A[6 + j] = 0;
  }
  return A;
});

it("svd3(A, U, s, V) gives A = U diag(s) Vᵀ with U, V orthogonal and s descending", () => {
  for (const A of threeByThree) {
    const [U, s, V] = [new Float64Array(9), new Float64Array(3), new Float64Array(9)];
    svd3(A, U, s, V);
    expect(orthonormality(3, U)).toBeLessThan(16 * ε);
    expect(orthonormality(3, V)).toBeLessThan(16 * ε);
    expect(s[0] >= s[1] && s[1] >= s[2] && s[2] >= 0).toBe(true);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += U[3 * i + k] * s[k] * V[3 * j + k];
        expect(Math.abs(sum - A[3 * i + j])).toBeLessThanOrEqual(16 * ε * s[0]);
      }
  }
});

it("nearestRotation(A, R) is a rotation, and no small turn of it comes nearer", () => {
  for (const [k, A] of threeByThree.entries()) {
    const R = new Float64Array(9);
    nearestRotation(A, R);
    expect(orthonormality(3, R)).toBeLessThan(32 * ε);
    expect(determinant3(R)).toBeGreaterThan(0);
    // tr(RᵀA) is stationary under turns: RᵀA is symmetric. It is greatest: tr(M)I − M ⪰ 0.
    const M = new Float64Array(9);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        for (let c = 0; c < 3; c++) M[3 * i + j] += R[3 * c + i] * A[3 * c + j];
    const Mt = transposed(3, M);
    expect(largest(M.map((x, i) => x - Mt[i]))).toBeLessThanOrEqual(32 * ε * largest(A));
    const trace = M[0] + M[4] + M[8];
    const curvature = M.map((x, i) => (i % 4 ? -x : trace - x));
    const values = new Float64Array(3);
    symmetricEigen(3, curvature, values, new Float64Array(9));
    expect(values[0]).toBeGreaterThanOrEqual(-64 * ε * largest(A));
    if (k % 5 === 0) expect(nearestRotation(A, R)).toBe(true);
  }
});

it("nearestRotation(A, R) says when several rotations are equally near", () => {
  const R = new Float64Array(9);
  expect(nearestRotation(Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0), R)).toBe(false);
  expect(nearestRotation(Float64Array.of(-1, 0, 0, 0, -1, 0, 0, 0, -1), R)).toBe(false);
  expect(nearestRotation(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0), R)).toBe(true);
});
