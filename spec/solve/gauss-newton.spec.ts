import { describe, expect, it } from "vitest";
import { scene } from "../../src/problem/index.js";
import { gaussNewton } from "../../src/solve/gauss-newton.js";
import { poseError } from "./pose-error.js";
import { distance, recordedPose, recordedProblems, runs } from "./recorded-traces.js";

const ε = Number.EPSILON;
/** As for the Levenberg–Marquardt traces: 100 roundings of another order, amplified 5000-fold. */
const known = 5e3 * 200 * ε;

describe.each(runs)("gaussNewton(points, R, t, published defaults) on %s", (run) => {
  it.each(recordedProblems(run))("repeats the recorded fast mode of $title", (problem) => {
    const { points, chart, delta, clamps } = problem;
    for (let k = 0; k < 5; k++) {
      const { R, t } = { R: problem.start.R.slice(), t: problem.start.t.slice() };
      const last = gaussNewton(points, R, t, { chart, delta, clamps, iterations: k + 1 });
      const pose = recordedPose(problem.at("fast_pose", k));
      expect(distance(R, pose.R)).toBeLessThanOrEqual(2 * known);
      expect(distance(t, pose.t)).toBeLessThanOrEqual(known * Math.hypot(...pose.t));
      if (k < 4) continue;
      const [cost] = problem.of("fast_cost");
      expect(Math.abs(last.costBefore - cost)).toBeLessThanOrEqual(known * cost + ε);
      expect(last.normalBefore.length).toBe(chart === "YAW" ? 16 : 36);
      expect(defect(last.normalBefore, problem.of("fast_cov"))).toBeLessThan(known);
    }
  });
});

/** ‖(H + 1e-5 I) C − I‖ over ‖H + 1e-5 I‖ ‖C‖: whether C is the published covariance of H. */
function defect(H: Float64Array, C: Float64Array): number {
  const d = Math.sqrt(H.length);
  const A = Float64Array.from(H, (h, i) => h + (i % (d + 1) === 0 ? 1e-5 : 0));
  let squared = 0;
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      let entry = i === j ? -1 : 0;
      for (let k = 0; k < d; k++) entry += A[i * d + k] * C[k * d + j];
      squared += entry * entry;
    }
  return Math.sqrt(squared) / (Math.hypot(...A) * Math.hypot(...C));
}

it("gaussNewton(points, R, t) squares its error on data without noise", () => {
  const truth = scene("generic", { noise: 0 });
  const R = truth.R.slice();
  const t = truth.t.slice();
  t[0] += 1e-3;
  t[2] -= 1e-3;
  const errors = [0, 1, 2].map(() => {
    gaussNewton(truth.correspondences, R, t, { iterations: 1, epsilon: 0 });
    return poseError(R, t, truth);
  });
  // From 1e-3: one step leaves its square times the curvature, the next rounding.
  expect(errors[0]).toBeLessThan(1e-3 ** 2 * 10);
  expect(errors[2]).toBeLessThan(64 * ε);
});

it("gaussNewton(points, R, t) throws, naming what it expected and what it got", () => {
  const { correspondences: points, R, t } = scene("generic");
  expect(() => gaussNewton(points, R, t, { delta: Number.NaN })).toThrow(
    "gaussNewton: expected delta >= 0, got NaN",
  );
});
