/**
 * The Monte Carlo pose loss: how unlikely the target pose is under the posterior that the
 * correspondences imply, and its slopes by them.
 *
 *     L = c(y_gt) + log (1/K) Σⱼ vⱼ,   vⱼ = exp(−c(yⱼ)) / Qⱼ
 *     ∂L/∂θ = ∂c(y_gt)/∂θ − Σⱼ v̄ⱼ ∂c(yⱼ)/∂θ,   θ = z, x, w, δ;   poses yⱼ and densities Qⱼ are constants
 *
 * For w it reads wᵢ ∘ ρ′(r²(y_gt) − E r²): weights grow where the target is better than its rivals. An
 * adaptive threshold δ(x, w) is a constant too, unless its slope is asked for: `attachedThreshold`.
 *
 * | setting             | here, by default | published code                                        |
 * |---------------------|------------------|-------------------------------------------------------|
 * | `meanOverSamples`   | true             | false: log Σ v, larger by log K; same slopes          |
 * | `attachedThreshold` | "detached"       | "weights": δ moves with w, not with x                 |
 * | `clamps`            | none             | z_min 0.1 (library) or 0.01, border clip where known  |
 * | `epsilon`           | 0                | 1e-5 on the diagonal of JᵀJ in the first covariance   |
 * | `stratified`        | false            | true: a fixed quarter of yaws is uniform              |
 *
 * Slopes at a clamp are those of the clamped projection itself: zero on the border, X and Y free where
 * only the depth is clamped. The zeroed rows of published solvers enter through y* and Σ alone.
 * Source: EQUATIONS EPRO-5, EPRO-6, EPRO-7, EPRO-20, EPRO-21, EPRO-27, PVC-9, PVC-14, PVC-22; [EProPnP2022] Eq 5–8,
 * 11, 12 and published code.
 */
import {
  adaptiveThreshold,
  adaptiveThresholdPointSlope,
  adaptiveThresholdWeightSlope,
} from "../kernels/adaptive-threshold.js";
import {
  poseProjections,
  poseSampleCosts,
  poseSampleSlopes,
  type SampleSlopes,
} from "../kernels/pose-sample-cost.js";
import { evidenceError } from "../sample/evidence-error.js";
import { evidenceEstimate, logMixture } from "../sample/log-weights.js";
import { poseWidth } from "../sample/proposal.js";
import { type Clamps, clampRow } from "../solve/normal-equations.js";
import type { PointSet } from "../solve/polish.js";

/** What the threshold of a robust loss depends on. */
export const thresholdSlopes = ["detached", "weights", "full"] as const;
export type ThresholdSlope = (typeof thresholdSlopes)[number];

export interface LossOptions {
  /** Huber threshold [weighted px], ≥ 0. Default: Infinity. Not together with relativeDelta. */
  readonly delta?: number;
  /** δ_rel of the adaptive threshold (ROB-3); published 0.1 (6DoF) and 0.5. Needs N ≥ 2. */
  readonly relativeDelta?: number;
  /** Whether the adaptive threshold's own slope enters by w, or by w and x. Default: "detached". */
  readonly attachedThreshold?: ThresholdSlope;
  /** Whether Σ v is divided by K. Default: true; published code leaves log K out. */
  readonly meanOverSamples?: boolean;
  /** Clamps of GEO-18. Default: none. */
  readonly clamps?: Clamps;
}

/** Published settings, to be spread into the options. */
export const publishedLoss = {
  meanOverSamples: false,
  attachedThreshold: "weights",
  clamps: { zMin: 0.1 },
} as const satisfies LossOptions;

/** Every outcome of a loss with the sentence that explains it. */
export const lossSentences = {
  ok: "The loss and its slopes were computed.",
  empty: "There are no correspondences: the posterior is flat and has no integral.",
  "no-samples": "There are no samples.",
  "no-mass": "No sample has a finite positive weight, or its density or cost is no number.",
  "off-sphere": "A pose's quaternion is not of length one.",
  "target-cost": "The target pose has no finite cost: a point lies on its camera plane.",
} as const;

/** A normalised weight below which a pose is left out of the slopes: a millionth of what rounding costs them. */
const NEGLIGIBLE = Number.EPSILON / 2 ** 20;

export type LossStatus = keyof typeof lossSentences;

/** A loss with its slopes; numbers are NaN and slopes zero unless status is "ok". */
export interface PoseLoss {
  readonly status: LossStatus;
  /** L = target + predicted. */
  readonly loss: number;
  /** c(y_gt), and log Z or log Σ v. */
  readonly target: number;
  readonly predicted: number;
  /**
   * Error of the predicted part, with the bias of adaptation (evidence-error.ts), if the poses come in equal
   * shares from the T proposals, in order; the standard error of as many independent weights; and the
   * effective sample size.
   */
  readonly error: number;
  readonly standardError: number;
  readonly effectiveSampleSize: number;
  /** The threshold used. */
  readonly delta: number;
  /** ∂L/∂z [3N], ∂L/∂x [2N], ∂L/∂w [2N] and ∂L/∂δ [1]. */
  readonly slopes: SampleSlopes;
  /** v̄ [K], log v [K] and costs [K]. */
  readonly weights: Float64Array;
  readonly logWeights: Float64Array;
  readonly costs: Float64Array;
}

/** Poses [K, width] with their log-densities: [K] of the one mixture, or [T, K] of each of T proposals. */
export interface GivenSamples {
  readonly poses: Float64Array;
  readonly logDensities: Float64Array;
  /** Costs [K], K [R | t] [12 K] and log v [K] of those densities and costs, where known already. */
  readonly costs?: Float64Array;
  readonly projections?: Float64Array;
  readonly logWeights?: Float64Array;
}

/**
 * The loss of a target pose [7 or 4] for given samples.
 *
 * @throws RangeError if an option is out of range or array lengths do not belong together.
 */
export function givenSamplesPoseLoss(
  points: PointSet,
  target: Float64Array,
  given: GivenSamples,
  options: LossOptions = {},
): PoseLoss {
  const { n, x2d, x3d, w2d, K } = points;
  const width = poseWidth("givenSamplesPoseLoss", target.length);
  const clamps = clampRow("givenSamplesPoseLoss", options.clamps)?.bounds ?? null;
  const count = given.poses.length / width;
  const T = count > 0 ? given.logDensities.length / count : 0;
  if (!Number.isInteger(count) || !Number.isInteger(T) || (count > 0 && T === 0))
    throw new RangeError(
      `givenSamplesPoseLoss: expected poses of ${width} numbers with log-densities [T, K], got ${given.poses.length} and ${given.logDensities.length} numbers`,
    );
  for (const [name, array, size] of [
    ["costs", given.costs, count],
    ["projections", given.projections, 12 * count],
    ["logWeights", given.logWeights, count],
  ] as const)
    if (array && array.length !== size)
      throw new RangeError(
        `givenSamplesPoseLoss: expected ${size} numbers in ${name}, got ${array.length}`,
      );
  const slopes = zeroSlopes(n);
  const logWeights = given.logWeights ?? new Float64Array(count);
  const costs = given.costs ?? new Float64Array(count);
  const refused = (status: LossStatus): PoseLoss => ({
    ...{ status, slopes, logWeights, costs, weights: new Float64Array(count) },
    ...{ loss: Number.NaN, target: Number.NaN, predicted: Number.NaN, delta: Number.NaN },
    ...{ error: Infinity, standardError: Infinity, effectiveSampleSize: 0 },
  });
  if (n === 0) return refused("empty");
  if (count === 0) return refused("no-samples");
  if (width === 7 && !(unit(target, 0) && allUnit(given.poses))) return refused("off-sphere");
  const delta = lossThreshold("givenSamplesPoseLoss", points, options);
  const projections = given.projections ?? new Float64Array(12 * count);
  if (!given.projections) poseProjections(count, width, given.poses, K, projections);
  if (!given.costs) poseSampleCosts(n, x2d, x3d, w2d, 0, count, projections, delta, clamps, costs);
  if (!given.logWeights) {
    logWeights.fill(-Infinity);
    for (let m = 0; m < T; m++) logMixture(0, count, given.logDensities, m * count, logWeights);
    const logT = Math.log(T);
    for (let j = 0; j < count; j++)
      logWeights[j] = costs[j] < Infinity ? -costs[j] - (logWeights[j] - logT) : -Infinity;
  }
  const estimate = evidenceEstimate(count, logWeights);
  // A weight that is no number leaves none.
  if (!(estimate.effectiveSampleSize > 0)) return refused("no-mass");
  const at = new Float64Array(12);
  const cost = new Float64Array(1);
  poseProjections(1, width, target, K, at);
  poseSampleCosts(n, x2d, x3d, w2d, 0, 1, at, delta, clamps, cost);
  if (!(cost[0] < Infinity)) return refused("target-cost");
  const heavy = heaviest(estimate.weights, projections);
  poseSampleSlopes(
    n,
    x2d,
    x3d,
    w2d,
    heavy.v.length,
    heavy.projections,
    heavy.v,
    delta,
    clamps,
    slopes,
  );
  poseSampleSlopes(
    n,
    x2d,
    x3d,
    w2d,
    1,
    at,
    cost.map(() => 1),
    delta,
    clamps,
    slopes,
  );
  attachThreshold(points, options, slopes);
  const sample = { count, costs, logDensities: given.logDensities };
  const predicted =
    estimate.logEvidence + ((options.meanOverSamples ?? true) ? 0 : Math.log(count));
  return {
    ...{ status: "ok", loss: cost[0] + predicted, target: cost[0], predicted, delta, slopes },
    ...{ weights: estimate.weights, logWeights, costs },
    // Of unequal shares nobody knows which pose came from which proposal.
    error:
      count % T === 0
        ? evidenceError({ ...estimate, ...sample, proposals: { length: T } }).error
        : Infinity,
    standardError: estimate.standardError,
    effectiveSampleSize: estimate.effectiveSampleSize,
  };
}

/** δ of a loss [weighted px]. @throws RangeError if it is negative, or given twice, or N < 2 for δ_rel. */
export function lossThreshold(caller: string, points: PointSet, options: LossOptions): number {
  const { delta, relativeDelta } = options;
  if (relativeDelta === undefined) {
    if (!((delta ?? 0) >= 0)) throw new RangeError(`${caller}: expected delta >= 0, got ${delta}`);
    return delta ?? Infinity;
  }
  if (delta !== undefined)
    throw new RangeError(`${caller}: expected delta or relativeDelta, got both`);
  if (!(relativeDelta >= 0))
    throw new RangeError(`${caller}: expected relativeDelta >= 0, got ${relativeDelta}`);
  return adaptiveThreshold(points.n, points.x2d, points.w2d, relativeDelta);
}

/**
 * Adds the slopes that reach w and x through an adaptive threshold. @throws RangeError if it is unknown which.
 */
export function attachThreshold(
  { n, x2d, w2d }: PointSet,
  { relativeDelta, attachedThreshold = "detached" }: LossOptions,
  slopes: SampleSlopes,
): void {
  if (!thresholdSlopes.includes(attachedThreshold))
    throw new RangeError(
      `givenSamplesPoseLoss: expected attachedThreshold ${thresholdSlopes.join(", ")}, got ${attachedThreshold}`,
    );
  if (relativeDelta === undefined || attachedThreshold === "detached") return;
  const [byDelta] = slopes.delta;
  const step = byDelta * adaptiveThresholdWeightSlope(n, x2d, relativeDelta);
  for (let k = 0; k < 2 * n; k++) slopes.w2d[k] += step;
  if (attachedThreshold === "weights") return;
  const byPoint = new Float64Array(2 * n);
  adaptiveThresholdPointSlope(n, x2d, w2d, relativeDelta, byPoint);
  for (let k = 0; k < 2 * n; k++) slopes.x2d[k] += byDelta * byPoint[k];
}

/** Room for `heaviest`, grown to the largest sample yet. */
let rows = new Float64Array(0);

/**
 * −v̄ and K [R | t] of the poses that have a digit in some slope: a quarter has none. They are moved together,
 * since a test of each pose at each point would cost more.
 */
function heaviest(weights: Float64Array, projections: Float64Array) {
  if (rows.length < projections.length) rows = new Float64Array(projections.length);
  const v = new Float64Array(weights.length);
  let kept = 0;
  for (let j = 0; j < weights.length; j++) {
    if (weights[j] <= NEGLIGIBLE) continue;
    v[kept] = -weights[j];
    for (let k = 0; k < 12; k++) rows[12 * kept + k] = projections[12 * j + k];
    kept++;
  }
  return { v: v.subarray(0, kept), projections: rows };
}

const zeroSlopes = (n: number): SampleSlopes => ({
  x3d: new Float64Array(3 * n),
  x2d: new Float64Array(2 * n),
  w2d: new Float64Array(2 * n),
  delta: new Float64Array(1),
});

/** Whether a quaternion has length one, with room for single precision. */
function unit(poses: Float64Array, at: number): boolean {
  let square = 0;
  for (let k = at + 3; k < at + 7; k++) square += poses[k] * poses[k];
  return Math.abs(square - 1) <= 2e-6;
}

function allUnit(poses: Float64Array): boolean {
  for (let at = 0; at < poses.length; at += 7) if (!unit(poses, at)) return false;
  return true;
}
