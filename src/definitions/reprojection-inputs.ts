/**
 * Derivative of the weighted reprojection cost, at a fixed pose, with respect to all it is made of.
 *
 *     ∂c/∂xᵢ = ρ′ᵢ wᵢ ∘ eᵢ               ∂c/∂wᵢ = ρ′ᵢ eᵢ ∘ (xᵢ − πᵢ)
 *     ∂c/∂zᵢ = −(∂c/∂xᵢ)ᵀ ∂πᵢ/∂zᵢ         ∂c/∂K  = −Σᵢ (∂c/∂xᵢ)ᵀ ∂πᵢ/∂K       ∂c/∂δ = ½ Σᵢ ∂ρᵢ/∂δ
 *
 * with c, e, ρ as in reprojection-cost.ts and K free in all nine entries. A threshold that depends on
 * w or x (adaptive-threshold.ts) adds ∂c/∂δ times its own derivative.
 * Source: EQUATIONS PNP-1, ROB-1, GEO-15; [EProPnP2022] Eq 7, 8.
 */
import { apply, dot, type Matrix, sum, transpose, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { squaredHuberSlope, squaredHuberThresholdSlope } from "./huber.js";
import {
  projection,
  projectionCameraJacobian,
  projectionJacobian,
  rigidTransform,
} from "./projection.js";
import type { Reprojection } from "./reprojection-cost.js";
import { weightedResidual } from "./reprojection-residual.js";

/** ∂c/∂x [N][2], ∂c/∂z [N][3], ∂c/∂w [N][2], ∂c/∂K [9] row-major, ∂c/∂δ (0 without a threshold). */
export interface ReprojectionInputGradient<S> {
  x: S[][];
  z: S[][];
  w: S[][];
  K: S[];
  delta: S;
}

/** All of them at the pose R [3][3], t [3]. */
export function reprojectionInputGradient<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta }: Reprojection<S>,
  R: Matrix<S>,
  t: Vector<S>,
): ReprojectionInputGradient<S> {
  const zero = t[0].of(0);
  const points = x2d.map((x, i) => {
    const X = rigidTransform(x3d[i], R, t);
    const pi = projection(X, K);
    const e = weightedResidual(x, pi, w2d[i]);
    const s = dot(e, e);
    const slope = delta ? squaredHuberSlope(s, delta) : s.of(1);
    const pull = e.map((ek, k) => slope.times(w2d[i][k]).times(ek));
    const push = pull.map((p) => p.negated());
    return {
      x: pull,
      z: apply(transpose(R), apply(transpose(projectionJacobian(X, K)), push)),
      w: e.map((ek, k) => slope.times(ek).times(x[k].minus(pi[k]))),
      K: apply(transpose(projectionCameraJacobian(X, K)), push),
      delta: delta ? squaredHuberThresholdSlope(s, delta).over(2) : zero,
    };
  });
  return {
    x: points.map((point) => point.x),
    z: points.map((point) => point.z),
    w: points.map((point) => point.w),
    K: Array.from({ length: 9 }, (_, k) =>
      sum(
        points.map((point) => point.K[k]),
        zero,
      ),
    ),
    delta: sum(
      points.map((point) => point.delta),
      zero,
    ),
  };
}
