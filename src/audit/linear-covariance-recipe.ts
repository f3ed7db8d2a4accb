/** How a Linear-Covariance loss and its gradient may have been computed; the truth is one such recipe. */
import type { Representation } from "../definitions/pose-representation.js";

export type LossTerm = "prior" | "covariance" | "linear";

export interface LossRecipe {
  /** What takes the place of w² in ω: itself, one, w, or w⁴. */
  readonly weights: "w2" | "one" | "w" | "w4";
  /** What ω of a term is: limited by its threshold, or the plain square. */
  readonly omega: "limited" | "plain";
  readonly priorOmega: "limited" | "plain";
  /** M: twice Huber of e, or e² throughout. */
  readonly variance: "limited" | "plain";
  /** What twice Huber is multiplied by: ½ makes it Huber's own. */
  readonly share: 1 | 0.5;
  readonly epsilon: "added" | "none";
  /** Residuals longer than the largest length: shortened, or not; and how gradients pass that. */
  readonly clamp: "straight-through" | "differentiated" | "none";
  /** Means behind the thresholds: one an image axis, or one for both. */
  readonly means: "each-axis" | "both-axes";
  readonly valid: "in-means" | "ignored" | "on-weights" | "on-gradients";
  readonly residualThreshold: "held" | "attached";
  readonly weightThreshold: "held" | "attached";
  /** Least depth: of pixels, of pixels and of J, or none. */
  readonly depth: "clamped" | "clamped-everywhere" | "free";
  /** H at residuals of zero, at those observed, without any curvature of π, or not H at all. */
  readonly hessian: "consistent" | "observed" | "gauss-newton" | "identity";
  /** M: sizes of residuals alone, or the whole outer product of e. */
  readonly spread: "diagonal" | "whole";
  /** What errors are measured in; "tangent" is the pose tangent itself. */
  readonly representation: Representation | "tangent";
  /** The tangent in which J_f of 3D corners is taken. */
  readonly turn: "right" | "left";
  readonly group: "corner" | "component";
  /** Over groups: mean or sum of roots, or the root of the mean. */
  readonly over: "mean" | "sum" | "root-mean-square";
  readonly form: "laplace" | "gaussian";
  /** The term left out of the loss. */
  readonly without: LossTerm | "none";
  /** The factor on (E_cov + E_linear) / E_prior, and whether log E_prior is there. */
  readonly half: 0.5 | 1;
  readonly logarithm: "natural" | "none";
  /** What gradients hold constant. */
  readonly linearisation: "held" | "attached";
  readonly linearResidual: "held" | "attached";
  readonly covarianceResidual: "held" | "attached";
  /** The term whose weights are held. */
  readonly weightsHeld: LossTerm | "none";
  /** By what the derivative by weights is taken: w, w² or σ = 1/w. */
  readonly variable: "w" | "w2" | "sigma";
  /** Whether the derivative by a point is by its own coordinates, or along the camera's axes. */
  readonly points: "object" | "camera";
  /** The unit of claimed lengths, in those of the inputs. */
  readonly unit: 1 | 1000 | 0.001;
}

/** The contract: the published layer, with the detach rules of the paper. */
export const lossContract: LossRecipe = {
  weights: "w2",
  omega: "limited",
  priorOmega: "limited",
  variance: "limited",
  share: 1,
  epsilon: "added",
  clamp: "straight-through",
  means: "each-axis",
  valid: "in-means",
  residualThreshold: "held",
  weightThreshold: "held",
  depth: "clamped",
  hessian: "consistent",
  spread: "diagonal",
  representation: "corners-3d",
  turn: "right",
  group: "corner",
  over: "mean",
  form: "laplace",
  without: "none",
  half: 0.5,
  logarithm: "natural",
  linearisation: "held",
  linearResidual: "held",
  covarianceResidual: "attached",
  weightsHeld: "none",
  variable: "w",
  points: "object",
  unit: 1,
};
