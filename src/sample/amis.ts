/**
 * Adaptive multiple importance sampling of a pose's posterior p(y) ∝ exp(−c(y)), line by line:
 *
 *     1–2   y*, Σ are given, without gradient;  q₁ from them
 *     3–6   for t = 1 … T: draw K' poses from q_t;  log Pⱼ = −c(yⱼ)
 *     7–8       log Qⱼ = log (1/t) Σ_{m ≤ t} q_m(yⱼ) for every pose so far, deterministic mixture
 *     9         log vⱼ = log Pⱼ − log Qⱼ
 *     10–11     if t < T: q_{t+1} from all poses so far with weights v̄ = v / Σ v
 *     12    log Z ≈ log (1/K) Σ vⱼ,   K = T K'
 *
 * for the measure dt dσ(q), where each rotation counts twice, or dt dβ. Z is ∫ exp(−c), infinite in
 * truth: far away all points are seen at one pixel, whatever the distance, so c has a bound there.
 * What is estimated is the mass of the peaks that the proposals cover; `farCost` says how much higher that
 * bound lies than the start, and a `box` makes Z finite.
 *
 * Error: log Z is biased low by adaptation and by the logarithm, both of second order, and the standard error
 * is that of a mean of independent weights, √(K/(K−1) (Σ v̄² − 1/K)).
 * Source: EQUATIONS EPRO-3, EPRO-4, EPRO-7, EPRO-8, EPRO-23; [EProPnP2022] Algorithm 1.
 */
import { poseProjections, poseSampleCosts } from "../kernels/pose-sample-cost.js";
import { stream } from "../random/stream.js";
import { type Clamps, clampRow } from "../solve/normal-equations.js";
import type { PointSet } from "../solve/polish.js";
import { farCost } from "./far-cost.js";
import { type EvidenceEstimate, evidenceEstimate, logMixture } from "./log-weights.js";
import {
  initialProposal,
  type Proposal,
  type ProposalOptions,
  poseWidth,
  proposalDraws,
  proposalLogDensities,
  refittedProposal,
} from "./proposal.js";

/** Every outcome of sampling with the sentence that explains it. */
export const sampleSentences = {
  ok: "The posterior was sampled.",
  empty: "There are no correspondences: the posterior is flat and has no integral.",
  "zero-weights": "All weights are zero: the posterior is flat and has no integral.",
  improper:
    "Poses infinitely far away are likelier than one in K of the best: the integral diverges visibly.",
  "no-mass": "No sample has a finite positive weight.",
  "off-sphere": "A given sample's quaternion is not of length one.",
  "not-positive-definite": "The covariance at the pose is not positive definite.",
} as const;

export type SampleStatus = keyof typeof sampleSentences;

export interface AmisOptions extends ProposalOptions {
  /** Poses in all, K. Default: 512. */
  readonly samples?: number;
  /** Proposals, T, a divisor of K. Default: 4. */
  readonly iterations?: number;
  /** Huber threshold [weighted px], ≥ 0. Default: Infinity. */
  readonly delta?: number;
  /** Clamps of GEO-18. Default: none. */
  readonly clamps?: Clamps;
  /** Name of the problem's random stream: its draws depend on nothing else. Default: "amis". */
  readonly seed?: string;
  /** Whether the first uniform share of each yaw sample is uniform, as published. Default: false. */
  readonly stratified?: boolean;
  /** Least and greatest t [3]: the posterior is cut off outside. Default: none. */
  readonly box?: { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> };
  /** Poses to use instead of drawing, [T, K', width], as of a recorded run. */
  readonly poses?: Float64Array;
}

/** A weighted sample of the posterior. */
export interface PosteriorSample extends EvidenceEstimate {
  readonly status: SampleStatus;
  /** Numbers of a pose: 7 for (t, q), 4 for (t, β). */
  readonly width: 7 | 4;
  readonly count: number;
  /** Poses [K, width] in the order drawn, and their costs [K]. */
  readonly poses: Float64Array;
  readonly costs: Float64Array;
  /** Proposals [T], and log q_m(y_j) [T, K]. */
  readonly proposals: readonly Proposal[];
  readonly logDensities: Float64Array;
  /** log v [K]. */
  readonly logWeights: Float64Array;
  /** K [R | t] of every pose [12 K]. */
  readonly projections: Float64Array;
  /** Least cost [weighted px²] of poses at infinity; NaN without points. */
  readonly farCost: number;
}

/** Length off one beyond which a quaternion is not on the sphere: room for single precision. */
const OFF_SPHERE = 1e-6;

/**
 * The posterior of the pose, sampled from y* [7 or 4] and its covariance Σ in the chart Q7 or YAW.
 *
 * @throws RangeError if an option is out of range or array lengths do not belong together.
 */
export function amis(
  points: PointSet,
  pose: Float64Array,
  covariance: Float64Array,
  options: AmisOptions = {},
): PosteriorSample {
  const { n, x2d, x3d, w2d, K } = points;
  const { delta = Infinity } = options;
  const clamps = clampRow("amis", options.clamps)?.bounds ?? null;
  const steps = sampling(points, pose, covariance, options);
  let next = steps.next();
  while (!next.done) {
    const { from, to, width, poses, projections, costs } = next.value;
    const own = projections.subarray(12 * from);
    poseProjections(to - from, width, poses.subarray(width * from), K, own);
    poseSampleCosts(n, x2d, x3d, w2d, from, to, projections, delta, clamps, costs);
    next = steps.next();
  }
  return next.value;
}

/** Poses from … to − 1 of [.., width] whose costs are to be written before sampling goes on. */
export interface CostRequest {
  readonly from: number;
  readonly to: number;
  readonly width: 7 | 4;
  readonly poses: Float64Array;
  readonly costs: Float64Array;
  /** Room for K [R | t] of each [12], which the sample hands on. */
  readonly projections: Float64Array;
}

/** The same, one round at a time, so that the costs of many problems can be had side by side. */
export function* sampling(
  points: PointSet,
  pose: Float64Array,
  covariance: Float64Array,
  options: AmisOptions = {},
): Generator<CostRequest, PosteriorSample> {
  const { samples = 512, iterations = 4, delta = Infinity, seed = "amis", box } = options;
  const width = poseWidth("amis", pose.length);
  checkOptions(samples, iterations, delta, width, options.poses);
  const clamps = clampRow("amis", options.clamps)?.bounds ?? null;
  const { n, w2d } = points;
  const share = samples / iterations;
  const poses = options.poses?.slice() ?? new Float64Array(width * samples);
  const costs = new Float64Array(samples);
  const projections = new Float64Array(12 * samples);
  const logDensities = new Float64Array(iterations * samples);
  const logWeights = new Float64Array(samples);
  const mixtures = new Float64Array(samples).fill(-Infinity);
  const proposals: Proposal[] = [];
  const far = farCost(points, delta, clamps);
  const result = (status: SampleStatus, estimate: EvidenceEstimate): PosteriorSample => ({
    ...{ status, width, count: samples, poses, costs, proposals, logDensities, logWeights },
    ...{ projections, farCost: far, ...estimate },
  });
  const refused = (status: SampleStatus) => result(status, evidenceEstimate(0, logWeights));
  if (n === 0) return refused("empty");
  if (!w2d.some((w) => w > 0)) return refused("zero-weights");
  if (width === 7 && options.poses && !onSphere(poses)) return refused("off-sphere");
  const first = initialProposal(pose, covariance, options);
  let estimate = evidenceEstimate(0, logWeights);
  const draws = stream(seed);
  for (let t = 0; t < iterations; t++) {
    const from = t * share;
    const to = from + share;
    const q = t === 0 ? first : refittedProposal(from, width, poses, estimate.weights, options);
    proposals.push(q);
    if (!options.poses) proposalDraws(q, draws.at(t), from, to, poses, options.stratified ?? false);
    yield { from, to, width, poses, costs, projections };
    if (box)
      for (let j = from; j < to; j++) if (outside(poses, width * j, box)) costs[j] = Infinity;
    // New poses under all proposals, old ones under the new proposal.
    for (let m = 0; m <= t; m++) {
      const start = m < t ? from : 0;
      proposalLogDensities(proposals[m], start, to, poses, logDensities, m * samples);
      logMixture(start, to, logDensities, m * samples, mixtures);
    }
    // A cost that is no number, at a point on the camera plane, has no likelihood either.
    const logT = Math.log(t + 1);
    for (let j = 0; j < to; j++)
      logWeights[j] = Number.isNaN(costs[j]) ? -Infinity : -costs[j] - (mixtures[j] - logT);
    estimate = evidenceEstimate(to, logWeights);
    if (estimate.effectiveSampleSize === 0) return refused("no-mass");
  }
  let least = Infinity;
  for (let j = 0; j < samples; j++) if (costs[j] < least) least = costs[j];
  const diverges = !box && far - least < Math.log(samples);
  return result(diverges ? "improper" : "ok", estimate);
}

function checkOptions(
  samples: number,
  iterations: number,
  delta: number,
  width: number,
  poses: Float64Array | undefined,
): void {
  for (const [name, value] of [
    ["samples", samples],
    ["iterations", iterations],
  ] as const)
    if (!(Number.isInteger(value) && value > 0))
      throw new RangeError(`amis: expected ${name}, a positive integer, got ${value}`);
  if (samples % iterations !== 0)
    throw new RangeError(`amis: expected samples a multiple of ${iterations}, got ${samples}`);
  if (!(delta >= 0)) throw new RangeError(`amis: expected delta >= 0, got ${delta}`);
  if (poses && poses.length !== width * samples)
    throw new RangeError(
      `amis: expected ${samples} poses of ${width} numbers, got ${poses.length} numbers`,
    );
}

function onSphere(poses: Float64Array): boolean {
  for (let j = 0; j < poses.length; j += 7) {
    const length = Math.hypot(poses[j + 3], poses[j + 4], poses[j + 5], poses[j + 6]);
    if (!(Math.abs(length - 1) <= OFF_SPHERE)) return false;
  }
  return true;
}

function outside(
  poses: Float64Array,
  at: number,
  { lower, upper }: NonNullable<AmisOptions["box"]>,
): boolean {
  for (let a = 0; a < 3; a++)
    if (!(poses[at + a] >= lower[a] && poses[at + a] <= upper[a])) return true;
  return false;
}
