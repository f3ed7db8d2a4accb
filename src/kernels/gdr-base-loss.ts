/**
 * The base loss of dense coordinates in doubles, on flat arrays; see definitions/gdr-base-loss.ts. The
 * norm is summed here, not scaled up from its mean, so that "sum" has the digits of its terms.
 */
import { maskLoss, maskLossGradient } from "./mask-losses.js";

export type CoordinateReduction = "mean" | "sum";

/** Prediction and truth over P pixels: coordinates and target [3P], the others [P]. */
export interface CoordinateMap {
  readonly coordinates: Float64Array;
  readonly target: Float64Array;
  readonly mask: Float64Array;
  readonly maskLogits: Float64Array;
  readonly visible: Float64Array;
}

/** L; 0 if P = 0. @throws RangeError unless the visible mask is in [0, 1]. */
export function gdrBaseLoss(
  reduction: CoordinateReduction,
  lambda: number,
  P: number,
  { coordinates, target, mask, maskLogits, visible }: CoordinateMap,
): number {
  let norm = 0;
  for (let p = 0; p < P; p++)
    for (let j = 3 * p; j < 3 * p + 3; j++) norm += mask[p] * Math.abs(coordinates[j] - target[j]);
  const count = reduction === "sum" || P === 0 ? 1 : 3 * P;
  return norm / count + lambda * maskLoss("cross-entropy", P, maskLogits, visible);
}

/** Writes ∂L/∂M̂ [3P] and ∂L/∂x [P] to arrays that may be M̂ and x. */
export function gdrBaseLossGradient(
  reduction: CoordinateReduction,
  lambda: number,
  P: number,
  { coordinates, target, mask, maskLogits, visible }: CoordinateMap,
  byCoordinates: Float64Array,
  byMaskLogits: Float64Array,
): void {
  const count = reduction === "sum" ? 1 : 3 * P;
  for (let p = 0; p < P; p++)
    for (let j = 3 * p; j < 3 * p + 3; j++)
      byCoordinates[j] = (Math.sign(coordinates[j] - target[j]) * mask[p]) / count;
  maskLossGradient("cross-entropy", P, maskLogits, visible, byMaskLogits);
  for (let p = 0; p < P; p++) byMaskLogits[p] *= lambda;
}
