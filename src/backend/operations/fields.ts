/** Fields that operations share, and one problem of a task as the functions of the oracle take it. */
import { rowRotation } from "../../kernels/pose-row.js";
import type { Correspondences } from "../../problem/correspondences.js";
import { type Pose, poseOf } from "../../problem/pose.js";
import type { Field, Fields, Task } from "../task.js";

export const perPoint = (width: number): Field => ({ per: "point", width });
export const perProblem = (width: number): Field => ({ per: "problem", width });
export const perTask = (width: number): Field => ({ per: "task", width });

/** Correspondences: pixels, object points, weights that multiply residuals, and a camera matrix. */
export const correspondenceFields: Fields = {
  x2d: perPoint(2),
  x3d: perPoint(3),
  w2d: perPoint(2),
  K: perProblem(9),
};

/** Gradients by what a loss has a slope by. */
export const pointSlopes: Fields = { x2d: perPoint(2), x3d: perPoint(3), w2d: perPoint(2) };

/** Where the points of each problem are. */
type Offsets = Pick<Task, "offsets">;

/** Number of points of problem b. */
export function pointCount({ offsets }: Offsets, b: number): number {
  return offsets[b + 1] - offsets[b];
}

/** Correspondences of problem b: views, nothing is copied. */
export function problemAt(task: Offsets & Pick<Task, "input">, b: number): Correspondences {
  const { x2d, x3d, w2d, K } = task.input;
  return {
    n: pointCount(task, b),
    x2d: points(task, x2d, 2, b),
    x3d: points(task, x3d, 3, b),
    w2d: points(task, w2d, 2, b),
    K: row(K, 9, b),
  };
}

/** The entries of problem b in a field that has `width` for each point: a view. */
export function points(
  { offsets }: Offsets,
  values: Float64Array,
  width: number,
  b: number,
): Float64Array {
  return values.subarray(width * offsets[b], width * offsets[b + 1]);
}

/** The entries of problem b in a field that has `width` for each problem: a view. */
export function row(values: Float64Array, width: number, b: number): Float64Array {
  return values.subarray(width * b, width * (b + 1));
}

/**
 * The pose of a row (t, q) [7] or (t, β) [4]; of NaNs if its quaternion is zero or an entry is no number,
 * which is what a problem without a pose has.
 */
export function poseOfRow(y: Float64Array): Pose {
  const R = new Float64Array(9);
  if (!rowRotation(y, R) || !y.every(Number.isFinite)) R.fill(Number.NaN);
  return poseOf(R, y.slice(0, 3));
}

/** The code by which a task's `status` names an outcome. */
export function codes<T extends string>(statuses: readonly T[]): Readonly<Record<T, number>> {
  return Object.fromEntries(statuses.map((name, code) => [name, code])) as Record<T, number>;
}
