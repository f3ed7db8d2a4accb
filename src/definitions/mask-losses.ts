/**
 * How far a predicted mask is from the true one, m in [0, 1], over P pixels with logits x.
 *
 *     cross entropy:  L = 1/P Σ ln(1 + e^{x_p}) − m_p x_p      ∂L/∂x_p = (σ(x_p) − m_p)/P
 *     difference:     L = 1/P Σ |σ(x_p) − m_p|                ∂L/∂x_p = sign(σ(x_p) − m_p) σ(x_p) (1 − σ(x_p))/P
 *
 * Where σ(x) = m the slope of the difference is 0. A mask of H × W pixels is brought to H′ × W′ by its
 * nearest pixels, m′_rc = m at (⌊r H/H′⌋, ⌊c W/W′⌋): every value of it is one that the mask had. Weights of dense
 * correspondences are warmed up by the same losses, their logits in the place of x.
 * Source: EQUATIONS LC-27, LC-30, LC-31; [LC2023] Eq 18, 19 and published code.
 */
import { sum, type Vector } from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";
import { scoreLoss, scoreLossSlope, scoreProbability } from "./detection-score.js";

/** Which loss a mask is taught by. */
export type MaskForm = "cross-entropy" | "difference";

/** L of logits x and mask m [P], P ≥ 1. */
export function maskLoss<S extends Real<S>>(form: MaskForm, x: Vector<S>, m: Vector<S>): S {
  const terms = x.map((logit, p) =>
    form === "cross-entropy" ? scoreLoss(logit, m[p]) : abs(scoreProbability(logit).minus(m[p])),
  );
  return sum(terms, x[0]).over(x.length);
}

/** ∂L/∂x [P]. */
export function maskLossGradient<S extends Real<S>>(
  form: MaskForm,
  x: Vector<S>,
  m: Vector<S>,
): S[] {
  return x.map((logit, p) => {
    const gap = scoreLossSlope(logit, m[p]);
    if (form === "cross-entropy") return gap.over(x.length);
    const sign = gap.lessThan(0) ? -1 : gap.atMost(0) ? 0 : 1;
    const probability = scoreProbability(logit);
    return probability.times(probability.negated().plus(1)).times(sign).over(x.length);
  });
}

/** m′ [H′][W′] of m [H][W]. */
export function resampledMask<T>(
  m: readonly (readonly T[])[],
  height: number,
  width: number,
): T[][] {
  return Array.from({ length: height }, (_, r) =>
    Array.from({ length: width }, (_, c) => {
      const row = m[Math.floor((r * m.length) / height)];
      return row[Math.floor((c * row.length) / width)];
    }),
  );
}
