/**
 * Monte Carlo pose losses for given samples, with their slopes: `givenSamplesPoseLoss` of every problem.
 *
 * | input, W = settings.width, S samples, T proposals | per | | output | per |
 * |---|---|---|---|---|
 * | x2d, x3d, w2d | point: 2, 3, 2 | | loss = targetCost + predicted | problem: 1 |
 * | K, delta ≥ 0 | problem: 9, 1 | | targetCost, predicted | problem: 1 each |
 * | target (t, q) or (t, β) | problem: W | | x2d, x3d, w2d | point: 2, 3, 2 |
 * | poses [S, W] | problem: S W | | delta | problem: 1 |
 * | logDensities [T, S] | problem: T S | | | |
 *
 * Statuses are those of `lossSentences`. Other problems than "ok" have NaN for loss, targetCost and
 * predicted, and zero slopes.
 */
import {
  givenSamplesPoseLoss,
  type LossStatus,
  lossSentences,
  type PoseLoss,
} from "../../loss/monte-carlo-pose-loss.js";
import type { Clamps } from "../../solve/normal-equations.js";
import type { Fields, Operation, Task } from "../task.js";
import {
  codes,
  correspondenceFields,
  perProblem,
  pointSlopes,
  points,
  problemAt,
  row,
} from "./fields.js";

/** Depth and pixel bounds of GEO-18, as JSON can write them: what is left out does not bind. */
export interface ClampSettings {
  readonly zMin?: number;
  readonly lb?: readonly number[];
  readonly ub?: readonly number[];
}

export type MonteCarloSettings = {
  /** Numbers of a pose: 7 for (t, q), 4 for (t, β). */
  readonly width: 7 | 4;
  /** Poses S of each problem, and the proposals T that they come from. */
  readonly samples: number;
  readonly proposals: number;
  /** Whether Σ v is divided by S. Default: true. */
  readonly meanOverSamples?: boolean;
  readonly clamps?: ClampSettings | null;
};

/** Inputs, and outputs, of every Monte Carlo loss. */
export const targetFields = (width: number): Fields => ({
  ...correspondenceFields,
  delta: perProblem(1),
  target: perProblem(width),
});
export const lossFields: Fields = {
  loss: perProblem(1),
  targetCost: perProblem(1),
  predicted: perProblem(1),
  ...pointSlopes,
  delta: perProblem(1),
};

const statuses = Object.keys(lossSentences) as LossStatus[];
const code = codes(statuses);

export const monteCarloLoss: Operation = {
  name: "monteCarloLoss",
  statuses,
  inputs: ({ width, samples, proposals }: MonteCarloSettings) => ({
    ...targetFields(width),
    poses: perProblem(samples * width),
    logDensities: perProblem(proposals * samples),
  }),
  outputs: () => lossFields,
  run(task: Task, from: number, to: number): void {
    const { width, samples, proposals, meanOverSamples, clamps } =
      task.settings as MonteCarloSettings;
    const { target, poses, logDensities, delta } = task.input;
    for (let b = from; b < to; b++) {
      const given = {
        poses: row(poses, samples * width, b),
        logDensities: row(logDensities, proposals * samples, b),
      };
      const loss = givenSamplesPoseLoss(problemAt(task, b), row(target, width, b), given, {
        delta: delta[b],
        meanOverSamples,
        clamps: clampsOf(clamps),
      });
      writeLoss(task, b, loss);
      task.status[b] = code[loss.status];
    }
  },
};

export const clampsOf = (clamps: ClampSettings | null | undefined): Clamps | undefined =>
  clamps ?? undefined;

/** Writes a loss and its slopes to the outputs of problem b. */
export function writeLoss(task: Task, b: number, loss: Omit<PoseLoss, "status">): void {
  const { output } = task;
  output.loss[b] = loss.loss;
  output.targetCost[b] = loss.target;
  output.predicted[b] = loss.predicted;
  points(task, output.x2d, 2, b).set(loss.slopes.x2d);
  points(task, output.x3d, 3, b).set(loss.slopes.x3d);
  points(task, output.w2d, 2, b).set(loss.slopes.w2d);
  output.delta[b] = loss.slopes.delta[0];
}
