/**
 * The base loss of binary codes in doubles, on flat arrays; see definitions/zebra-base-loss.ts. Bits stand
 * pixel by pixel, [P · B]. The mask is read off its logits where it is needed, and no array is made of it.
 */
import { scoreLoss, scoreLossSlope } from "./detection-score.js";
import { maskLoss, maskLossGradient } from "./mask-losses.js";

/** Prediction and truth over P pixels and B bits: bitLogits and targets [P B], the others [P]. */
export interface CodeMap {
  readonly bitLogits: Float64Array;
  readonly targets: Float64Array;
  readonly maskLogits: Float64Array;
  readonly visible: Float64Array;
}

/** Writes i [P], which may be x. */
export function insideMask(P: number, x: Float64Array, inside: Float64Array): void {
  for (let p = 0; p < P; p++) inside[p] = x[p] > 0 ? 1 : 0;
}

/** Writes q [B]: zeros if no pixel is inside. */
export function bitErrorRates(
  P: number,
  B: number,
  { bitLogits, targets, maskLogits }: Omit<CodeMap, "visible">,
  rates: Float64Array,
): void {
  for (let b = 0; b < B; b++) rates[b] = 0;
  let area = 1;
  for (let p = 0; p < P; p++) {
    if (!(maskLogits[p] > 0)) continue;
    area++;
    for (let b = 0; b < B; b++) if (bitLogits[B * p + b] > 0 !== targets[B * p + b] > 0) rates[b]++;
  }
  for (let b = 0; b < B; b++) rates[b] /= area;
}

/** Writes ν [B] of error rates h [B], which it may be. Exponents are at most 0.765: nothing overflows. */
export function bitWeights(B: number, h: Float64Array, nu: Float64Array): void {
  let total = 0;
  for (let b = 0; b < B; b++) {
    nu[b] = Math.exp(3 * Math.min(h[b], 0.51 - h[b]));
    total += nu[b];
  }
  for (let b = 0; b < B; b++) nu[b] /= total;
}

/** L_hier for weights ν [B]; 0 if P = 0. @throws RangeError unless targets are in [0, 1]. */
export function hierarchicalLoss(
  P: number,
  B: number,
  { bitLogits, targets, maskLogits }: Omit<CodeMap, "visible">,
  nu: Float64Array,
): number {
  let total = 0;
  for (let p = 0; p < P; p++) {
    const inside = maskLogits[p] > 0;
    for (let b = 0; b < B; b++)
      total += nu[b] * scoreLoss(inside ? bitLogits[B * p + b] : 0, targets[B * p + b]);
  }
  return P > 0 ? total / P : 0;
}

/** Writes ∂L_hier/∂ℓ [P B] to gradient, which may be ℓ. */
export function hierarchicalLossGradient(
  P: number,
  B: number,
  { bitLogits, targets, maskLogits }: Omit<CodeMap, "visible">,
  nu: Float64Array,
  gradient: Float64Array,
): void {
  for (let p = 0; p < P; p++)
    for (let b = 0, k = B * p; b < B; b++, k++)
      gradient[k] = maskLogits[p] > 0 ? (nu[b] * scoreLossSlope(bitLogits[k], targets[k])) / P : 0;
}

/** L for weights ν [B] and factor λ. @throws RangeError unless targets and mask are in [0, 1]. */
export function zebraBaseLoss(
  P: number,
  B: number,
  map: CodeMap,
  nu: Float64Array,
  lambda: number,
): number {
  const mask = maskLoss("difference", P, map.maskLogits, map.visible);
  return mask + lambda * hierarchicalLoss(P, B, map, nu);
}

/** Writes ∂L/∂ℓ [P B] and ∂L/∂x [P] to arrays other than the inputs. */
export function zebraBaseLossGradient(
  P: number,
  B: number,
  map: CodeMap,
  nu: Float64Array,
  lambda: number,
  byBitLogits: Float64Array,
  byMaskLogits: Float64Array,
): void {
  hierarchicalLossGradient(P, B, map, nu, byBitLogits);
  for (let k = 0; k < P * B; k++) byBitLogits[k] *= lambda;
  maskLossGradient("difference", P, map.maskLogits, map.visible, byMaskLogits);
}
