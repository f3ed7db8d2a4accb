import { expect, it } from "vitest";
import { epnp, epnpGradient, epnpSentences, epnpVjp } from "../../src/differentiate/index.js";
import {
  type Correspondences,
  correspondences,
  type SceneName,
  scene,
} from "../../src/problem/index.js";
import { drone } from "./epnp-scenes.js";

const ε = Number.EPSILON;
const correspondencesOf = (name: SceneName, n?: number) =>
  scene(name, { n, seed: 1 }).correspondences;

it("epnp(problem) says what a problem lacks, and derivatives are then NaN", () => {
  const { x3d, K, x2d } = correspondencesOf("generic", 8);
  const zero = correspondences({ x2d, x3d, K, w2d: new Float64Array(16) });
  const lacking: [string, Correspondences][] = [
    ["empty", correspondencesOf("generic", 0)],
    ["zero-weights", zero],
    ["too-few-points", correspondencesOf("generic", 5)],
    ["coplanar", correspondencesOf("planar")],
    ["coplanar", correspondencesOf("collinear")],
    ["coplanar", correspondencesOf("coincident")],
  ];
  for (const [status, problem] of lacking) {
    const { solution, x2d: by } = epnpVjp(problem, new Float64Array(6).fill(1));
    expect(solution.status).toBe(status);
    expect(solution.candidate).toBe(null);
    expect(solution.R.every(Number.isNaN)).toBe(true);
    expect(by.data.every(Number.isNaN)).toBe(true);
    expect(epnpSentences[solution.status].length).toBeGreaterThan(20);
  }
});

it("epnp(problem) says when its numbers are one-sided or those of another object", () => {
  expect(epnp(correspondencesOf("behind-camera")).status).toBe("behind-camera");
  const seen = new Map<string, number>();
  for (let seed = 0; seed < 60; seed++) {
    const { problem } = drone(seed, 10);
    const { solution, x2d } = epnpVjp(problem, new Float64Array(6).fill(1));
    seen.set(solution.status, (seen.get(solution.status) ?? 0) + 1);
    expect(x2d.data.every(Number.isFinite)).toBe(true);
    const [a, b, c, d, e, f, g, h, i] = solution.R;
    expect(
      Math.abs(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) - 1),
    ).toBeLessThan(32 * ε);
  }
  expect(seen.get("reflection")).toBeGreaterThan(5);
});

it("epnp(problem) sees a crossing, and a switch between two candidates", () => {
  // Six points and eleven equations leave σ₁ = 0; a point seen twice leaves σ₂ = 0 as well.
  const { n, x2d, x3d, w2d, K } = correspondencesOf("generic", 6);
  const [pixels, points] = [x2d.slice(), x3d.slice()];
  pixels.copyWithin(10, 8, 10);
  points.copyWithin(15, 12, 15);
  const twice = { n, x2d: pixels, x3d: points, w2d, K };
  expect(epnp(twice).status).toBe("crossing");
  expect(epnpVjp(twice, new Float64Array(6).fill(1)).x3d.data.every(Number.isNaN)).toBe(true);
  // Between noise that rank-1 fits best and noise that another does, bisection finds where they meet.
  let found = 0;
  for (let seed = 0; seed < 12 && found < 2; seed++) {
    const [a, b] = [drone(seed, 0).problem, drone(seed, 3).problem];
    const between = (s: number) => ({ ...a, x2d: a.x2d.map((x, m) => x + s * (b.x2d[m] - x)) });
    let [low, high] = [1e-3, 1];
    const first = epnp(between(low)).candidate;
    if (epnp(between(high)).candidate === first) continue;
    while (high - low > 2 * ε * high) {
      const middle = (low + high) / 2;
      if (epnp(between(middle)).candidate === first) low = middle;
      else high = middle;
    }
    const statuses = [epnp(between(low)).status, epnp(between(high)).status];
    if (statuses.includes("reflection")) continue;
    expect(statuses).toContain("switch");
    found++;
  }
  expect(found).toBeGreaterThan(0);
});

it("epnp and epnpVjp refuse what they do not know", () => {
  const problem = correspondencesOf("generic", 8);
  const v = new Float64Array(6);
  const six = "epnp: expected controlPoints spread, deviations or unit, got axes";
  expect(() => epnp(problem, { controlPoints: "axes" as "unit" })).toThrow(new RangeError(six));
  expect(() => epnp(problem, { choice: "best" as "cost" })).toThrow(
    /expected choice cost or distance, got best/,
  );
  expect(() => epnpVjp(problem, [1, 2])).toThrow(/expected v of length 6, got 2/);
  expect(() =>
    epnpVjp(
      problem,
      v.map(() => Number.NaN),
    ),
  ).toThrow(/expected finite v, got NaN/);
  expect(() => epnpVjp(problem, v, { chart: "YAW" })).toThrow(
    /expected chart LEFT, AA, RP or Q7, got YAW/,
  );
  expect(() => epnpVjp(problem, v, {}, epnpGradient(7))).toThrow(/expected out for N = 8, got 7/);
});
