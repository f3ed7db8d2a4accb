/** How poses of scene D2 are found and judged. Source: SYSTEMS D2, S-23. */
import { rigidTransform } from "../kernels/projection.js";
import type { Correspondences } from "../problem/correspondences.js";
import { polish, polished } from "../solve/polish.js";

/** A pose, flat: R [9] and t [3]. */
export interface FlatPose {
  readonly R: Float64Array;
  readonly t: Float64Array;
}

/** Corners of the box by which errors are measured [8][3], m. */
export const cloudCorners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [
  k & 4 ? 0.15 : -0.15,
  k & 2 ? 0.11 : -0.11,
  k & 1 ? 0.08 : -0.08,
]);

/** The minimum that Newton reaches from the true pose. */
export function solvedFromTruth(problem: Correspondences, truth: FlatPose): FlatPose {
  const [R, t] = [truth.R.slice(), truth.t.slice()];
  polish(problem, R, t, Number.POSITIVE_INFINITY, 50, polished());
  return { R, t };
}

/** Mean distance of the corners between two poses [m]. */
export function cornerError({ R, t }: FlatPose, truth: FlatPose): number {
  const [b, u, v] = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
  let sum = 0;
  for (const corner of cloudCorners) {
    b.set(corner);
    rigidTransform(b, R, t, u);
    rigidTransform(b, truth.R, truth.t, v);
    sum += Math.hypot(u[0] - v[0], u[1] - v[1], u[2] - v[2]) / cloudCorners.length;
  }
  return sum;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
