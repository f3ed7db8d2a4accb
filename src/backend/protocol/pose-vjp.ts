/** Gradients through a solution as methods bpnp and bpnp-faster. */
import type { Arrays } from "../../live/question.js";
import type { Task } from "../task.js";
import { rotationVectorGradients, rotationVectorPoses } from "./poses.js";
import {
  correspondences,
  finiteInput,
  oracleStatus,
  pointCount,
  stacked,
  type Translation,
  unless,
  written,
} from "./translation.js";

const outputs = ["x2d", "x3d", "w2d", "K"] as const;

const shapes = (task: Task, problems: readonly number[]) => {
  const [B, n] = [problems.length, pointCount(task, problems)];
  return { x2d: [B, n, 2], x3d: [B, n, 3], w2d: [B, n, 2], K: [B, 3, 3] };
};

export const poseVjp: Translation = {
  method: ({ variant }) => (variant === "faster" ? "bpnp-faster" : "bpnp"),
  refusal: (settings) =>
    unless(
      settings,
      "variant",
      [undefined, "exact", "faster"],
      "the protocol has bpnp and bpnp-faster",
    ),
  refusalOf: ({ input }, b) =>
    input.delta[b] === Infinity
      ? null
      : `expected delta Infinity, got ${input.delta[b]}: bpnp has no Huber threshold`,
  asked: (task, b) => pointCount(task, [b]) > 0 && finiteInput(task, b),
  kind: () => "",
  input(task, problems) {
    const pose = rotationVectorPoses(stacked(task, "input", "pose", problems, [7]));
    const v = stacked(task, "input", "v", problems, [6]);
    return {
      ...correspondences(task, problems),
      pose,
      grad_pose: rotationVectorGradients(pose, v),
    };
  },
  want: (task, problems) =>
    Object.fromEntries(
      Object.entries(shapes(task, problems)).map(([name, shape]) => [`grad_${name}`, shape]),
    ),
  read(task, problems, claim) {
    for (const name of outputs) written(task, name, problems, claim[`grad_${name}`]);
    // Without a threshold nothing depends on it.
    for (const b of problems) task.output.delta[b] = 0;
  },
  status: oracleStatus,
  claim(task, problems): Arrays {
    const of = shapes(task, problems);
    return Object.fromEntries(
      outputs.map((name) => [
        `grad_${name}`,
        stacked(task, "output", name, problems, of[name].slice(1)),
      ]),
    );
  },
};
