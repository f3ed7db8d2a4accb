import { expect, it } from "vitest";
import { projection, rigidTransform } from "../../src/kernels/projection.js";
import { reprojectionCost } from "../../src/kernels/reprojection-cost.js";
import { yawRotation } from "../../src/kernels/yaw.js";
import type { Correspondences } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { orientationDensity } from "../../src/sample/orientation-density.js";

const ε = Number.EPSILON;
const K = Float64Array.of(1266, 0, 816, 0, 1266, 491, 0, 0, 1);
const t = Float64Array.of(0.5, 0.2, 12);

/** `copies` views of the same pixels, the object turned by a whole share of a turn in each. */
function symmetric(copies: number, weight: number, beta = 0.6): Correspondences {
  const draw = stream("orientation").child(`${copies}`);
  const n = 12 * copies;
  const [x2d, x3d] = [new Float64Array(2 * n), new Float64Array(3 * n)];
  const [R, S, X] = [new Float64Array(9), new Float64Array(9), new Float64Array(3)];
  yawRotation(beta, R);
  for (let i = 0; i < 12; i++) {
    const z = Float64Array.from({ length: 3 }, () => 2 * draw.uniform() - 1);
    rigidTransform(z, R, t, X);
    for (let k = 0; k < copies; k++) {
      const j = i * copies + k;
      projection(X, K, x2d.subarray(2 * j, 2 * j + 2));
      yawRotation((2 * Math.PI * k) / copies, S);
      rigidTransform(z, S, new Float64Array(3), x3d.subarray(3 * j, 3 * j + 3));
    }
  }
  return { n, x2d, x3d, w2d: new Float64Array(2 * n).fill(weight), K };
}
const total = (logDensity: Float64Array) =>
  logDensity.reduce((sum, x) => sum + Math.exp(x), 0) * ((2 * Math.PI) / logDensity.length);

it("orientationDensity(…) integrates to 1, also where e^−cost underflows", () => {
  for (const weight of [1e-3, 0.1, 1e3])
    for (const bins of [1, 5, 128]) {
      const { status, logDensity } = orientationDensity(symmetric(1, weight), t, { bins });
      expect(status).toBe("ok");
      // Logarithms as large as the cost carry its rounding into the density.
      const size = Math.max(1, Math.abs(Math.max(...logDensity)));
      expect(Math.abs(total(logDensity) - 1)).toBeLessThan(
        16 * bins * ε * size * (weight > 1 ? 1e9 : 1e3),
      );
    }
});

it("log ratios of the density are differences of cost, with Huber too", () => {
  const problem = symmetric(1, 0.1);
  for (const delta of [Infinity, 2]) {
    const { yaws, logDensity } = orientationDensity(problem, t, { bins: 16, delta });
    const cost = [...yaws].map((beta) => {
      const R = new Float64Array(9);
      yawRotation(beta, R);
      return reprojectionCost(problem.n, problem.x2d, problem.x3d, problem.w2d, K, R, t, delta);
    });
    for (let k = 1; k < 16; k++)
      expect(Math.abs(logDensity[k] - logDensity[0] + cost[k] - cost[0])).toBeLessThan(
        8 * ε * (cost[k] + cost[0] + 10),
      );
  }
});

it("an object of a k-fold symmetry has k equal modes, one without has one, at its yaw", () => {
  for (const copies of [1, 2, 4]) {
    const beta = (2 * Math.PI * 10) / 128;
    const { yaws, logDensity } = orientationDensity(symmetric(copies, 0.02, beta), t);
    const at = (k: number) => logDensity[(k + 128) % 128];
    const modes = [...yaws.keys()].filter((k) => at(k) > at(k - 1) && at(k) > at(k + 1));
    const greatest = Math.max(...logDensity);
    const high = modes.filter((k) => at(k) > greatest - 1e-6);
    expect(high).toHaveLength(copies);
    // Of several copies each pulls at the mode; of one, it is where the object is.
    if (copies === 1) expect(high).toEqual([10]);
    high.forEach((k) => {
      expect((k - high[0]) % (128 / copies)).toBe(0);
    });
  }
});

it("without points or weights it is uniform; without a finite cost it has a status", () => {
  const none = { ...symmetric(1, 1), n: 0 };
  for (const problem of [none, symmetric(1, 0)])
    for (const x of orientationDensity(problem, t, { bins: 7 }).logDensity)
      expect(Math.abs(x + Math.log(2 * Math.PI))).toBeLessThan(8 * ε);
  const central = { ...symmetric(1, 1), x3d: new Float64Array(36) };
  const lost = orientationDensity(central, new Float64Array(3));
  expect(lost.status).toBe("no-density");
  expect(lost.logDensity.every(Number.isNaN)).toBe(true);
});

it("orientationDensity(…) throws on bins, δ and positions that are none", () => {
  const problem = symmetric(1, 1);
  for (const bins of [0, 1.5])
    expect(() => orientationDensity(problem, t, { bins })).toThrow(`bins >= 1, got ${bins}`);
  expect(() => orientationDensity(problem, t, { delta: -1 })).toThrow("delta >= 0, got -1");
  for (const bad of [
    [1, 2],
    [1, 2, Number.NaN],
  ])
    expect(() => orientationDensity(problem, Float64Array.from(bad))).toThrow(
      "three finite entries",
    );
});
