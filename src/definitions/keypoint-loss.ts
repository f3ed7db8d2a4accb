/**
 * Squared distance of keypoints in the image.
 *
 *     L(u, x) = Σ_i ‖u_i − x_i‖²,  or its mean over the N keypoints;   ∂L/∂u = 2(u − x) = −∂L/∂x, or 1/N of it
 *
 *     l_proj = L(π(z | y⋆), x⋆)     the projections at the solved pose against the true keypoints
 *     l_reg  = L(x, π(z | y⋆))      the predicted keypoints against the projections
 *
 * All in px. Source: EQUATIONS REPRO-L2, REPRO-L3, AMB-2; [BPnP2020]; [UAVA2021] Sec 3.
 */
import { type Matrix, sum } from "../scalar/matrix.js";
import { type Real, square } from "../scalar/real.js";

/** Over keypoints. */
export type KeypointReduction = "sum" | "mean";

/** L [px²] of keypoints u and x [N,2], N ≥ 1. */
export function keypointLoss<S extends Real<S>>(
  u: Matrix<S>,
  x: Matrix<S>,
  reduction: KeypointReduction,
): S {
  const total = sum(
    u.flatMap((row, i) => row.map((value, a) => square(value.minus(x[i][a])))),
    u[0][0],
  );
  return reduction === "mean" ? total.over(u.length) : total;
}

/** ∂L/∂u [N,2], px. */
export function keypointLossGradient<S extends Real<S>>(
  u: Matrix<S>,
  x: Matrix<S>,
  reduction: KeypointReduction,
): S[][] {
  const count = reduction === "mean" ? u.length : 1;
  return u.map((row, i) => row.map((value, a) => value.minus(x[i][a]).times(2).over(count)));
}
