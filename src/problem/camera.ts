/**
 * Camera matrices (EQUATIONS CONV-1).
 *
 *     K = [[f_x, s, c_x], [0, f_y, c_y], [0, 0, 1]],   pixel = (K₁X, K₂X)/(K₃X)
 *
 * X is a point in the camera frame: +Z forward, +X right, +Y down. Any regular 3×3 K is accepted
 * unless a function says that it needs the form above. Pixels are taken as given: whether a pixel's
 * centre lies at an integer or half-way is the caller's, who may state it as `pixelOffset`.
 */

import { determinant3 } from "../linalg/svd3.js";
import { type ArrayInput, denseArray } from "./dense-array.js";

export interface Intrinsics {
  /** Focal lengths, pixels; fy is fx by default. */
  readonly fx: number;
  readonly fy?: number;
  /** Principal point, pixels. */
  readonly cx: number;
  readonly cy: number;
  /** Skew s, pixels; 0 by default. */
  readonly skew?: number;
  /** Added to the principal point, pixels: 0.5 if cx, cy count from a pixel's corner, else 0. */
  readonly pixelOffset?: 0 | 0.5;
}

/**
 * K [9], row-major, pixels, of the given intrinsics (CONV-1).
 *
 * @throws RangeError if an entry is not finite or a focal length is zero.
 */
export function intrinsicMatrix(camera: Intrinsics): Float64Array {
  const { fx, fy = fx, cx, cy, skew = 0, pixelOffset = 0 } = camera;
  return cameraMatrix(
    "intrinsicMatrix",
    Float64Array.of(fx, skew, cx + pixelOffset, 0, fy, cy + pixelOffset, 0, 0, 1),
  );
}

export interface FieldOfView {
  /** Angle that the image spans along `axis` [rad], within 0 … π. */
  readonly angle: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Which side of the image the angle is of. Default: "horizontal". */
  readonly axis?: "horizontal" | "vertical";
}

/**
 * K [9] of square pixels with the principal point in the middle of the image, (W/2, H/2):
 * f = W/(2 tan(angle/2)), or H in place of W (REPRO-L7, AMB-3). The camera of [UAVA2021] has 64.69° across
 * 320 × 240 pixels.
 *
 * @throws RangeError if an entry is out of range.
 */
export function fieldOfViewMatrix(view: FieldOfView): Float64Array {
  const { angle, width, height, axis = "horizontal" } = view;
  if (!(angle > 0 && angle < Math.PI))
    throw new RangeError(`fieldOfViewMatrix: expected an angle within 0 … π, got ${angle}`);
  for (const [name, size] of [
    ["width", width],
    ["height", height],
  ] as const)
    if (!(size > 0 && size < Number.POSITIVE_INFINITY))
      throw new RangeError(`fieldOfViewMatrix: expected ${name} > 0, got ${size}`);
  if (axis !== "horizontal" && axis !== "vertical")
    throw new RangeError(
      `fieldOfViewMatrix: expected axis of horizontal, vertical, got ${String(axis)}`,
    );
  const fx = (axis === "horizontal" ? width : height) / (2 * Math.tan(angle / 2));
  return intrinsicMatrix({ fx, cx: width / 2, cy: height / 2 });
}

/**
 * K [9] from a 3×3 array, checked to be finite and regular.
 *
 * @throws TypeError or RangeError, starting with `caller`, if it is not; singular means that |det K|
 * is within rounding of zero against the product of the rows' lengths.
 */
export function cameraMatrix(caller: string, input: ArrayInput): Float64Array {
  const { data } = denseArray(caller, "K", input, [3, 3]);
  requireRegular(caller, data);
  return data;
}

/** @throws RangeError if K [9] is singular to rounding. */
export function requireRegular(caller: string, K: Float64Array): void {
  const rows =
    Math.hypot(K[0], K[1], K[2]) * Math.hypot(K[3], K[4], K[5]) * Math.hypot(K[6], K[7], K[8]);
  // Six products of three factors, each rounded a few times.
  if (!(Math.abs(determinant3(K)) > 16 * Number.EPSILON * rows))
    throw new RangeError(`${caller}: expected a regular K, got [${[...K].join(", ")}]`);
}

/** Whether K [9] has the form of CONV-1: upper triangular with last entry 1. */
export function isCalibrationMatrix(K: Float64Array): boolean {
  return K[3] === 0 && K[6] === 0 && K[7] === 0 && K[8] === 1;
}

/** @throws RangeError, starting with `caller`, unless K [9] has the form of CONV-1. */
export function requireCalibrationMatrix(caller: string, K: Float64Array): void {
  if (!isCalibrationMatrix(K))
    throw new RangeError(
      `${caller}: expected K upper triangular with last entry 1, got [${[...K].join(", ")}]`,
    );
}

/** Writes K⁻¹ [9] of a regular K [9]; no aliasing. */
export function inverseCamera(K: Float64Array, inverse: Float64Array): void {
  const scale = 1 / determinant3(K);
  inverse[0] = (K[4] * K[8] - K[5] * K[7]) * scale;
  inverse[1] = (K[2] * K[7] - K[1] * K[8]) * scale;
  inverse[2] = (K[1] * K[5] - K[2] * K[4]) * scale;
  inverse[3] = (K[5] * K[6] - K[3] * K[8]) * scale;
  inverse[4] = (K[0] * K[8] - K[2] * K[6]) * scale;
  inverse[5] = (K[2] * K[3] - K[0] * K[5]) * scale;
  inverse[6] = (K[3] * K[7] - K[4] * K[6]) * scale;
  inverse[7] = (K[1] * K[6] - K[0] * K[7]) * scale;
  inverse[8] = (K[0] * K[4] - K[1] * K[3]) * scale;
}
