/**
 * What a network of dense coordinates learns from beside its pose.
 *
 *     L = ‖(M̂ − M) ⊙ m‖₁ / c + λ BCE(x, v)         c = 3P ("mean") or 1 ("sum"),  λ = 0.25
 *
 * M̂ and M [P, 3] are predicted and true normalised coordinates, m [P] the mask they count in, x [P] the
 * logits of the visible mask v [P]. The paper has m = v and the norm itself; published code the mean over
 * the whole map, what lies outside the mask included. The slope by M̂ is ± m / c, 0 where M̂ = M.
 * Source: EQUATIONS LC-30; [LC2023] Eq 18 and published code.
 */
import type { Matrix, Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { coordinateLoss, coordinateLossGradient } from "./dense-head.js";
import { maskLoss, maskLossGradient } from "./mask-losses.js";

/** What the norm is divided by. */
export type CoordinateReduction = "mean" | "sum";

/** Prediction and truth over P ≥ 1 pixels. */
export interface CoordinateMap<S> {
  readonly coordinates: Matrix<S>;
  readonly target: Matrix<S>;
  readonly mask: Vector<S>;
  readonly maskLogits: Vector<S>;
  readonly visible: Vector<S>;
}

/** L, a number. */
export function gdrBaseLoss<S extends Real<S>>(
  reduction: CoordinateReduction,
  lambda: S,
  { coordinates, target, mask, maskLogits, visible }: CoordinateMap<S>,
): S {
  const factor = reduction === "sum" ? 3 * mask.length : 1;
  return coordinateLoss(coordinates, target, mask)
    .times(factor)
    .plus(maskLoss("cross-entropy", maskLogits, visible).times(lambda));
}

/** ∂L/∂M̂ [P, 3] and ∂L/∂x [P]. */
export function gdrBaseLossGradient<S extends Real<S>>(
  reduction: CoordinateReduction,
  lambda: S,
  { coordinates, target, mask, maskLogits, visible }: CoordinateMap<S>,
): { coordinates: S[][]; maskLogits: S[] } {
  const factor = reduction === "sum" ? 3 * mask.length : 1;
  return {
    coordinates: coordinateLossGradient(coordinates, target, mask).map((row) =>
      row.map((g) => g.times(factor)),
    ),
    maskLogits: maskLossGradient("cross-entropy", maskLogits, visible).map((g) => g.times(lambda)),
  };
}
