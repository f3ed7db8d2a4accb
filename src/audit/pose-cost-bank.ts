/** The bank of explanations for costs, residuals and Jacobians at a given pose, as data. */
import type { Change } from "./explicit-method.js";
import type { CostRecipe } from "./pose-cost.js";
import { chartSlug } from "./recipe.js";

const unlessCost =
  (change: (recipe: CostRecipe) => CostRecipe | null) => (recipe: CostRecipe, quantity: string) =>
    quantity === "cost" ? null : change(recipe);
const ofJacobian =
  (change: (recipe: CostRecipe) => CostRecipe | null) => (recipe: CostRecipe, quantity: string) =>
    quantity === "jacobian" ? change(recipe) : null;

const conventions: Change<CostRecipe>[] = [
  {
    slug: "residual-sign",
    kind: "convention",
    sentence: "residuals, and their Jacobian with them, have the other sign",
    remedy: "state the convention residual",
    change: unlessCost((recipe) => ({
      ...recipe,
      residual: recipe.residual === "pi-x" ? "x-pi" : "pi-x",
    })),
  },
  {
    slug: "row-order",
    kind: "convention",
    sentence: "translation and rotation columns are exchanged",
    remedy: "state the convention order",
    change: ofJacobian((recipe) => ({ ...recipe, rotationFirst: !recipe.rotationFirst })),
  },
  {
    slug: "doubled-tangent",
    kind: "convention",
    sentence:
      "rotation columns are with respect to 2δ, the full angle, instead of the half angle δ",
    remedy: "state the chart in which columns are written",
    change: ofJacobian((recipe) =>
      recipe.chart === "Q7" && !recipe.doubledAngle ? { ...recipe, doubledAngle: true } : null,
    ),
  },
  ...(["LEFT", "RP", "AA"] as const).map(
    (chart): Change<CostRecipe> => ({
      slug: chartSlug(chart),
      kind: "convention",
      sentence:
        chart === "LEFT"
          ? "rotation columns are by the turn of the camera frame, −½ of those by the half-angle tangent δ"
          : `columns are written in chart ${chart}`,
      remedy: `state the convention chart: ${chart}, or multiply by the factor −2 of the tangent (CONV-5)`,
      change: ofJacobian((recipe) =>
        recipe.chart === chart || recipe.chart === "YAW"
          ? null
          : { ...recipe, chart, doubledAngle: false },
      ),
    }),
  ),
  {
    slug: "mean-over-points",
    kind: "convention",
    sentence: "it is averaged over the points, not summed",
    remedy: "multiply by N",
    change: (recipe, quantity) => (quantity === "cost" ? recipe : null),
    factor: ({ N }) => 1 / N,
  },
];

const rescaled = (rescaling: CostRecipe["rescaling"]) => (recipe: CostRecipe) =>
  recipe.rescaling === "root" ? { ...recipe, rescaling } : null;

const mistakes: Change<CostRecipe>[] = [
  {
    slug: "threshold-ignored",
    kind: "wrong",
    sentence: "the Huber kernel does not enter: outliers keep their whole residual",
    remedy: "multiply residual and Jacobian by √ρ′, and sum ρ for the cost (ROB-1, ROB-2)",
    change: rescaled("none"),
  },
  {
    slug: "huber-derivative-squared",
    kind: "wrong",
    sentence: "rows are multiplied by ρ′ instead of its root, so that JᵀF carries ρ′²",
    remedy: "multiply by √ρ′ = √min(1, δ/‖f‖) (ROB-2)",
    change: unlessCost(rescaled("whole")),
  },
  {
    slug: "depth-unclamped",
    kind: "wrong",
    sentence: "depths below z_min are divided by as they are",
    remedy: "clamp depths from below at z_min before dividing (GEO-18), or state the z_min used",
    change: (recipe) =>
      recipe.depth === "clamped" ? { ...recipe, depth: "free", rows: "formula" } : null,
  },
  {
    slug: "clip-rows-kept",
    kind: "wrong",
    sentence: "rows of points with clamped depth are those of the formula, not zero",
    remedy: "zero the rows of clamped coordinates (GEO-18)",
    change: ofJacobian((recipe) =>
      recipe.rows === "masked" ? { ...recipe, rows: "formula" } : null,
    ),
  },
  ...(
    [
      ["weights-ignored", "one", "the weights do not enter at all", "by its weight"],
      ["weights-taken-as-w2", "root-w", "w itself is the weight of a squared residual", "by w"],
      ["weights-squared-twice", "w2", "residuals are multiplied by w²", "by w, once"],
    ] as const
  ).map(
    ([slug, weights, sentence, by]): Change<CostRecipe> => ({
      slug,
      kind: "wrong",
      sentence,
      remedy: `multiply each residual ${by} (CONV-4)`,
      change: (recipe) => (recipe.weights === "w" ? { ...recipe, weights } : null),
    }),
  ),
];

/** Every explanation, the least grave first. */
export const costBank: readonly Change<CostRecipe>[] = [...conventions, ...mistakes];
