/** Solving for poses as method pnp. */
import type { ClaimArray } from "../../formats/claims.js";
import { quaternionRotation } from "../../kernels/quaternion.js";
import { behindCamera, problemStatus } from "../../problem/geometry.js";
import { problemAt } from "../operations/fields.js";
import { solve as operation } from "../operations/solve.js";
import type { Task } from "../task.js";
import { quaternionPoses, rotationVectorPoses } from "./poses.js";
import {
  correspondences,
  finiteInput,
  stacked,
  type Translation,
  unless,
  written,
} from "./translation.js";

const R = new Float64Array(9);
const behind = operation.statuses.indexOf("behind-camera");
const threshold = ({ input }: Task, b: number): number => input.delta[b];

const starts = (task: Task, problems: readonly number[]): Record<string, ClaimArray> =>
  task.settings.poseInit
    ? { pose_init: rotationVectorPoses(stacked(task, "input", "poseInit", problems, [7])) }
    : {};

export const solve: Translation = {
  method: () => "pnp",
  refusal: (settings) =>
    unless(settings, "maxIterations", [undefined], "the protocol leaves iterations to the command"),
  refusalOf: () => null,
  asked: (task, b) => finiteInput(task, b) && problemStatus(problemAt(task, b)) === "ok",
  // Without a threshold there is no delta, and a file has one for all problems or for none.
  kind: (task, b) => (Number.isFinite(threshold(task, b)) ? "robust" : "plain"),
  input: (task, problems) => ({
    ...correspondences(task, problems),
    ...(Number.isFinite(threshold(task, problems[0])) && {
      delta: stacked(task, "input", "delta", problems, []),
    }),
    ...starts(task, problems),
  }),
  want: (_, { length }) => ({ pose: [length, 6], cost: [length] }),
  read(task, problems, { pose, cost }) {
    written(task, "pose", problems, quaternionPoses(pose));
    written(task, "cost", problems, cost);
  },
  status(task, b) {
    const [t, q] = [
      task.output.pose.slice(7 * b, 7 * b + 3),
      task.output.pose.slice(7 * b + 3, 7 * b + 7),
    ];
    quaternionRotation(q, "unit", R);
    return behindCamera(problemAt(task, b), R, t) > 0 ? behind : 0;
  },
  claim: (task, problems) => ({
    pose: rotationVectorPoses(stacked(task, "output", "pose", problems, [7])),
    cost: stacked(task, "output", "cost", problems, []),
  }),
};
