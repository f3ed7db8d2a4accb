/**
 * The gradient through a Gauss–Newton step, forwards: every number of the data varies in turn, and the
 * step with it,
 *
 *     ∂Δy = −A⁻¹ (∂g + ∂A Δy)     grad = vᵀ ∂y⁺/∂Δy ∂Δy
 *
 * The mathematics is that of regularisation.ts, but where terms of
 * a gradient cancel, other digits are lost: both ways are in honest use, so both belong to a budget.
 */
import { type Dual, dual } from "../scalar/dual.js";
import {
  add,
  apply,
  dot,
  multiply,
  scale,
  scaleMatrix,
  solve,
  transpose,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import {
  constant,
  linearised,
  onePoint,
  type StepInput,
  type SteppedReprojection,
  stepped,
  stepSlopes,
  varied,
} from "./regularisation.js";
import type { StepRecipe } from "./regularisation-recipe.js";

/** True if a recipe can be taken forwards: what leaks through the pose or the threshold is taken backwards alone. */
export const goesForward = ({ pose, threshold }: StepRecipe): boolean =>
  pose === "detached" && threshold === "constant";

/**
 * The gradient of vᵀ y⁺ by one input, flat; of its first points only if no more is wanted.
 *
 * @throws RangeError if no upstream gradient is given.
 */
export function forwardStepGradient<S extends Real<S>>(
  problem: SteppedReprojection<S>,
  recipe: StepRecipe,
  name: StepInput,
  first = Number.POSITIVE_INFINITY,
): S[] {
  if (!problem.upstream)
    throw new RangeError("forwardStepGradient: expected an upstream gradient, got none");
  const { points, A, step } = stepped(problem, recipe);
  const held = scale(step, recipe.direction);
  const onlyG = recipe.frozen === "matrix" || recipe.frozen === "jacobian";
  /** ∂g + ∂A Δy [d], along one number of point i. */
  const moving = (i: number, data: SteppedReprojection<Dual<S>>): S[] => {
    const [at] = linearised(data, recipe);
    const J = recipe.frozen === "jacobian" ? points[i].J.map(constant) : at.J;
    const slope = recipe.frozen === "huber" ? dual(points[i].slope) : at.slope;
    const g = scale(apply(transpose(J), at.f), slope).map(({ b }) => b);
    if (onlyG) return g;
    const own = scaleMatrix(multiply(transpose(J), J), slope);
    const relative = recipe.ridge === "relative";
    const dA = own.map((row, p) =>
      row.map(({ b }, q) => (p === q && relative ? b.plus(b.times(problem.epsilon)) : b)),
    );
    return add(g, apply(dA, held));
  };
  const rows = problem[name].slice(0, Math.ceil(first / problem[name][0].length));
  const columns = rows.flatMap((row, i) =>
    row.map((_, k) => moving(i, { ...onePoint(problem, i), [name]: [varied(row, k)] })),
  );
  const byStep = stepSlopes(problem, step, recipe);
  return transpose(solve(A, transpose(columns))).map((by) => dot(by, byStep).negated());
}
