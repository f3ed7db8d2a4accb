import { expect, it } from "vitest";
import {
  covarianceLossWeights,
  GradientClipper,
  publishedRamps,
  rampedLoss,
  rampIn,
  sampledPixels,
} from "../../src/loss/training-pieces.js";
import { stream } from "../../src/random/index.js";

const ε = Number.EPSILON;
const along = (norm: number) => Float64Array.of(0.6 * norm, -0.8 * norm);
const length = (g: Float64Array) => Math.hypot(...g);

it("GradientClipper(ρ).clip(g) follows the published rule to the letter", () => {
  const clipper = new GradientClipper(0.7);
  const first = clipper.clip(along(2));
  expect(first).toMatchObject({ status: "within", limit: 100 });
  expect(first.gradient).toEqual(along(2));
  let m = 1.7 * clipper.clip(new Float64Array(2)).norm;
  m = 0.9 * 1.7 * 2 + m;
  for (const norm of [3, 1, 50, 0.1, 4]) {
    const { gradient, limit, status } = clipper.clip(along(norm));
    expect(Math.abs(limit - m)).toBeLessThanOrEqual(16 * ε * m);
    const factor = Math.min(1, m / (norm + 1e-6));
    expect(Math.abs(length(gradient) - factor * norm)).toBeLessThanOrEqual(16 * ε * norm);
    expect(status).toBe(factor < 1 ? "clipped" : "within");
    m = 0.9 * m + 0.1 * 1.7 * Math.min(norm, 1.7 * m);
  }
});

it("GradientClipper: constant norms settle at (1 + ρ)‖g‖, a spike is cut and barely raises the limit", () => {
  for (const rho of [0.2, 0.7, 2]) {
    const clipper = new GradientClipper(rho);
    clipper.clip(along(1));
    for (let k = 0; k < 400; k++) clipper.clip(along(5));
    expect(Math.abs(clipper.limit - (1 + rho) * 5)).toBeLessThan(1e-9);
    const before = clipper.limit;
    const spike = clipper.clip(along(1e6));
    expect(length(spike.gradient)).toBeLessThanOrEqual(before);
    const raised = before * (0.9 + 0.1 * (1 + rho) ** 2);
    expect(Math.abs(clipper.limit - raised)).toBeLessThanOrEqual(8 * ε * raised);
  }
});

it("GradientClipper: zeros at the start set no limit, what is not finite passes and is reported", () => {
  const clipper = new GradientClipper(0.7);
  clipper.clip(new Float64Array(2));
  expect(clipper.limit).toBe(100);
  expect(length(clipper.clip(along(1000)).gradient)).toBeLessThan(100);
  expect(clipper.limit).toBe(1700);
  for (const bad of [Number.NaN, Infinity, -Infinity]) {
    const found = clipper.clip(Float64Array.of(1, bad));
    expect(found.status).toBe("not-finite");
    expect([...found.gradient]).toEqual([1, bad]);
    expect(clipper.limit).toBe(1700);
  }
  expect(clipper.clip(along(1e200)).norm).toBeCloseTo(1e200, -190);
  expect(clipper.clip(new Float64Array(0))).toMatchObject({ norm: 0, status: "within" });
  for (const rho of [-1, Number.NaN, Infinity])
    expect(() => new GradientClipper(rho)).toThrow(`expected a finite rho >= 0, got ${rho}`);
});

it("rampIn(t, ramp) is 0 before, linear, and 1 after (card S-18, 4)", () => {
  const ramp = { from: 10, step: 110 };
  expect([0, 8, 9].map((t) => rampIn(t, ramp))).toEqual([0, 0, 0]);
  for (let t = 10; t < 109; t++)
    expect(Math.abs(rampIn(t, ramp) - (t - 9) / (100 + 1e-5))).toBeLessThanOrEqual(4 * ε);
  for (const t of [110, 111, 1e6]) expect(rampIn(t, ramp)).toBe(1);
  const gdr = { ...publishedRamps.gdr, stepsPerEpoch: 5000 };
  expect(rampIn(4000, gdr)).toBeLessThan(1);
  expect(rampIn(5000, gdr)).toBe(1);
  expect(rampIn(2000, publishedRamps.gdr)).toBe(1);
  for (const step of [10, 3]) expect(rampIn(10, { from: 10, step })).toBe(1);
  expect(rampIn(8, { from: 10, step: 3 })).toBe(0);
  expect(() => rampIn(Number.NaN, ramp)).toThrow("rampIn: expected finite steps, got NaN");
});

it("rampedLoss(λ, L_LC, L_warm) is a blend, and asks nothing of a loss without a say", () => {
  expect(rampedLoss(0.25, 8, 4)).toBe(5);
  expect(rampedLoss(0, Number.NaN, 4)).toBe(4);
  expect(rampedLoss(1, 8, Number.NaN)).toBe(8);
  expect(rampedLoss(0.5, Number.NaN, 4)).toBeNaN();
  expect(covarianceLossWeights).toEqual({ gdr: 0.02, zebra: 0.03, keypoints: 0.7 });
});

it("sampledPixels(height, width, s): the s² offsets share the map out, whether s divides it or not", () => {
  for (const [height, width, s] of [
    [6, 6, 2],
    [7, 5, 3],
    [4, 4, 1],
    [2, 2, 5],
    [0, 3, 2],
  ]) {
    const seen = new Set<string>();
    const covered = new Map<number, number>();
    for (let k = 0; seen.size < s * s && k < 1000; k++) {
      const draw = stream("sampled-pixels").at(k);
      const kept = sampledPixels(height, width, s, draw);
      const again = stream("sampled-pixels").at(k);
      const offset = `${again.integer(s)},${again.integer(s)}`;
      if (seen.has(offset)) continue;
      seen.add(offset);
      for (const pixel of kept) covered.set(pixel, (covered.get(pixel) ?? 0) + 1);
    }
    expect(seen.size).toBe(s * s);
    expect([...covered.keys()].sort((a, b) => a - b)).toEqual([...Array(height * width).keys()]);
    expect([...covered.values()].every((times) => times === 1)).toBe(true);
  }
  expect([...sampledPixels(4, 4, 2)]).toEqual([0, 2, 8, 10]);
  expect(() => sampledPixels(4, 4, 0)).toThrow(
    "sampledPixels: expected a whole stride >= 1, got 0",
  );
  expect(() => sampledPixels(4.5, 4, 1)).toThrow("expected whole sides, got 4.5 x 4");
});
