/**
 * Costs of given poses that gradients go through. One pass over the points on this thread: there is nothing that a
 * backend could save.
 */

import { rowRotation } from "../../kernels/pose-row.js";
import { poseProjections, poseSampleSlopes } from "../../kernels/pose-sample-cost.js";
import { reprojectionGradient } from "../../kernels/reprojection-cost.js";
import { type PointGradients, rows, thresholds, unpacked } from "../batch.js";
import type { Problems } from "../problems.js";
import {
  type Differentiable,
  requireUpstream,
  scaledPoints,
  scaledRows,
} from "./differentiable.js";
import { coordinateGradient } from "./pose-coordinates.js";

export interface ReprojectionInputGradients extends PointGradients {
  /** By the pose (t, q) [B, 7]; it has no part along q, since the length of q changes nothing. */
  readonly pose: Float64Array;
  /** By the threshold [B]. */
  readonly delta: Float64Array;
}

export interface ReprojectionOptions {
  /** Huber threshold [weighted px], > 0, one for all or one a problem [B]. Default: Infinity. */
  readonly delta?: number | ArrayLike<number>;
}

/**
 * Costs ½Σρ(‖w ∘ (x − π)‖²) [B] of poses (t, q) [B, 7], quaternions of any length. A problem counts if its cost is a
 * number.
 *
 * @throws RangeError if poses are not [B, 7] or an option is out of range.
 */
export function differentiableReprojectionCosts(
  problems: Problems,
  poses: ArrayLike<number>,
  options: ReprojectionOptions = {},
): Differentiable<ReprojectionInputGradients> {
  const name = "differentiableReprojectionCosts";
  const { count, offsets } = problems;
  const given = rows(name, "poses", poses, count, 7);
  const delta = thresholds(name, options.delta, count, "> 0");
  const value = new Float64Array(count);
  const slopes = {
    x2d: new Float64Array(problems.x2d.length),
    x3d: new Float64Array(problems.x3d.length),
    w2d: new Float64Array(problems.w2d.length),
  };
  const byPose = new Float64Array(7 * count);
  const byDelta = new Float64Array(count);
  const [R, P, tangent] = [9, 12, 6].map((length) => new Float64Array(length));
  for (let b = 0; b < count; b++) {
    const points = (values: Float64Array, width: number) =>
      values.subarray(width * offsets[b], width * offsets[b + 1]);
    const [x2d, x3d, w2d] = [
      points(problems.x2d, 2),
      points(problems.x3d, 3),
      points(problems.w2d, 2),
    ];
    const pose = given.subarray(7 * b, 7 * b + 7);
    const K = problems.K.subarray(9 * b, 9 * b + 9);
    const n = offsets[b + 1] - offsets[b];
    if (!rowRotation(pose, R)) R.fill(Number.NaN);
    value[b] = reprojectionGradient(n, x2d, x3d, w2d, K, R, pose.subarray(0, 3), delta[b], tangent);
    coordinateGradient(pose, tangent, byPose.subarray(7 * b, 7 * b + 7));
    poseProjections(1, 7, pose, K, P);
    poseSampleSlopes(n, x2d, x3d, w2d, 1, P, Float64Array.of(1), delta[b], null, {
      x2d: points(slopes.x2d, 2),
      x3d: points(slopes.x3d, 3),
      w2d: points(slopes.w2d, 2),
      delta: byDelta.subarray(b, b + 1),
    });
  }
  const counts = Array.from(value, Number.isFinite);
  const gradients = {
    x2d: unpacked(problems, slopes.x2d, 2),
    x3d: unpacked(problems, slopes.x3d, 3),
    w2d: unpacked(problems, slopes.w2d, 2),
  };
  return {
    ...{ value, counts, status: counts.map((own) => (own ? "ok" : "no-cost")) },
    async backward(upstream) {
      requireUpstream(name, upstream, value);
      return {
        ...scaledPoints(problems, gradients, upstream, counts),
        pose: byPose.map((v, k) =>
          counts[Math.floor(k / 7)] ? upstream[Math.floor(k / 7)] * v : 0,
        ),
        delta: scaledRows(byDelta, upstream, counts),
      };
    },
  };
}
