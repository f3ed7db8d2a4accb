/**
 * Covariance of a pose in the tangent of a chart, from the curvature of its cost.
 *
 *     Σ = (N + ε I)⁻¹           ∂Σ = −Σ ∂N Σ
 *
 * N [d][d] is either Hessian of reprojection-hessian.ts in that chart: the normal matrix, as in
 * published code with ε = 1e-5, or the full one with ε = 0. With w = 1/σ per pixel axis, Σ is to first
 * order the covariance of the minimiser under pixel noise σ. ε is in the units of N, so it swamps
 * tiny weights.
 * Source: EQUATIONS PNP-12, PVC-20; [EProPnP2022] Algorithm 1.
 */
import { identity, type Matrix, multiply, scaleMatrix, solve } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** Σ [d][d]. @throws RangeError if N + ε I is exactly singular. */
export function poseCovariance<S extends Real<S>>(normal: Matrix<S>, ridge: S | number = 0): S[][] {
  const shifted = normal.map((row, i) => row.map((n, j) => (i === j ? n.plus(ridge) : n)));
  return solve(shifted, identity(normal.length, normal[0][0]));
}

/** ∂Σ = −Σ ∂N Σ [d][d] for a change ∂N of N. */
export function poseCovarianceSlope<S extends Real<S>>(
  covariance: Matrix<S>,
  dNormal: Matrix<S>,
): S[][] {
  return scaleMatrix(multiply(covariance, multiply(dNormal, covariance)), -1);
}
