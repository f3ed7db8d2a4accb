/**
 * The three losses of a pose that studies compare, as gradients by object points, pixels and weights.
 *
 * All judge the same error, the mean distance of the box's corners, where a loss leaves the choice:
 *
 *     BPnP      mean over corners of ‖corner(y⋆) − corner(y_gt)‖ through the solver's exact derivative
 *     EPro-PnP  c(y_gt) + log Z, 512 poses by adaptive importance sampling
 *     LC        log E_prior + ½ (E_cov + E_linear) / E_prior, detached as the paper says
 *
 * Source: EQUATIONS BPNP-2, EPRO-20, LC-15; [BPnP2020], [EProPnP2022], [LC2023].
 */
import { poseVjp } from "../differentiate/implicit.js";
import { hasDerivative } from "../differentiate/standing.js";
import { rigidTransform } from "../kernels/projection.js";
import { rotationQuaternion } from "../kernels/quaternion.js";
import { linearCovarianceLoss } from "../loss/linear-covariance-loss.js";
import { monteCarloPoseLoss } from "../loss/seeded-pose-loss.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Pose } from "../problem/pose.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";

export const poseLossNames = ["BPnP", "EPro-PnP", "LC"] as const;
export type PoseLossName = (typeof poseLossNames)[number];

export interface PointGradients {
  /** ∂L/∂z [3N], ∂L/∂x [2N] and ∂L/∂w [2N]. */
  readonly x3d: Float64Array;
  readonly x2d: Float64Array;
  readonly w2d: Float64Array;
}

/** The gradients of a loss; null where it is not defined. `draws` names EPro-PnP's random stream. */
export function poseLossGradients(
  name: PoseLossName,
  problem: Correspondences,
  truth: Pose,
  corners: readonly (readonly number[])[],
  draws: string,
): PointGradients | null {
  if (name === "LC") {
    const { loss, gradient } = linearCovarianceLoss(problem, truth, { corners });
    return Number.isFinite(loss) ? gradient : null;
  }
  if (name === "EPro-PnP") {
    const target = new Float64Array(7);
    target.set(truth.t.data);
    rotationQuaternion(truth.R.data, target.subarray(3));
    const { loss, slopes } = monteCarloPoseLoss(problem, target, { seed: draws });
    return Number.isFinite(loss) ? slopes : null;
  }
  const { pose } = solveCorrespondences(problem);
  if (pose === null) return null;
  const gradient = poseVjp(problem, pose, cornerDistanceGradient(pose, truth, corners));
  if (!hasDerivative(gradient.standing)) return null;
  return { x3d: gradient.x3d.data, x2d: gradient.x2d.data, w2d: gradient.w2d.data };
}

/** Gradient [6] of the mean corner distance by the pose, in chart LEFT; zero where corners meet. */
export function cornerDistanceGradient(
  pose: Pose,
  truth: Pose,
  corners: readonly (readonly number[])[],
): Float64Array {
  const gradient = new Float64Array(6);
  const [p, X] = [new Float64Array(3), new Float64Array(3)];
  for (const corner of corners) {
    const b = Float64Array.from(corner);
    rigidTransform(b, pose.R.data, origin, p);
    rigidTransform(b, truth.R.data, truth.t.data, X);
    const u = X.map((v, a) => p[a] + pose.t.data[a] - v);
    const apart = Math.hypot(u[0], u[1], u[2]) * corners.length;
    if (apart === 0) continue;
    for (let a = 0; a < 3; a++) {
      const [b1, b2] = [(a + 1) % 3, (a + 2) % 3];
      gradient[a] += (p[b1] * u[b2] - p[b2] * u[b1]) / apart;
      gradient[3 + a] += u[a] / apart;
    }
  }
  return gradient;
}

const origin = new Float64Array(3);
