import { tangentSize } from "../conventions/chart.js";
import {
  addMatrices,
  dot,
  type Matrix,
  multiply,
  outer,
  scale,
  scaleMatrix,
  sum,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { squaredHuber, squaredHuberCurvature, squaredHuberSlope } from "./huber.js";
import { type PoseDerivatives, poseJacobian, projectionDerivatives } from "./pose-jacobian.js";
import { projection, rigidTransform } from "./projection.js";

/**
 * The weighted reprojection cost, its gradient in the pose and its Hessians.
 *
 *     c(y) = ½ Σᵢ ρ(‖eᵢ‖²),   eᵢ = wᵢ ∘ (xᵢ − π(zᵢ; y, K))          (PNP-1, ROB-1)
 *     ∂c/∂y = Σᵢ ρ′ᵢ ∂eᵢᵀ eᵢ,  ∂eᵢ = −diag(wᵢ) ∂πᵢ/∂y                 (PNP-2)
 *     ∂²c/∂y² = Σᵢ ρ′ᵢ (∂eᵢᵀ ∂eᵢ + Σₖ eᵢₖ ∂²eᵢₖ) + 2ρ″ᵢ ∂eᵢᵀ eᵢ eᵢᵀ ∂eᵢ   (PNP-3)
 *     normal  = Σᵢ ρ′ᵢ ∂eᵢᵀ ∂eᵢ                                        (PNP-3, ROB-2: Gauss–Newton)
 *
 * x [N][2] and π in pixels, z [N][3] in metres, weights w [N][2] multiply residuals; ρ is
 * squaredHuber with threshold δ [px], the identity where no δ is given. N = 0 costs nothing.
 * Source: EQUATIONS PNP-1, PNP-2, PNP-3; [EProPnP] Eq 9, 11; [LC] Eq 28, 29, 32.
 */

/** Correspondences, in any scalar: image points, object points and weights, and the camera [3][3]. */
export interface Reprojection<S> {
  readonly x2d: Matrix<S>;
  readonly x3d: Matrix<S>;
  readonly w2d: Matrix<S>;
  readonly K: Matrix<S>;
  /** Huber threshold δ [px]; without it the cost is a plain sum of squares. */
  readonly delta?: S;
}

/** e = w ∘ (x − π) [2] of one correspondence, pixels. */
export function weightedResidual<S extends Real<S>>(x: Vector<S>, pi: Vector<S>, w: Vector<S>) {
  return x.map((xk, k) => w[k].times(xk.minus(pi[k])));
}

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
    const { e, de } = linearised(x, pi, w2d[i], poseJacobian(pose, x3d[i], K));
    const slope = delta ? squaredHuberSlope(dot(e, e), delta) : x[0].of(1);
    return [scale(chained(e, de), slope)];
  });
  return total(terms, 1, pose)[0];
}

/** Σ ρ′ ∂eᵀ∂e [d][d]: what robust Gauss–Newton takes for the Hessian. */
export function reprojectionNormal<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta }: Reprojection<S>,
  pose: PoseDerivatives<S>,
): S[][] {
  const terms = x2d.map((x, i) => {
    const pi = projection(rigidTransform(x3d[i], pose.R, pose.t), K);
    const { e, de } = linearised(x, pi, w2d[i], poseJacobian(pose, x3d[i], K));
    const slope = delta ? squaredHuberSlope(dot(e, e), delta) : x[0].of(1);
    return scaleMatrix(multiply(transpose(de), de), slope);
  });
  return total(terms, tangentSize(pose.chart), pose);
}

/** ∂²c/∂y² [d][d] in the chart of `pose`, the curvatures of π, of the chart and of ρ included. */
export function reprojectionHessian<S extends Real<S>>(
  { x2d, x3d, w2d, K, delta }: Reprojection<S>,
  pose: PoseDerivatives<S>,
): S[][] {
  const terms = x2d.map((x, i) => {
    const pi = projectionDerivatives(pose, x3d[i], K);
    const { e, de } = linearised(x, pi.value, w2d[i], pi.y);
    const s = dot(e, e);
    const slope = delta ? squaredHuberSlope(s, delta) : s.of(1);
    const curvature = delta ? squaredHuberCurvature(s, delta) : s.of(0);
    const g = chained(e, de);
    const bent = pi.yy.map((second, k) => scaleMatrix(second, e[k].times(w2d[i][k]).negated()));
    const quadratic = addMatrices(multiply(transpose(de), de), addMatrices(bent[0], bent[1]));
    return addMatrices(scaleMatrix(quadratic, slope), scaleMatrix(outer(g, g), curvature.times(2)));
  });
  return total(terms, tangentSize(pose.chart), pose);
}

/** e = w ∘ (x − π) [2] and ∂e/∂y = −w ∘ ∂π/∂y [2][d]. */
function linearised<S extends Real<S>>(
  x: Vector<S>,
  pi: Vector<S>,
  w: Vector<S>,
  dpi: Matrix<S>,
): { e: S[]; de: S[][] } {
  const de = dpi.map((row, k) => row.map((slope) => w[k].times(slope).negated()));
  return { e: weightedResidual(x, pi, w), de };
}

/** ∂eᵀ e [d]. */
function chained<S extends Real<S>>(e: Vector<S>, de: Matrix<S>): S[] {
  return de[0].map((_, p) => de[0][p].times(e[0]).plus(de[1][p].times(e[1])));
}

/** The sum of [rows][d] terms, zero if there are none. */
function total<S extends Real<S>>(
  terms: Matrix<S>[],
  rows: number,
  pose: PoseDerivatives<S>,
): S[][] {
  const zero = pose.t[0].of(0);
  const none = Array.from({ length: rows }, () => new Array<S>(tangentSize(pose.chart)).fill(zero));
  return terms.reduce<S[][]>(addMatrices, none);
}
