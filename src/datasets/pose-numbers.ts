/**
 * Poses as files of data sets hold them: X = R z + t, the rotation row by row and the translation apart.
 * A rotation is taken as it is printed. How far it is from one is its `defect`, which is reported and
 * never repaired: about 1e-6 is what six digits leave, 2 is a reflection.
 */
import { rotationDefect } from "../metrics/pose-errors.js";

export interface PlacedObject {
  /** Id of the object in its data set. */
  readonly object: number;
  /** [R | t] row by row [12], object to camera, in the unit of the data set: mm in BOP. */
  readonly pose: Float64Array;
  /** Greatest entry of |RᵀR − I| and of |det R − 1|. */
  readonly defect: number;
}

/** [R | t] row by row [12] of R [9] and t [3]. */
export function poseOfParts(R: ArrayLike<number>, t: ArrayLike<number>): Float64Array {
  const pose = new Float64Array(12);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) pose[4 * i + j] = R[3 * i + j];
    pose[4 * i + 3] = t[i];
  }
  return pose;
}

/** R [9] of a pose [12]. */
export function rotationPart(pose: Float64Array): Float64Array {
  return Float64Array.from({ length: 9 }, (_, k) => pose[4 * Math.floor(k / 3) + (k % 3)]);
}

/** t [3] of a pose [12]. */
export function translationPart(pose: Float64Array): Float64Array {
  return Float64Array.of(pose[3], pose[7], pose[11]);
}

/** The defect of a pose [12]; Infinity where entries are so great that it overflows. */
export function reportedDefect(pose: Float64Array): number {
  const defect = rotationDefect(pose);
  return Number.isNaN(defect) ? Infinity : defect;
}
