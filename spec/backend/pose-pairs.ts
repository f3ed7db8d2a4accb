/** Tasks of poseDistance, the plainest operation, for specs of what is around an operation. */
import { newTask, pointless } from "../../src/backend/new-task.js";
import { poseDistance } from "../../src/backend/operations/index.js";
import type { Task } from "../../src/backend/task.js";
import { stream } from "../../src/random/index.js";

/** B pairs of poses of a model of six vertices; where `posed` says no, the estimate has no rotation. */
export function posePairs(B: number, posed: (b: number) => boolean = () => true): Task {
  const draw = stream(`spec/backend/pose-pairs/${B}`);
  const row = (near: number) => [
    ...Array.from({ length: 3 }, () => near * draw.normal()),
    ...draw.unitQuaternion(),
  ];
  const rows = Array.from({ length: B }, (_, b) => {
    const estimate = row(1);
    return {
      truth: row(1),
      estimate: posed(b) ? estimate : estimate.map((v, k) => (k < 3 ? v : 0)),
    };
  });
  return newTask(poseDistance, { vertices: 6 }, pointless(B), {
    vertices: Float64Array.from({ length: 18 }, () => draw.normal()),
    estimate: Float64Array.from(rows.flatMap(({ estimate }) => estimate)),
    truth: Float64Array.from(rows.flatMap(({ truth }) => truth)),
  });
}

/** The same task, its outputs written by the oracle. */
export function answered(task: Task): Task {
  const { operation, settings, offsets, input } = task;
  const own = newTask(operation, settings, offsets, input);
  operation.run(own, 0, own.status.length);
  return own;
}
