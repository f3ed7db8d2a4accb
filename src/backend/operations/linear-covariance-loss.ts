/**
 * Linear-Covariance losses at true poses, with their gradients: `linearCovarianceLoss` of every problem.
 *
 * | input, G = settings.corners | per | | output | per |
 * |---|---|---|---|---|
 * | x2d, x3d, w2d | point: 2, 3, 2 | | loss | problem: 1 |
 * | K | problem: 9 | | priorError, covarianceError, linearError | problem: 1 each |
 * | pose (t, q), the true one | problem: 7 | | x2d, x3d, w2d | point: 2, 3, 2 |
 * | corners [G, 3], if G > 0 | settings.cornersPer: 3 G | | | |
 * | valid, if settings.valid | point: 1 | | | |
 *
 * Statuses are those of `linearCovarianceSentences`; where the loss is not defined every output is NaN. A pose
 * with an entry that is no number, or with a quaternion of zero, is "nonFinite".
 */
import { linearCovarianceEvaluation } from "../../loss/linear-covariance-loss.js";
import type { LinearCovarianceLossOptions } from "../../loss/linear-covariance-options.js";
import {
  type LinearCovarianceStatus,
  linearCovarianceSentences,
} from "../../loss/linear-covariance-status.js";
import type { Operation, Task } from "../task.js";
import {
  codes,
  correspondenceFields,
  perPoint,
  perProblem,
  perTask,
  pointCount,
  pointSlopes,
  points,
  poseOfRow,
  problemAt,
  row,
} from "./fields.js";

/** Options of `linearCovarianceLoss`, its arrays apart, and where those stand. */
export type LinearCovarianceSettings = Omit<
  LinearCovarianceLossOptions,
  "corners" | "valid" | "failure"
> & {
  /** Corners of a box, G; 0 for a representation without. */
  readonly corners: number;
  /** Whether every problem has corners of its own. Default: "task". */
  readonly cornersPer?: "task" | "problem";
  /** Whether there is a field `valid`. Default: false. */
  readonly valid?: boolean;
  /** What a Hessian that is not positive definite leads to. Default: "status". */
  readonly failure?: "status" | "identity";
};

const statuses = Object.keys(linearCovarianceSentences) as LinearCovarianceStatus[];
const code = codes(statuses);
const errors = ["loss", "priorError", "covarianceError", "linearError"] as const;
const slopes = { x2d: 2, x3d: 3, w2d: 2 } as const;

export const linearCovarianceLoss: Operation = {
  name: "linearCovarianceLoss",
  statuses,
  inputs: ({ corners, cornersPer, valid }: LinearCovarianceSettings) => {
    const perOne = cornersPer === "problem" ? perProblem : perTask;
    return {
      ...correspondenceFields,
      pose: perProblem(7),
      ...(corners > 0 ? { corners: perOne(3 * corners) } : {}),
      ...(valid ? { valid: perPoint(1) } : {}),
    };
  },
  outputs: () => ({
    ...Object.fromEntries(errors.map((name) => [name, perProblem(1)])),
    ...pointSlopes,
  }),
  run(task: Task, from: number, to: number): void {
    const { input, output } = task;
    const settings = task.settings as LinearCovarianceSettings;
    const { corners, cornersPer, valid, ...options } = settings;
    const own = cornersPer === "problem";
    const evaluate = linearCovarianceEvaluation();
    const pose = new Float64Array(7);
    for (let b = from; b < to; b++) {
      const y = row(input.pose, 7, b);
      if (Number.isNaN(poseOfRow(y).R.data[0])) {
        for (const name of errors) output[name][b] = Number.NaN;
        for (const [name, width] of Object.entries(slopes))
          points(task, output[name], width, b).fill(Number.NaN);
        task.status[b] = code[pointCount(task, b) === 0 ? "empty" : "nonFinite"];
        continue;
      }
      // The loss has its poses rotation first.
      for (let k = 0; k < 7; k++) pose[k] = y[(k + 3) % 7];
      const loss = evaluate(problemAt(task, b), pose, {
        ...options,
        corners: corners > 0 ? row(input.corners, 3 * corners, own ? b : 0) : undefined,
        valid: valid ? points(task, input.valid, 1, b) : undefined,
      });
      for (const name of errors) output[name][b] = loss[name];
      for (const name of ["x2d", "x3d", "w2d"] as const)
        points(task, output[name], slopes[name], b).set(loss.gradient[name]);
      task.status[b] = code[loss.status];
    }
  },
};
