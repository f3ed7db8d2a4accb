import { expect, it } from "vitest";
import { type SceneName, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import {
  accumulateAlgebraicCost,
  algebraicCost,
  algebraicTranslation,
} from "../../src/solve/algebraic-cost.js";
import { algebraicMinima } from "../../src/solve/algebraic-minima.js";
import { minimiseOverRotations } from "../../src/solve/rotation-search.js";
import { octahedralRotations, tetrahedralRotations } from "../../src/solve/start-rotations.js";

const ε = Number.EPSILON;

/** Σ (w depth r)² at a pose, term by term [(px m)²]. */
function direct(
  points: ReturnType<typeof scene>["correspondences"],
  R: Float64Array,
  t: Float64Array,
) {
  const { n, x2d, x3d, w2d, K } = points;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const X = [0, 1, 2].map(
      (k) =>
        R[3 * k] * x3d[3 * i] +
        R[3 * k + 1] * x3d[3 * i + 1] +
        R[3 * k + 2] * x3d[3 * i + 2] +
        t[k],
    );
    const h = [0, 1, 2].map((k) => K[3 * k] * X[0] + K[3 * k + 1] * X[1] + K[3 * k + 2] * X[2]);
    for (let k = 0; k < 2; k++) sum += (w2d[2 * i + k] * (x2d[2 * i + k] * h[2] - h[k])) ** 2;
  }
  return sum;
}

function quadratic(form: Float64Array, R: Float64Array): number {
  let f = 0;
  for (let i = 0; i < 9; i++) for (let j = 0; j < 9; j++) f += R[i] * form[9 * i + j] * R[j];
  return f;
}

const names: SceneName[] = ["generic", "planar", "deep", "D2"];

it.each(names)(
  "rᵀ Ω r of accumulateAlgebraicCost(%s) is the least Σ(w depth r)² over t",
  (name) => {
    const draw = stream("algebraic-cost");
    for (let seed = 0; seed < 8; seed++) {
      const { correspondences: points } = scene(name, { seed, weights: "uniform" });
      const { n, x2d, x3d, w2d } = points;
      // Any regular K: a last row other than (0, 0, 1) too.
      const K = points.K.map((k, i) => (i >= 6 ? k + 0.05 * draw.uniform() : k));
      const cost = algebraicCost();
      expect(accumulateAlgebraicCost(n, x2d, x3d, w2d, K, cost)).toBe(true);
      const R = draw.rotation();
      const t = new Float64Array(3);
      algebraicTranslation(cost, R, t);
      const least = direct({ ...points, K }, R, t);
      // Ω sums w² z̃ z̃ᵀ K-products, each at most its trace; the translation is eliminated by division.
      let trace = 0;
      for (let k = 0; k < 81; k += 10) trace += cost.form[k];
      const rounding = 1e3 * ε * (3 * trace) * cost.size ** 2;
      expect(Math.abs(quadratic(cost.form, R) * cost.size ** 2 - least)).toBeLessThan(rounding);
      for (let k = 0; k < 3; k++) {
        const moved = t.slice();
        moved[k] += 1e-3 * Math.hypot(...t);
        expect(direct({ ...points, K }, R, moved)).toBeGreaterThan(least);
      }
    }
  },
);

it("minimiseOverRotations(Ω, R) ends where no small turn lowers rᵀ Ω r", () => {
  const cost = algebraicCost();
  const { n, x2d, x3d, w2d, K } = scene("generic", { noise: 3 }).correspondences;
  accumulateAlgebraicCost(n, x2d, x3d, w2d, K, cost);
  for (const start of tetrahedralRotations) {
    const R = start.slice();
    const f = minimiseOverRotations(cost.form, R, 1e-7, 60);
    expect(Math.abs(quadratic(cost.form, R) - f)).toBeLessThan(1e-9 * f);
    for (let axis = 0; axis < 3; axis++)
      for (const angle of [-1e-3, 1e-3]) {
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const turned = R.slice();
        const [a, b] = [(axis + 1) % 3, (axis + 2) % 3];
        for (let j = 0; j < 3; j++) {
          turned[3 * a + j] = c * R[3 * a + j] - s * R[3 * b + j];
          turned[3 * b + j] = s * R[3 * a + j] + c * R[3 * b + j];
        }
        expect(quadratic(cost.form, turned)).toBeGreaterThan(f);
      }
  }
});

it("algebraicMinima(points, starts) is the true pose first, without noise, and in front", () => {
  for (const name of names)
    for (let seed = 0; seed < 8; seed++) {
      const { correspondences: points, R } = scene(name, { seed, noise: 0, weights: "ones" });
      const { minima } = algebraicMinima(points, tetrahedralRotations);
      let worst = 0;
      for (let i = 0; i < 9; i++) worst = Math.max(worst, Math.abs(minima[0].R[i] - R[i]));
      // A descent stops once a step is below 1e-3: its square is left, times the curvature's change.
      expect(worst).toBeLessThan(10 * 1e-3 ** 2);
    }
});

it("octahedralRotations are 24 rotations, closed under products, the tetrahedral ones first", () => {
  const key = (R: ArrayLike<number>) => Array.from(R, (x) => Math.round(x)).join();
  const group = new Set(octahedralRotations.map(key));
  expect([group.size, tetrahedralRotations.length]).toEqual([24, 12]);
  for (const A of octahedralRotations)
    for (const B of octahedralRotations) {
      const AB = [0, 1, 2].flatMap((i) =>
        [0, 1, 2].map((j) => A[3 * i] * B[j] + A[3 * i + 1] * B[3 + j] + A[3 * i + 2] * B[6 + j]),
      );
      expect(group.has(key(AB))).toBe(true);
    }
});
