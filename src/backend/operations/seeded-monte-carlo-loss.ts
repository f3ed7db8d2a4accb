/**
 * Monte Carlo pose losses from end to end: `monteCarloPoseLoss` of every problem, which solves, samples and weighs.
 *
 * | input, W = settings.width | per | | output | per |
 * |---|---|---|---|---|
 * | x2d, x3d, w2d | point: 2, 3, 2 | | loss = targetCost + predicted | problem: 1 |
 * | K, delta ≥ 0 | problem: 9, 1 | | targetCost, predicted | problem: 1 each |
 * | target (t, q) or (t, β) | problem: W | | x2d, x3d, w2d | point: 2, 3, 2 |
 * | index, a whole number ≥ 0 | problem: 1 | | delta | problem: 1 |
 * | | | | pose, sampled around | problem: W |
 *
 * Problem b draws from the stream named `${settings.seed}/${index}`: what it draws does not depend on its place
 * in the batch, so that batches merge from parts. Statuses are those of `seededLossSentences`. "improper" has
 * numbers like "ok"; others have NaN for loss, targetCost and predicted, zero slopes, and NaN for a pose that
 * was not found. A threshold of zero leaves no more than weights of zero do: "zero-weights".
 */
import {
  monteCarloPoseLoss,
  type SeededLossOptions,
  type SeededPoseLoss,
  seededLossSentences,
} from "../../loss/seeded-pose-loss.js";
import type { Operation, Task } from "../task.js";
import { codes, perProblem, problemAt, row } from "./fields.js";
import {
  type ClampSettings,
  clampsOf,
  lossFields,
  targetFields,
  writeLoss,
} from "./monte-carlo-loss.js";

/** Options of `monteCarloPoseLoss` that JSON can write, and the seed of the batch. */
export type SeededMonteCarloSettings = Omit<
  SeededLossOptions,
  "delta" | "relativeDelta" | "attachedThreshold" | "pose" | "seed" | "clamps" | "box"
> & {
  readonly width: 7 | 4;
  readonly seed: string;
  readonly clamps?: ClampSettings | null;
  /** Least and greatest t [3]: the posterior is cut off outside. Default: none. */
  readonly box?: { readonly lower: readonly number[]; readonly upper: readonly number[] };
};

const statuses = Object.keys(seededLossSentences) as SeededPoseLoss["status"][];
const code = codes(statuses);

export const seededMonteCarloLoss: Operation = {
  name: "seededMonteCarloLoss",
  statuses,
  inputs: ({ width }: SeededMonteCarloSettings) => ({
    ...targetFields(width),
    index: perProblem(1),
  }),
  outputs: ({ width }: SeededMonteCarloSettings) => ({ ...lossFields, pose: perProblem(width) }),
  run(task: Task, from: number, to: number): void {
    const { width, seed, clamps, ...options } = task.settings as SeededMonteCarloSettings;
    const { delta, target, index } = task.input;
    for (let b = from; b < to; b++) {
      const given = problemAt(task, b);
      // Every cost is zero below a threshold of zero, as it is without weights.
      const flat = delta[b] === 0 && given.n > 0;
      const problem = flat ? { ...given, w2d: new Float64Array(2 * given.n) } : given;
      const loss = monteCarloPoseLoss(problem, row(target, width, b), {
        ...options,
        clamps: clampsOf(clamps),
        delta: delta[b],
        seed: `${seed}/${index[b]}`,
      });
      writeLoss(task, b, loss);
      const pose = row(task.output.pose, width, b);
      if (loss.pose) pose.set(loss.pose);
      else pose.fill(Number.NaN);
      task.status[b] = code[loss.status];
    }
  },
};
