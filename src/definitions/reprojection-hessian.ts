/**
 * The two Hessians of the weighted reprojection cost in the pose.
 *
 *     ∂²c/∂y² = Σᵢ ρ′ᵢ (∂eᵢᵀ ∂eᵢ + Σₖ eᵢₖ ∂²eᵢₖ) + 2ρ″ᵢ ∂eᵢᵀ eᵢ eᵢᵀ ∂eᵢ,   ∂²e = −w ∘ ∂²π/∂y²
 *     normal  = Σᵢ ρ′ᵢ ∂eᵢᵀ ∂eᵢ
 *
 * with e, ρ and the data as in reprojection-cost.ts. They agree where every residual vanishes. The
 * normal matrix is positive semidefinite; the Hessian need not be, away from a minimum.
 * Source: EQUATIONS PNP-3, ROB-2; [EProPnP2022] Eq 9; [LC2023] Eq 32.
 */
import { tangentSize } from "../conventions/chart.js";
import {
  addMatrices,
  apply,
  dot,
  type Matrix,
  multiply,
  outer,
  scaleMatrix,
  transpose,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { squaredHuberCurvature, squaredHuberSlope } from "./huber.js";
import { type PoseDerivatives, poseJacobian, projectionDerivatives } from "./pose-jacobian.js";
import { projection, rigidTransform } from "./projection.js";
import {
  type Reprojection,
  weightedResidual,
  weightedResidualJacobian,
} from "./reprojection-residual.js";

/** Σ ρ′ ∂eᵀ∂e [d][d]: what robust Gauss–Newton takes for the Hessian. */
export function reprojectionNormal<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta }: Reprojection<S>,
  pose: PoseDerivatives<S>,
): S[][] {
  const terms = x2d.map((x, i) => {
    const pi = projection(rigidTransform(x3d[i], pose.R, pose.t), K);
    const e = weightedResidual(x, pi, w2d[i]);
    const de = weightedResidualJacobian(w2d[i], poseJacobian(pose, x3d[i], K));
    const slope = delta ? squaredHuberSlope(dot(e, e), delta) : x[0].of(1);
    return scaleMatrix(multiply(transpose(de), de), slope);
  });
  return total(terms, pose);
}

/** ∂²c/∂y² [d][d] in the chart of `pose`, the curvatures of π, of the chart and of ρ included. */
export function reprojectionHessian<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta }: Reprojection<S>,
  pose: PoseDerivatives<S>,
): S[][] {
  const terms = x2d.map((x, i) => {
    const pi = projectionDerivatives(pose, x3d[i], K);
    const e = weightedResidual(x, pi.value, w2d[i]);
    const de = weightedResidualJacobian(w2d[i], pi.y);
    const s = dot(e, e);
    const slope = delta ? squaredHuberSlope(s, delta) : s.of(1);
    const curvature = delta ? squaredHuberCurvature(s, delta) : s.of(0);
    const g = apply(transpose(de), e);
    const bent = pi.yy.map((second, k) => scaleMatrix(second, e[k].times(w2d[i][k]).negated()));
    const quadratic = addMatrices(multiply(transpose(de), de), addMatrices(bent[0], bent[1]));
    return addMatrices(scaleMatrix(quadratic, slope), scaleMatrix(outer(g, g), curvature.times(2)));
  });
  return total(terms, pose);
}

/** The sum of [d][d] terms, zero if there are none. */
function total<S extends Real<S>>(terms: Matrix<S>[], pose: PoseDerivatives<S>): S[][] {
  const d = tangentSize(pose.chart);
  const none = Array.from({ length: d }, () => new Array<S>(d).fill(pose.t[0].of(0)));
  return terms.reduce<S[][]>(addMatrices, none);
}
