/**
 * Gradient correctness: does a small step against a gradient bring a correspondence nearer the true pose?
 *
 *     r = x − π(z, y_gt),   e = ‖r‖²                       P = ∂π/∂z [2][3]
 *     points      slope = ⟨g, ∂e/∂z⟩ = −2 ⟨P g, r⟩          g = ∂L/∂z
 *     keypoints   slope = ⟨g, ∂e/∂x⟩ =  2 ⟨g, r⟩            g = ∂L/∂x
 *     a step η    change = e(z − ηg) − e(z),  e(x − ηg) − e(x)
 *
 * A gradient is correct iff its slope is positive; in the finite-step form, iff its change is negative.
 *
 * The linear-covariance loss has g = −s Pᵀ D r, D = diag(c_x, c_y) ≥ 0, s > 0, so its slope is
 * 2s rᵀ D G r with G = P Pᵀ. That is positive for every r iff the symmetric part of D G is:
 *
 *     c_x/c_y and c_y/c_x ≤ ((√(G₁₁G₂₂) + √det G) / |G₁₂|)²                      (LC-34)
 *
 * r [2] pixels; X camera point [3] metres; h₃ > 0 is not asked for. G₁₂ = 0 bounds nothing: infinity.
 * Source: EQUATIONS LC-33, LC-34; [LC2023] Sec 4.4, 6.2.
 */

import type { Matrix, Vector } from "../scalar/matrix.js";
import { add, apply, cross, dot, scale, subtract } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { projection } from "./projection.js";

/** ⟨g, ∂e/∂z⟩ of a point's gradient g [3]; squared pixels per unit of step. */
export function pointSlope<S extends Real<S>>(g: Vector<S>, r: Vector<S>, P: Matrix<S>): S {
  return dot(apply(P, g), r).times(-2);
}

/** ⟨g, ∂e/∂x⟩ of a keypoint's gradient g [2]. */
export function keypointSlope<S extends Real<S>>(g: Vector<S>, r: Vector<S>): S {
  return dot(g, r).times(2);
}

/** e(z − ηg) − e(z), squared pixels: x [2], X = R z + t [3], G = R g [3], both in the camera frame. */
export function pointErrorChange<S extends Real<S>>(
  x: Vector<S>,
  X: Vector<S>,
  K: Matrix<S>,
  G: Vector<S>,
  eta: S,
): S {
  const error = (at: Vector<S>): S => {
    const r = subtract(x, projection(at, K));
    return dot(r, r);
  };
  return error(add(X, scale(G, eta.negated()))).minus(error(X));
}

/** e(x − ηg) − e(x), squared pixels. */
export function keypointErrorChange<S extends Real<S>>(g: Vector<S>, r: Vector<S>, eta: S): S {
  const moved = subtract(r, scale(g, eta));
  return dot(moved, moved).minus(dot(r, r));
}

/** Greatest c_x/c_y (and c_y/c_x) at which no residual of a point with this P [2][3] is misled. */
export function leverageBound<S extends Real<S>>(P: Matrix<S>): S {
  const normal = cross(P[0], P[1]);
  const sides = dot(P[0], P[0]).times(dot(P[1], P[1])).sqrt();
  const root = sides.plus(dot(normal, normal).sqrt()).over(dot(P[0], P[1]));
  return root.times(root);
}
