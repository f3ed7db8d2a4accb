/**
 * Gradients of poses: `poseVjp` of every problem at its pose, by the implicit function theorem.
 *
 * | input | per | | output | per |
 * |---|---|---|---|---|
 * | x2d, x3d, w2d | point: 2, 3, 2 | | x2d, x3d, w2d | point: 2, 3, 2 |
 * | K, delta > 0 | problem: 9, 1 | | K, all nine entries free | problem: 9 |
 * | pose (t, q) | problem: 7 | | delta | problem: 1 |
 * | v, upstream, chart LEFT: (φ, τ), rotation first | problem: 6 | | | |
 *
 * Statuses are those of src/differentiate/standing.ts. "singular" and "not-finite" have NaN in every output, the
 * others numbers; a pose or v with an entry that is no number is "not-finite", "empty" has zeros.
 */
import ndarray from "ndarray";
import { type PoseGradient, poseVjp as poseVjpOf } from "../../differentiate/implicit.js";
import {
  type DerivativeStatus,
  derivativeSentences,
  standing,
} from "../../differentiate/standing.js";
import type { Variant } from "../../differentiate/variants.js";
import type { Operation, Task } from "../task.js";
import {
  codes,
  correspondenceFields,
  perProblem,
  pointSlopes,
  points,
  poseOfRow,
  problemAt,
  row,
} from "./fields.js";

export type PoseVjpSettings = {
  /** Which derivative (src/differentiate/variants.ts). Default: "exact". */
  readonly variant?: Variant;
};

const statuses = Object.keys(derivativeSentences) as DerivativeStatus[];
const code = codes(statuses);
const none = new Float64Array(6);

export const poseVjp: Operation = {
  name: "poseVjp",
  statuses,
  inputs: () => ({
    ...correspondenceFields,
    delta: perProblem(1),
    pose: perProblem(7),
    v: perProblem(6),
  }),
  outputs: () => ({ ...pointSlopes, K: perProblem(9), delta: perProblem(1) }),
  run(task: Task, from: number, to: number): void {
    const { variant } = task.settings as PoseVjpSettings;
    for (let b = from; b < to; b++) {
      const v = row(task.input.v, 6, b);
      const finite = v.every(Number.isFinite);
      const problem = problemAt(task, b);
      const out = roomFor(task, b, problem.n);
      const options = { variant, delta: task.input.delta[b] };
      poseVjpOf(problem, poseOfRow(row(task.input.pose, 7, b)), finite ? v : none, options, out);
      if (!finite) for (const { data } of [out.x2d, out.x3d, out.w2d, out.K]) data.fill(Number.NaN);
      task.output.delta[b] = finite ? out.delta : Number.NaN;
      task.status[b] = finite ? code[out.standing.status] : code["not-finite"];
    }
  },
};

/** The outputs of problem b as the room that poseVjp writes to. */
function roomFor(task: Task, b: number, n: number): PoseGradient {
  const { x2d, x3d, w2d, K } = task.output;
  return {
    standing: standing(),
    x2d: ndarray(points(task, x2d, 2, b), [n, 2]),
    x3d: ndarray(points(task, x3d, 3, b), [n, 3]),
    w2d: ndarray(points(task, w2d, 2, b), [n, 2]),
    K: ndarray(row(K, 9, b), [3, 3]),
    delta: 0,
  };
}
