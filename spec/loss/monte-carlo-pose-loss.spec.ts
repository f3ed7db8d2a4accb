import { expect, it } from "vitest";
import { rotationQuaternion } from "../../src/kernels/quaternion.js";
import { givenSamplesPoseLoss, monteCarloPoseLoss } from "../../src/loss/index.js";
import { scene } from "../../src/problem/index.js";
import { amis } from "../../src/sample/index.js";

const problem = (seed: number, n = 16) => {
  const { correspondences, pose } = scene("generic", { n, noise: 2, seed });
  const target = new Float64Array(7);
  target.set(pose.t.data as Float64Array);
  rotationQuaternion(pose.R.data as Float64Array, target.subarray(3));
  return { points: { ...correspondences, w2d: correspondences.w2d.map(() => 0.5) }, target };
};

it("monteCarloPoseLoss has the same bits whatever is computed before it", () => {
  const order = [0, 1, 2, 3];
  const run = (seed: number) => {
    const { points, target } = problem(seed);
    const { loss, slopes } = monteCarloPoseLoss(points, target, { seed: `loss#${seed}` });
    return [loss, ...slopes.x3d, ...slopes.x2d, ...slopes.w2d];
  };
  const forward = order.map(run);
  const backward = [...order].reverse().map(run).reverse();
  expect(backward).toEqual(forward);
});

it("givenSamplesPoseLoss: slopes are central differences of the value for constant samples", () => {
  const { points, target } = problem(5);
  const settings = { relativeDelta: 0.1, attachedThreshold: "full" } as const;
  const { sample } = monteCarloPoseLoss(points, target, { ...settings, seed: "differences" });
  if (sample === null) throw new Error("expected a sample");
  const { poses, logDensities } = sample;
  const value = (moved: Partial<typeof points>) =>
    givenSamplesPoseLoss({ ...points, ...moved }, target, { poses, logDensities }, settings);
  const { slopes } = value({});
  // h² of the third derivative against ε of the value over h: both about ε^⅔ at h = ε^⅓ of the size.
  for (const [name, size] of [
    ["x3d", 1],
    ["x2d", 100],
    ["w2d", 0.5],
  ] as const) {
    const scale = Math.max(...slopes[name].map(Math.abs));
    const h = 1e-5 * size;
    for (const k of [0, 3, 7, 20]) {
      const at = (step: number) =>
        value({ [name]: points[name].map((x, i) => (i === k ? x + step : x)) }).loss;
      const slope = (at(h) - at(-h)) / (2 * h);
      expect(Math.abs(slope - slopes[name][k])).toBeLessThan(1e-5 * scale);
    }
  }
});

it("monteCarloPoseLoss of given samples and end to end are one loss", () => {
  const { points, target } = problem(7);
  const whole = monteCarloPoseLoss(points, target, { delta: 3, seed: "whole" });
  if (whole.pose === null || whole.covariance === null) throw new Error("expected a solution");
  const again = amis(points, whole.pose, whole.covariance, { delta: 3, seed: "whole" });
  const part = givenSamplesPoseLoss(points, target, again, { delta: 3 });
  expect(part.loss).toBe(whole.loss);
  expect([...part.slopes.w2d]).toEqual([...whole.slopes.w2d]);
  expect(whole.loss).toBe(whole.target + (whole.sample?.logEvidence ?? Number.NaN));
});

it("givenSamplesPoseLoss gains 2 L of degree in w: Σ w ∂c/∂w = 2 c without Huber, at target and samples", () => {
  const { points, target } = problem(9);
  const { slopes, costs, weights, target: cost } = monteCarloPoseLoss(points, target);
  const along = slopes.w2d.reduce((sum, g, k) => sum + g * points.w2d[k], 0);
  const expected = weights.reduce((sum, v, j) => sum + v * costs[j], 0);
  // Both sides sum n products of a size that their difference hides.
  expect(Math.abs(along - 2 * (cost - expected))).toBeLessThan(64 * 16 * Number.EPSILON * cost);
});

it("losses of problems without an answer are statuses, never NaN alone", () => {
  const { points, target } = problem(11);
  const empty = { ...points, n: 0, x2d: new Float64Array(), x3d: new Float64Array() };
  const status = (p: typeof points, options = {}) => monteCarloPoseLoss(p, target, options).status;
  expect(status({ ...empty, w2d: new Float64Array() })).toBe("empty");
  expect(status({ ...points, w2d: points.w2d.map(() => 0) })).toBe("zero-weights");
  expect(status({ ...points, w2d: points.w2d.map(() => 1e-4) })).toBe("improper");
  const around = (offset: number) => ({
    lower: target.slice(0, 3).map((x) => x + offset - 1),
    upper: target.slice(0, 3).map((x) => x + offset + 1),
  });
  expect(status(points, { box: around(0) })).toBe("ok");
  expect(status(points, { box: around(1e9) })).toBe("no-mass");
  const given = { poses: new Float64Array(0), logDensities: new Float64Array(0) };
  expect(givenSamplesPoseLoss(points, target, given).status).toBe("no-samples");
  const off = { poses: target.map((x) => 2 * x), logDensities: new Float64Array(1) };
  expect(givenSamplesPoseLoss(points, target, off).status).toBe("off-sphere");
  expect(() => monteCarloPoseLoss(points, target, { samples: 0 })).toThrow(RangeError);
  expect(() => monteCarloPoseLoss(points, target, { iterations: 0 })).toThrow(RangeError);
  const identity = Float64Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? 1 : 0));
  const { proposals } = amis(
    points,
    target,
    identity.map((x) => -x),
  );
  expect(proposals[0].standIn).toEqual({ position: true, rotation: true });
});
