/**
 * The Monte Carlo pose loss from end to end: solve, take the covariance, sample, and weigh the target.
 *
 *     y*, Σ of the correspondences → adaptive samples around them (EPRO-8) → loss and slopes (EPRO-20)
 *
 * Everything random comes from one stream, named by the seed: a problem's loss has the same bits in
 * whatever batch, order or thread it is computed, if each problem is given a seed of its own.
 * y* is found for the unclamped cost where any rotation is allowed, and refined with the clamps; a
 * yaw is searched from random starts of the same stream.
 * Source: EQUATIONS EPRO-8, EPRO-20, PNP-6, PNP-7, PNP-12; [EProPnP2022] Algorithm 1.
 */
import { rowRotation } from "../kernels/pose-row.js";
import { rotationQuaternion } from "../kernels/quaternion.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type Status, statusSentences } from "../problem/status.js";
import { type AmisOptions, amis, type PosteriorSample, sampleSentences } from "../sample/amis.js";
import { poseWidth } from "../sample/proposal.js";
import { poseCovariance } from "../solve/covariance.js";
import { levenbergMarquardt } from "../solve/levenberg-marquardt.js";
import { randomSampleStart } from "../solve/rs-lm.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";
import {
  givenSamplesPoseLoss,
  type LossOptions,
  lossSentences,
  lossThreshold,
  type PoseLoss,
} from "./monte-carlo-pose-loss.js";

export interface SeededLossOptions
  extends LossOptions,
    Omit<AmisOptions, "delta" | "clamps" | "poses"> {
  /** Added to the diagonal of JᵀJ before it is inverted; published 1e-5. Default: 0. */
  readonly epsilon?: number;
  /** y* [7 or 4] to sample around, instead of solving. */
  readonly pose?: Float64Array;
  /** Iterations of PNP-6 for a yaw, or to refine with clamps. Default: 10. */
  readonly solverIterations?: number;
}

/** Every outcome with the sentence that explains it: of solving, of sampling or of the loss. */
export const seededLossSentences = { ...statusSentences, ...sampleSentences, ...lossSentences };

export interface SeededPoseLoss extends Omit<PoseLoss, "status"> {
  readonly status: keyof typeof seededLossSentences;
  /** y* [7 or 4] and Σ in its chart; null if the problem was not solved. */
  readonly pose: Float64Array | null;
  readonly covariance: Float64Array | null;
  /** The weighted sample; null if the problem was not solved. */
  readonly sample: PosteriorSample | null;
}

/**
 * The loss of a target pose: (t, q) [7] among all rotations or (t, β) [4] among turns about camera +Y.
 *
 * A posterior found "improper" keeps its numbers, and says so; other statuses than "ok" come with none.
 * @throws RangeError if an option is out of range.
 */
export function monteCarloPoseLoss(
  problem: Correspondences,
  target: Float64Array,
  options: SeededLossOptions = {},
): SeededPoseLoss {
  const width = poseWidth("monteCarloPoseLoss", target.length);
  const refused = (status: SeededPoseLoss["status"], solved?: Solved): SeededPoseLoss => ({
    ...unlost(problem.n, status),
    pose: solved?.pose ?? null,
    covariance: null,
    sample: null,
  });
  if (problem.n === 0) return refused("empty");
  if (!problem.w2d.some((w) => w > 0)) return refused("zero-weights");
  if (options.relativeDelta !== undefined && problem.n < 2) return refused("too-few-points");
  const delta = lossThreshold("monteCarloPoseLoss", problem, options);
  const solved = solvedPose(problem, width, delta, options);
  if (solved.status !== "ok") return refused(solved.status);
  const { covariance, status } = poseCovariance(problem, solved.R, solved.pose.subarray(0, 3), {
    chart: width === 7 ? "Q7" : "YAW",
    delta,
    hessian: "gauss-newton",
    epsilon: options.epsilon ?? 0,
    clamps: options.clamps,
  });
  if (covariance === null) return refused(status, solved);
  const sample = amis(problem, solved.pose, covariance, { ...options, delta, poses: undefined });
  if (sample.status !== "ok" && sample.status !== "improper")
    return { ...refused(sample.status, solved), covariance, sample };
  const loss = givenSamplesPoseLoss(problem, target, sample, options);
  const outcome = loss.status === "ok" ? sample.status : loss.status;
  return { ...loss, status: outcome, pose: solved.pose, covariance, sample };
}

interface Solved {
  readonly status: Status;
  readonly pose: Float64Array;
  readonly R: Float64Array;
}

function solvedPose(
  problem: Correspondences,
  width: 7 | 4,
  delta: number,
  options: SeededLossOptions,
): Solved {
  const { clamps, seed = "amis", solverIterations = 10 } = options;
  const pose = options.pose?.slice() ?? new Float64Array(width);
  if (pose.length !== width)
    throw new RangeError(`monteCarloPoseLoss: expected a pose of ${width} numbers, got ${pose}`);
  const R = new Float64Array(9);
  if (options.pose) {
    if (!rowRotation(pose, R))
      throw new RangeError("monteCarloPoseLoss: expected a quaternion off zero in pose, got 0");
    return { status: "ok", pose, R };
  }
  const chart = width === 7 ? "Q7" : "YAW";
  const found =
    width === 7
      ? solveCorrespondences(problem, { delta })
      : randomSampleStart(problem, { chart, delta, clamps, seed: `${seed}/start` });
  // A start behind the camera is one to sample around all the same.
  if (found.pose === null) return { status: found.status, pose, R };
  if (found.status !== "ok" && found.status !== "behind-camera" && found.status !== "kink")
    return { status: found.status, pose, R };
  R.set(found.pose.R.data);
  const t = Float64Array.from(found.pose.t.data);
  if (width === 4 || clamps)
    levenbergMarquardt(problem, R, t, { chart, delta, clamps, iterations: solverIterations });
  pose.set(t);
  if (width === 7) rotationQuaternion(R, pose.subarray(3));
  else pose[3] = Math.atan2(R[2], R[0]);
  return { status: "ok", pose, R };
}

const unlost = (n: number, status: SeededPoseLoss["status"]) => ({
  ...{ status, loss: Number.NaN, target: Number.NaN, predicted: Number.NaN, delta: Number.NaN },
  ...{ error: Infinity, standardError: Infinity, effectiveSampleSize: 0 },
  slopes: {
    x3d: new Float64Array(3 * n),
    x2d: new Float64Array(2 * n),
    w2d: new Float64Array(2 * n),
    delta: new Float64Array(1),
  },
  weights: new Float64Array(0),
  logWeights: new Float64Array(0),
  costs: new Float64Array(0),
});
