/**
 * Poses: camera point X = R z + t of an object point z (EQUATIONS CONV-1, CONV-5).
 *
 * At the public surface a pose is two ndarrays; their data are flat Float64Arrays, row-major, which
 * kernels take as they are.
 */

import ndarray, { type NdArray } from "ndarray";
import { rotation, rotationVector } from "../kernels/rodrigues.js";
import { determinant3 } from "../linalg/svd3.js";
import { type ArrayInput, denseArray } from "./dense-array.js";

export interface Pose {
  /** Rotation [3, 3], object to camera. */
  readonly R: NdArray<Float64Array>;
  /** Object origin in the camera frame [3], in the unit of the object points. */
  readonly t: NdArray<Float64Array>;
}

/**
 * How far RᵀR may be from the identity, entry by entry: nine entries stored in single precision,
 * each off by 2⁻²⁴, move an entry of RᵀR by at most 6 of those, 2⁻²⁰ with room to spare.
 */
const ORTHONORMALITY = 2 ** -20;

/**
 * The pose of a rotation R [3, 3] and a translation t [3], copied as given.
 *
 * @throws TypeError or RangeError if a shape differs, an entry is not finite, or R is not a rotation
 * to single precision: it is never made orthonormal in silence.
 */
export function pose(R: ArrayInput, t: ArrayInput): Pose {
  const { data } = denseArray("pose", "R", R, [3, 3]);
  requireRotation("pose", data);
  return poseOf(data, denseArray("pose", "t", t, [3]).data);
}

/** @throws RangeError, in the name of `caller`, unless R [9] is a rotation to single precision. */
export function requireRotation(caller: string, R: Float64Array): void {
  let worst = 0;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j <= i; j++) {
      const product = R[i] * R[j] + R[3 + i] * R[3 + j] + R[6 + i] * R[6 + j];
      worst = Math.max(worst, Math.abs(product - (i === j ? 1 : 0)));
    }
  if (worst > ORTHONORMALITY)
    throw new RangeError(
      `${caller}: expected an orthonormal R, got RᵀR off the identity by ${worst}`,
    );
  if (determinant3(R) < 0) throw new RangeError(`${caller}: expected det R = 1, got a reflection`);
}

/** The pose that wraps R [9] and t [3] without a copy or a check. */
export function poseOf(R: Float64Array, t: Float64Array): Pose {
  return { R: ndarray(R, [3, 3]), t: ndarray(t, [3]) };
}

/** The pose of a rotation vector and a translation (ω, t) [6], the chart AA: R = Exp(ω). */
export function poseFromVector(y: ArrayInput): Pose {
  const { data } = denseArray("poseFromVector", "y", y, [6]);
  const R = new Float64Array(9);
  rotation(data.subarray(0, 3), R);
  return poseOf(R, data.slice(3));
}

/** (ω, t) [6] of a pose, ω = Log R of length at most π: the chart AA. */
export function poseVector(of: Pose): Float64Array {
  const y = new Float64Array(6);
  rotationVector(of.R.data, y.subarray(0, 3));
  y.set(of.t.data, 3);
  return y;
}
