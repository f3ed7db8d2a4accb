import { describe, expect, it } from "vitest";
import { tangentSize } from "../../src/conventions/chart.js";
import { adaptiveThresholdWeightSlope } from "../../src/kernels/adaptive-threshold.js";
import {
  offsetPoints,
  offsetTranslation,
  pointOffset,
  restoredTranslation,
} from "../../src/kernels/normalisation.js";
import * as pose from "../../src/kernels/pose-jacobian.js";
import {
  poseProjections,
  poseSampleCosts,
  poseSampleSlopes,
} from "../../src/kernels/pose-sample-cost.js";
import * as clamp from "../../src/kernels/projection-clamp.js";
import {
  quaternionRotation,
  quaternionTangent,
  rotatedVectorQuaternionJacobian,
} from "../../src/kernels/quaternion.js";
import {
  robustResidual,
  robustResidualJacobian,
  weightedResidual,
  weightedResidualJacobian,
} from "../../src/kernels/reprojection-residual.js";
import { yawedVectorSlope, yawRotation } from "../../src/kernels/yaw.js";
import { counted, recorded, row } from "../solve/recorded.js";
import { motionAt } from "./pose-draws.js";

/** Two orders of some 50 sums and products, of pixels up to 10³ times the residuals that they leave. */
const tolerance = 50 * 1e3 * Number.EPSILON;

function close(ours: ArrayLike<number>, theirs: ArrayLike<number>): void {
  const size = Math.max(...Array.from(theirs, Math.abs));
  for (let k = 0; k < theirs.length; k++)
    expect(Math.abs(ours[k] - theirs[k])).toBeLessThanOrEqual(tolerance * size);
}

describe.each([
  ["epro_cost_6dof", "Q7"],
  ["epro_cost_4dof", "YAW"],
] as const)("%s, one problem with its depths clamped", (run, chart) => {
  const { arrays, unread } = counted(recorded(run));
  const [count, n] = arrays.x3d.shape;
  const d = tangentSize(chart);
  /** The last problem, or the only one of an array. */
  const of = (name: string) => row(arrays[name], arrays[name].shape[0] === 1 ? 0 : count - 1);
  const [x2d, x3d, w2d, K, y, R] = ["x2d", "x3d", "w2d", "cam_mats", "pose", "R"].map(of);
  const [zMin] = arrays.z_min.data;
  const [up] = of("grad_up");
  const open = Float64Array.of(zMin, -Infinity, -Infinity, Infinity, Infinity);
  const border = Float64Array.of(zMin, ...of("lb"), ...of("ub"));

  it("the pose's rotation and its tangent are the published ones", () => {
    const ours = new Float64Array(9);
    if (chart === "YAW") yawRotation(y[3], ours);
    else quaternionRotation(y.slice(3), "unit", ours);
    close(ours, R);
    if (chart === "YAW") return;
    const T = new Float64Array(12);
    quaternionTangent(y.slice(3), T);
    close(T, of("quat_T"));
  });

  it("the Jacobian of the formula without a border is the published one", () => {
    close(jacobians(open, clamp.formulaProjectionJacobian).flat(), of("jac_noclip"));
  });

  for (const [suffix, clamps] of [
    ["", open],
    ["_clip", border],
  ] as const)
    for (const [name, delta, relative] of [
      ["fixed1", 1, 0],
      ["ad05", of("delta_adaptive_05")[0], 0.5],
      ["ad01", of("delta_adaptive_01")[0], 0.1],
    ] as const) {
      const published = (quantity: string) => of(`${quantity}_${name}${suffix}`);

      it(`${name}${suffix}: cost and slopes by z, x, w and the pose are the published ones`, () => {
        const [P, cost] = [new Float64Array(12), new Float64Array(1)];
        poseProjections(1, y.length, y, K, P);
        poseSampleCosts(n, x2d, x3d, w2d, 0, 1, P, delta, clamps, cost);
        close(cost, published("cost"));
        const out = {
          x3d: new Float64Array(3 * n),
          x2d: new Float64Array(2 * n),
          w2d: new Float64Array(2 * n),
          delta: new Float64Array(1),
        };
        poseSampleSlopes(n, x2d, x3d, w2d, 1, P, Float64Array.of(up), delta, clamps, out);
        close(out.x3d, published("gx3d"));
        close(out.x2d, published("gx2d"));
        close(out.w2d, published("gw2d_dd"));
        // A fixed threshold does not move with the weights.
        const slope = relative > 0 ? adaptiveThresholdWeightSlope(n, x2d, relative) : 0;
        close(
          out.w2d.map((g) => g + out.delta[0] * slope),
          published("gw2d"),
        );
        close(poseSlope(out.x3d), published("gpose"));
      });

      it(`${name}${suffix}: robust residuals and Jacobians are the published ones with both signs turned`, () => {
        const J = jacobians(clamps, clamp.maskedProjectionJacobian);
        const [residual, jacobian] = [[] as number[], [] as number[]];
        const [pi, e] = [new Float64Array(2), new Float64Array(2)];
        points().forEach((X, i) => {
          clamp.clampedProjection(X, K, clamps, pi);
          const w = w2d.slice(2 * i, 2 * i + 2);
          weightedResidual(x2d.slice(2 * i, 2 * i + 2), pi, w, e);
          const de = Float64Array.from(J[i]);
          weightedResidualJacobian(w, de, de);
          robustResidualJacobian(e, de, delta, de);
          robustResidual(e, delta, e);
          residual.push(-e[0], -e[1]);
          jacobian.push(...de.map((value) => -value));
        });
        close(residual, published("residual"));
        close(jacobian, published("jacobian"));
      });
    }

  it("every array of the recording is compared with, here or in recorded-costs.spec.ts", () => {
    const there = ["proj", "proj_clip", "jac", "jac_clip", "jac_clip_noclip"];
    expect([...unread].filter((name) => !there.includes(name))).toEqual([]);
  });

  /** Camera points [n][3]. */
  function points(): Float64Array[] {
    return Array.from({ length: n }, (_, i) =>
      Float64Array.from([0, 1, 2], (r) =>
        [0, 1, 2].reduce((sum, k) => sum + R[3 * r + k] * x3d[3 * i + k], y[r]),
      ),
    );
  }

  /** ∂π/∂y of every point [n][2 d], with some Jacobian of the clamped projection. */
  function jacobians(
    clamps: Float64Array,
    jacobian: typeof clamp.maskedProjectionJacobian,
  ): number[][] {
    const motion = motionAt(chart, R, y.slice(0, 3));
    const [J, dX] = [new Float64Array(6), new Float64Array(3 * d)];
    return points().map((X, i) => {
      jacobian(X, K, clamps, J);
      pose.pointMotion(chart, motion, x3d.slice(3 * i, 3 * i + 3), dX);
      return [0, 3].flatMap((r) =>
        Array.from(
          { length: d },
          (_, p) => J[r] * dX[3 * p] + J[r + 1] * dX[3 * p + 1] + J[r + 2] * dX[3 * p + 2],
        ),
      );
    });
  }

  /** ∂c/∂y of the raw numbers of the pose, since ∂c/∂z = Rᵀ ∂c/∂X and X = R z + t. */
  function poseSlope(gradient: Float64Array): number[] {
    const total = new Array(y.length).fill(0);
    const turns = y.length - 3;
    const turned = new Float64Array(3 * turns);
    for (let i = 0; i < n; i++) {
      const z = x3d.slice(3 * i, 3 * i + 3);
      if (chart === "Q7") rotatedVectorQuaternionJacobian(y.slice(3), z, "unit", turned);
      else yawedVectorSlope(y[3], z, turned);
      for (let r = 0; r < 3; r++) {
        const q = [0, 1, 2].reduce((sum, k) => sum + R[3 * r + k] * gradient[3 * i + k], 0);
        total[r] += q;
        for (let k = 0; k < turns; k++) total[3 + k] += q * turned[turns * r + k];
      }
    }
    return total;
  }
});

it("epro_normalize: offset, moved points and moved poses are the published ones", () => {
  const { arrays, unread } = counted(recorded("epro_normalize"));
  const [count, n] = arrays.x3d.shape;
  for (let b = 0; b < count; b++) {
    const of = (name: string) => row(arrays[name], b);
    const [offset, there, back] = [0, 0, 0].map(() => new Float64Array(3));
    const [moved, R] = [new Float64Array(3 * n), new Float64Array(9)];
    pointOffset(n, of("x3d"), offset);
    close(offset, of("offset"));
    offsetPoints(n, of("x3d"), offset, moved);
    close(moved, of("x3d_norm"));
    const y = of("pose");
    quaternionRotation(y.slice(3), "unit", R);
    offsetTranslation(R, y.slice(0, 3), offset, there);
    close([...there, ...y.slice(3)], of("pose_norm"));
    restoredTranslation(R, there, offset, back);
    close([...back, ...y.slice(3)], of("pose_denorm"));
  }
  expect([...unread]).toEqual([]);
});
