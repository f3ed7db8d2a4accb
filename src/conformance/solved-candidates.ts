/** The audit's candidates for the derivatives of a case: every recipe's arrays, the truth's own among them. */
import { Candidates } from "../audit/candidates.js";
import type { Located } from "../audit/forward.js";
import type { Jacobian } from "../audit/jacobian.js";
import { isShared } from "../audit/methods.js";
import type { Recipe } from "../audit/recipe.js";
import type { Claims } from "../formats/claims.js";

/** A pose that was solved for, and its derivative by the first route. */
export interface SolvedPoint {
  readonly at: Located;
  readonly jacobian: Jacobian;
}

/** The candidates of a case. */
export function solvedCandidates(
  claims: Claims,
  points: readonly SolvedPoint[],
  recipe: Recipe,
): Candidates {
  const shared = new Set(["x3d", "K", "w2d"].filter((input) => isShared(claims, input)));
  const solved = points.map(({ at, jacobian }) => ({
    problem: at.problem,
    poses: { exact: at.y, given: at.problem.pose ?? at.y, other: at.other },
    truth: jacobian,
  }));
  return new Candidates(solved, shared, false, recipe);
}
