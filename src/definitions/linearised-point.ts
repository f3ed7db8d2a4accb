/**
 * One projected point linearised at a pose in the RP tangent y = (a, τ), R ← R Exp(a), t ← t + τ.
 *
 *     aₖ = ∂πₖ/∂y = (z × RᵀPₖ, Pₖ)      P = ∂π/∂X [2][3]      row k = u, v of J, as a column [6]
 *
 *     of ½rₖ², r = x − π:   gradient −rₖ aₖ      Hessian aₖ aₖᵀ − rₖ ∂²πₖ/∂y²
 *
 * A least depth z_min holds the pixel, and how it moves with z; the linearisation by y is free of it,
 * as in published code. The Hessian at x = π then has a residual after all, the `gap` between the
 * pixel held and the pixel free: zero for every point in front of z_min.
 * Source: EQUATIONS LC-3, LC-5, GEO-16 … GEO-18; [LC2023] Eq 5, 32, 35 and published code.
 */
import {
  addMatrices,
  type Matrix,
  multiply,
  outer,
  scaleMatrix,
  subtract,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { type PoseDerivatives, projectionDerivatives } from "./pose-jacobian.js";
import { rigidTransform } from "./projection.js";
import { clampedProjection, clampedProjectionJacobian } from "./projection-clamp.js";

/** π of a point and its derivatives in the tangent y = (a, τ) and in the object point z. */
export interface LinearisedPoint<S> {
  /** π [2] and ∂π/∂z [2][3] with the depth held, pixels. */
  readonly value: S[];
  readonly z: S[][];
  /** π held less π free [2]. */
  readonly gap: S[];
  /** ∂π/∂y [2][6], ∂²π/∂y² [2][6][6] and ∂²π/∂y∂z [2][6][3] with the depth free. */
  readonly y: S[][];
  readonly yy: S[][][];
  readonly yz: S[][][];
}

/** The point z [3] at a pose of chart RP (`poseDerivativesAt`), its depth at least zMin if given. */
export function linearisedPoint<S extends Real<S>>(
  pose: PoseDerivatives<S>,
  z: Vector<S>,
  K: Matrix<S>,
  zMin?: S,
): LinearisedPoint<S> {
  const X = rigidTransform(z, pose.R, pose.t);
  const clamps = zMin ? { zMin } : {};
  const { value: free, y, yy, yz } = projectionDerivatives(pose, z, K);
  const value = clampedProjection(X, K, clamps);
  return {
    value,
    z: multiply(clampedProjectionJacobian(X, K, clamps), pose.R),
    gap: subtract(value, free),
    y,
    yy,
    yz,
  };
}

/** ∂(½rₖ²)/∂y [2][6] for r = x − π [2]. */
export function squaredResidualGradient<S extends Real<S>>(
  { y }: LinearisedPoint<S>,
  r: Vector<S>,
): S[][] {
  return y.map((row, k) => row.map((a) => a.times(r[k]).negated()));
}

/** ∂²(½rₖ²)/∂y² [2][6][6] for r = x − π [2]. */
export function squaredResidualHessian<S extends Real<S>>(
  { y, yy }: LinearisedPoint<S>,
  r: Vector<S>,
): S[][][] {
  return y.map((a, k) => addMatrices(outer(a, a), scaleMatrix(yy[k], r[k].negated())));
}
