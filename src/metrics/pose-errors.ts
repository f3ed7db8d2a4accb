/**
 * Every error of one estimated pose, of a model made ready: the row of an evaluation.
 *
 * Nothing is allocated but by the caller, once: 100 000 rows are 100 000 calls on one PoseErrors.
 * Source: EQUATIONS REPRO-M1, M2, M5, LM-M1, LM-M6, BOP-M1, BOP-M3, BOP-M4.
 */
import { nearestVertexDistance } from "../kernels/nearest-vertex.js";
import { relativePositionError, rotationError, translationError } from "../kernels/pose-error.js";
import { averageVertexDistance, symmetricVertexDistance } from "../kernels/vertex-distance.js";
import {
  averageProjectionDistance,
  symmetricProjectionDistance,
} from "../kernels/vertex-projection.js";
import type { Model } from "./model.js";

/** Names of errors; addOrAddS is ADD(-S): ADD-S for symmetric objects, ADD for the others. */
export const errorNames = [
  "rotation",
  "translation",
  "relativePosition",
  "add",
  "addS",
  "addSReversed",
  "addOrAddS",
  "projection",
  "mssd",
  "mspd",
] as const;
export type ErrorName = (typeof errorNames)[number];

/** Errors of one pose; those not asked for keep what they held. */
export interface PoseErrors extends Record<ErrorName, number> {
  /** Greatest entry of |R̂ᵀR̂ − I| and of |det R̂ − 1|: what R̂ departs from a rotation by. */
  defect: number;
  /** Vertices at or behind the camera's plane in the estimated pose, counted if a pixel is asked for. */
  behind: number;
}

/** A PoseErrors of NaNs, to be written to. */
export function noPoseErrors(): PoseErrors {
  const errors = Object.fromEntries(errorNames.map((name) => [name, Number.NaN]));
  return { ...(errors as Record<ErrorName, number>), defect: Number.NaN, behind: 0 };
}

/**
 * Writes the errors asked for, of the pose `estimate` [R̂ | t̂] row by row [12] against `truth` [12], in
 * radians, pixels, and the model's unit. R̂ is taken as it is, never made orthonormal: see `defect`.
 *
 * @throws RangeError if an entry is not finite, or pixels are asked for without K [9].
 */
export function poseErrors(
  model: Model,
  K: Float64Array | null,
  estimate: Float64Array,
  truth: Float64Array,
  wanted: readonly ErrorName[],
  errors: PoseErrors,
): void {
  requirePose("estimate", estimate);
  requirePose("truth", truth);
  const { n, vertices, tree, symmetryCount, symmetries } = model;
  errors.defect = rotationDefect(estimate);
  errors.behind = 0;
  for (const name of wanted)
    switch (name) {
      case "rotation":
        errors.rotation = rotationError(estimate, truth);
        break;
      case "translation":
        errors.translation = translationError(estimate, truth);
        break;
      case "relativePosition":
        errors.relativePosition = relativePositionError(estimate, truth);
        break;
      case "add":
        errors.add = averageVertexDistance(n, vertices, estimate, truth);
        break;
      case "addS":
        errors.addS = nearestVertexDistance(tree, estimate, truth);
        break;
      case "addSReversed":
        errors.addSReversed = nearestVertexDistance(tree, estimate, truth, "estimate to truth");
        break;
      case "addOrAddS":
        errors.addOrAddS = model.symmetric
          ? nearestVertexDistance(tree, estimate, truth)
          : averageVertexDistance(n, vertices, estimate, truth);
        break;
      case "projection":
        errors.projection = averageProjectionDistance(n, vertices, seeing(K), estimate, truth);
        errors.behind = behindCamera(n, vertices, estimate);
        break;
      case "mssd":
        errors.mssd = symmetricVertexDistance(
          n,
          vertices,
          symmetryCount,
          symmetries,
          estimate,
          truth,
        );
        break;
      case "mspd":
        errors.mspd = symmetricProjectionDistance(
          n,
          vertices,
          seeing(K),
          symmetryCount,
          symmetries,
          estimate,
          truth,
        );
        errors.behind = behindCamera(n, vertices, estimate);
        break;
    }
}

/** Greatest entry of |RᵀR − I| and of |det R − 1| of a pose [12]. */
export function rotationDefect(pose: Float64Array): number {
  let worst = 0;
  for (let i = 0; i < 3; i++)
    for (let j = i; j < 3; j++) {
      const product = pose[i] * pose[j] + pose[4 + i] * pose[4 + j] + pose[8 + i] * pose[8 + j];
      worst = Math.max(worst, Math.abs(product - (i === j ? 1 : 0)));
    }
  const determinant =
    pose[0] * (pose[5] * pose[10] - pose[6] * pose[9]) +
    pose[1] * (pose[6] * pose[8] - pose[4] * pose[10]) +
    pose[2] * (pose[4] * pose[9] - pose[5] * pose[8]);
  return Math.max(worst, Math.abs(determinant - 1));
}

function requirePose(which: string, pose: Float64Array): void {
  if (pose.length !== 12)
    throw new RangeError(`poseErrors: expected ${which} [R | t] of 12 numbers, got ${pose.length}`);
  for (let k = 0; k < 12; k++)
    if (!Number.isFinite(pose[k]))
      throw new RangeError(`poseErrors: expected a finite ${which}, got ${pose[k]} at ${k}`);
}

function seeing(K: Float64Array | null): Float64Array {
  if (K === null || K.length !== 9)
    throw new RangeError(`poseErrors: expected K of 9 numbers for pixels, got ${K?.length ?? K}`);
  return K;
}

/** How many vertices have a depth of at most 0. */
function behindCamera(n: number, vertices: Float64Array, pose: Float64Array): number {
  let behind = 0;
  for (let i = 0; i < 3 * n; i += 3) {
    const depth =
      pose[8] * vertices[i] + pose[9] * vertices[i + 1] + pose[10] * vertices[i + 2] + pose[11];
    if (!(depth > 0)) behind++;
  }
  return behind;
}
