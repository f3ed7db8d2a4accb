/** `linearCovarianceLoss` over a leading batch axis, arrays in and arrays out. */
import ndarray, { type NdArray } from "ndarray";
import { type BatchInput, correspondencesBatch } from "../problem/correspondences.js";
import { type ArrayInput, axisCount, denseArray } from "../problem/dense-array.js";
import { linearCovarianceLosses } from "./linear-covariance-loss.js";
import type { LinearCovarianceLossOptions } from "./linear-covariance-options.js";
import type { LinearCovarianceStatus } from "./linear-covariance-status.js";

export interface LinearCovarianceBatchInput extends BatchInput {
  /** Poses (q, t) [B, 7], rotation first, or (ω, t) [B, 6]. */
  readonly poses: ArrayInput;
  /** Corners [B, G, 3] or shared [G, 3], for a representation by corners. */
  readonly corners?: ArrayInput;
  /** How much points count in means [B, N] or shared [N]. */
  readonly valid?: ArrayInput;
}

/** Losses and errors [B], and gradients of Σ_b L_b; NaN where a status says that there is no loss. */
export interface LinearCovarianceBatch {
  readonly status: readonly LinearCovarianceStatus[];
  readonly loss: NdArray<Float64Array>;
  readonly priorError: NdArray<Float64Array>;
  readonly covarianceError: NdArray<Float64Array>;
  readonly linearError: NdArray<Float64Array>;
  /** By x [B, N, 2], by z [B, N, 3] or, where z is shared, [N, 3], and by w [B, N, 2]. */
  readonly gradient: {
    readonly x2d: NdArray<Float64Array>;
    readonly x3d: NdArray<Float64Array>;
    readonly w2d: NdArray<Float64Array>;
  };
}

/**
 * One loss a problem of x2d [B, N, 2], x3d [B, N, 3] or [N, 3], w2d [B, N, 2], K [B, 3, 3] or [3, 3].
 * The gradient by shared points is summed over the batch, so that one problem without a loss makes it NaN.
 *
 * @throws as correspondencesBatch and linearCovarianceLoss do.
 */
export function linearCovarianceLossBatch(
  input: LinearCovarianceBatchInput,
  options: Omit<LinearCovarianceLossOptions, "corners" | "valid"> = {},
): LinearCovarianceBatch {
  const name = "linearCovarianceLossBatch";
  const { poses, corners, valid, ...shared } = input;
  const problems = correspondencesBatch(shared);
  const B = problems.length;
  const N = B === 0 ? 0 : problems[0].n;
  const given = B === 0 ? [] : rowsOf(name, "poses", poses, [B, "6 or 7"]);
  const each = (what: string, array: ArrayInput | undefined, axes: number) => {
    if (array === undefined || B === 0 || axisCount(array) !== axes) return undefined;
    return rowsOf(name, what, array, axes === 3 ? [B, "G", 3] : [B, N]);
  };
  const [cornersOf, validOf] = [each("corners", corners, 3), each("valid", valid, 2)];
  const losses = linearCovarianceLosses(problems, given, {
    ...options,
    corners: cornersOf ? undefined : corners,
    valid: validOf ? undefined : valid,
    cornersOf,
    validOf,
  });
  const row = (key: "loss" | "priorError" | "covarianceError" | "linearError") =>
    ndarray(
      Float64Array.from(losses, (of) => of[key]),
      [B],
    );
  const stacked = (key: "x2d" | "x3d" | "w2d", width: number) => {
    const data = new Float64Array(B * N * width);
    losses.forEach(({ gradient }, b) => {
      data.set(gradient[key], b * N * width);
    });
    return ndarray(data, [B, N, width]);
  };
  const sharedPoints = B > 0 && axisCount(input.x3d) === 2 && N > 0;
  return {
    status: losses.map(({ status }) => status),
    loss: row("loss"),
    priorError: row("priorError"),
    covarianceError: row("covarianceError"),
    linearError: row("linearError"),
    gradient: {
      x2d: stacked("x2d", 2),
      x3d: sharedPoints ? summed(losses.map(({ gradient }) => gradient.x3d)) : stacked("x3d", 3),
      w2d: stacked("w2d", 2),
    },
  };
}

/** The rows of an array along its leading axis, each with the axes that are left. */
function rowsOf(
  name: string,
  what: string,
  array: ArrayInput,
  axes: readonly (number | string)[],
): ArrayInput[] {
  const { data, shape } = denseArray(name, what, array, axes);
  const [B, ...rest] = shape;
  const width = rest.reduce((product, length) => product * length, 1);
  return Array.from({ length: B }, (_, b) =>
    ndarray(data.slice(width * b, width * (b + 1)), [...rest]),
  );
}

function summed(parts: readonly Float64Array[]): NdArray<Float64Array> {
  const total = new Float64Array(parts[0].length);
  for (const part of parts) for (let k = 0; k < total.length; k++) total[k] += part[k];
  return ndarray(total, [total.length / 3, 3]);
}
