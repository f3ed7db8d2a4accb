/**
 * The weighted reprojection cost and its gradient in the pose; its Hessians: reprojection-hessian.ts.
 *
 *     c(y) = ½ Σᵢ ρ(‖eᵢ‖²),   eᵢ = wᵢ ∘ (xᵢ − π(zᵢ; y, K))          (PNP-1, ROB-1)
 *     ∂c/∂y = Σᵢ ρ′ᵢ ∂eᵢᵀ eᵢ,  ∂eᵢ = −wᵢ ∘ ∂πᵢ/∂y                    (PNP-2)
 *
 * which vanishes at every stationary pose: minima, saddles and the mirrored pose alike. x [N][2] and
 * π in pixels, z [N][3] in metres, weights w [N][2] multiply residuals; ρ is squaredHuber with
 * threshold δ [px], the identity where no δ is given. N = 0 costs nothing.
 * Source: EQUATIONS PNP-1, PNP-2; [EProPnP2022] Eq 11; [LC2023] Eq 28, 29.
 */
import { tangentSize } from "../conventions/chart.js";
import {
  add,
  apply,
  dot,
  type Matrix,
  scale,
  sum,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { squaredHuber, squaredHuberSlope } from "./huber.js";
import { type PoseDerivatives, poseJacobian } from "./pose-jacobian.js";
import { projection, rigidTransform } from "./projection.js";
import {
  type Reprojection,
  weightedResidual,
  weightedResidualJacobian,
} from "./reprojection-residual.js";

export { reprojectionHessian, reprojectionNormal } from "./reprojection-hessian.js";

export type { Reprojection } from "./reprojection-residual.js";

/** c(R, t) [px²]. */
export function reprojectionCost<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta }: Reprojection<S>,
  R: Matrix<S>,
  t: Vector<S>,
): S {
  const costs = x2d.map((x, i) => {
    const e = weightedResidual(x, projection(rigidTransform(x3d[i], R, t), K), w2d[i]);
    return (delta ? squaredHuber(dot(e, e), delta) : dot(e, e)).over(2);
  });
  return sum(costs, t[0]);
}

/** ∂c/∂y [d] in the chart of `pose`. */
export function reprojectionGradient<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta }: Reprojection<S>,
  pose: PoseDerivatives<S>,
): S[] {
  const terms = x2d.map((x, i) => {
    const pi = projection(rigidTransform(x3d[i], pose.R, pose.t), K);
    const e = weightedResidual(x, pi, w2d[i]);
    const de = weightedResidualJacobian(w2d[i], poseJacobian(pose, x3d[i], K));
    const slope = delta ? squaredHuberSlope(dot(e, e), delta) : x[0].of(1);
    return scale(apply(transpose(de), e), slope);
  });
  const none = new Array<S>(tangentSize(pose.chart)).fill(pose.t[0].of(0));
  return terms.reduce<S[]>(add, none);
}
