/** The bank of explanations for a Gauss–Newton step and the gradient through it, as data. */
import type { Change } from "./explicit-method.js";
import { type StepRecipe, stepContract } from "./regularisation-recipe.js";

type Quantities = "all" | "gradients";

/** A switch of the recipe that only explains where it is still as the contract has it. */
function wrong<Key extends keyof StepRecipe>(
  slug: string,
  key: Key,
  value: StepRecipe[Key],
  sentence: string,
  remedy: string,
  of: Quantities = "all",
): Change<StepRecipe> {
  return {
    slug,
    kind: "wrong",
    sentence,
    remedy,
    change: (recipe, quantity) => {
      const applies = of === "all" || quantity !== "pose_plus";
      return applies && recipe[key] === stepContract[key] ? { ...recipe, [key]: value } : null;
    },
  };
}

const matrix: Change<StepRecipe>[] = [
  wrong(
    "epsilon-missing",
    "ridge",
    "none",
    "nothing, or far less than ε, is added to the diagonal of JᵀJ",
    "add ε I (EPRO-32)",
  ),
  wrong(
    "epsilon-relative",
    "ridge",
    "relative",
    "ε times the diagonal of JᵀJ is added to it, as a damped step does, not ε",
    "add ε I (EPRO-32)",
  ),
];

const rotation: Change<StepRecipe>[] = [
  wrong(
    "tangent-factor",
    "turn",
    -2,
    "the pose is moved by −2 times the step's rotation: a turn and a half-angle tangent are mixed up",
    "move the quaternion by T(q) δ in the tangent in which J was taken (GEO-9, CONV-5)",
  ),
  wrong(
    "tangent-factor-inverse",
    "turn",
    -0.5,
    "the pose is moved by −½ times the step's rotation: a half-angle tangent and a turn are mixed up",
    "move the quaternion by T(q) δ in the tangent in which J was taken (GEO-9, CONV-5)",
  ),
  wrong(
    "exponential-retraction",
    "retraction",
    "exponential",
    "the quaternion is turned by the whole angle 2‖δ‖, not by 2 atan ‖δ‖",
    "normalise q + T(q) δ (EPRO-28)",
  ),
  wrong(
    "retraction-order",
    "retraction",
    "right",
    "the quaternion is multiplied by the step from the right, as if it turned the object's own frame",
    "multiply from the left: normalise (1, −δ) ⊗ q (GEO-9)",
  ),
  wrong(
    "not-normalised",
    "retraction",
    "unnormalised",
    "the moved quaternion is not normalised",
    "divide q + T(q) δ by its length, and differentiate that too (GEO-9)",
  ),
];

const residuals: Change<StepRecipe>[] = [
  wrong(
    "step-reversed",
    "direction",
    -1,
    "the step goes uphill: residual and Jacobian have opposite signs, or the minus is lost",
    "step by −(JᵀJ + ε I)⁻¹ Jᵀ f with f and J of one sign (EPRO-28)",
  ),
  wrong(
    "threshold-ignored",
    "huber",
    "none",
    "the Huber kernel does not enter: outliers pull with their whole residual",
    "weight JᵀJ and Jᵀf by ρ′ = min(1, δ/‖f‖) (ROB-1, ROB-2)",
  ),
  wrong(
    "huber-derivative-squared",
    "huber",
    "squared",
    "JᵀJ and Jᵀf carry ρ′², not ρ′",
    "multiply residual and Jacobian by √ρ′ each (ROB-2)",
  ),
  wrong(
    "depth-unclamped",
    "depth",
    "free",
    "depths below z_min are divided by as they are",
    "clamp depths from below at z_min before dividing (GEO-18), or state the z_min used",
  ),
  wrong(
    "clip-rows-kept",
    "rows",
    "formula",
    "rows of points with clamped depth are those of the formula, not zero",
    "zero the rows of clamped coordinates (GEO-18)",
  ),
  ...(
    [
      ["weights-ignored", "one", "the weights do not enter at all", "by its weight"],
      ["weights-taken-as-w2", "root-w", "w itself is the weight of a squared residual", "by w"],
      ["weights-squared-twice", "w2", "residuals are multiplied by w²", "by w, once"],
    ] as const
  ).map(([slug, value, sentence, by]) =>
    wrong(slug, "weights", value, sentence, `multiply each residual ${by} (CONV-4)`),
  ),
];

/** Thresholds that published code differentiates; a slope by the points is none by the weights. */
const thresholds: Change<StepRecipe>[] = (
  [
    ["threshold-attached", "w", "grad_w2d", "mean weight", "weights"],
    [
      "threshold-attached-to-points",
      "xw",
      "grad_x2d",
      "spread of the image points",
      "image points",
    ],
  ] as const
).map(([slug, threshold, name, measure, from]) => ({
  slug,
  kind: "approximation",
  sentence: `the threshold is differentiated as a multiple of the ${measure}, and not held constant`,
  remedy: `detach the adaptive threshold from the ${from} (ROB-3), or declare it`,
  change: (recipe, quantity) =>
    quantity === name && recipe.threshold === "constant" ? { ...recipe, threshold } : null,
}));

const gradients: Change<StepRecipe>[] = [
  wrong(
    "pose-attached",
    "pose",
    "attached",
    "it leaks through the pose that should be detached: at a minimum it is the implicit gradient, with the exact Hessian",
    "detach the pose; the gradient runs through Δy alone (EPRO-29)",
    "gradients",
  ),
  wrong(
    "huber-slope-frozen",
    "frozen",
    "huber",
    "ρ′ is held constant: its derivative is missing",
    "differentiate ρ′ too (ROB-1, EPRO-32)",
    "gradients",
  ),
  wrong(
    "normal-matrix-frozen",
    "frozen",
    "matrix",
    "JᵀJ is held constant: its derivative, which counts away from the minimum, is missing",
    "differentiate JᵀJ too: replace f by f + J Δy (EPRO-32)",
    "gradients",
  ),
  wrong(
    "jacobian-frozen",
    "frozen",
    "jacobian",
    "J is held constant: only the residual is differentiated",
    "differentiate J too (EPRO-32)",
    "gradients",
  ),
];

const conventions: Change<StepRecipe>[] = [
  {
    slug: "derivative-by-w2",
    kind: "convention",
    sentence: "the derivative is with respect to w², the weight of a squared residual",
    remedy: "multiply by 2w, or state the convention weights: w2",
    change: (recipe, quantity) =>
      quantity === "grad_w2d" && recipe.weightVariable === "w"
        ? { ...recipe, weightVariable: "w2" }
        : null,
  },
];

/** Every explanation, the least grave first. */
export const stepBank: readonly Change<StepRecipe>[] = [
  ...conventions,
  ...thresholds,
  ...matrix,
  ...rotation,
  ...residuals,
  ...gradients,
];
