import { expect, it } from "vitest";
import { variantNames } from "../../src/differentiate/index.js";
import { adam } from "../../src/optimise/index.js";
import { implicitLayer, keypointLosses } from "../../src/pipeline/index.js";
import { type Correspondences, poseOf } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { solveCorrespondences } from "../../src/solve/index.js";
import { difference, dot, gap, largest } from "../heatmap/strided.js";
import { camera, drone, dronePose, pixelsOf } from "./drone.js";

const ε = Number.EPSILON;
const n = drone.length / 3;
/** Keypoints of a drone, `noise` px off, under uneven weights or ones; and the true ones. */
const noisy = (k: number, noise: number, even = true) => {
  const truth = pixelsOf(drone, dronePose("losses/pose", k));
  const draw = stream("losses/noise").at(k);
  const problem: Correspondences = {
    n,
    x2d: truth.map((x) => x + noise * draw.normal()),
    x3d: drone.slice(),
    w2d: Float64Array.from({ length: 2 * n }, () => (even ? 1 : 0.5 + draw.uniform())),
    K: camera.slice(),
  };
  return { problem, truth };
};

it("the exact gradient of l_p is the difference quotient by x, z, w and K, under uneven weights too", () => {
  for (const reduction of ["sum", "mean"] as const)
    for (const parts of [{}, { regularisation: 0 }, { projection: 0 }, { projection: 1e-5 }]) {
      const { problem, truth } = noisy(1, 3, false);
      const options = { reduction, ...parts };
      const { gradient, pose, loss, outcome } = keypointLosses(problem, truth, options);
      expect(outcome.counts).toBe(true);
      const start = pose ?? undefined;
      const value = () => keypointLosses(problem, truth, { ...options, start }).loss;
      for (const key of ["x2d", "x3d", "w2d", "K"] as const) {
        const size = key === "x3d" ? 0.1 : key === "K" ? 100 : 1;
        const draw = stream(`losses/${key}`);
        const direction = problem[key].map(() => size * draw.normal());
        const { slope, error } = difference(value, problem[key], direction, 1e-4);
        // Costs rest on squared pixels of size 300, the solver's stationarity on the same.
        const rounding = (2 * n * 300 * 16 * ε * (1 + Math.sqrt(loss))) / 1e-4;
        const stated = dot(gradient[key], direction);
        expect(Math.abs(slope - stated)).toBeLessThan(error + rounding);
        expect(error + rounding).toBeLessThan(1e-4 * (largest(gradient[key]) * size * 9 + loss));
      }
    }
});

it("with unit weights and the exact layer l_reg has the slope 2 (x − π): y⋆ is where the rest vanishes", () => {
  for (let k = 0; k < 10; k++) {
    const { problem, truth } = noisy(k, 3);
    for (const layer of variantNames) {
      const { gradient, pose } = keypointLosses(problem, truth, { projection: 0, layer });
      if (pose === null) throw new Error("expected a pose");
      const projected = pixelsOf(drone, pose);
      const direct = problem.x2d.map((x, i) => 2 * (x - projected[i]));
      // v is rounding of pixels of size 300 through a solver of condition below 1e3.
      expect(gap(gradient.x2d, direct)).toBeLessThan(2 * n * 300 * 1e3 * ε);
    }
  }
});

it("at zero residual every variant but the depth-weighted ones gives the exact gradient of l_proj", () => {
  const { problem } = noisy(2, 0);
  const shifted = noisy(2, 4).problem.x2d;
  const slopes = (layer: (typeof variantNames)[number]) =>
    keypointLosses(problem, shifted, { layer, regularisation: 0 }).gradient.x2d;
  const exact = slopes("exact");
  for (const layer of ["faster", "gauss-newton"] as const)
    expect(gap(slopes(layer), exact)).toBeLessThan(1e-9 * largest(exact));
  for (const layer of ["depth-weighted", "depth-weighted-faster"] as const)
    expect(gap(slopes(layer), exact)).toBeGreaterThan(1e-4 * largest(exact));
});

it("a layer of one's own takes the place of the solver: a pose that stays leaves the direct part", () => {
  const { problem, truth } = noisy(3, 2);
  const { pose } = solveCorrespondences(problem);
  const outcome = { counts: true, status: "ok", sentence: "It stays." };
  const calls: string[] = [];
  const found = keypointLosses(problem, truth, {
    layer: {
      name: "still",
      solve: () => ({ outcome, pose }),
      vjp: (_problem, _pose, v, out) => {
        calls.push(`${v.length} ${out.x2d.length}`);
        return outcome;
      },
    },
  });
  expect(calls).toEqual(["6 18"]);
  if (pose === null) throw new Error("expected a pose");
  const projected = pixelsOf(drone, pose);
  const direct = problem.x2d.map((x, i) => 2 * (x - projected[i]));
  expect(gap(found.gradient.x2d, direct)).toBeLessThan(64 * 300 * ε);
});

it("l_proj is 0 where the pose is right although the keypoints are not, and l_reg where they fit a pose", () => {
  const { problem, truth } = noisy(4, 0);
  const at = keypointLosses(problem, truth);
  expect(at.projection).toBeLessThan(2 * n * (300 * 64 * ε) ** 2);
  expect(at.regularisation).toBeLessThan(2 * n * (300 * 64 * ε) ** 2);
  const other = pixelsOf(drone, dronePose("losses/other", 0));
  const moved = keypointLosses({ ...problem, x2d: other }, truth);
  expect(moved.regularisation).toBeLessThan(2 * n * (300 * 64 * ε) ** 2);
  expect(moved.projection).toBeGreaterThan(1);
});

it("a problem without a pose has a status, no loss and a gradient of zeros", () => {
  const { problem, truth } = noisy(5, 1);
  const bad = (change: Partial<Correspondences>, status: string) => {
    const found = keypointLosses({ ...problem, ...change }, truth);
    expect(found.outcome).toMatchObject({ counts: false, status });
    expect(found.loss).toBeNaN();
    for (const part of Object.values(found.gradient)) expect(largest(part)).toBe(0);
  };
  bad({ w2d: new Float64Array(2 * n) }, "zero-weights");
  bad({ x3d: new Float64Array(3 * n) }, "coincident");
  bad({ x3d: drone.map((z, i) => (i % 3 ? 0 : z)) }, "collinear");
});

it("misuse is refused with what was expected and what was given", () => {
  const { problem, truth } = noisy(6, 1);
  const refused = (options: object, message: string) =>
    expect(() => keypointLosses(problem, truth, options)).toThrow(
      `keypointLosses: expected ${message}`,
    );
  refused({ projection: -1e-5 }, "projection >= 0, got -0.00001");
  refused({ regularisation: Number.NaN }, "regularisation >= 0, got NaN");
  refused({ reduction: "none" }, "reduction of sum, mean, got none");
  expect(() => keypointLosses(problem, truth.slice(1))).toThrow("keypointLosses: expected truth");
  expect(() => keypointLosses(problem, truth, { layer: "fast" as never })).toThrow(
    "implicitLayer: expected variant of exact, faster",
  );
  expect(() => implicitLayer("exact", { delta: 0 })).toThrow(
    "implicitLayer: expected delta > 0, got 0",
  );
});

/** Card S-07, 2: keypoints 6 px off follow a loss by Adam; angle to the true pose and worst keypoint [px]. */
function descended(k: number, parts: { regularisation: number }) {
  const { problem, truth } = noisy(k, 6);
  const at = dronePose("losses/pose", k);
  let start = poseOf(at.R.data, at.t.data);
  const optimiser = adam([{ values: problem.x2d }], { rate: 0.3 });
  for (let i = 0; i < 400; i++) {
    const found = keypointLosses(problem, truth, { layer: "faster", start, ...parts });
    if (found.pose === null) throw new Error(found.outcome.sentence);
    start = found.pose;
    optimiser.step([found.gradient.x2d], i < 200 ? 1 : 0.1);
  }
  let trace = 0;
  for (let i = 0; i < 9; i++) trace += start.R.data[i] * at.R.data[i];
  const apart = at.R.data.map((r, i) => r - start.R.data[i]);
  // ‖R − R′‖ = 2√2 sin(θ/2), which keeps small angles that the trace would round away.
  const angle = 2 * Math.asin(Math.min(1, Math.sqrt(dot(apart, apart) / 8)));
  expect(trace).toBeGreaterThan(2);
  return { angle, apart: gap(problem.x2d, truth) };
}

it("l_proj alone finds the pose and leaves keypoints off; l_p brings both home (card S-07, 2)", () => {
  const cases = [0, 1, 2, 3, 4, 5];
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  const alone = cases.map((k) => descended(k, { regularisation: 0 }));
  expect(median(alone.map(({ angle }) => angle))).toBeLessThan(1e-6);
  for (const { apart } of alone) expect(apart).toBeGreaterThan(3);
  const both = cases.map((k) => descended(k, { regularisation: 1 }));
  expect(median(both.map(({ angle }) => angle))).toBeLessThan(2e-6);
  expect(median(both.map(({ apart }) => apart))).toBeLessThan(1e-3);
});
