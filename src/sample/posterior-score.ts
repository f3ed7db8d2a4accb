/**
 * How sure the posterior is of a solved pose: the score expected of the poses it holds possible.
 *
 *     e_j = ‖(t_X, t_Z)_j − (t_X, t_Z)*‖     s_MC = Σ_j v̄_j s*(e_j)     s_r = s^{1−r} s_MC^r
 *
 * Distances are on the ground plane, in the unit of t, which s* takes to be the metre. Weights are
 * those of the sample and sum to 1: a posterior concentrated within 2^−1.5 m of the pose scores 1.
 * Source: EQUATIONS EPRO-39; [EProPnP2022] Sec 4.2(a) and published code.
 */
import { mixedScore, monteCarloScore } from "../kernels/detection-score.js";
import type { PosteriorSample } from "./amis.js";

export interface PosteriorScore {
  /** s_MC, s_r and E_p[e], by the same weights. */
  readonly monteCarlo: number;
  readonly mixed: number;
  readonly deviation: number;
}

/**
 * The scores of a pose [7 or 4] under a sample of its posterior; s in [0, 1] is the score to mix with,
 * r the share of s_MC. Without r the mixed score is s_MC alone.
 *
 * @throws RangeError if the sample has no weights, the pose's length is not its width, or s or r is out
 * of [0, 1].
 */
export function posteriorScore(
  sample: Pick<PosteriorSample, "status" | "width" | "count" | "poses" | "weights">,
  pose: Float64Array,
  score = 1,
  ratio = 1,
): PosteriorScore {
  const { status, width, count, poses, weights } = sample;
  if (status !== "ok" && status !== "improper")
    throw new RangeError(`posteriorScore: expected a sample with weights, got status ${status}`);
  if (pose.length !== width)
    throw new RangeError(`posteriorScore: expected a pose of ${width} numbers, got ${pose.length}`);
  const e = new Float64Array(count);
  let deviation = 0;
  for (let j = 0; j < count; j++) {
    e[j] = Math.hypot(poses[width * j] - pose[0], poses[width * j + 2] - pose[2]);
    // A sample of no weight may lie anywhere, at infinity too.
    if (weights[j] > 0) deviation += weights[j] * e[j];
    else e[j] = 0;
  }
  // Rounding of the weights may take their sum past 1.
  const monteCarlo = Math.min(monteCarloScore(count, weights, e), 1);
  return { monteCarlo, mixed: mixedScore(score, monteCarlo, ratio), deviation };
}
