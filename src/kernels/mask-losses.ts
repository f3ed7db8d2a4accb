/**
 * Losses of masks in doubles, on flat arrays; see definitions/mask-losses.ts. The gap σ(x) − m keeps its
 * digits however far the logit is on the right side of the mask: the small one of σ and 1 − σ is formed alone.
 */
import { scoreLoss, scoreLossSlope } from "./detection-score.js";

export type MaskForm = "cross-entropy" | "difference";

/** L of logits x and mask m [P]; 0 if P = 0. @throws RangeError unless every m is in [0, 1]. */
export function maskLoss(form: MaskForm, P: number, x: Float64Array, m: Float64Array): number {
  let total = 0;
  for (let p = 0; p < P; p++) {
    const entropy = scoreLoss(x[p], m[p]);
    total += form === "cross-entropy" ? entropy : Math.abs(scoreLossSlope(x[p], m[p]));
  }
  return P > 0 ? total / P : 0;
}

/** Writes ∂L/∂x [P] to gradient, which may be x. */
export function maskLossGradient(
  form: MaskForm,
  P: number,
  x: Float64Array,
  m: Float64Array,
  gradient: Float64Array,
): void {
  for (let p = 0; p < P; p++) {
    const gap = scoreLossSlope(x[p], m[p]);
    const rest = Math.exp(-Math.abs(x[p]));
    gradient[p] =
      form === "cross-entropy" ? gap / P : (Math.sign(gap) * rest) / (1 + rest) / (1 + rest) / P;
  }
}

/** Writes m′ [height · width] of m [H · W] to out, which is not m; nothing if m has no pixel. */
export function resampledMask(
  H: number,
  W: number,
  m: Float64Array,
  height: number,
  width: number,
  out: Float64Array,
): void {
  if (H * W === 0) return;
  for (let r = 0; r < height; r++) {
    const row = W * Math.floor((r * H) / height);
    for (let c = 0; c < width; c++) out[width * r + c] = m[row + Math.floor((c * W) / width)];
  }
}
