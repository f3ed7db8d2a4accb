/** Method epropnp-cost: costs, residuals and Jacobians at given poses. */
import { type Chart, rotationOffset } from "../conventions/chart.js";
import type { Claims } from "../formats/claims.js";
import type { Real } from "../scalar/real.js";
import type { ExplicitMethod } from "./explicit-method.js";
import { latest } from "./latest.js";
import { ContractError } from "./methods.js";
import { type CostRecipe, contract, type PoseCost, poseCost } from "./pose-cost.js";
import { poseCostDifferences } from "./pose-cost-again.js";
import { costBank } from "./pose-cost-bank.js";
import { depthOnSeam, lifted, type PosedProblem, posedProblems, sight } from "./posed-problem.js";

export const poseCostMethod: ExplicitMethod<CostRecipe, PosedProblem> = {
  forward: "Every pose is taken as given.",
  recipe: trueRecipe,
  problems: posedProblems,
  inputs: ({ arrays, y }) => [...Object.values(arrays), y],
  sight,
  truthScalar: () => "big",
  values(problem, lift) {
    const data = lifted(problem, lift);
    const at = latest((recipe: CostRecipe) => poseCost(data, recipe));
    return (quantity, recipe) => flat(at(recipe), quantity);
  },
  differences: (problem, lift) => poseCostDifferences(lifted(problem, lift)),
  // Cost and residual are continuous, and √ρ′ is too: only zeroed rows set in at once.
  seam: ({ arrays, y, zMin }, quantity, _, u) =>
    quantity === "jacobian" && depthOnSeam(arrays, y, zMin, u)
      ? "A depth lies on z_min, where rows of the Jacobian jump to zero."
      : null,
  blocks(quantity, { chart, rotationFirst }, length) {
    if (quantity !== "jacobian") return [[0, length]];
    const d = chart === "YAW" ? 4 : 6;
    const split = ((rotationFirst ? d - 3 : 3) * length) / d;
    return [[0, split], [split, length]]; // biome-ignore format: one line
  },
  rotationBlock: (_, { rotationFirst }) => (rotationFirst ? 0 : 1),
  // [N, 2, d] as [d, N, 2], so that translation and rotation are ranges.
  read(quantity, item, problem) {
    if (quantity !== "jacobian" || problem === null) return item;
    const d = problem.y.length === 4 ? 4 : 6;
    const rows = item.length / d;
    return item.map((_, k) => item[(k % rows) * d + Math.floor(k / rows)]);
  },
  // Jᵀf is what a step is made of.
  shared: [
    {
      quantities: ["residual", "jacobian"],
      conventions: {
        "residual-sign": {
          slug: "sign-flipped",
          sentence: "residual and Jacobian have opposite signs, so that a step goes uphill",
          remedy: "take both of π − x, or both of x − π",
        },
        "swapped-image-axes": {
          slug: "swapped-image-axes",
          sentence:
            "image coordinates are in the order (v, u) in one of residual and Jacobian alone",
          remedy: "exchange the two image axes",
        },
      },
    },
  ],
  bank: costBank,
};

/** The contract under the conventions that a file states. */
function trueRecipe({ method, convention, input }: Claims): CostRecipe {
  const layout: Chart = input.pose.shape.at(-1) === 4 ? "YAW" : "Q7";
  const chart = convention.chart ?? layout;
  if ((chart === "YAW") !== (layout === "YAW"))
    throw new ContractError(
      `convention.chart: expected a chart of poses of ${input.pose.shape.at(-1)} numbers for ${method}, got ${chart}`,
    );
  return {
    ...contract,
    residual: convention.residual ?? "pi-x",
    chart,
    rotationFirst: convention.order
      ? convention.order === "rotation-first"
      : rotationOffset(chart) === 0,
  };
}

/** A quantity, flat; a Jacobian one coordinate of the tangent after the other. */
function flat<S extends Real<S>>(of: PoseCost<S>, quantity: string): readonly S[] {
  if (quantity === "cost") return [of.cost];
  return quantity === "residual" ? of.residual.flat() : of.jacobian.flat(2);
}
