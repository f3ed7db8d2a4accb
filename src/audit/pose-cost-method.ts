/** Method epropnp-cost: costs, residuals and Jacobians at given poses. */
import { type Chart, rotationOffset } from "../conventions/chart.js";
import type { Claims } from "../formats/claims.js";
import { movedRow } from "../kernels/pose-row.js";
import { stream } from "../random/stream.js";
import { double } from "../scalar/double.js";
import type { Real } from "../scalar/real.js";
import type { Curve } from "./auditor.js";
import type { ExplicitMethod } from "./explicit-method.js";
import { latest } from "./latest.js";
import { ContractError, checkedSizes } from "./methods.js";
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
  curve,
  bank: costBank,
};

/** A step of a tangent moves a pose by this share of its distance, and as many radians. */
const share = 1 / 100;

/**
 * Residuals of a pose that moves in the tangent of its own numbers, with √ρ′ as it is where the Jacobian is taken:
 * the Jacobian does not differentiate it.
 */
function curve(claims: Claims, quantity: string): Curve | null {
  if (quantity !== "jacobian") return null;
  const recipe = trueRecipe(claims);
  const [problem] = posedProblems(claims, checkedSizes(claims));
  const { y, n } = problem;
  const d = y.length === 4 ? 4 : 6;
  if (recipe.chart !== (d === 4 ? "YAW" : "Q7")) return null;
  const residuals = (row: Float64Array, rescaling: CostRecipe["rescaling"]) =>
    poseCost(lifted({ ...problem, y: row }, double), { ...recipe, rescaling })
      .residual.flat()
      .map((v) => v.toNumber());
  const [robust, plain] = [residuals(y, "root"), residuals(y, "none")];
  const factors = robust.map((v, k) => (plain[k] === 0 ? 1 : v / plain[k]));
  const draw = stream("sweep/pose");
  const distance = Math.hypot(y[0], y[1], y[2]);
  // A movement has its translation first, whatever order the file has.
  const turns = d - 3;
  const place = (c: number) => (recipe.rotationFirst ? (c < turns ? 3 + c : c - turns) : c);
  return {
    direction: Float64Array.from(
      { length: d },
      (_, c) => share * (place(c) < 3 ? distance : 1) * draw.normal(),
    ),
    at(step) {
      const [xi, row] = [new Float64Array(d), new Float64Array(y.length)];
      for (let c = 0; c < d; c++) xi[place(c)] = step[c];
      movedRow(y, xi, row);
      return Float64Array.from(residuals(row, "none"), (v, k) => v * factors[k]);
    },
    // [d, N, 2] as [N, 2, d].
    arranged: (J) => J.map((_, k) => J[(k % d) * 2 * n + Math.floor(k / d)]),
  };
}

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
