/** Method lc: the Linear-Covariance loss at a given pose, its three errors and its gradient. */
import { rowRotation } from "../definitions/pose-row.js";
import type { ClaimArray, Claims } from "../formats/claims.js";
import { double } from "../scalar/double.js";
import type { Real } from "../scalar/real.js";
import type { ExplicitMethod, Lift } from "./explicit-method.js";
import { type LossParts, type LossProblem, lossParts } from "./linear-covariance.js";
import { lossDifferences } from "./linear-covariance-again.js";
import { lossBank } from "./linear-covariance-bank.js";
import { unitFactor } from "./linear-covariance-errors.js";
import { type LossRecipe, lossContract } from "./linear-covariance-recipe.js";
import { type LossInput, lossGradient } from "./linear-covariance-slopes.js";
import { ContractError, type Sizes } from "./methods.js";
import { depthOnSeam, lifted, type PosedProblem, posedProblems, sight } from "./posed-problem.js";

/** The published constants, where a file states none. */
const constants = { max_err_len: 32, rel_thresh: 3, w_e_thresh: 4 };
type Constant = keyof typeof constants;

/** One problem: its weights are w2d, and the corners of its box flat. */
export interface LossFileProblem extends PosedProblem {
  readonly corners: Float64Array;
  readonly valid: readonly number[];
  readonly constants: Readonly<Record<Constant, number>>;
}

export const linearCovarianceMethod: ExplicitMethod<LossRecipe, LossFileProblem> = {
  forward: "Every pose is taken as given.",
  recipe: ({ convention }) => ({ ...lossContract, variable: convention.weights ?? "w" }),
  problems,
  inputs: ({ arrays, y, corners }) => [...Object.values(arrays), y, corners],
  sight,
  truthScalar: () => "double-double",
  values(problem, lift) {
    const data = lossProblem(problem, lift);
    const at = lossParts(data);
    return (quantity, recipe, first) =>
      quantity.startsWith("grad_")
        ? lossGradient(data, at(recipe), recipe, quantity.slice(5) as LossInput, first)
        : [lossValue(at(recipe), quantity, recipe)];
  },
  differences: (problem, lift) =>
    lossDifferences(lossProblem(problem, lift), lifted(problem, lift)),
  seam(problem, quantity, recipe, u) {
    const { pivot, points } = lossParts(lossProblem(problem, double))(recipe);
    const { x2d } = problem.arrays;
    // A projection rounds some eight times.
    const still = points.every(({ r }, i) =>
      r.every(({ value }, k) => {
        const x = x2d[2 * i + k];
        return Math.abs(value) <= 8 * u * (Math.abs(x) + Math.abs(x - value));
      }),
    );
    if (still)
      return "Every residual is zero up to rounding: M and ω vanish with them, and there is no prior covariance.";
    // A pivot is made of a few numbers of size one at most.
    if (!(pivot > 8 * u))
      return "The Hessian is not positive definite: there is no prior covariance, and published code puts the identity in its place.";
    const { arrays, y, zMin } = problem;
    return quantity === "grad_x3d" && depthOnSeam(arrays, y, zMin, u)
      ? "A depth lies on z_min, where the slope of its pixel jumps."
      : null;
  },
  objective: (problem, lift) => lossParts(lossProblem(problem, lift))(lossContract).loss,
  bank: lossBank,
};

function lossValue<S extends Real<S>>(at: LossParts<S>, quantity: string, recipe: LossRecipe): S {
  if (quantity === "loss") return at.loss;
  const error = { prior_error: at.prior, cov_error: at.covariance }[quantity] ?? at.linear;
  return recipe.unit === 1 ? error.value : error.value.times(unitFactor(recipe));
}

function problems(claims: Claims, sizes: Sizes): LossFileProblem[] {
  const { input, convention } = claims;
  for (const [name, array] of [
    ["inv_std2d", input.inv_std2d],
    ["valid", input.valid],
  ] as const) {
    const negative = array?.data.find((v) => v < 0);
    if (negative !== undefined)
      throw new ContractError(`input/${name}: expected numbers >= 0, got ${negative}`);
  }
  const chosen = Object.fromEntries(
    Object.entries(constants).map(([name, usual]) => {
      const value = input[name]?.data[0] ?? usual;
      if (value > 0) return [name, value];
      throw new ContractError(`input/${name}: expected ${name} > 0, got ${value}`);
    }),
  ) as Record<Constant, number>;
  const posed = {
    ...claims,
    input: { ...input, w2d: input.inv_std2d },
    convention: { ...convention, order: convention.order ?? ("rotation-first" as const) },
  };
  const own = (array: ClaimArray, b: number, length: number) => {
    const start = array.data.length === length ? 0 : b * length;
    return array.data.subarray(start, start + length);
  };
  return posedProblems(posed, sizes, "pose_gt").map((problem, b) => ({
    ...problem,
    corners: own(input.bbox, b, 24),
    valid: input.valid
      ? Array.from(own(input.valid, b, problem.n))
      : new Array<number>(problem.n).fill(1),
    constants: chosen,
  }));
}

/** A problem in the scalars that `lift` makes of doubles. */
function lossProblem<S extends Real<S>>(problem: LossFileProblem, lift: Lift<S>): LossProblem<S> {
  const { x2d, x3d, w2d, K, zMin, y } = lifted(problem, lift);
  const { max_err_len, rel_thresh, w_e_thresh } = problem.constants;
  return {
    view: {
      ...{ R: rowRotation(y), t: y.slice(0, 3), K, zMin },
      maxLength: lift(max_err_len),
      residualFactor: lift(rel_thresh),
      weightFactor: lift(w_e_thresh),
    },
    data: x3d.map((z, i) => ({ x: x2d[i], z, w: w2d[i] })),
    corners: Array.from({ length: 8 }, (_, g) =>
      Array.from(problem.corners.subarray(3 * g, 3 * g + 3), (v) => lift(v)),
    ),
    valid: problem.valid,
  };
}
