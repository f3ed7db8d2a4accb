import ndarray from "ndarray";
import { expect, it } from "vitest";
import {
  heatMapKeypoints,
  heatMapSize,
  heatMapTargets,
  higherHrnetTargets,
  uavaTargets,
} from "../../src/heatmap/index.js";
import { difference, dot, gap, largest, normalMaps, strided } from "./strided.js";

const ε = Number.EPSILON;
const size = { rows: 6, columns: 8 };

it("heatMapTargets(…) has its centre of mass at the keypoint, and sums to 1 where a sum divides", () => {
  const keypoints = [
    [3.3, 2.6],
    [4, 3],
  ];
  const options = { rows: 60, columns: 80, sigma: 2, guard: 0 };
  const moved = keypoints.map((pair) => pair.map((x) => 10 * x));
  const { maps, status } = heatMapTargets(moved, options);
  expect(status).toEqual(["ok", "ok"]);
  const { keypoints: found } = heatMapKeypoints(maps, { from: "maps" });
  // The border is 10σ away; a sum over cells of a σ of 2 is off by e^{−8π²}, 1e-34.
  expect(gap(found.data, moved.flat())).toBeLessThan(140 * 80 * ε);
  for (let k = 0; k < 2; k++) {
    const sum = maps.data.slice(4800 * k, 4800 * (k + 1)).reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - 1)).toBeLessThan(4800 * ε);
  }
});

it("uavaTargets are Gaussians of 3.5 % of the map, 2.8 by 2.1 cells, that sum to 1 but for the guard", () => {
  const { maps } = heatMapTargets([[0.5, 0.5]], { rows: 60, columns: 80, ...uavaTargets });
  const { deviations } = heatMapKeypoints(maps, { from: "maps", guard: 0 });
  // 3.5 % of the 79 and 59 steps between outer cells.
  expect(gap(deviations.data, [0.035 * 79, 0.035 * 59])).toBeLessThan(1e-12);
  const sum = maps.data.reduce((a, b) => a + b, 0);
  // The density in the unit grid sums to 79 · 59.
  expect(Math.abs(1 - sum - 1e-8 / (79 * 59))).toBeLessThan(4800 * ε);
});

it("higherHrnetTargets peak at 1 on a whole cell, are cut at 7 cells, and keep the greatest of all people", () => {
  const people = [
    [
      [10.7, 20.2],
      [14, 21],
      [900, 3],
    ],
  ];
  const { maps, status } = heatMapTargets(people, { rows: 40, columns: 50, ...higherHrnetTargets });
  expect(maps.shape).toEqual([1, 40, 50]);
  expect(status).toEqual(["ok"]);
  const at = (u: number, v: number) => maps.get(0, v, u);
  expect([at(10, 20), at(14, 21)]).toEqual([1, 1]);
  expect(at(10, 27)).toBe(Math.exp(-0.5 * 3.5 ** 2));
  expect([at(10, 12), at(22, 21), at(45, 3)]).toEqual([0, 0, 0]);
  const near = (u: number, v: number, [x, y]: number[]) =>
    Math.exp(-((u - x) ** 2 + (v - y) ** 2) / 8);
  expect(at(12, 20)).toBeCloseTo(Math.max(near(12, 20, [10, 20]), near(12, 20, [14, 21])), 15);
});

it.each([
  ["a density over its sum", { scale: "density", guard: 0.01 }],
  ["the greatest of people", { people: true }],
] as const)("the gradient of %s is the difference quotient", (_, form) => {
  const people = "people" in form;
  const draw = normalMaps("targets/keypoints", people ? [2, 3, 2] : [2, 2]);
  const at = draw.data.map((x, i) => 2.5 + (i % 2) * 0.7 + x);
  const sigma = Float64Array.of(1.3, 0.9);
  const target = () =>
    heatMapTargets(ndarray(at, draw.shape), { ...size, ...form, sigma: [sigma[0], sigma[1]] });
  const v = normalMaps("targets/v", [2, 6, 8]);
  const gradient = target().vjp(v);
  for (const turned of strided(v)) expect(target().vjp(turned)).toEqual(gradient);
  const loss = () => dot(target().maps.data, v.data);
  for (const [moving, slopes] of [
    [at, gradient.keypoints.data],
    [sigma, gradient.sigma],
  ] as const) {
    const direction = normalMaps("targets/direction", [moving.length]).data;
    const { slope, error } = difference(loss, moving, direction, 1e-4);
    const rounding = (96 * 4 * ε) / 1e-4;
    expect(Math.abs(slope - dot(slopes, direction))).toBeLessThan(error + rounding);
    expect(error).toBeLessThan(1e-5 * largest(slopes) * 30);
  }
});

it("a keypoint outside the map leaves no target and a status, or a target all the same", () => {
  const keypoints = [
    [-0.5, 2],
    [-0.51, 2],
    [3, 5.6],
    [7.4, 5.4],
  ];
  const { maps, status, vjp } = heatMapTargets(keypoints, { ...size, sigma: 1 });
  expect(status).toEqual(["ok", "outside", "outside", "ok"]);
  expect(maps.data.slice(48, 144).every((t) => t === 0)).toBe(true);
  const slopes = vjp(normalMaps("targets/outside", [4, 6, 8])).keypoints;
  expect([2, 3, 4, 5].map((i) => slopes.data[i])).toEqual([0, 0, 0, 0]);
  const kept = heatMapTargets(keypoints, { ...size, sigma: 1, outside: "keep", guard: 0 });
  expect(kept.status).toEqual(["ok", "ok", "ok", "ok"]);
  expect(largest(kept.maps.data.slice(48, 96))).toBeGreaterThan(0);
});

it("a map of one pixel has its target there; no keypoints have no targets", () => {
  const one = heatMapTargets([[0.2, -3]], { rows: 1, columns: 1, sigma: 1, guard: 0 });
  expect([one.status, [...one.maps.data]]).toEqual([["ok"], [1]]);
  const none = heatMapTargets(ndarray(new Float64Array(0), [0, 2]), { ...size, sigma: 1 });
  expect([none.maps.shape, none.status]).toEqual([[0, 6, 8], []]);
});

it("heatMapSize(320, 240) is 60 rows of 80, and sizes that the stride does not divide are refused", () => {
  expect(heatMapSize(320, 240)).toEqual({ rows: 60, columns: 80 });
  expect(heatMapSize(320, 240, 2)).toEqual({ rows: 120, columns: 160 });
  expect(() => heatMapSize(322, 240)).toThrow("expected a width that is a multiple of 4, got 322");
  expect(() => heatMapSize(320, 240, 0)).toThrow("expected a whole stride >= 1, got 0");
});

it("misuse is refused with what was expected and what was given", () => {
  const refused = (options: object, message: string, keypoints: number[][] = [[1, 2]]) =>
    expect(() => heatMapTargets(keypoints, { ...size, sigma: 1, ...options })).toThrow(
      `heatMapTargets: expected ${message}`,
    );
  refused({ sigma: 0 }, "sigma > 0, got 0");
  refused({ sigma: [1, Number.NaN] }, "sigma > 0, got 1,NaN");
  refused({ rows: 0 }, "a whole rows >= 1, got 0");
  refused({ guard: -1 }, "guard >= 0 or null, got -1");
  refused({ reach: Number.NaN }, "reach >= 0, got NaN");
  refused({ scale: "sum" }, "scale of peak, density, got sum");
  refused(
    { truncated: true, coordinates: "unit" },
    'coordinates "cells" with truncated, got others',
  );
  refused({}, "finite keypoints, got NaN", [[Number.NaN, 1]]);
  refused({}, "keypoints of shape [N, 2], got [1, 3]", [[1, 2, 3]]);
  expect(() =>
    heatMapTargets([[1, 2]], { ...size, sigma: 1 }).vjp(normalMaps("v", [6, 8])),
  ).toThrow("expected v of the shape of maps, [1, 6, 8], got [6, 8]");
});
