/**
 * The step and its gradients by a second route: the closed forms of derivative-regularisation.ts, where
 * the audit's own gradient is taken by duals, point by point.
 */
import {
  gaussNewtonStep,
  gaussNewtonStepVjp,
  type RegularisedReprojection,
} from "../definitions/derivative-regularisation.js";
import { movedRow, movedRowJacobian } from "../definitions/pose-row.js";
import { apply, subtract, transpose } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import type { Differences } from "./explicit-method.js";
import type { SteppedReprojection } from "./regularisation.js";
import type { StepRecipe } from "./regularisation-recipe.js";

/** What the two routes to the true recipe's quantities disagree by. */
export function stepDifferences<S extends Real<S>>(
  data: SteppedReprojection<S>,
): Differences<StepRecipe, S> {
  const { y, upstream, zMin } = data;
  const problem: RegularisedReprojection<S> = { ...data, clamps: { zMin } };
  const step = gaussNewtonStep(problem, y);
  return (quantity, _, values) => {
    if (quantity === "pose_plus") return subtract(values, subtract(movedRow(y, step), y));
    const v = apply(transpose(movedRowJacobian(y, step)), upstream!);
    const { x2d, x3d, w2d } = gaussNewtonStepVjp(problem, y, v);
    const again = { grad_x2d: x2d, grad_x3d: x3d, grad_w2d: w2d }[quantity] ?? [];
    return subtract(values, again.flat());
  };
}
