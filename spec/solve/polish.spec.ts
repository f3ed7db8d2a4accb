import { describe, expect, it } from "vitest";
import { reprojectionCost } from "../../src/definitions/reprojection-cost.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import { type Scene, type SceneName, scene } from "../../src/problem/index.js";
import { type Big, big } from "../../src/scalar/big.js";
import { multiply } from "../../src/scalar/matrix.js";
import { residualMagnitude } from "../../src/solve/depths.js";
import { leftUpdate, polish, polished } from "../../src/solve/polish.js";

const ε = Number.EPSILON;

const rows = (flat: Float64Array, width: number): Big[][] =>
  Array.from({ length: flat.length / width }, (_, i) =>
    Array.from(flat.subarray(width * i, width * (i + 1)), (x) => big(x)),
  );

/** ∂cost/∂(φ, τ) [6] of the definition at 64 digits, by central differences of 1e-20: 40 digits. */
function trueGradient(
  { correspondences: p }: Scene,
  R: Float64Array,
  t: Float64Array,
  delta: number,
): number[] {
  const problem = {
    x2d: rows(p.x2d, 2),
    x3d: rows(p.x3d, 3),
    w2d: rows(p.w2d, 2),
    K: rows(p.K, 3),
    ...(delta < Infinity && { delta: big(delta) }),
  };
  const [origin] = rows(t, 3);
  const cost = (k: number, h: Big) => {
    const φ = [0, 1, 2].map((i) => (i === k ? h : big(0)));
    const shifted = origin.map((x, i) => (i + 3 === k ? x.plus(h) : x));
    return reprojectionCost(problem, multiply(rotation(φ), rows(R, 3)), shifted);
  };
  const h = big("1e-20");
  return [0, 1, 2, 3, 4, 5].map((k) =>
    cost(k, h).minus(cost(k, h.negated())).over(h.times(2)).toNumber(),
  );
}

const names: SceneName[] = ["generic", "planar", "far", "outliers"];

describe.each(names)("polish(%s)", (name) => {
  it("ends where the gradient at 64 digits is rounding, the unit of stationarity", () => {
    for (const delta of [Infinity, 2]) {
      const truth = scene(name, { n: 12, noise: 1 });
      const { n, x2d, x3d, w2d, K } = truth.correspondences;
      const [R, t] = [truth.R.slice(), truth.t.slice()];
      const at = polished();
      polish(truth.correspondences, R, t, delta, 100, at);
      expect([at.minimum, at.behind]).toEqual([true, 0]);
      expect(at.stationarity).toBeLessThanOrEqual(1);
      const magnitude = residualMagnitude(n, x2d, x3d, w2d, K, R, t);
      const g = trueGradient(truth, R, t, delta);
      // One unit that polish sees, and one by which the doubles it sees may be off.
      for (let k = 0; k < 6; k++)
        expect(Math.abs(g[k])).toBeLessThanOrEqual(
          2 * ε * magnitude * Math.sqrt(at.hessian[7 * k]),
        );
    }
  });
});

it("polish(points, R, t) never raises the cost, nor takes a point behind the camera", () => {
  for (let seed = 0; seed < 40; seed++) {
    const { correspondences: points, t } = scene("generic", { seed });
    const R = scene("generic", { seed: seed + 1000 }).R.slice();
    const at = polished();
    polish(points, R.slice(), t.slice(), Infinity, 1, at);
    const { cost, behind } = at;
    polish(points, R, t, Infinity, 100, at);
    expect(at.cost).toBeLessThanOrEqual(cost);
    expect(at.behind).toBeLessThanOrEqual(behind);
  }
});

it("polish(points, R, t) leaves a rotation, and a solution it is given again", () => {
  const { correspondences: points, R, t } = scene("generic");
  const at = polished();
  polish(points, R, t, Infinity, 100, at);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      const dot = [0, 1, 2].reduce((s, k) => s + R[3 * i + k] * R[3 * j + k], 0);
      // A few products of rotations, each exact to 4ε an entry.
      expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThanOrEqual(4 * ε * (at.iterations + 1));
    }
  const before = [...R, ...t];
  polish(points, R, t, Infinity, 100, at);
  expect([...R, ...t]).toEqual(before);
  expect(at.iterations).toBe(1);
});

it("leftUpdate(R, t, s) turns in the camera frame", () => {
  const [R, t] = [new Float64Array(9), new Float64Array(3)];
  const quarter = Float64Array.of(0, 0, Math.PI / 2, 1, 2, 3);
  leftUpdate(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), new Float64Array(3), quarter, R, t);
  const known = [0, -1, 0, 1, 0, 0, 0, 0, 1];
  known.forEach((x, i) => {
    expect(Math.abs(R[i] - x)).toBeLessThanOrEqual(ε);
  });
  expect([...t]).toEqual([1, 2, 3]);
});
