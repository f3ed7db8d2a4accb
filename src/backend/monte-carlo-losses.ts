/** Monte Carlo pose losses of a batch of problems, for given samples or from a seed. */
import type { LossOptions } from "../loss/monte-carlo-pose-loss.js";
import type { SeededPoseLoss } from "../loss/seeded-pose-loss.js";
import { correspondencesOf, type PointGradients, ran, rows } from "./batch.js";
import {
  clampsOf,
  lossesOf,
  lossThresholds,
  requireIndices,
  requireSamples,
  shareOf,
  targetsOf,
} from "./monte-carlo-arrays.js";
import { type ClampSettings, monteCarloLoss } from "./operations/monte-carlo-loss.js";
import {
  type SeededMonteCarloSettings,
  seededMonteCarloLoss,
} from "./operations/seeded-monte-carlo-loss.js";
import type { Problems } from "./problems.js";
import type { Backend } from "./task.js";

/** Options of both losses; see LossOptions of `givenSamplesPoseLoss`. */
export interface BatchLossOptions extends Omit<LossOptions, "delta" | "clamps"> {
  /** Huber threshold [weighted px], ≥ 0, one for all or one a problem [B]. Default: Infinity. */
  readonly delta?: number | ArrayLike<number>;
  readonly clamps?: ClampSettings;
}

export interface BatchLosses extends PointGradients {
  /** [B]; "too-few-points" is a problem with fewer than two for an adaptive threshold. */
  readonly status: readonly SeededPoseLoss["status"][];
  /** L = target + predicted [B]; NaN, with slopes of zero, where a status says that there is none. */
  readonly loss: Float64Array;
  readonly target: Float64Array;
  readonly predicted: Float64Array;
  /** The thresholds used [B], and the slopes by them [B]. */
  readonly delta: Float64Array;
  readonly byDelta: Float64Array;
}

/** Samples of every problem. */
export interface BatchSamples {
  /** Poses [B, S, W], W = 7 for (t, q) or 4 for (t, β). */
  readonly poses: ArrayLike<number>;
  /** Log-densities [B, T, S] of them under each of T proposals. */
  readonly logDensities: ArrayLike<number>;
}

/**
 * The loss of the target pose of every problem, (t, q) [B, 7] or (t, β) [B, 4], for given samples.
 *
 * @throws RangeError if lengths do not belong together or an option is out of range; BackendError if the
 * backend fails.
 */
export async function monteCarloLosses(
  backend: Backend,
  problems: Problems,
  targets: ArrayLike<number>,
  samples: BatchSamples,
  options: BatchLossOptions = {},
): Promise<BatchLosses> {
  const name = "monteCarloLosses";
  const { count, offsets } = problems;
  const { target, width } = targetsOf(name, targets, count);
  const S = shareOf(name, "poses", samples.poses, count * width);
  const T = shareOf(name, "logDensities", samples.logDensities, count * S);
  const { meanOverSamples } = options;
  const settings = {
    width,
    samples: S,
    proposals: T,
    meanOverSamples,
    clamps: clampsOf(name, options),
  };
  const task = await ran(name, backend, monteCarloLoss, settings, offsets, {
    ...correspondencesOf(problems),
    delta: lossThresholds(name, problems, options),
    target,
    poses: rows(name, "poses", samples.poses, count, S * width),
    logDensities: rows(name, "logDensities", samples.logDensities, count, T * S),
  });
  return lossesOf(problems, task, options);
}

export interface SeededBatchOptions
  extends BatchLossOptions,
    Omit<SeededMonteCarloSettings, "width" | "seed" | "clamps" | "meanOverSamples"> {
  /** Names the random streams of the batch. Default: "amis". */
  readonly seed?: string;
  /**
   * Whole numbers ≥ 0 by which problems name their streams, `${seed}/${index}` [B]: a part of a larger batch
   * keeps its own. Default: 0 … B − 1.
   */
  readonly indices?: ArrayLike<number>;
}

export interface SeededBatchLosses extends BatchLosses {
  /** Poses sampled around [B, W]; NaN where none was found. */
  readonly pose: Float64Array;
}

/**
 * The loss of the target pose of every problem, (t, q) [B, 7] or (t, β) [B, 4], from end to end: solved, sampled
 * and weighed. Problem b has the bits of `monteCarloPoseLoss` with the seed `${seed}/${indices[b]}`.
 *
 * @throws RangeError if lengths do not belong together or an option is out of range; BackendError if the
 * backend fails.
 */
export async function seededMonteCarloLosses(
  backend: Backend,
  problems: Problems,
  targets: ArrayLike<number>,
  options: SeededBatchOptions = {},
): Promise<SeededBatchLosses> {
  const name = "seededMonteCarloLosses";
  const { count, offsets } = problems;
  const { target, width } = targetsOf(name, targets, count);
  const { delta, relativeDelta, attachedThreshold, indices, seed = "amis", ...rest } = options;
  requireSamples(name, rest);
  const settings = { ...rest, width, seed, clamps: clampsOf(name, options) };
  const index = indices ?? Float64Array.from({ length: count }, (_, b) => b);
  const task = await ran(name, backend, seededMonteCarloLoss, settings, offsets, {
    ...correspondencesOf(problems),
    delta: lossThresholds(name, problems, options),
    target,
    index: requireIndices(name, rows(name, "indices", index, count, 1)),
  });
  return { ...lossesOf(problems, task, options), pose: task.output.pose };
}
