/**
 * Depth clamps: the protocol always has one, the settings of a task may have none. Where every point lies in
 * front of the camera, a clamp that no point meets says the same.
 */
import { rowRotation } from "../../kernels/pose-row.js";
import type { Task } from "../task.js";
import { own } from "./translation.js";

const R = new Float64Array(9);

/** The least depth of problem b's points at the poses [S, width] of some of its fields; NaN if one is no pose. */
export function leastDepth(task: Task, b: number, width: number, poses: readonly string[]): number {
  const fields = task.operation.inputs(task.settings);
  const of = (name: string) => own(task, fields[name], task.input[name], b);
  const [x3d, K] = [of("x3d"), of("K")];
  let least = Infinity;
  for (const name of poses)
    for (let rows = of(name), at = 0; at < rows.length; at += width) {
      const pose = rows.subarray(at, at + width);
      if (!rowRotation(pose, R)) return Number.NaN;
      const [p, q, r, t] = [0, 1, 2, -1].map((k) => {
        const column = k < 0 ? pose : [R[k], R[3 + k], R[6 + k]];
        return K[6] * column[0] + K[7] * column[1] + K[8] * column[2];
      });
      for (let i = 0; i < x3d.length; i += 3)
        least = Math.min(least, p * x3d[i] + q * x3d[i + 1] + r * x3d[i + 2] + t);
    }
  return least;
}

/** A clamp that no point of the problems meets. */
export function idleClamp(
  task: Task,
  problems: readonly number[],
  width: number,
  poses: readonly string[],
): number {
  return (
    problems.reduce((least, b) => Math.min(least, leastDepth(task, b, width, poses)), Infinity) / 2
  );
}

/** Why a problem without a clamp has no words; null if no point of it would meet one. */
export function clampRefusal(
  task: Task,
  b: number,
  width: number,
  poses: readonly string[],
): string | null {
  if (leastDepth(task, b, width, poses) > 0) return null;
  return "expected every point in front of the camera, got one that is not: the protocol clamps depths, so state a clamp";
}
