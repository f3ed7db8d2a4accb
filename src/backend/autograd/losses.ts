/** Losses whose gradients come with their values: backwards, those are scaled. */
import type { PointGradients } from "../batch.js";
import { type BatchCovarianceOptions, covarianceLosses } from "../covariance-losses.js";
import {
  type BatchLosses,
  type BatchLossOptions,
  type BatchSamples,
  monteCarloLosses,
  type SeededBatchOptions,
  seededMonteCarloLosses,
} from "../monte-carlo-losses.js";
import type { Problems } from "../problems.js";
import type { Backend } from "../task.js";
import {
  type Differentiable,
  requireUpstream,
  scaledPoints,
  scaledRows,
} from "./differentiable.js";

export interface LossInputGradients extends PointGradients {
  /** By the threshold [B]. */
  readonly delta: Float64Array;
}

/**
 * Monte Carlo pose losses [B] of target poses for given samples, which are constants.
 *
 * @throws as monteCarloLosses does.
 */
export async function differentiableMonteCarloLosses(
  backend: Backend,
  problems: Problems,
  targets: ArrayLike<number>,
  samples: BatchSamples,
  options: BatchLossOptions = {},
): Promise<Differentiable<LossInputGradients>> {
  const losses = await monteCarloLosses(backend, problems, targets, samples, options);
  return ofLosses("differentiableMonteCarloLosses", problems, losses);
}

/**
 * Monte Carlo pose losses [B] of target poses from end to end. The gradient holds the samples constant, as the
 * published one does: it is that of the integral which they estimate, not of how they were drawn.
 *
 * @throws as seededMonteCarloLosses does.
 */
export async function differentiableSeededMonteCarloLosses(
  backend: Backend,
  problems: Problems,
  targets: ArrayLike<number>,
  options: SeededBatchOptions = {},
): Promise<Differentiable<LossInputGradients>> {
  const losses = await seededMonteCarloLosses(backend, problems, targets, options);
  return ofLosses("differentiableSeededMonteCarloLosses", problems, losses);
}

function ofLosses(
  name: string,
  problems: Problems,
  losses: BatchLosses,
): Differentiable<LossInputGradients> {
  const { loss: value, status, byDelta } = losses;
  const counts = Array.from(value, Number.isFinite);
  return {
    ...{ value, counts, status },
    async backward(upstream) {
      requireUpstream(name, upstream, value);
      return {
        ...scaledPoints(problems, losses, upstream, counts),
        delta: scaledRows(byDelta, upstream, counts),
      };
    },
  };
}

/**
 * Linear-Covariance losses [B] at true poses (t, q) [B, 7]. The gradient holds constant what `detached` says, by
 * default as in the paper.
 *
 * @throws as covarianceLosses does.
 */
export async function differentiableCovarianceLosses(
  backend: Backend,
  problems: Problems,
  poses: ArrayLike<number>,
  options: BatchCovarianceOptions = {},
): Promise<Differentiable<PointGradients>> {
  const losses = await covarianceLosses(backend, problems, poses, options);
  const { loss: value, status } = losses;
  const counts = Array.from(value, Number.isFinite);
  return {
    ...{ value, counts, status },
    async backward(upstream) {
      requireUpstream("differentiableCovarianceLosses", upstream, value);
      return scaledPoints(problems, losses, upstream, counts);
    },
  };
}
