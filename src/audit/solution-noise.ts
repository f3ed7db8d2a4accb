/** What rounding in a dtype does to a solution: poses and costs of runs with lost bits. */
import { reprojectionCost } from "../definitions/reprojection-cost.js";
import { rotation } from "../definitions/rodrigues.js";
import { type Dtype, Rounding } from "../scalar/rounding.js";
import { noisyRuns, reader } from "./budget.js";
import { roundingDraws } from "./draws.js";
import type { Located } from "./forward.js";
import { lifted } from "./problem.js";
import { exactFormula } from "./solved-form.js";

export interface NoisySolution {
  /** (ω, t) [6] as a solver in the dtype may find it. */
  readonly y: Float64Array;
  readonly cost: number;
}

/** Solutions of one problem as implementations in `dtype` may find them. */
export function noisySolutions({ problem, y }: Located, dtype: Dtype): NoisySolution[] {
  const model = roundingDraws(`audit/solution/${dtype}`, problem.index, dtype);
  const data = () => lifted(problem, reader(problem, dtype, model));
  return noisyRuns(problem, exactFormula, y, dtype, true).map((run) => {
    const pose = Array.from(run.y, (v) => new Rounding(v, model));
    const cost = reprojectionCost(data(), rotation(pose.slice(0, 3)), pose.slice(3));
    return { y: run.y, cost: cost.value };
  });
}
