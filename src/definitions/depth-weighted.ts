/**
 * The depth-weighted residual of published BPnP code, and the constraint it puts in place of
 * stationarity.
 *
 *     r̃ᵢ = Sᵢ xᵢ − hᵢ = Sᵢ rᵢ,   Sᵢ = K₃ Xᵢ,   hᵢ = (K₁ Xᵢ, K₂ Xᵢ)
 *     f̃(y) = Σᵢ cᵢᵀ (wᵢ² ∘ r̃ᵢ),  cᵢ = −2 ∂πᵢ/∂y
 *
 * The gradient of Σ ‖w ∘ r‖² is the same sum with r for r̃; f̃ vanishes with it where residuals vanish
 * or all depths Sᵢ agree, and not elsewhere. x [px], X [m], r̃ [px m]; published code has no weights.
 * Derivatives of f̃: bpnp.ts, residual "depth-weighted".
 * Source: EQUATIONS PNP-4, PVC-1; published code of [BPnP2020].
 */
import { add, apply, type Matrix, scale, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { type PoseDerivatives, poseJacobian } from "./pose-jacobian.js";
import { rigidTransform } from "./projection.js";
import type { Reprojection } from "./reprojection-cost.js";

/** r̃ [2] of the image point x [2] and the camera point X [3]. */
export function depthWeightedResidual<S extends Real<S>>(
  x: Vector<S>,
  X: Vector<S>,
  K: Matrix<S>,
): S[] {
  const [h1, h2, depth] = apply(K, X);
  return [depth.times(x[0]).minus(h1), depth.times(x[1]).minus(h2)];
}

/** f̃ [d] in the chart of `pose`; a threshold of the data is not used. */
export function depthWeightedConstraint<S extends Real<S>>(
  { x2d, x3d, w2d, K }: Omit<Reprojection<S>, "delta">,
  pose: PoseDerivatives<S>,
): S[] {
  const terms = x2d.map((x, i) => {
    const r = depthWeightedResidual(x, rigidTransform(x3d[i], pose.R, pose.t), K);
    const [du, dv] = poseJacobian(pose, x3d[i], K);
    const [wu, wv] = w2d[i].map((w) => w.times(w));
    return scale(add(scale(du, wu.times(r[0])), scale(dv, wv.times(r[1]))), -2);
  });
  return terms.reduce(add);
}
