/** Solving for poses as method pnp. */
import type { ClaimArray } from "../../formats/claims.js";
import { rowRotation } from "../../kernels/pose-row.js";
import { behindCamera, problemStatus } from "../../problem/geometry.js";
import { poseConditioning } from "../../solve/conditioning.js";
import { codes, problemAt, row } from "../operations/fields.js";
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
const code = codes(operation.statuses);
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
    const problem = problemAt(task, b);
    const pose = row(task.output.pose, 7, b);
    rowRotation(pose, R);
    if (behindCamera(problem, R, pose) > 0) return code["behind-camera"];
    const { rank } = poseConditioning(problem, R, pose, task.input.delta[b]);
    return rank < 6 ? code["rank-deficient"] : code.ok;
  },
  claim: (task, problems) => ({
    pose: rotationVectorPoses(stacked(task, "output", "pose", problems, [7])),
    cost: stacked(task, "output", "cost", problems, []),
  }),
};
