/**
 * The posterior of a problem's pose: solve, approximate, sample, and say how far the numbers can be
 * trusted.
 *
 *     p(y | X) ∝ exp(−c(y)),   log Z = log ∫ exp(−c(y)) dy
 *
 * over (t, q) with the measure dt dσ(q), both signs of q counted, or over (t, β) with dt dβ.
 * Source: EQUATIONS EPRO-2 to EPRO-4, EPRO-8; [EProPnP2022] Algorithm 1.
 */
import { rotationQuaternion } from "../kernels/quaternion.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type Status, statusSentences } from "../problem/status.js";
import { poseCovariance } from "../solve/covariance.js";
import { levenbergMarquardt } from "../solve/levenberg-marquardt.js";
import { randomSampleStart } from "../solve/rs-lm.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";
import {
  type AmisOptions,
  amis,
  type PosteriorSample,
  type SampleStatus,
  sampleSentences,
} from "./amis.js";
import { laplaceEvidence } from "./evidence.js";
import { type EvidenceError, evidenceError } from "./evidence-error.js";

export interface PosteriorOptions extends Omit<AmisOptions, "poses"> {
  /** "Q7" for any rotation, "YAW" for turns about camera +Y. Default: "Q7". */
  readonly chart?: "Q7" | "YAW";
}

export interface Posterior {
  /** "ok"; why there is no pose to start at; or why its posterior could not be sampled. */
  readonly status: Status | SampleStatus;
  readonly sentence: string;
  readonly chart: "Q7" | "YAW";
  /** The pose sampling started at: (t, q) [7] or (t, β) [4]; null without one. */
  readonly pose: Float64Array | null;
  /** Its covariance in the chart, or the published (H_GN + 1e-5 I)⁻¹ where the exact one is none. */
  readonly covariance: Float64Array | null;
  /** Laplace's log Z at that pose; null where the curvature is not positive. */
  readonly laplace: number | null;
  /** The weighted sample; null without a pose. */
  readonly sample: PosteriorSample | null;
  /** How far the sample's log Z may be off; null without a sample. */
  readonly accuracy: EvidenceError | null;
}

/** Ridge of published code on the Gauss–Newton matrix, for poses the full Hessian does not hold. */
const PUBLISHED_RIDGE = 1e-5;
/** Iterations from the best random start of a yaw: each converges quadratically at small residuals. */
const YAW_ITERATIONS = 50;

/**
 * The posterior of the pose of checked correspondences.
 *
 * @throws RangeError if an option is out of range; never on degenerate problems.
 */
export function posterior(problem: Correspondences, options: PosteriorOptions = {}): Posterior {
  const { chart = "Q7", delta = Number.POSITIVE_INFINITY, clamps, seed = "amis" } = options;
  const start = chart === "Q7" ? anyRotation(problem, delta) : yawOnly(problem, options, delta);
  if (!start.pose) {
    const { status } = start;
    const sentence = statusSentences[status];
    const none = { pose: null, covariance: null, laplace: null, sample: null, accuracy: null };
    return { status, sentence, chart, ...none };
  }
  const { pose, R, t } = start;
  const peak = laplaceEvidence(problem, R, t, { chart, delta });
  const covariance =
    peak.covariance ??
    poseCovariance(problem, R, t, {
      ...{ chart, delta, hessian: "gauss-newton", epsilon: PUBLISHED_RIDGE },
      ...(clamps && { clamps }),
    }).covariance;
  if (!covariance) {
    const status: SampleStatus = "not-positive-definite";
    const none = { pose, covariance, laplace: null, sample: null, accuracy: null };
    return { status, sentence: sampleSentences[status], chart, ...none };
  }
  const sample = amis(problem, pose, covariance, { ...options, seed });
  const { status } = sample;
  const accuracy = evidenceError(sample);
  const laplace = peak.logEvidence;
  return {
    status,
    sentence: sampleSentences[status],
    chart,
    pose,
    covariance,
    laplace,
    sample,
    accuracy,
  };
}

interface Start {
  readonly status: Status;
  readonly pose: Float64Array | null;
  readonly R: Float64Array;
  readonly t: Float64Array;
}

function anyRotation(problem: Correspondences, delta: number): Start {
  const { status, pose } = solveCorrespondences(problem, { delta });
  if (!pose) return { status, pose: null, R: new Float64Array(9), t: new Float64Array(3) };
  const row = new Float64Array(7);
  const [R, t] = [pose.R.data, pose.t.data];
  row.set(t);
  rotationQuaternion(R, row.subarray(3));
  return { status, pose: row, R, t };
}

function yawOnly(problem: Correspondences, options: PosteriorOptions, delta: number): Start {
  const { clamps, seed = "amis" } = options;
  const shared = { chart: "YAW", delta, ...(clamps && { clamps }) } as const;
  const { status, pose, R, t } = randomSampleStart(problem, { ...shared, seed: `${seed}/start` });
  if (!pose) return { status, pose: null, R, t };
  levenbergMarquardt(problem, R, t, { ...shared, iterations: YAW_ITERATIONS });
  return { status, pose: Float64Array.of(t[0], t[1], t[2], Math.atan2(R[2], R[0])), R, t };
}
