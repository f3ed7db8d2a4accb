/**
 * The frame in which a model is coded: turned so that its extents are small, and back.
 *
 *     z′ = R z + t        z = Rᵀ (z′ − t)        ∂L/∂z′ = R ∂L/∂z
 *
 * As a row, z = (z′ − t) R. Models without an entry have R = I, t = 0. Source: EQUATIONS ENC-8;
 * [LC2023] Sec 6.3.
 */
import { add, apply, type Matrix, subtract, transpose, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** z′ [3]: a model's point in the frame it is coded in. */
export function codedPoint<S extends Real<S>>(z: Vector<S>, R: Matrix<S>, t: Vector<S>): S[] {
  return add(apply(R, z), t);
}

/** z [3]: the point of the model that z′ stands for. */
export function modelPoint<S extends Real<S>>(coded: Vector<S>, R: Matrix<S>, t: Vector<S>): S[] {
  return apply(transpose(R), subtract(coded, t));
}

/** ∂L/∂z′ [3] of v = ∂L/∂z [3]. */
export function modelPointPull<S extends Real<S>>(v: Vector<S>, R: Matrix<S>): S[] {
  return apply(R, v);
}
