import { expect, it } from "vitest";
import { stream } from "../../src/random/index.js";
import { objectSample, pointSample } from "../../src/sample/head-samples.js";

const ε = Number.EPSILON;

it("pointSample(4096, 512, …) draws 512 different points, the same from the same stream", () => {
  const draw = () => pointSample(4096, 512, stream("points"));
  const chosen = draw();
  expect(new Set(chosen).size).toBe(512);
  expect(chosen.every((i) => i >= 0 && i < 4096)).toBe(true);
  expect(draw()).toEqual(chosen);
  expect([...pointSample(5, 5, stream("all"))].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(pointSample(0, 0, stream("none"))).toHaveLength(0);
});

it("every pair of points is drawn equally often", () => {
  const counts = new Map<string, number>();
  const trials = 6000;
  for (let k = 0; k < trials; k++) {
    const pair = [...pointSample(4, 2, stream("pairs").at(k))].join();
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  expect(counts.size).toBe(12);
  // χ² of 11 degrees of freedom: mean 11, variance 22; 4.5 standard deviations.
  const expected = trials / 12;
  const chi = [...counts.values()].reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0);
  expect(chi).toBeLessThan(11 + 4.5 * Math.sqrt(22));
});

it("a gradient of chosen points reaches exactly 512 pixels (EPRO-35)", () => {
  const gradient = new Float64Array(4096);
  for (const i of pointSample(4096, 512, stream("reach"))) gradient[i] += 1;
  expect(gradient.filter((g) => g === 1)).toHaveLength(512);
  expect(gradient.filter((g) => g !== 0)).toHaveLength(512);
});

it("objectSample(…) draws a half of different cells and the rest by centerness, never of zero", () => {
  const draw = stream("objects");
  const centerness = Float64Array.from({ length: 60 }, (_, i) => (i % 5 ? draw.uniform() : 0));
  const objects = Int32Array.from(centerness, (_, i) => i % 3);
  const { cells, weights, uniformWeights } = objectSample(centerness, objects, draw);
  expect(cells).toHaveLength(48);
  expect(new Set(cells.subarray(0, 24)).size).toBe(24);
  expect(cells.subarray(24).every((i) => centerness[i] > 0)).toBe(true);
  for (const w of [weights, uniformWeights]) {
    const sums = [0, 1, 2].map((o) =>
      w.reduce((s, x, j) => s + (objects[cells[j]] === o ? x : 0), 0),
    );
    for (const s of sums) expect(Math.abs(s - 16)).toBeLessThan(48 * 16 * ε);
  }
  cells.forEach((cell, j) => {
    expect(weights[j] === 0).toBe(centerness[cell] === 0);
  });
});

it("cells are drawn by centerness with replacement: counts follow it", () => {
  const centerness = Float64Array.of(1, 0, 2, 5);
  const { cells } = objectSample(centerness, new Int32Array(4), stream("proportion"), {
    count: 8000,
    share: 0,
  });
  const counts = [0, 0, 0, 0];
  for (const cell of cells) counts[cell]++;
  counts.forEach((count, i) => {
    const p = centerness[i] / 8;
    expect(Math.abs(count - 8000 * p)).toBeLessThanOrEqual(4.5 * Math.sqrt(8000 * p * (1 - p)));
  });
});

it("scarce foreground lowers the uniform share, none draws nothing, and misuse throws", () => {
  const few = objectSample(Float64Array.of(1, 3), Int32Array.of(0, 1), stream("few"));
  expect([...few.cells.subarray(0, 2)].sort()).toEqual([0, 1]);
  expect(few.cells).toHaveLength(48);
  const none = objectSample(new Float64Array(0), new Int32Array(0), stream("none"));
  expect([none.cells, none.weights, none.uniformWeights].map((x) => x.length)).toEqual([0, 0, 0]);
  const draw = stream("misuse");
  const one = Float64Array.of(1);
  const object = new Int32Array(1);
  expect(() => objectSample(one, new Int32Array(2), draw)).toThrow(
    "expected 1 object numbers, got 2",
  );
  expect(() => objectSample(one, object, draw, { count: 0 })).toThrow("whole count >= 1, got 0");
  expect(() => objectSample(one, object, draw, { share: 2 })).toThrow("share in [0, 1], got 2");
  expect(() => objectSample(Float64Array.of(-1), object, draw)).toThrow("centerness >= 0, got -1");
  expect(() => objectSample(Float64Array.of(Number.NaN), object, draw)).toThrow("centerness >= 0");
  expect(() => objectSample(Float64Array.of(0), object, draw)).toThrow("positive finite sum");
  expect(() => objectSample(one, Int32Array.of(-1), draw)).toThrow("numbers >= 0");
  for (const [n, count] of [
    [3, 4],
    [3, -1],
    [2.5, 1],
  ])
    expect(() => pointSample(n, count, draw)).toThrow(`got ${count} of ${n}`);
});
