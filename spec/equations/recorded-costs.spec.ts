import { expect, it } from "vitest";
import type { Chart } from "../../src/conventions/chart.js";
import { tangentSize } from "../../src/conventions/chart.js";
import { poseDerivatives } from "../../src/definitions/pose-jacobian.js";
import { reprojectionHessian } from "../../src/definitions/reprojection-cost.js";
import {
  adaptiveThreshold,
  adaptiveThresholdWeightSlope,
} from "../../src/kernels/adaptive-threshold.js";
import * as pose from "../../src/kernels/pose-jacobian.js";
import { projection, rigidTransform } from "../../src/kernels/projection.js";
import * as clamp from "../../src/kernels/projection-clamp.js";
import { reprojectionCost } from "../../src/kernels/reprojection-cost.js";
import { reprojectionInputGradient } from "../../src/kernels/reprojection-inputs.js";
import {
  robustResidual,
  robustResidualJacobian,
  weightedResidual,
  weightedResidualJacobian,
} from "../../src/kernels/reprojection-residual.js";
import { double } from "../../src/scalar/index.js";
import { recorded, row } from "../solve/recorded.js";
import { rows } from "./bpnp-clouds.js";
import { motionAt } from "./pose-draws.js";

// Published code in doubles sums some 50 products in another order, of pixels up to 10³ times the
// residuals that they leave.
const tolerance = 50 * 1e3 * Number.EPSILON;

/**
 * Entries agree, in units of the largest or of `size`: 1 px where a problem recorded without noise
 * leaves nothing but its roundings.
 */
function close(ours: ArrayLike<number>, theirs: ArrayLike<number>, size = 0): void {
  expect(ours.length).toBe(theirs.length);
  const scale = Math.max(size, ...Array.from(theirs, Math.abs));
  for (let k = 0; k < ours.length; k++)
    expect(Math.abs(ours[k] - theirs[k])).toBeLessThanOrEqual(tolerance * scale);
}

for (const [run, chart] of [
  ["epro_cost_6dof", "Q7"],
  ["epro_cost_4dof", "YAW"],
] as const) {
  const arrays = recorded(run);
  const [count, n] = arrays.x3d.shape;
  const d = tangentSize(chart);
  const problems = Array.from({ length: count }, (_, b) => {
    const of = (name: string) => row(arrays[name], b);
    const zMin = arrays.z_min.data[0];
    return {
      of,
      t: of("pose").slice(0, 3),
      open: Float64Array.of(zMin, -Infinity, -Infinity, Infinity, Infinity),
      box: Float64Array.of(zMin, ...of("lb"), ...of("ub")),
    };
  });
  type Problem = (typeof problems)[number];

  it(`${run}: the clamped projection is the published one, with and without a border`, () => {
    for (const problem of problems)
      for (const [name, clamps] of [
        ["proj", problem.open],
        ["proj_clip", problem.box],
      ] as const) {
        const pi = points(problem).flatMap((X) => {
          const out = new Float64Array(2);
          clamp.clampedProjection(X, problem.of("cam_mats"), clamps, out);
          return [...out];
        });
        close(pi, problem.of(name));
      }
  });

  it(`${run}: the masked Jacobian in chart ${chart} is the published one, half-angle and all`, () => {
    for (const problem of problems) {
      close(jacobians(problem, problem.open, clamp.maskedProjectionJacobian), problem.of("jac"));
      close(
        jacobians(problem, problem.box, clamp.maskedProjectionJacobian),
        problem.of("jac_clip"),
      );
      const formula = jacobians(problem, problem.box, clamp.formulaProjectionJacobian);
      close(formula, problem.of("jac_clip_noclip"));
    }
  });

  it(`${run}: autograd through the clamp has the slope of clampedProjectionJacobian, not the masked`, () => {
    for (const problem of problems) {
      const { of, box } = problem;
      const [x, w, K] = [of("x2d"), of("w2d"), of("cam_mats")];
      const [up, e, J] = [of("grad_up")[0], new Float64Array(2), new Float64Array(6)];
      const [gradient, pi] = [new Float64Array(3), new Float64Array(2)];
      points(problem).forEach((X, i) => {
        clamp.clampedProjection(X, K, box, pi);
        clamp.clampedProjectionJacobian(X, K, box, J);
        const wi = w.slice(2 * i, 2 * i + 2);
        weightedResidual(x.slice(2 * i, 2 * i + 2), pi, wi, e);
        const slope = Math.min(1, 1 / Math.hypot(e[0], e[1]));
        for (let a = 0; a < 3; a++)
          gradient[a] -= up * slope * (wi[0] * e[0] * J[a] + wi[1] * e[1] * J[3 + a]);
      });
      close(gradient, of("gpose_fixed1_clip").slice(0, 3), largest(of("jac")));
    }
  });

  it(`${run}: robust residuals and Jacobians are the published ones with both signs turned`, () => {
    for (const problem of problems) {
      const { of, open } = problem;
      const [x, w] = [of("x2d"), of("w2d")];
      const J = jacobians(problem, open, clamp.maskedProjectionJacobian);
      const [residual, jacobian] = [[] as number[], [] as number[]];
      for (let i = 0; i < n; i++) {
        const e = new Float64Array(2);
        const wi = w.slice(2 * i, 2 * i + 2);
        weightedResidual(x.slice(2 * i, 2 * i + 2), of("proj").slice(2 * i, 2 * i + 2), wi, e);
        const de = Float64Array.from(J.slice(2 * d * i, 2 * d * (i + 1)));
        weightedResidualJacobian(wi, de, de);
        robustResidualJacobian(e, de, 1, de);
        robustResidual(e, 1, e);
        residual.push(-e[0], -e[1]);
        jacobian.push(...de.map((value) => -value));
      }
      close(residual, of("residual_fixed1"), 1);
      close(jacobian, of("jacobian_fixed1"));
    }
  });

  it(`${run}: costs, adaptive thresholds and gradients by x, z and w are the published ones`, () => {
    for (const { of, t, open } of problems) {
      const [x2d, x3d, w2d, K, R] = ["x2d", "x3d", "w2d", "cam_mats", "R"].map(of);
      const delta = adaptiveThreshold(n, x2d, w2d, 0.5);
      close([delta], of("delta_adaptive_05"));
      close([adaptiveThreshold(n, x2d, w2d, 0.1)], of("delta_adaptive_01"));
      // Problems with points at the camera are recorded with their depth clamped.
      if (depths(R, t, x3d).some((depth) => depth <= open[0])) continue;
      close([reprojectionCost(n, x2d, x3d, w2d, K, R, t, 1)], of("cost_fixed1"), 1);
      const out = {
        x: new Float64Array(2 * n),
        z: new Float64Array(3 * n),
        w: new Float64Array(2 * n),
        K: new Float64Array(9),
        delta: new Float64Array(1),
      };
      close([reprojectionInputGradient(n, x2d, x3d, w2d, K, R, t, delta, out)], of("cost_ad05"), 1);
      const [up] = of("grad_up");
      close(
        out.x.map((g) => up * g),
        of("gx2d_ad05"),
        1,
      );
      close(
        out.z.map((g) => up * g),
        of("gx3d_ad05"),
        largest(of("jac")),
      );
      close(
        out.w.map((g) => up * g),
        of("gw2d_dd_ad05"),
        1,
      );
      const through = out.delta[0] * adaptiveThresholdWeightSlope(n, x2d, 0.5);
      close(
        out.w.map((g) => up * (g + through)),
        of("gw2d_ad05"),
        1,
      );
    }
  });

  /** Camera points [n][3]. */
  function points({ of, t }: Problem): Float64Array[] {
    return Array.from({ length: n }, (_, i) => {
      const X = new Float64Array(3);
      rigidTransform(of("x3d").slice(3 * i, 3 * i + 3), of("R"), t, X);
      return X;
    });
  }

  /** ∂π/∂y of every point [n,2,d], with some Jacobian of the clamped projection. */
  function jacobians(
    problem: Problem,
    clamps: Float64Array,
    jacobian: typeof clamp.maskedProjectionJacobian,
  ): number[] {
    const { of, t } = problem;
    const motion = motionAt(chart as Chart, of("R"), t);
    const [J, dX] = [new Float64Array(6), new Float64Array(3 * d)];
    return points(problem).flatMap((X, i) => {
      jacobian(X, of("cam_mats"), clamps, J);
      pose.pointMotion(chart, motion, of("x3d").slice(3 * i, 3 * i + 3), dX);
      return [0, 3].flatMap((r) =>
        Array.from(
          { length: d },
          (_, p) => J[r] * dX[3 * p] + J[r + 1] * dX[3 * p + 1] + J[r + 2] * dX[3 * p + 2],
        ),
      );
    });
  }
}

const largest = (v: Float64Array): number => Math.max(...v.map(Math.abs));

const depths = (R: Float64Array, t: Float64Array, x3d: Float64Array): number[] =>
  Array.from(
    { length: x3d.length / 3 },
    (_, i) => R[6] * x3d[3 * i] + R[7] * x3d[3 * i + 1] + R[8] * x3d[3 * i + 2] + t[2],
  );

it("bpnp_n8: −2 ∂π/∂y in chart AA is the published coefs, and twice the Hessian is H_true", () => {
  const arrays = recorded("bpnp_n8");
  const motion = new Float64Array(pose.MOTION_SIZE);
  for (let b = 0; b < arrays.y_star.shape[0]; b++) {
    const [x, z, K, y, coefs] = ["pts2d", "pts3d", "K", "y_star", "coefs"].map((name) =>
      row(arrays[name], b),
    );
    pose.poseDerivatives(y, motion);
    const J = new Float64Array(12);
    const ours = Array.from({ length: 8 }, (_, i) => {
      pose.poseJacobian("AA", motion, z.slice(3 * i, 3 * i + 3), K, J);
      return [...J].map((slope) => -2 * slope);
    });
    close(ours.flat(), coefs);
    const data = {
      x2d: rows(x, 2, double),
      x3d: rows(z, 3, double),
      w2d: rows(new Float64Array(16).fill(1), 2, double),
      K: rows(K, 3, double),
    };
    const H = reprojectionHessian(data, poseDerivatives([...y].map(double)));
    close(
      H.flat().map((h) => 2 * h.value),
      row(arrays.H_true, b),
    );
    const [R, t] = [motion.slice(0, 9), y.slice(3)];
    const cost = reprojectionCost(8, x, z, new Float64Array(16).fill(1), K, R, t, Infinity);
    close([2 * cost], [arrays.cost.data[b]], 1);
    const [X, pi] = [new Float64Array(3), new Float64Array(2)];
    rigidTransform(z.slice(0, 3), R, t, X);
    projection(X, K, pi);
    expect(Math.hypot(pi[0] - x[0], pi[1] - x[1])).toBeLessThan(100);
  }
});
