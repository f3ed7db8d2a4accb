/**
 * A pose's covariance in other words: corners in space or in the image, quaternion, rotation vector, or
 * two columns of the rotation.
 *
 *     C^f = J_f C J_fᵀ      of C [6, 6] in the tangent (a, τ) of RP
 *
 * Source: EQUATIONS LC-9, LC-10; [LC2023] Eq 10, Sec 4.2, Table 6.
 */
import ndarray, { type NdArray } from "ndarray";
import { transportedVariance } from "../kernels/linearised-solver.js";
import {
  poseRepresentation,
  poseRepresentationJacobian,
  type Representation,
  representationGroup,
} from "../kernels/pose-representation.js";
import { cameraMatrix } from "../problem/camera.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import type { Pose } from "../problem/pose.js";

const sizes = { quaternion: 7, "axis-angle": 6, "two-column": 9 } as const;

export interface TransportOptions {
  /** Corners [G, 3], for "corners-3d" and "corners-2d". */
  readonly corners?: ArrayInput;
  /** Camera [3, 3] and least depth > 0 (none by default), for "corners-2d". */
  readonly K?: ArrayInput;
  readonly zMin?: number;
}

/** f(y) [K], J_f [K, 6], J_f C J_fᵀ [K, K] and its diagonal [K]. */
export interface TransportedCovariance {
  readonly value: NdArray<Float64Array>;
  readonly jacobian: NdArray<Float64Array>;
  readonly covariance: NdArray<Float64Array>;
  readonly variance: NdArray<Float64Array>;
}

/**
 * A covariance C [6, 6] of the tangent (a, τ) of RP, in a representation of the pose.
 *
 * @throws TypeError or RangeError if an array is not as stated, corners or the camera are missing, or
 * the representation is unknown.
 */
export function transportedCovariance(
  of: Representation,
  pose: Pose,
  covariance: ArrayInput,
  options: TransportOptions = {},
): TransportedCovariance {
  const name = "transportedCovariance";
  const C = denseArray(name, "covariance", covariance, [6, 6]).data;
  const group = representationGroup(of);
  let corners = new Float64Array(0);
  let rows: number;
  if (of === "corners-3d" || of === "corners-2d") {
    if (options.corners === undefined)
      throw new RangeError(`${name}: expected corners for ${of}, got none`);
    corners = new Float64Array(denseArray(name, "corners", options.corners, ["G", 3]).data);
    rows = (corners.length / 3) * group;
  } else if (of in sizes) rows = sizes[of];
  else
    throw new RangeError(
      `${name}: expected corners-3d, corners-2d, ${Object.keys(sizes).join(", ")}, got ${of}`,
    );
  if (of === "corners-2d" && options.K === undefined)
    throw new RangeError(`${name}: expected K for corners-2d, got none`);
  const { zMin = Number.NEGATIVE_INFINITY } = options;
  if (options.zMin !== undefined && !(zMin > 0))
    throw new RangeError(`${name}: expected zMin > 0, got ${zMin}`);
  const K = options.K === undefined ? new Float64Array(9) : cameraMatrix(name, options.K);
  const posed = { R: pose.R.data, t: pose.t.data, corners, K, zMin };
  const value = new Float64Array(rows);
  const J = new Float64Array(6 * rows);
  const variance = new Float64Array(rows);
  const whole = new Float64Array(rows * rows);
  poseRepresentation(of, posed, value);
  poseRepresentationJacobian(of, posed, J);
  transportedVariance(rows, J, C, variance);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < rows; j++)
      for (let p = 0; p < 6; p++)
        for (let q = 0; q < 6; q++)
          whole[rows * i + j] += J[6 * i + p] * C[6 * p + q] * J[6 * j + q];
  return {
    value: ndarray(value, [rows]),
    jacobian: ndarray(J, [rows, 6]),
    covariance: ndarray(whole, [rows, rows]),
    variance: ndarray(variance, [rows]),
  };
}
