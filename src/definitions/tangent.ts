/**
 * One small motion of a pose, written in every chart.
 *
 * The camera-frame rotation φ of the LEFT chart is the meeting point:
 *
 *     AA   φ = J_l(ω) dω       RP    φ = R a
 *     Q7   φ = −2 δ            YAW   φ = (0, dβ, 0)
 *
 * and dt = τ in all of them. With M = ∂ξ_to/∂ξ_from, and M′ that of the way back,
 *
 *     ξ_to = M ξ_from     g_to = M′ᵀ g_from     H_to = M′ᵀ H_from M′     C_to = M C_from Mᵀ.
 *
 * The Hessian rule is exact where the gradient vanishes; elsewhere charts differ by a further term,
 * gradient times curvature of the change of coordinates, which pose-jacobian.ts has.
 * YAW has four directions only: into it, M reads the turn about camera +Y and drops the other two
 * (a covariance is then marginalised); out of it, nothing is lost.
 * Source: EQUATIONS CONV-5, GEO-12.
 */
import {
  type Chart,
  rotationOffset,
  tangentSize,
  translationOffset,
} from "../conventions/chart.js";
import {
  apply,
  identity,
  type Matrix,
  multiply,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { leftJacobian, leftJacobianInverse } from "./rotation-jacobians.js";

/** Where a tangent is attached: R [3,3], and the rotation vector ω [3] in use if AA is involved. */
export interface PosePoint<S> {
  readonly R: Matrix<S>;
  /** Needed by AA alone, whose tangent depends on which ω with Exp ω = R the coordinates hold. */
  readonly omega?: Vector<S>;
}

/**
 * M [d_to, d_from] with ξ_to = M ξ_from, at `pose`.
 *
 * @throws RangeError if AA is involved and ω is missing, or ‖ω‖ = 2πk, k ≥ 1, on the way into AA.
 */
export function tangentTransform<S extends Real<S>>(
  from: Chart,
  to: Chart,
  pose: PosePoint<S>,
): S[][] {
  const like = pose.R[0][0];
  const block = multiply(fromCameraTurn(to, pose), toCameraTurn(from, pose));
  const M = Array.from({ length: tangentSize(to) }, () =>
    Array.from({ length: tangentSize(from) }, () => like.of(0)),
  );
  for (const [i, row] of block.entries())
    for (const [j, entry] of row.entries())
      M[rotationOffset(to) + i][rotationOffset(from) + j] = entry;
  for (let i = 0; i < 3; i++)
    M[translationOffset(to) + i][translationOffset(from) + i] = like.of(1);
  return M;
}

/** ξ_to [d_to] of a tangent vector ξ_from [d_from]. @throws RangeError as tangentTransform. */
export function convertedTangent<S extends Real<S>>(
  from: Chart,
  to: Chart,
  pose: PosePoint<S>,
  tangent: Vector<S>,
): S[] {
  return apply(tangentTransform(from, to, pose), tangent);
}

/** g_to [d_to] of a gradient g_from [d_from]. @throws RangeError as tangentTransform. */
export function convertedGradient<S extends Real<S>>(
  from: Chart,
  to: Chart,
  pose: PosePoint<S>,
  gradient: Vector<S>,
): S[] {
  return apply(transpose(tangentTransform(to, from, pose)), gradient);
}

/** H_to [d_to, d_to] of a Hessian at a stationary point, or of a JᵀJ anywhere. */
export function convertedHessian<S extends Real<S>>(
  from: Chart,
  to: Chart,
  pose: PosePoint<S>,
  hessian: Matrix<S>,
): S[][] {
  const back = tangentTransform(to, from, pose);
  return multiply(transpose(back), multiply(hessian, back));
}

/** C_to [d_to, d_to] of a pose covariance C_from. @throws RangeError as tangentTransform. */
export function convertedCovariance<S extends Real<S>>(
  from: Chart,
  to: Chart,
  pose: PosePoint<S>,
  covariance: Matrix<S>,
): S[][] {
  const M = tangentTransform(from, to, pose);
  return multiply(M, multiply(covariance, transpose(M)));
}

/** ∂φ/∂(rotation part of the chart) [3, 3 or 1]. */
function toCameraTurn<S extends Real<S>>(chart: Chart, pose: PosePoint<S>): Matrix<S> {
  const eye = identity(3, pose.R[0][0]);
  if (chart === "AA") return leftJacobian(coordinates(pose));
  if (chart === "RP") return pose.R;
  if (chart === "Q7") return eye.map((row) => row.map((entry) => entry.times(-2)));
  if (chart === "YAW") return eye.map((row) => [row[1]]);
  return eye;
}

/** ∂(rotation part of the chart)/∂φ [3 or 1, 3]. */
function fromCameraTurn<S extends Real<S>>(chart: Chart, pose: PosePoint<S>): Matrix<S> {
  const eye = identity(3, pose.R[0][0]);
  if (chart === "AA") return leftJacobianInverse(coordinates(pose));
  if (chart === "RP") return transpose(pose.R);
  if (chart === "Q7") return eye.map((row) => row.map((entry) => entry.times(-0.5)));
  if (chart === "YAW") return [eye[1]];
  return eye;
}

function coordinates<S extends Real<S>>(pose: PosePoint<S>): Vector<S> {
  if (!pose.omega)
    throw new RangeError("tangentTransform: expected omega [3] for chart AA, got none");
  return pose.omega;
}
