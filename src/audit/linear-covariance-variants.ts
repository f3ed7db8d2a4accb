/** Other losses than the contract's, as data: terms and forms, taming of outliers, and linearised solvers. */
import type { Change } from "./explicit-method.js";
import { all, change, gradients } from "./linear-covariance-change.js";
import type { LossRecipe, LossTerm } from "./linear-covariance-recipe.js";

const missing = (term: LossTerm, name: string, row: string) =>
  change(
    "wrong",
    `${term}-term-missing`,
    { without: term },
    `${name} is left out of the loss (ablation ${row})`,
    `add ${name} (LC-15)`,
    ["loss", ...gradients],
  );

export const objectives: Change<LossRecipe>[] = [
  missing("covariance", "E_cov", "C2"),
  missing("linear", "E_linear", "C3"),
  missing("prior", "E_prior", "C4"),
  change(
    "wrong",
    "half-missing",
    { half: 1 },
    "E_cov and E_linear are added, not averaged",
    "take half of their sum (LC-15)",
    ["loss", ...gradients],
  ),
  change(
    "wrong",
    "logarithm-missing",
    { logarithm: "none" },
    "the logarithm of E_prior is missing, so that ever smaller weights win",
    "add log E_prior (LC-15)",
    ["loss", ...gradients],
  ),
  change(
    "wrong",
    "gaussian-form",
    { form: "gaussian" },
    "errors are traces and squares, the Gaussian form, where the Laplace form has roots",
    "take the root of each corner's sum (LC-11 … LC-15), not LC-17",
  ),
  change(
    "wrong",
    "root-mean-square-corner",
    { over: "root-mean-square" },
    "it is the root of the mean over the corners, not the mean of their roots",
    "take each corner's root first (LC-11)",
  ),
  change(
    "wrong",
    "components-apart",
    { group: "component" },
    "every coordinate of a corner is an error of its own",
    "sum the three coordinates of a corner before the root (LC-11)",
  ),
  ...(
    [
      ["corners-2d", "projected-corners", "the projected corners, in pixels"],
      ["quaternion", "quaternion-errors", "quaternion and translation"],
      ["axis-angle", "axis-angle-errors", "rotation vector and translation"],
      ["two-column", "two-column-errors", "two columns of R and the translation"],
      ["tangent", "tangent-errors", "the pose tangent itself"],
    ] as const
  ).map(([representation, slug, words]) =>
    change(
      "wrong",
      slug,
      { representation },
      `errors are those of ${words}`,
      "transport covariances to the corners of the box in space (LC-9)",
    ),
  ),
  change(
    "wrong",
    "left-turned-corners",
    { turn: "left" },
    "J_f is taken by turns of the camera frame and J by turns of the object",
    "take both in one tangent: −R[b]× where R turns from the right (LC-9)",
  ),
  change(
    "wrong",
    "signed-residuals",
    { spread: "whole" },
    "M is the whole outer product r rᵀ, whose errors cancel: E_cov is E_linear",
    "take its diagonal, the sizes of the residuals alone (LC-6)",
  ),
];

export const taming: Change<LossRecipe>[] = [
  change(
    "wrong",
    "robustification-missing",
    { clamp: "none", variance: "plain", omega: "plain", priorOmega: "plain" },
    "nothing is robust: M = r² and ω = w²",
    "shorten residuals, and limit M and ω by their thresholds (LC-22 … LC-24)",
    // E_prior has to do with weights alone.
    all.filter((name) => name !== "prior_error"),
  ),
  change(
    "wrong",
    "residual-clamp-missing",
    { clamp: "none" },
    "residuals longer than max_err_len are not shortened",
    "shorten them (LC-23)",
  ),
  change(
    "wrong",
    "residual-threshold-missing",
    { variance: "plain" },
    "M is the square of every residual: outliers keep their whole size",
    "limit M by rel_thresh times the mean residual (LC-22)",
  ),
  change(
    "wrong",
    "weight-threshold-missing",
    { omega: "plain", priorOmega: "plain" },
    "ω is w² for every point: one may carry all the weight",
    "limit ω by its threshold (LC-24)",
  ),
  change(
    "wrong",
    "prior-weights-plain",
    { priorOmega: "plain" },
    "E_prior is made of w², where A is made of ω",
    "use ω in both Hessians (LC-24)",
    ["loss", ...gradients],
  ),
  change(
    "wrong",
    "huber-once",
    { share: 0.5 },
    "M and ω are Huber's, half of what they should be",
    "double them: v² below the threshold (ROB-4)",
  ),
  change(
    "wrong",
    "thresholds-over-both-axes",
    { means: "both-axes" },
    "one mean over both image axes makes the thresholds",
    "take a mean for each axis (LC-22, LC-24)",
  ),
  change(
    "wrong",
    "epsilon-missing",
    { epsilon: "none" },
    "10⁻⁶ is added neither to lengths nor to variances",
    "add it where the published code does (LC-23, LC-24)",
  ),
  change(
    "wrong",
    "mask-ignored",
    { valid: "ignored" },
    "points that are not valid count in the means",
    "weight the means by valid (LC-22)",
  ),
  change(
    "wrong",
    "mask-on-weights",
    { valid: "on-weights" },
    "valid multiplies ω, and with it the Hessian",
    "let valid enter the means alone (LC-22)",
  ),
];

export const linearisedSolvers: Change<LossRecipe>[] = [
  ...(
    [
      ["weights-ignored", "one", "the weights do not enter at all", "by its weight"],
      ["weights-taken-as-w2", "w", "w itself is the weight of a squared residual", "by w"],
      ["weights-squared-twice", "w4", "residuals are multiplied by w²", "by w, once"],
    ] as const
  ).map(([slug, weights, sentence, by]) =>
    change("wrong", slug, { weights }, sentence, `multiply each residual ${by} (CONV-4)`),
  ),
  change(
    "wrong",
    "observed-hessian",
    { hessian: "observed" },
    "H is the exact Hessian at the pixels observed, curvature times residual included",
    "take H where residuals are zero: at the projections of the predicted points (LC-3, LC-5)",
  ),
  change(
    "wrong",
    "identity-substituted",
    { hessian: "identity" },
    "the identity stands in the place of H, as published code puts it where Cholesky fails",
    "factor H in double precision; it is positive definite here (LC-25)",
  ),
  change(
    "wrong",
    "depth-unclamped",
    { depth: "free" },
    "depths below z_min are divided by as they are",
    "clamp depths from below at z_min before dividing (GEO-18), or state the z_min used",
  ),
  change(
    "wrong",
    "clamp-in-jacobian",
    { depth: "clamped-everywhere" },
    "J too is taken with the depth clamped",
    "clamp the pixel alone; published code linearises without (LC-3, LC-5)",
  ),
];
