/**
 * Poses of correspondences: `solvePnP` of every problem.
 *
 * | input | per | | output | per |
 * |---|---|---|---|---|
 * | x2d, x3d, w2d | point: 2, 3, 2 | | pose (t, q) | problem: 7 |
 * | K, delta > 0 | problem: 9, 1 | | cost | problem: 1 |
 * | poseInit (t, q), if settings.poseInit | problem: 7 | | | |
 *
 * Statuses are those of src/problem/status.ts; where there is no single pose, pose and cost are NaN.
 */
import { rotationQuaternion } from "../../kernels/quaternion.js";
import { type Status, statusSentences } from "../../problem/status.js";
import { solveCorrespondences } from "../../solve/solve-pnp.js";
import type { Operation, Task } from "../task.js";
import { codes, correspondenceFields, perProblem, poseOfRow, problemAt, row } from "./fields.js";

export type SolveSettings = {
  /** Whether each problem comes with a pose to start at. Default: false. */
  readonly poseInit?: boolean;
  /** Most evaluations of the Hessian from one start. Default: 100. */
  readonly maxIterations?: number;
};

const statuses = Object.keys(statusSentences) as Status[];
const code = codes(statuses);

export const solve: Operation = {
  name: "solve",
  statuses,
  inputs: ({ poseInit }: SolveSettings) => ({
    ...correspondenceFields,
    delta: perProblem(1),
    ...(poseInit ? { poseInit: perProblem(7) } : {}),
  }),
  outputs: () => ({ pose: perProblem(7), cost: perProblem(1) }),
  run(task: Task, from: number, to: number): void {
    const { poseInit, maxIterations } = task.settings as SolveSettings;
    for (let b = from; b < to; b++) {
      const { status, pose, cost } = solveCorrespondences(problemAt(task, b), {
        delta: task.input.delta[b],
        maxIterations,
        poseInit: poseInit ? poseOfRow(row(task.input.poseInit, 7, b)) : undefined,
      });
      const out = row(task.output.pose, 7, b);
      if (pose) {
        out.set(pose.t.data);
        rotationQuaternion(pose.R.data, out.subarray(3));
      } else out.fill(Number.NaN);
      task.output.cost[b] = cost;
      task.status[b] = code[status];
    }
  },
};
