/**
 * Symmetries of an object, the poses they make of one, and which of those an estimate is nearest to.
 *
 *     S_θ = (Exp(θ a), o − Exp(θ a) o)                     a turn by θ about the axis a through o
 *     A ∘ B = (R_A R_B, R_A t_B + t_A)                     first B, then A; a pose P becomes P ∘ S
 *     X = K⁻¹ h                                            (camera point of a depth-scaled pixel h)
 *     dense:   e(P) = 1/N Σ_i ‖z_i − Rᵀ(X_i − t)‖          z_i predicted at a pixel whose point is X_i
 *     sparse:  e(P) = 1/N Σ_i ‖x_i − π(R z_i + t; K)‖      x_i predicted for a keypoint z_i
 *
 * The label is the candidate of least e, the first of equals. Lengths in the unit of z, x and π in
 * pixels, θ in rad. Source: EQUATIONS SYM-1, SYM-3, SYM-4; [LC2023] Sec 4.4 and published code.
 */
import {
  add,
  apply,
  type Matrix,
  multiply,
  norm,
  scale,
  solve,
  subtract,
  sum,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { projection } from "./projection.js";
import { rotation } from "./rodrigues.js";

/** A rotation R [3,3] and a translation t [3], as [R | t] [3,4]. */
export type RigidMotion<S> = Matrix<S>;

const rotationOf = <S>(A: RigidMotion<S>): S[][] => A.map((row) => row.slice(0, 3));
const translationOf = <S>(A: RigidMotion<S>): S[] => A.map((row) => row[3]);
const motion = <S>(R: Matrix<S>, t: Vector<S>): S[][] => R.map((row, i) => [...row, t[i]]);

/** S_θ [3,4]: the turn by an angle [rad] about a unit axis [3] through the point offset [3]. */
export function turnAbout<S extends Real<S>>(axis: Vector<S>, offset: Vector<S>, angle: S): S[][] {
  const R = rotation(scale(axis, angle));
  return motion(R, subtract(offset, apply(R, offset)));
}

/** A ∘ B [3,4]: B first. */
export function composedMotion<S extends Real<S>>(A: RigidMotion<S>, B: RigidMotion<S>): S[][] {
  const R = rotationOf(A);
  return motion(multiply(R, rotationOf(B)), add(apply(R, translationOf(B)), translationOf(A)));
}

/** K⁻¹ h_i [N,3] of pixels times their depth, h [N,3]. */
export function cameraPoints<S extends Real<S>>(K: Matrix<S>, h: Matrix<S>): S[][] {
  return h.length ? transpose(solve(K, transpose(h))) : [];
}

/** e(P) of predicted object points z [N,3] at pixels whose camera points are X [N,3], N ≥ 1. */
export function denseCandidateError<S extends Real<S>>(
  P: RigidMotion<S>,
  X: Matrix<S>,
  z: Matrix<S>,
): S {
  const back = transpose(rotationOf(P));
  const errors = z.map((point, i) =>
    norm(subtract(point, apply(back, subtract(X[i], translationOf(P))))),
  );
  return sum(errors, errors[0]).over(z.length);
}

/** e(P) [px] of predicted image points x [N,2] of keypoints z [N,3], N ≥ 1. */
export function sparseCandidateError<S extends Real<S>>(
  P: RigidMotion<S>,
  K: Matrix<S>,
  z: Matrix<S>,
  x: Matrix<S>,
): S {
  const errors = z.map((point, i) =>
    norm(subtract(x[i], projection(add(apply(rotationOf(P), point), translationOf(P)), K))),
  );
  return sum(errors, errors[0]).over(z.length);
}
