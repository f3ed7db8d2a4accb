import { describe, expect, it } from "vitest";
import { scene } from "../../src/problem/index.js";
import { poseCovariance } from "../../src/solve/covariance.js";
import { residualMagnitude } from "../../src/solve/depths.js";
import {
  type LevenbergMarquardtStep,
  levenbergMarquardt,
} from "../../src/solve/levenberg-marquardt.js";
import { polish, polished } from "../../src/solve/polish.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";
import {
  distance,
  type RecordedProblem,
  recordedPose,
  recordedProblems,
  relativeDistance,
  runs,
} from "./recorded-traces.js";

const ε = Number.EPSILON;
/**
 * The recordings moved by at most 5e-11 when their inputs moved by 1e-14 relative: a hundred roundings
 * of another order of operations, 200ε, are amplified 5000-fold. Once a decision is at rounding level
 * the final pose is known to 4e-7, and pose_cov to 4e-9 relative (index of the recordings).
 */
const decided = 5e3 * 200 * ε;
const undecided = 2 * 4e-7;
const covarianceKnown = 25 * 4e-9;

/**
 * What an iteration computed on its way, in units of what it started from: near a minimum without noise
 * costs, gradients and the decrease that is hoped for are differences that leave no digit of their own.
 */
function expectClosedForms(
  step: Omit<LevenbergMarquardtStep, "iteration">,
  problem: RecordedProblem,
  k: number,
): void {
  const recorded = (name: string) => problem.at(name, k);
  const [cost] = problem.at("tr_cost_before", 0);
  expect(distance([step.costBefore], recorded("tr_cost_before"))).toBeLessThan(decided * cost);
  // A step may be tried to where the cost is higher than it ever was.
  const [tried] = recorded("tr_cost_new");
  expect(distance([step.costNew], [tried])).toBeLessThan(decided * Math.max(cost, tried));
  const [model] = recorded("tr_model_change");
  expect(distance([step.modelDecrease], [model])).toBeLessThan(decided * Math.max(cost, model));
  const gain = (step.costBefore - step.costNew) / step.modelDecrease;
  const noise = (2 * decided * Math.max(cost, tried)) / Math.abs(model);
  expect(distance([gain], recorded("tr_rel_decrease"))).toBeLessThan(noise * (1 + Math.abs(gain)));
  const steepest = Math.max(...problem.at("tr_grad", 0).map(Math.abs));
  expect(distance(step.gradient, recorded("tr_grad"))).toBeLessThan(decided * steepest);
  expect(distance(step.step, recorded("tr_step"))).toBeLessThan(decided);
  // Of the first problem alone, for size.
  if (problem.index === 0)
    expect(relativeDistance(step.normal, recorded("tr_jtj"))).toBeLessThan(decided);
}

describe.each(runs)("levenbergMarquardt(points, R, t, published defaults) on %s", (run) => {
  it.each(recordedProblems(run))("repeats the recorded trace of $title", (problem) => {
    const { R, t } = problem.start;
    const steps: LevenbergMarquardtStep[] = [];
    const { points, chart, delta, clamps, iterations } = problem;
    const trace = (step: LevenbergMarquardtStep) => steps.push(step);
    const { cost } = levenbergMarquardt(points, R, t, { chart, delta, clamps, iterations, trace });
    let compared = 0;
    for (const { iteration: k, ...step } of steps) {
      if (problem.at("tr_decisive", k)[0] !== 1) break;
      const pose = recordedPose(problem.at("tr_pose", k));
      expect(distance(step.R, pose.R)).toBeLessThanOrEqual(2 * decided);
      expect(distance(step.t, pose.t)).toBeLessThanOrEqual(decided * Math.hypot(...pose.t));
      expect(step.accepted ? 1 : 0).toBe(problem.at("tr_accepted", k)[0]);
      expect(relativeDistance([step.radius], problem.at("tr_radius", k))).toBeLessThan(decided);
      expect([step.decreaseFactor]).toEqual([...problem.at("tr_decrease_factor", k)]);
      expectClosedForms(step, problem, k);
      compared++;
    }
    expect(compared).toBeGreaterThanOrEqual(3);
    const final = recordedPose(problem.of("pose_opt"));
    expect(distance(R, final.R)).toBeLessThanOrEqual(2 * undecided);
    expect(distance(t, final.t)).toBeLessThanOrEqual(undecided * Math.hypot(...final.t));
    // Poses apart by the tolerance cost the same to second order at a minimum; rounding is left.
    expect(cost).toBeLessThanOrEqual(problem.of("cost")[0] * (1 + undecided) + ε);
  });

  it.each(recordedProblems(run))("and poseCovariance as published matches $title", (problem) => {
    const { R, t } = recordedPose(problem.of("pose_opt"));
    const { points, chart, delta, clamps } = problem;
    const { status, covariance } = poseCovariance(points, R, t, {
      chart,
      delta,
      clamps,
      hessian: "gauss-newton",
      epsilon: 1e-5,
    });
    expect(status).toBe("ok");
    const known = problem.of("pose_cov");
    expect(relativeDistance(covariance as Float64Array, known)).toBeLessThan(covarianceKnown);
  });
});

it("levenbergMarquardt(points, R, t) lowers the cost at every accepted step, in every chart", () => {
  for (const chart of ["LEFT", "AA", "RP", "Q7"] as const)
    for (let seed = 0; seed < 8; seed++) {
      const { correspondences: points, R, t } = scene("generic", { seed });
      const start = R.slice();
      start.set(scene("generic", { seed: seed + 100 }).R);
      const costs: number[] = [];
      levenbergMarquardt(points, start, t.slice(), {
        chart,
        iterations: 30,
        trace: ({ accepted, costBefore, costNew }) => {
          if (accepted) costs.push(costBefore, costNew);
        },
      });
      expect(costs.length).toBeGreaterThan(2);
      // Taken again where a step ended, a cost may differ by its rounding: ε √(2c) √Σw²m² (depths.ts).
      const { n, x2d, x3d, w2d, K } = points;
      const magnitude = residualMagnitude(n, x2d, x3d, w2d, K, R, t);
      for (let i = 1; i < costs.length; i++)
        expect(costs[i] - costs[i - 1]).toBeLessThanOrEqual(
          ε * Math.sqrt(2 * costs[i]) * magnitude,
        );
    }
});

it("levenbergMarquardt(points, R, t) and solvePnP end at the same minimum from starts nearby", () => {
  for (let seed = 0; seed < 16; seed++) {
    const { correspondences: points, R, t } = scene("generic", { seed, noise: 1 });
    const best = solveCorrespondences(points);
    const found = levenbergMarquardt(points, R, t, { iterations: 60 });
    // A step is refused once its gain drowns in the cost's rounding: the cost is right to that.
    expect(found.cost).toBeLessThanOrEqual(best.cost * (1 + 1e3 * points.n * ε));
    const at = polished();
    polish(points, R, t, Infinity, 10, at);
    expect(at.stationarity).toBeLessThanOrEqual(1);
  }
});

it("levenbergMarquardt(points, R, t) throws, naming what it expected and what it got", () => {
  const { correspondences: points, R, t } = scene("generic");
  const run = (options: object) => () => levenbergMarquardt(points, R, t, options);
  expect(run({ delta: -1 })).toThrow("levenbergMarquardt: expected delta >= 0, got -1");
  expect(run({ clamps: { lb: [1, 0], ub: [0, 0] } })).toThrow("expected clamps lb <= ub");
});
