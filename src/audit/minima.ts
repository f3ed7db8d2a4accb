/** The minima of a problem that the solver knows of: the best, and the runner-up where there is one. */
import { poseVector } from "../problem/pose.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";
import type { AuditProblem } from "./problem.js";

export interface Minima {
  /** (ω, t) of the lowest minimum, null where the problem determines no pose. */
  readonly first: Float64Array | null;
  readonly second: Float64Array | null;
  /** Cost at the lowest one [px²], Infinity without one. */
  readonly cost: number;
}

/** The minima of a problem over all poses, whatever pose it came with. */
export function minima(problem: AuditProblem): Minima {
  const { delta } = problem;
  const solution = solveCorrespondences(problem, Number.isFinite(delta) ? { delta } : {});
  return {
    first: solution.pose && poseVector(solution.pose),
    second: solution.second && poseVector(solution.second.pose),
    cost: solution.pose ? solution.cost : Number.POSITIVE_INFINITY,
  };
}
