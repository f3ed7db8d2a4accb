/** The bank of explanations for a Linear-Covariance loss and its gradient, as data. */
import type { Change } from "./explicit-method.js";
import { change, gradients, values } from "./linear-covariance-change.js";
import type { LossRecipe } from "./linear-covariance-recipe.js";
import { linearisedSolvers, objectives, taming } from "./linear-covariance-variants.js";

const conventions: Change<LossRecipe>[] = [
  change(
    "convention",
    "summed-over-corners",
    { over: "sum" },
    "errors are summed over the corners, not averaged",
    "divide by 8",
    values,
  ),
  change(
    "convention",
    "lengths-in-millimetres",
    { unit: 1000 },
    "claimed lengths are a thousand times as large: millimetres of inputs in metres",
    "use one unit of length, and state it as the convention length",
    [...values, "grad_x3d"],
  ),
  change(
    "convention",
    "lengths-in-metres",
    { unit: 0.001 },
    "claimed lengths are a thousandth: metres of inputs in millimetres",
    "use one unit of length, and state it as the convention length",
    [...values, "grad_x3d"],
  ),
  change(
    "convention",
    "derivative-by-w2",
    { variable: "w2" },
    "the derivative is with respect to w², the weight of a squared residual",
    "multiply by 2w, or state the convention weights: w2",
    ["grad_inv_std2d"],
  ),
  change(
    "convention",
    "derivative-by-std",
    { variable: "sigma" },
    "the derivative is with respect to the standard deviation σ = 1/w",
    "multiply by −σ² (LC-36)",
    ["grad_inv_std2d"],
  ),
  change(
    "convention",
    "camera-frame-points",
    { points: "camera" },
    "object points are moved along the camera's axes instead of the object's",
    "multiply by R to get the derivative by object coordinates",
    ["grad_x3d"],
  ),
];

/** What published code documents, and what vanishes where nothing is clamped. */
const approximations: Change<LossRecipe>[] = [
  change(
    "approximation",
    "gauss-newton-hessian",
    { hessian: "gauss-newton" },
    "the curvature that points nearer than z_min leave in H is dropped",
    "take the exact Hessian at the pixels held by the clamp, or declare the approximation (LC-5)",
  ),
  change(
    "approximation",
    "residual-threshold-attached",
    { residualThreshold: "attached" },
    "the threshold of M is differentiated as a multiple of the mean residual, and not held constant",
    "detach δ_e (LC-22), or declare it",
    gradients,
  ),
  change(
    "approximation",
    "weight-threshold-attached",
    { weightThreshold: "attached" },
    "the threshold of ω is differentiated as √(κ₂ mean(w²M)/M), and not held constant",
    "detach δ_w (LC-24), or declare it",
    gradients,
  ),
];

const attachments: Change<LossRecipe>[] = [
  change(
    "wrong",
    "linear-residual-attached",
    { linearResidual: "attached" },
    "the residual in E_linear is not detached, so that points are pulled across their targets",
    "detach r in E_linear; only the weights learn from it (LC-19)",
    ["grad_x2d", "grad_x3d"],
  ),
  change(
    "wrong",
    "linearisation-attached",
    { linearisation: "attached" },
    "J, and with it A and H, is differentiated by the object points",
    "detach the points that J is taken at (LC-19)",
    ["grad_x3d"],
  ),
  change(
    "wrong",
    "residual-detached",
    { covarianceResidual: "held" },
    "the residual in E_cov is detached: points learn nothing from it (ablation C0)",
    "let r in E_cov through (LC-19)",
    ["grad_x2d", "grad_x3d"],
  ),
  ...(
    [
      ["covariance", "E_cov", "the weights in E_cov are detached (ablation C1)"],
      ["prior", "E_prior", "the weights in E_prior are detached: nothing scales them"],
      ["linear", "E_linear", "the weights in E_linear are detached: nothing learns from it"],
    ] as const
  ).map(([term, name, sentence]) =>
    change(
      "wrong",
      `${term}-weights-detached`,
      { weightsHeld: term },
      sentence,
      `let w in ${name} through (LC-19)`,
      ["grad_inv_std2d"],
    ),
  ),
  change(
    "wrong",
    "clamp-differentiated",
    { clamp: "differentiated" },
    "residuals longer than max_err_len pass the clamp's own derivative",
    "subtract what the clamp takes off as a constant: its slope is one (LC-23)",
    ["grad_x2d", "grad_x3d"],
  ),
  change(
    "wrong",
    "masked-points-without-gradient",
    { valid: "on-gradients" },
    "points that are not valid have no gradient",
    "let valid enter the means alone (LC-22)",
    gradients,
  ),
];

/** Every explanation, the least grave first. */
export const lossBank: readonly Change<LossRecipe>[] = [
  ...conventions,
  ...approximations,
  ...attachments,
  ...objectives,
  ...taming,
  ...linearisedSolvers,
];
