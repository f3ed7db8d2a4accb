/** Distances of poses as quantities add and adds of method metrics. */

import { row } from "../operations/fields.js";
import { rotationsAndTranslations } from "./poses.js";
import { finiteInput, stacked, type Translation, written } from "./translation.js";

export const poseDistance: Translation = {
  method: () => "metrics",
  refusal: () => null,
  refusalOf: () => null,
  asked: (task, b) =>
    finiteInput(task, b) &&
    ["estimate", "truth"].every((name) =>
      row(task.input[name], 7, b)
        .subarray(3)
        .some((v) => v !== 0),
    ),
  kind: () => "",
  input(task, problems) {
    const estimate = rotationsAndTranslations(stacked(task, "input", "estimate", problems, [7]));
    const truth = rotationsAndTranslations(stacked(task, "input", "truth", problems, [7]));
    const { vertices } = task.input;
    return {
      ...{ R_est: estimate.R, t_est: estimate.t, R_gt: truth.R, t_gt: truth.t },
      points: { shape: [vertices.length / 3, 3], data: vertices },
    };
  },
  want: (_, { length }) => ({ add: [length], adds: [length] }),
  read(task, problems, { add, adds }) {
    written(task, "add", problems, add);
    written(task, "addS", problems, adds);
  },
  status: () => 0,
  claim: (task, problems) => ({
    add: stacked(task, "output", "add", problems, []),
    adds: stacked(task, "output", "addS", problems, []),
  }),
};
