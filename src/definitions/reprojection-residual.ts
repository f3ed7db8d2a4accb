/**
 * The weighted reprojection residual of one correspondence, and its robustly rescaled twin.
 *
 *     e = w ∘ (x − π)         ∂e/∂y = −w ∘ ∂π/∂y              (PNP-1, GEO-16)
 *     ẽ = √ρ′ e               J̃     = √ρ′ ∂e/∂y,  √ρ′ = √min(1, δ/‖e‖)   (ROB-2)
 *
 * so that Σ J̃ᵀẽ is the gradient of the Huber cost and Σ J̃ᵀJ̃ its Gauss–Newton matrix; J̃ is not ∂ẽ/∂y.
 * x observed and π projected point [px], w [2] multiplies. EPro-PnP's residual is w ∘ (π − x): both
 * ẽ and J̃ change sign (CONV-3), costs and gradients do not.
 * Source: EQUATIONS PNP-1, ROB-2, CONV-3, CONV-4; [EProPnP2022] Eq 9, 11.
 */
import { dot, type Matrix, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { robustScale } from "./huber.js";

/** Correspondences, in any scalar: image points, object points and weights, and the camera [3][3]. */
export interface Reprojection<S> {
  readonly x2d: Matrix<S>;
  readonly x3d: Matrix<S>;
  readonly w2d: Matrix<S>;
  readonly K: Matrix<S>;
  /** Huber threshold δ [px]; without it the cost is a plain sum of squares. */
  readonly delta?: S;
}

/** e = w ∘ (x − π) [2], pixels. */
export function weightedResidual<S extends Real<S>>(
  x: Vector<S>,
  pi: Vector<S>,
  w: Vector<S>,
): S[] {
  return x.map((xk, k) => w[k].times(xk.minus(pi[k])));
}

/** ∂e/∂y = −w ∘ ∂π/∂y [2][d], from ∂π/∂y. */
export function weightedResidualJacobian<S extends Real<S>>(w: Vector<S>, dpi: Matrix<S>): S[][] {
  return dpi.map((row, k) => row.map((slope) => w[k].times(slope).negated()));
}

/** ẽ = √ρ′ e [2] from e. */
export function robustResidual<S extends Real<S>>(e: Vector<S>, delta: S): S[] {
  const scale = robustScale(dot(e, e), delta);
  return e.map((ek) => scale.times(ek));
}

/** J̃ = √ρ′ ∂e/∂y [2][d] from e and ∂e/∂y. */
export function robustResidualJacobian<S extends Real<S>>(
  e: Vector<S>,
  de: Matrix<S>,
  delta: S,
): S[][] {
  const scale = robustScale(dot(e, e), delta);
  return de.map((row) => row.map((slope) => scale.times(slope)));
}
