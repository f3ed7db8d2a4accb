import { expect, it } from "vitest";
import {
  decodedDimensions,
  encodedDimensions,
  nuScenesDimensions,
} from "../../src/loss/dimension-code.js";
import { normals } from "../equations/head-draws.js";

const ε = Number.EPSILON;
const labels = Int32Array.from({ length: 10 }, (_, c) => c);
const means = Float64Array.from(nuScenesDimensions.flatMap(({ mean }) => mean));
const deviations = nuScenesDimensions.flatMap(({ deviation }) => deviation);

it("nuScenesDimensions holds ten classes of plausible boxes, each within a factor of 2 of its mean", () => {
  expect(nuScenesDimensions.map(({ name }) => name)).toEqual([
    ...["car", "truck", "trailer", "bus", "construction_vehicle"],
    ...["bicycle", "motorcycle", "pedestrian", "traffic_cone", "barrier"],
  ]);
  for (const { name, mean, deviation } of nuScenesDimensions)
    for (const a of [0, 1, 2]) {
      expect(deviation[a], name).toBeGreaterThan(0);
      expect(deviation[a] / mean[a], name).toBeLessThan(0.5);
    }
  // Vehicles are longer than wide; people are tallest; barriers stand across.
  for (const c of [0, 1, 2, 3, 4, 5, 6])
    expect(nuScenesDimensions[c].mean[0]).toBeGreaterThan(nuScenesDimensions[c].mean[2]);
  expect(Math.max(...nuScenesDimensions[7].mean)).toBe(nuScenesDimensions[7].mean[1]);
  expect(Math.max(...nuScenesDimensions[9].mean)).toBe(nuScenesDimensions[9].mean[2]);
});

it("the mean box of a class has the code 0, and slopes μ/(σ d) = 1/σ and σ", () => {
  const codes = encodedDimensions(means, labels);
  expect([...codes.values]).toEqual(new Array(30).fill(0));
  const boxes = decodedDimensions(new Float64Array(30), labels);
  expect(boxes.values).toEqual(means);
  for (const [k, σ] of deviations.entries()) {
    expect(Math.abs(codes.slopes[k] * σ - 1)).toBeLessThanOrEqual(4 * ε);
    expect(Math.abs(boxes.slopes[k] / σ - 1)).toBeLessThanOrEqual(4 * ε);
  }
});

it("decodedDimensions inverts encodedDimensions in every class, with reciprocal slopes", () => {
  const codes = normals("dimension-code", 0, 30, 2);
  const boxes = decodedDimensions(codes, labels);
  const back = encodedDimensions(boxes.values, labels);
  for (const [k, code] of codes.entries()) {
    // A box is off by 4 ε of itself, its code by μ/σ times that.
    const bound = 16 * ε * (1 + Math.abs(code) + means[k] / deviations[k]);
    expect(Math.abs(back.values[k] - code)).toBeLessThanOrEqual(bound);
    expect(Math.abs(back.slopes[k] * boxes.slopes[k] - 1)).toBeLessThanOrEqual(bound);
  }
});

it("a table of one's own takes the place of the published one", () => {
  const table = [{ name: "cup", mean: [0.1, 0.1, 0.1], deviation: [0.05, 0.05, 0.05] }] as const;
  const { values } = decodedDimensions([2, 0, -2], [0], table);
  for (const [k, factor] of [Math.E, 1, 1 / Math.E].entries())
    expect(Math.abs(values[k] / (0.1 * factor) - 1)).toBeLessThanOrEqual(4 * ε);
  expect(encodedDimensions([], [], table).values).toHaveLength(0);
});

it("labels without a class, boxes without a size and lengths that do not match throw", () => {
  expect(() => encodedDimensions([1, 1, 1], [10])).toThrow(
    "encodedDimensions: expected a label of 0 to 9, got 10",
  );
  for (const label of [-1, 0.5, Number.NaN])
    expect(() => decodedDimensions([0, 0, 0], [label])).toThrow(`label of 0 to 9, got ${label}`);
  expect(() => encodedDimensions([1, 0, 1], [0])).toThrow("expected a finite d > 0, got 0");
  expect(() => decodedDimensions([0, 0, 1e6], [0])).toThrow("a dimension > 0, got 1000000");
  expect(() => decodedDimensions([0, 0], [0])).toThrow(
    "decodedDimensions: expected 3 numbers for 1 labels, got 2",
  );
});
