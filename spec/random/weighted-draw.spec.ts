import { expect, it } from "vitest";
import { stream, weightedDraw } from "../../src/random/index.js";

/** Two-sided 1e-4 quantile of the standard normal: the threshold of VER-5. */
const Z = 3.891;

it("weightedDraw(weights, 2, draw) gives ordered pairs the chance w_i · w_j/(1 − w_i)", () => {
  const weights = Float64Array.of(0.5, 0.3, 0, 0.2);
  const draw = stream("spec/weighted-draw");
  const n = 30_000;
  const counts = new Map<string, number>();
  for (let k = 0; k < n; k++) {
    const pair = weightedDraw(weights, 2, draw).join("");
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  for (const i of [0, 1, 3])
    for (const j of [0, 1, 3]) {
      if (i === j) continue;
      const p = (weights[i] * weights[j]) / (1 - weights[i]);
      const count = counts.get(`${i}${j}`) ?? 0;
      expect(Math.abs(count - n * p) / Math.sqrt(n * p * (1 - p))).toBeLessThan(Z);
    }
  expect([...counts.keys()].some((pair) => pair.includes("2"))).toBe(false);
});

it("weightedDraw(weights, count, draw) does not mind the unit of weights", () => {
  const weights = Float64Array.of(1, 2, 3, 4, 5);
  const once = weightedDraw(weights, 3, stream("a"));
  const doubled = weightedDraw(
    weights.map((w) => 2 * w),
    3,
    stream("a"),
  );
  expect(doubled).toEqual(once);
  expect(new Set(weightedDraw(weights, 5, stream("b"))).size).toBe(5);
});

it("weightedDraw(weights, count, draw) throws, naming what it expected and what it got", () => {
  const draw = stream("a");
  expect(() => weightedDraw(Float64Array.of(1, 0), 2, draw)).toThrow(
    "weightedDraw: expected count <= 1 positive weights, got 2",
  );
  for (const bad of [-1, NaN, Infinity])
    expect(() => weightedDraw(Float64Array.of(1, bad), 1, draw)).toThrow(
      `weightedDraw: expected finite weights >= 0, got ${bad}`,
    );
});
