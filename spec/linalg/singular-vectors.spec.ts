import { expect, it } from "vitest";
import { appendRow, qrFactor, qrNormalSolve, singularVectors } from "../../src/linalg/index.js";
import { stream } from "../../src/random/index.js";

const ε = Number.EPSILON;
const [m, n] = [9, 5];

/** M [9, 5] = Σ_k σ_k u_k v_kᵀ for orthonormal u and v. */
function built(sigma: readonly number[], seed: number) {
  const draw = stream("spec/linalg/singular-vectors").at(seed);
  const frame = (size: number) => {
    const rows: number[][] = [];
    while (rows.length < n) {
      let row = Array.from({ length: size }, () => draw.normal());
      for (let pass = 0; pass < 2; pass++)
        for (const other of rows) {
          const along = other.reduce((s, x, i) => s + x * row[i], 0);
          row = row.map((x, i) => x - along * other[i]);
        }
      const length = Math.hypot(...row);
      rows.push(row.map((x) => x / length));
    }
    return rows;
  };
  const [u, v] = [frame(m), frame(n)];
  const M = Array.from({ length: m }, (_, i) =>
    Array.from({ length: n }, (_, j) => sigma.reduce((s, x, k) => s + x * u[k][i] * v[k][j], 0)),
  );
  return { M, v };
}

it("singularVectors(n, triangle, …) recovers σ and v of rows appended one by one", () => {
  for (const sigma of [
    [1, 2, 3, 4, 5],
    [1e-9, 1e-3, 1, 10, 1000],
    [0, 1, 2, 3, 4],
  ])
    for (let seed = 0; seed < 10; seed++) {
      const { M, v } = built(sigma, seed);
      const triangle = new Float64Array(n * n);
      for (const row of M) appendRow(n, triangle, Float64Array.from(row));
      const [values, V] = [new Float64Array(n), new Float64Array(n * n)];
      expect(singularVectors(n, triangle, values, V)).toBe(true);
      const size = sigma[n - 1];
      for (let k = 0; k < n; k++) {
        // Entries of M are rounded to ε of the greatest σ; a vector moves by that over its gap.
        expect(Math.abs(values[k] - sigma[k])).toBeLessThan(16 * m * ε * size);
        const gap = Math.min(...sigma.filter((_, j) => j !== k).map((s) => Math.abs(s - sigma[k])));
        const along = v[k].reduce((s, x, i) => s + x * V[n * k + i], 0);
        const off = v[k].map((x, i) => x - along * V[n * k + i]);
        expect(Math.hypot(...off)).toBeLessThan((16 * m * ε * size) / gap);
        expect(Math.abs(Math.abs(along) - 1)).toBeLessThan(16 * m * ε * (1 + size / gap));
      }
    }
});

it("singularVectors(n, triangle, …) says when a number was not finite", () => {
  const [values, V] = [new Float64Array(2), new Float64Array(4)];
  expect(singularVectors(2, Float64Array.of(1, Number.NaN, 0, 1), values, V)).toBe(false);
});

it("qrNormalSolve(n, QR, pivots, b, x) solves AᵀA x = b", () => {
  for (let seed = 0; seed < 10; seed++) {
    const { M } = built([1, 2, 3, 4, 5], seed);
    const b = M[0].slice();
    const QR = Float64Array.from(M.flat());
    const pivots = new Int32Array(n);
    qrFactor(m, n, QR, new Float64Array(n), pivots);
    const x = new Float64Array(n);
    qrNormalSolve(n, QR, pivots, Float64Array.from(b), x);
    for (let j = 0; j < n; j++) {
      let left = 0;
      for (const row of M) left += row[j] * row.reduce((s, a, k) => s + a * x[k], 0);
      // Condition 5, squared by the normal equations, and sums over nine rows.
      expect(Math.abs(left - b[j])).toBeLessThan(25 * m * 16 * ε);
    }
  }
});
