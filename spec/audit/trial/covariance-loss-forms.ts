/** Planted faults of method lc: other terms, other forms, other taming of outliers. */
import { lossGradientNames, lossNames } from "./covariance-loss-claims.js";
import { type LossSwitches, soundLoss } from "./covariance-loss-switches.js";
import type { Jet } from "./jet.js";
import type { Arrays, PlantedFault } from "./trial.js";

/** A fault of the loss, as data. */
export interface LossFault extends Omit<PlantedFault, "claims" | "method"> {
  readonly claims?: readonly string[];
  readonly with?: Partial<LossSwitches>;
  readonly after?: (arrays: Arrays) => Arrays;
  readonly zMin?: number;
}

export const ones = (w: Jet): Jet => w.held().times(0).plus(1);

const { terms } = soundLoss;
const [x, z, w] = lossGradientNames;

export const lossForms: readonly LossFault[] = [
  {
    name: "without E_cov",
    sentence: "E_cov is left out.",
    spoils: ["loss", x, z, w],
    cause: ["covariance-term-missing"],
    with: { terms: { ...terms, covariance: false } },
  },
  {
    name: "without E_linear",
    sentence: "E_linear is left out.",
    spoils: ["loss", w],
    cause: ["linear-term-missing"],
    with: { terms: { ...terms, linear: false } },
  },
  {
    name: "without E_prior",
    sentence: "E_prior is left out.",
    spoils: ["loss", x, w],
    cause: ["prior-term-missing"],
    with: { terms: { ...terms, prior: false } },
  },
  {
    name: "sum for average",
    sentence: "E_cov and E_linear are added, not averaged.",
    spoils: ["loss", w],
    cause: ["half-missing"],
    with: { half: 1 },
  },
  {
    name: "no logarithm",
    sentence: "log E_prior is left out.",
    spoils: ["loss", w],
    cause: ["logarithm-missing"],
    with: { logarithm: false },
  },
  {
    name: "Gaussian form",
    sentence: "Traces and squares, without roots.",
    spoils: [...lossNames, x, w],
    cause: ["gaussian-form"],
    with: { corner: "sum" },
  },
  {
    name: "root of the mean",
    sentence: "The root is taken of the mean over the corners.",
    spoils: [...lossNames, w],
    cause: ["root-mean-square-corner"],
    with: { over: "root of mean" },
  },
  {
    name: "components apart",
    sentence: "Every coordinate of a corner is an error of its own.",
    spoils: ["prior_error", "cov_error", "loss"],
    cause: ["components-apart"],
    with: { corner: "sum of roots" },
  },
  {
    name: "errors of pixels",
    sentence: "Corners are projected before they are compared.",
    spoils: ["prior_error", "loss", w],
    cause: ["projected-corners"],
    with: { represented: "pixels" },
    zMin: 0.1,
  },
  {
    name: "errors of the tangent",
    sentence: "Errors are those of the pose tangent.",
    spoils: ["prior_error", "cov_error", "loss"],
    cause: ["tangent-errors"],
    with: { represented: "tangent" },
  },
  {
    name: "corners turned from the left",
    sentence: "J is by turns of the object, J_f by turns of the camera frame.",
    spoils: ["prior_error", "cov_error", "loss", x],
    cause: ["left-turned-corners"],
    with: { turn: "left" },
  },
  {
    name: "signed residuals",
    sentence: "M is r rᵀ.",
    spoils: ["cov_error", "loss"],
    cause: ["signed-residuals"],
    claims: lossNames,
    with: { spread: "signed" },
  },
  {
    name: "nothing robust",
    sentence: "M = r² and ω = w².",
    spoils: ["cov_error", "loss", w],
    cause: ["robustification-missing"],
    with: { clamp: "none", variance: "plain", omega: "plain" },
  },
  {
    name: "lengths not limited",
    sentence: "Long residuals are not shortened.",
    spoils: ["cov_error", "linear_error", "loss"],
    cause: ["residual-clamp-missing"],
    with: { clamp: "none" },
  },
  {
    name: "M not limited",
    sentence: "M is the square of every residual.",
    spoils: ["cov_error", "loss", x],
    cause: ["residual-threshold-missing"],
    with: { variance: "plain" },
  },
  {
    name: "ω not limited",
    sentence: "ω is w² for every point.",
    spoils: ["prior_error", "cov_error", "loss", w],
    cause: ["weight-threshold-missing"],
    with: { omega: "plain" },
  },
  {
    name: "plain weights in E_prior",
    sentence: "E_prior is made of w².",
    spoils: ["loss", w],
    cause: ["prior-weights-plain"],
    with: { priorOmega: "plain" },
  },
  {
    name: "Huber once",
    sentence: "M and ω are half of what they should be.",
    spoils: ["prior_error", "loss"],
    cause: ["huber-once"],
    with: { variance: "Huber's own", omega: "Huber's own" },
  },
  {
    name: "one mean for both axes",
    sentence: "Thresholds are made of one mean.",
    spoils: ["cov_error", "loss", w],
    cause: ["thresholds-over-both-axes"],
    with: { means: "both axes" },
  },
  {
    name: "mask ignored",
    sentence: "All points enter the means.",
    spoils: ["cov_error", "loss", x],
    cause: ["mask-ignored"],
    with: { mask: "ignored" },
  },
  {
    name: "mask on weights",
    sentence: "Points that do not count have no weight.",
    spoils: ["prior_error", "loss", w],
    cause: ["mask-on-weights"],
    with: { mask: "on weights" },
  },
  {
    name: "no weights",
    sentence: "ω is made of ones.",
    spoils: ["prior_error", "loss", x],
    cause: ["weights-ignored"],
    with: { square: ones },
  },
  {
    name: "roots of weights",
    sentence: "ω is made of w, not of w².",
    spoils: ["prior_error", "loss", w],
    cause: ["weights-taken-as-w2"],
    with: { square: (v) => v },
  },
  {
    name: "exact Hessian of the data",
    sentence: "H has the curvature times the residuals.",
    spoils: ["prior_error", "loss"],
    cause: ["observed-hessian"],
    with: { hessian: "observed" },
  },
  {
    name: "identity for a Hessian",
    sentence: "A failed factorisation left the identity.",
    spoils: ["prior_error", "loss"],
    cause: ["identity-substituted"],
    with: { hessian: "identity" },
  },
  {
    name: "curvature of clamped points dropped",
    sentence: "H is JᵀωJ.",
    spoils: ["prior_error", "cov_error", "loss"],
    cause: ["gauss-newton-hessian"],
    with: { hessian: "none" },
  },
  {
    name: "depth not clamped",
    sentence: "Depths below z_min are divided by as they are.",
    spoils: ["cov_error", "loss"],
    cause: ["depth-unclamped"],
    with: { depth: "free" },
  },
];
