import { expect, it } from "vitest";
import { posterior } from "../../src/sample/posterior.js";
import { posteriorScore } from "../../src/sample/posterior-score.js";
import { car, mirrored, slender } from "./yaw-problems.js";

const ε = Number.EPSILON;

/** A sample of poses (t, β), by (X, Z, weight). */
const sampleOf = (...rows: readonly (readonly [number, number, number])[]) => ({
  status: "ok" as const,
  width: 4 as const,
  count: rows.length,
  poses: Float64Array.from(rows.flatMap(([x, z]) => [x, 7, z, 0])),
  weights: Float64Array.from(rows, ([, , weight]) => weight),
});
const origin = Float64Array.of(0, 0, 0, 0);

it("posteriorScore(…) is E s*(e) on the ground plane: height and yaw do not count", () => {
  // 2^−1.5 m scores 1, √2 m a half, 2^2.5 m nothing.
  const sample = sampleOf(
    [0, 0.25, 0.5],
    [Math.SQRT1_2, -Math.SQRT1_2 * Math.sqrt(3), 0.3],
    [6, 0, 0.2],
  );
  const { monteCarlo, deviation, mixed } = posteriorScore(sample, origin);
  expect(Math.abs(monteCarlo - (0.5 + 0.3 * 0.5))).toBeLessThanOrEqual(8 * ε);
  expect(Math.abs(deviation - (0.5 * 0.25 + 0.3 * Math.SQRT2 + 0.2 * 6))).toBeLessThanOrEqual(
    8 * ε,
  );
  expect(mixed).toBe(monteCarlo);
});

it("posteriorScore(…, s, r) mixes s in: all of it at r = 0, the geometric mean at a half", () => {
  const sample = sampleOf([0, 0, 0.25], [9, 9, 0.75]);
  expect(posteriorScore(sample, origin, 0.81, 0).mixed).toBe(0.81);
  expect(posteriorScore(sample, origin, 0.81, 1).mixed).toBe(0.25);
  expect(Math.abs(posteriorScore(sample, origin, 0.81, 0.5).mixed - 0.45)).toBeLessThanOrEqual(
    4 * ε,
  );
});

it("poses of no weight count nothing, wherever they are; weights that round past 1 score 1", () => {
  const sample = sampleOf([0, 0, 1], [Infinity, 0, 0], [Number.NaN, 0, 0]);
  expect(posteriorScore(sample, origin)).toEqual({ monteCarlo: 1, mixed: 1, deviation: 0 });
  expect(posteriorScore(sampleOf([0, 0, 0.5 + ε], [0, 0, 0.5]), origin).monteCarlo).toBe(1);
});

it("a posterior that is surer of the ground plane scores higher: less noise assumed, more score", () => {
  for (const { name, correspondences } of [car(1.8), mirrored(), slender()]) {
    const scored = [0.3, 1, 3].map((sharper) => {
      const w2d = correspondences.w2d.map((w) => sharper * w);
      const { sample, pose } = posterior({ ...correspondences, w2d }, { chart: "YAW" });
      if (!sample || !pose) throw new Error(name);
      return posteriorScore(sample, pose).monteCarlo;
    });
    expect(
      [...scored].sort((a, b) => a - b),
      name,
    ).toEqual(scored);
    expect(scored[2], name).toBeGreaterThan(scored[0]);
  }
});

it("posteriorScore(…) throws without weights, on poses of another width and scores out of range", () => {
  const sample = sampleOf([0, 0, 1]);
  expect(() => posteriorScore({ ...sample, status: "no-mass" }, origin)).toThrow(
    "posteriorScore: expected a sample with weights, got status no-mass",
  );
  expect(() => posteriorScore(sample, new Float64Array(7))).toThrow("a pose of 4 numbers, got 7");
  expect(() => posteriorScore(sample, origin, 2)).toThrow("expected a score in [0, 1], got 2");
  expect(() => posteriorScore(sample, origin, 1, -1)).toThrow("expected a ratio in [0, 1], got -1");
});
