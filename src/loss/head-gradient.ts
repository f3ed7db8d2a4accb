/**
 * From the gradient of a loss by points and weights to that by what a network predicts of them:
 *
 *     zᵢ = pᵢ ∘ dimensions       ∂L/∂pᵢ = ∂L/∂zᵢ ∘ dimensions      ∂L/∂dimensions = Σ ∂L/∂zᵢ ∘ pᵢ
 *     wᵢ = ŵᵢ ∘ scale            ∂L/∂ŵᵢ = ∂L/∂wᵢ ∘ scale           ∂L/∂scale      = Σ ∂L/∂wᵢ ∘ ŵᵢ
 *
 * A detached factor is a constant: its own gradient is zero and the others are what they were. The
 * published detector detaches both factors from derivative regularisation, dense training neither.
 * Source: EQUATIONS EPRO-31; [EProPnP2022] published code.
 */
import type { LossGradient } from "./derivative-regularisation.js";

/** What points and weights are products of; a factor left out is one. */
export interface HeadFactors {
  /** Points p of the unit object [3N], with the object's dimensions [3]. */
  readonly unitPoints: Float64Array;
  readonly dimensions: Float64Array;
  /** Normalised weights ŵ [2N], with their scale [2]. */
  readonly unitWeights: Float64Array;
  readonly scale: Float64Array;
}

export type DetachedFactor = "dimensions" | "scale";

/** ∂L by each factor, in its shape. */
export function headGradient(
  { x3d, w2d }: Pick<LossGradient, "x3d" | "w2d">,
  { unitPoints, dimensions, unitWeights, scale }: HeadFactors,
  detached: readonly DetachedFactor[] = [],
): HeadFactors {
  const byDimensions = factorGradient("unitPoints", x3d, unitPoints, dimensions, 3);
  const byScale = factorGradient("unitWeights", w2d, unitWeights, scale, 2);
  return {
    unitPoints: byDimensions.unit,
    dimensions: detached.includes("dimensions") ? new Float64Array(3) : byDimensions.factor,
    unitWeights: byScale.unit,
    scale: detached.includes("scale") ? new Float64Array(2) : byScale.factor,
  };
}

function factorGradient(
  name: string,
  upstream: Float64Array,
  unit: Float64Array,
  factor: Float64Array,
  width: number,
): { unit: Float64Array; factor: Float64Array } {
  if (unit.length !== upstream.length || factor.length !== width)
    throw new RangeError(
      `headGradient: expected ${name} of ${upstream.length} numbers and a factor of ${width}, got ${unit.length} and ${factor.length}`,
    );
  const byFactor = new Float64Array(width);
  const byUnit = upstream.map((g, k) => g * factor[k % width]);
  upstream.forEach((g, k) => {
    byFactor[k % width] += g * unit[k];
  });
  return { unit: byUnit, factor: byFactor };
}
