/**
 * The eight scores of a drone's poses: two mean errors, and six shares within thresholds, in per cent.
 *
 * Lengths are measured against the greatest distance of two object points, 0.41 m; points are the centre and the corners
 * of the object's box. Source: EQUATIONS REPRO-M1 … M5, AMB-13; [UAVA2021] Sec 3.4, Tables 3 to 6.
 */
import { rotationError } from "../kernels/pose-error.js";
import {
  accuracy,
  jointAccuracy,
  type Model,
  noPoseErrors,
  poseErrors,
  preparedModel,
} from "../metrics/index.js";
import type { Scene } from "../problem/scenes.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";
import { flat } from "./keypoint-descent.js";

/** Names of the scores, as tables print them. */
export const scoreNames = ["NPE", "AD", "ACC2", "ACC5", "ADD2", "ADD5", "Proj2", "Proj5"] as const;
export type ScoreName = (typeof scoreNames)[number];

/** What keypoints are judged by: the errors of the pose they imply. */
export interface DroneErrors {
  /** Of the position [1], rotation [rad], position [m], points [m], pixels [px]; Infinity without a pose. */
  readonly relativePosition: number;
  readonly rotation: number;
  readonly translation: number;
  readonly add: number;
  readonly projection: number;
}

let model: Model | null = null;

/** Errors of the least-squares pose of keypoints [2K] in a scene. */
export function droneErrors(
  { correspondences, pose }: Scene,
  keypoints: Float64Array,
): DroneErrors {
  model ??= preparedModel({ name: "drone", vertices: correspondences.x3d, unit: "m" });
  const errors = noPoseErrors();
  const names = ["relativePosition", "rotation", "translation", "add", "projection"] as const;
  const found = solveCorrespondences({ ...correspondences, x2d: keypoints }).pose;
  if (!found) for (const name of names) errors[name] = Number.POSITIVE_INFINITY;
  else poseErrors(model, correspondences.K, flat(found), flat(pose), names, errors);
  return errors;
}

/** The eight scores of several poses; mean errors leave missing poses out, shares count them as misses. */
export function droneScores(found: readonly DroneErrors[]): Record<ScoreName, number> {
  const all = (name: keyof DroneErrors) => Float64Array.from(found, (one) => one[name]);
  const mean = (name: keyof DroneErrors) => {
    const known = all(name).filter((e) => e < Number.POSITIVE_INFINITY);
    return known.reduce((sum, e) => sum + e, 0) / known.length;
  };
  const [angles, lengths] = [all("rotation"), all("translation")];
  const joint = (k: number) => 100 * jointAccuracy(angles, (k * Math.PI) / 180, lengths, k / 100);
  const diameter = model?.diameter ?? Number.NaN;
  const add = (k: number) => 100 * accuracy(all("add"), (k / 100) * diameter);
  const projected = (k: number) => 100 * accuracy(all("projection"), k);
  return {
    ...{ NPE: mean("relativePosition"), AD: mean("rotation"), ACC2: joint(2), ACC5: joint(5) },
    ...{ ADD2: add(2), ADD5: add(5), Proj2: projected(2), Proj5: projected(5) },
  };
}

/** Angle between the pose of keypoints [2K] and the true one [rad]; NaN if they have no pose. */
export function pixelRotationError({ correspondences, pose }: Scene, x2d: Float64Array): number {
  const found = solveCorrespondences({ ...correspondences, x2d }).pose;
  return found ? rotationError(flat(found), flat(pose)) : Number.NaN;
}
