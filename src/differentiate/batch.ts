/**
 * Gradients of a batch of poses (EQUATIONS BPNP-6): each problem its own, and what problems share
 * summed over those that share it.
 */
import ndarray, { type NdArray } from "ndarray";
import ops from "ndarray-ops";
import { tangentSize } from "../conventions/chart.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Pose } from "../problem/pose.js";
import { type PoseGradient, poseVjp } from "./implicit.js";
import type { DerivativeOptions } from "./linearisation.js";

/** Gradients by item, and their sums over the batch for data that the items share. */
export interface BatchGradient {
  readonly items: readonly PoseGradient[];
  /** [N,3], the gradient of object points shared by all; null where items differ in N, or B = 0. */
  readonly sharedX3d: NdArray<Float64Array> | null;
  /** [3,3], the gradient of a camera shared by all; zero for B = 0. */
  readonly sharedK: NdArray<Float64Array>;
}

/**
 * vᵀ ∂y/∂θ for each problem b at its pose and upstream gradient v[b], as poseVjp gives it.
 *
 * The sums hold NaN as soon as one item has no derivative: its standing says why.
 *
 * @throws RangeError if the numbers of problems, poses and upstream gradients differ; or as poseVjp.
 */
export function batchPoseVjp(
  problems: readonly Correspondences[],
  poses: readonly Pose[],
  v: readonly ArrayLike<number>[],
  options: DerivativeOptions = {},
): BatchGradient {
  const b = problems.length;
  if (poses.length !== b || v.length !== b)
    throw new RangeError(
      `batchPoseVjp: expected ${b} poses and ${b} gradients [${tangentSize(options.chart ?? "LEFT")}], got ${poses.length} and ${v.length}`,
    );
  const items = problems.map((problem, i) => poseVjp(problem, poses[i], v[i], options));
  const n = problems[0]?.n;
  const sameN = b > 0 && problems.every((problem) => problem.n === n);
  const sharedX3d = sameN ? ndarray(new Float64Array(3 * n), [n, 3]) : null;
  const sharedK = ndarray(new Float64Array(9), [3, 3]);
  for (const { x3d, K } of items) {
    if (sharedX3d) ops.addeq(sharedX3d, x3d);
    ops.addeq(sharedK, K);
  }
  return { items, sharedX3d, sharedK };
}
