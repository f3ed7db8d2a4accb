/**
 * What a network of binary codes learns from beside its pose: the mask, and bits weighed by how often
 * they have been wrong of late.
 *
 *     L = L_mask + λ L_hier      L_mask = 1/P Σ |σ(x_p) − v_p|      L_hier = Σ_b ν_b 1/P Σ_p BCE(i_p ℓ_pb, t_pb)
 *     ν = softmax_b 3 min(h_b, 0.51 − h_b)                          i_p = [x_p > 0],  λ = 3
 *     h ← 0.95 h + 0.05 q,       q_b = Σ_p i_p [[ℓ_pb > 0] ≠ t_pb] / (Σ_p i_p + 1)
 *
 * ℓ [P, B] are logits of the target bits t, x [P] those of the visible mask v. Bits that are nearly always
 * right, and bits that are no better than a guess, count least; those wrong a quarter of the time count
 * most. h follows the errors of batches inside the mask predicted, begins at ½ in published code and at
 * the first batch's own q in [ZebraPose2022], and is a constant of the loss, as are i and ν. A pixel
 * outside that mask adds ln 2 for every bit and teaches nothing. Source: EQUATIONS LC-31; [LC2023] Eq 19 and
 * published code; [ZebraPose2022].
 */
import { dot, type Matrix, sum, type Vector } from "../scalar/matrix.js";
import { min, type Real } from "../scalar/real.js";
import { scoreLoss, scoreLossSlope } from "./detection-score.js";
import { maskLoss, maskLossGradient } from "./mask-losses.js";

/** Prediction and truth over P ≥ 1 pixels and B ≥ 1 bits. */
export interface CodeMap<S> {
  readonly bitLogits: Matrix<S>;
  readonly targets: Matrix<S>;
  readonly maskLogits: Vector<S>;
  readonly visible: Vector<S>;
}

/** i [P]: 1 inside the mask that the logits x predict, else 0. */
export function insideMask<S extends Real<S>>(x: Vector<S>): S[] {
  return x.map((logit) => logit.of(logit.atMost(0) ? 0 : 1));
}

/** q [B], in [0, 1). */
export function bitErrorRates<S extends Real<S>>({
  bitLogits,
  targets,
  maskLogits,
}: Omit<CodeMap<S>, "visible">): S[] {
  const inside = insideMask(maskLogits);
  const area = sum(inside, maskLogits[0]).plus(1);
  return bitLogits[0].map((like, b) => {
    const errors = bitLogits.map((row, p) => {
      const read = row[b].atMost(0) ? 0 : 1;
      return targets[p][b].toNumber() === read ? like.of(0) : inside[p];
    });
    return sum(errors, like).over(area);
  });
}

/** ν [B] of error rates h [B]; they sum to 1. */
export function bitWeights<S extends Real<S>>(h: Vector<S>): S[] {
  const powers = h.map((rate) => min(rate, rate.negated().plus(0.51)).times(3).exp());
  const total = sum(powers, h[0]);
  return powers.map((power) => power.over(total));
}

/** L_hier for weights ν [B]. */
export function hierarchicalLoss<S extends Real<S>>(
  { bitLogits, targets, maskLogits }: Omit<CodeMap<S>, "visible">,
  nu: Vector<S>,
): S {
  const inside = insideMask(maskLogits);
  const means = nu.map((like, b) =>
    sum(
      bitLogits.map((row, p) => scoreLoss(inside[p].times(row[b]), targets[p][b])),
      like,
    ).over(bitLogits.length),
  );
  return dot(nu, means);
}

/** ∂L_hier/∂ℓ [P, B]: ν (σ(ℓ) − t)/P inside the mask, 0 outside. */
export function hierarchicalLossGradient<S extends Real<S>>(
  { bitLogits, targets, maskLogits }: Omit<CodeMap<S>, "visible">,
  nu: Vector<S>,
): S[][] {
  const inside = insideMask(maskLogits);
  return bitLogits.map((row, p) =>
    row.map((logit, b) =>
      scoreLossSlope(logit, targets[p][b]).times(inside[p]).times(nu[b]).over(bitLogits.length),
    ),
  );
}

/** L for weights ν [B] and factor λ. */
export function zebraBaseLoss<S extends Real<S>>(map: CodeMap<S>, nu: Vector<S>, lambda: S): S {
  const mask = maskLoss("difference", map.maskLogits, map.visible);
  return mask.plus(hierarchicalLoss(map, nu).times(lambda));
}

/** ∂L/∂ℓ [P, B] and ∂L/∂x [P]. */
export function zebraBaseLossGradient<S extends Real<S>>(
  map: CodeMap<S>,
  nu: Vector<S>,
  lambda: S,
): { bitLogits: S[][]; maskLogits: S[] } {
  return {
    bitLogits: hierarchicalLossGradient(map, nu).map((row) => row.map((g) => g.times(lambda))),
    maskLogits: maskLossGradient("difference", map.maskLogits, map.visible),
  };
}
