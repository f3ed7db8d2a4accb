/**
 * The losses a network is trained with, added up by name.
 *
 *     L = Σ λ_k L_k
 *
 * Source: EQUATIONS EPRO-36, 41; the published configurations of [EProPnP2022], of which the paper
 * prints 0.02 alone.
 */
import { weightedTotal } from "../kernels/loss-weights.js";

/** λ of the dense network: coordinates, Monte Carlo, position and orientation regularisation. */
export const denseLossWeights = {
  coordinates: 1,
  monteCarlo: 0.02,
  position: 0.1,
  orientation: 0.1,
} as const;

/** λ of the deformable detector, last those of its one-stage part. */
export const detectorLossWeights = {
  pose: 0.15,
  reprojection: 0.5,
  dimension: 1,
  score: 1,
  position: 0.05,
  orientation: 0.05,
  velocity: 0.05,
  attribute: 0.5,
  coordinates: 0.25,
  classification: 1,
  referencePoint: 1,
  centerness: 1,
} as const;

export interface TotalLoss {
  /** Σ λ L over the losses that are finite. ∂L/∂L_k is λ_k of those and 0 of the others. */
  readonly total: number;
  /** Names of losses that are not finite: they are left out, and never in silence. */
  readonly leftOut: readonly string[];
}

/**
 * The weighted total of named losses. A loss that an image has none of may be absent.
 *
 * @throws RangeError if a loss has no weight of its name, or that is negative or not finite.
 */
export function totalLoss(
  losses: Readonly<Record<string, number | undefined>>,
  weights: Readonly<Record<string, number>>,
): TotalLoss {
  const values: number[] = [];
  const factors: number[] = [];
  const leftOut: string[] = [];
  for (const [name, value] of Object.entries(losses)) {
    if (value === undefined) continue;
    const weight = Object.hasOwn(weights, name) ? weights[name] : Number.NaN;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`totalLoss: expected a finite weight >= 0 of ${name}, got ${weight}`);
    if (!Number.isFinite(value)) leftOut.push(name);
    else {
      values.push(value);
      factors.push(weight);
    }
  }
  const total = weightedTotal(values.length, Float64Array.from(values), Float64Array.from(factors));
  return { total, leftOut };
}
