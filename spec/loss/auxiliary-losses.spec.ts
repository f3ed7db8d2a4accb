import { expect, it } from "vitest";
import {
  coordinateRegressionLoss,
  type MixtureGrid,
  publishedAuxiliary,
  reprojectionMixture,
  type SeenObject,
} from "../../src/loss/auxiliary-losses.js";
import { normals, uniforms } from "../equations/head-draws.js";

const ε = Number.EPSILON;
const [P, M] = [4, 3];
const objects: SeenObject[] = [
  { distance: 20, dimensions: Float64Array.of(4.6, 1.7, 2), focal: 1266 },
  { distance: 8, dimensions: Float64Array.of(0.7, 1.8, 0.7), focal: 1266 },
];
const grid = (k = 0): MixtureGrid => ({
  error: normals("auxiliary/error", k, 2 * P * M, 30),
  logDeviation: normals("auxiliary/deviation", k, 2 * P * M),
  logShare: normals("auxiliary/share", k, P * M),
  components: M,
  object: Int32Array.from({ length: P * M }, (_, m) => (m % M === 2 ? 1 : 0)),
});

it("reprojectionMixture(…).gradient is the slope of its loss, n held still", () => {
  for (const k of [0, 1, 2]) {
    const made = grid(k);
    const at = (moved: MixtureGrid) => reprojectionMixture(moved, objects, 0.7, false).loss;
    const { loss, mean, gradient } = reprojectionMixture(made, objects, 0.7, false);
    expect(mean).toBe(0.7);
    for (const name of ["error", "logDeviation", "logShare"] as const) {
      const h = name === "error" ? 1e-3 : 1e-5;
      for (const [j, slope] of gradient[name].entries()) {
        const moved = (sign: number) => ({
          ...made,
          [name]: made[name].map((x, i) => (i === j ? x + sign * h : x)),
        });
        const found = (at(moved(1)) - at(moved(-1))) / (2 * h);
        // Central differences: rounding over the step, and its square times third derivatives.
        const size = 1 + Math.abs(loss);
        expect(Math.abs(found - slope)).toBeLessThan((64 * ε * size) / h + 1e4 * h * h * size);
      }
    }
  }
});

it("the running mean follows a batch before it divides, by a tenth as published", () => {
  const made = grid();
  const even = { ...made, logDeviation: made.logDeviation.map(() => Math.log(0.25)) };
  // All 1/σ are 4.
  const { mean, loss } = reprojectionMixture(even, objects, 1);
  expect(Math.abs(mean - 1.3)).toBeLessThanOrEqual(16 * ε);
  const still = reprojectionMixture(even, objects, 1, false);
  expect(Math.abs(loss * mean - still.loss)).toBeLessThanOrEqual(64 * ε * Math.abs(still.loss));
  const quick = reprojectionMixture(even, objects, 1, true, { momentum: 1 });
  expect(Math.abs(quick.mean - 4)).toBeLessThanOrEqual(64 * ε);
  // A mean of nothing leaves the floor to divide.
  const floored = reprojectionMixture(even, objects, 0, false);
  expect(Math.abs(floored.loss * publishedAuxiliary.leastMean - still.loss)).toBeLessThanOrEqual(
    64 * ε * Math.abs(still.loss),
  );
});

it("an object nearer than the least distance counts as there, and a component of no share not at all", () => {
  const made = { ...grid(), object: undefined };
  const at = (distance: number) => reprojectionMixture(made, [{ ...objects[0], distance }]).loss;
  for (const distance of [0.1, 0.05, 0, -3]) expect(at(distance)).toBe(at(0.1));
  expect(at(0.2)).not.toBe(at(0.1));
  const logShare = made.logShare.map((s, m) => (m % M === 0 ? -Infinity : s));
  const { gradient } = reprojectionMixture({ ...made, logShare }, objects);
  for (const j of [0, 1]) {
    expect(Math.abs(gradient.error[j])).toBe(0);
    expect(gradient.logDeviation[j]).toBe(0);
  }
});

it("no pixels cost nothing and leave the running mean where it was", () => {
  const none = new Float64Array(0);
  const empty = { error: none, logDeviation: none, logShare: none, components: M };
  expect(reprojectionMixture(empty, [], 0.5)).toMatchObject({ loss: 0, mean: 0.5 });
  expect(coordinateRegressionLoss(none, none, none, 2).loss).toBe(0);
});

it("coordinateRegressionLoss(…).gradient is the slope of its loss, β and a₀ published or given", () => {
  const [z, target] = [normals("auxiliary/z", 0, 6), normals("auxiliary/target", 0, 6)];
  const attention = uniforms("auxiliary/attention", 0, 2);
  for (const options of [{}, { beta: 3 }, { leastAttention: 10 }]) {
    const at = (x: Float64Array, a: Float64Array) =>
      coordinateRegressionLoss(x, target, a, 2, options).loss;
    const { gradient } = coordinateRegressionLoss(z, target, attention, 2, options);
    const h = 1e-5;
    const bump = (x: Float64Array, j: number, by: number) =>
      x.map((e, i) => (i === j ? e + by : e));
    for (const [j, slope] of gradient.points.entries()) {
      const found = (at(bump(z, j, h), attention) - at(bump(z, j, -h), attention)) / (2 * h);
      expect(Math.abs(found - slope)).toBeLessThan((64 * ε) / h + 100 * h * h);
    }
    for (const [j, slope] of gradient.attention.entries()) {
      const found = (at(z, bump(attention, j, h)) - at(z, bump(attention, j, -h))) / (2 * h);
      expect(Math.abs(found - slope)).toBeLessThan((64 * ε) / h + 100 * h * h);
    }
  }
});

it("grids that do not fit and options out of range throw", () => {
  const made = grid();
  for (const [given, said] of [
    [{ ...made, components: 5 }, "expected logShare [P, 5], got 12 numbers"],
    [{ ...made, error: new Float64Array(3) }, "expected 24 numbers in error, got 3"],
    [{ ...made, logDeviation: new Float64Array(3) }, "24 numbers in logDeviation, got 3"],
    [{ ...made, object: [0] }, "expected 12 numbers in object, got 1"],
    [{ ...made, object: new Int32Array(12).fill(7) }, "expected an object of 0 to 1, got 7"],
    [{ ...made, logShare: made.logShare.map(() => -Infinity) }, "a component of finite density"],
  ] as const)
    expect(() => reprojectionMixture(given, objects)).toThrow(said);
  for (const [options, said] of [
    [{ leastDistance: 0 }, "expected leastDistance > 0, got 0"],
    [{ greatestInverseDeviation: 0 }, "expected a cap > 0, got 0"],
    [{ momentum: 2 }, "expected a momentum in [0, 1], got 2"],
    [{ leastMean: 0 }, "expected a floor > 0, got 0"],
  ] as const)
    expect(() => reprojectionMixture(made, objects, 1, true, options)).toThrow(said);
  const two = new Float64Array(2);
  expect(() => coordinateRegressionLoss(two, two, two, 2)).toThrow(
    "coordinateRegressionLoss: expected 6 numbers in z, got 2",
  );
  expect(() => coordinateRegressionLoss(grid().error.slice(0, 6), two, two, 2)).toThrow(
    "in target",
  );
});
