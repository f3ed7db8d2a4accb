/**
 * ADD and ADD-S of estimated poses of one model: `poseErrors` of every problem. Problems have no points here.
 *
 * | input, M = settings.vertices | per | | output | per |
 * |---|---|---|---|---|
 * | vertices [M, 3] | task: 3 M | | add | problem: 1 |
 * | estimate, truth (t, q) | problem: 7 each | | addS | problem: 1 |
 *
 * ADD-S looks from the true points to the estimated ones. Quaternions are normalised. "no-pose", with NaNs, if an
 * entry of either pose is no number, or its quaternion is zero: as of a problem that was not solved.
 */
import { type Model, preparedModel } from "../../metrics/model.js";
import { noPoseErrors, poseErrors } from "../../metrics/pose-errors.js";
import type { Operation, Task } from "../task.js";
import { codes, perProblem, perTask, poseOfRow, row } from "./fields.js";

export type PoseDistanceSettings = {
  /** Number of vertices M ≥ 1. */
  readonly vertices: number;
};

/** Every outcome with the sentence that explains it. */
export const distanceSentences = {
  ok: "The distances were computed.",
  "no-pose":
    "An entry of the estimate or of the truth is no number, or its quaternion is zero: there is no pose.",
} as const;

export type DistanceStatus = keyof typeof distanceSentences;

const statuses = Object.keys(distanceSentences) as DistanceStatus[];
const code = codes(statuses);
const errors = noPoseErrors();
const estimated = new Float64Array(12);
const actual = new Float64Array(12);

/** A model with its tree, for as long as the array of its vertices is in use. */
const models = new WeakMap<Float64Array, Model>();

export const poseDistance: Operation = {
  name: "poseDistance",
  statuses,
  inputs: ({ vertices }: PoseDistanceSettings) => ({
    vertices: perTask(3 * vertices),
    estimate: perProblem(7),
    truth: perProblem(7),
  }),
  outputs: () => ({ add: perProblem(1), addS: perProblem(1) }),
  run(task: Task, from: number, to: number): void {
    const { vertices, estimate, truth } = task.input;
    const { add, addS } = task.output;
    for (let b = from; b < to; b++) {
      const known =
        writePose(row(estimate, 7, b), estimated) && writePose(row(truth, 7, b), actual);
      if (known) poseErrors(modelOf(vertices), null, estimated, actual, ["add", "addS"], errors);
      add[b] = known ? errors.add : Number.NaN;
      addS[b] = known ? errors.addS : Number.NaN;
      task.status[b] = known ? code.ok : code["no-pose"];
    }
  },
};

/** Made when the first pose needs it. Of its diameter, the dearest part, no distance makes use. */
function modelOf(vertices: Float64Array): Model {
  let model = models.get(vertices);
  if (model === undefined) {
    model = preparedModel({ name: "model", vertices, unit: "", diameter: 1 });
    models.set(vertices, model);
  }
  return model;
}

/** Writes [R | t] row by row [12] of a row (t, q); false if there is no pose. */
function writePose(y: Float64Array, out: Float64Array): boolean {
  const { R, t } = poseOfRow(y);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) out[4 * i + j] = R.data[3 * i + j];
    out[4 * i + 3] = t.data[i];
  }
  return !out.some(Number.isNaN);
}
