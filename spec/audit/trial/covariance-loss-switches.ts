import { asDouble, type Jet, type Store } from "./jet.js";
import type { Posed } from "./posed.js";

export interface Boxed extends Posed {
  readonly corners: Float64Array;
  readonly valid: Float64Array;
}

export interface LossConstants {
  readonly maxLength: number;
  readonly residualFactor: number;
  readonly weightFactor: number;
  readonly zMin: number;
}

export interface LossSwitches {
  readonly square: (w: Jet) => Jet;
  /** How long residuals become no longer than they may be, and how gradients pass that. */
  readonly clamp: "straight through" | "differentiated" | "none";
  readonly variance: "limited" | "plain" | "Huber's own";
  readonly omega: "limited" | "plain" | "Huber's own";
  readonly priorOmega: "same" | "plain";
  readonly epsilon: number;
  readonly means: "each axis" | "both axes";
  readonly mask: "in means" | "ignored" | "on weights" | "on gradients";
  readonly attached: { readonly residualThreshold: boolean; readonly weightThreshold: boolean };
  /** J by the object points, the residual of E_linear and that of E_cov: differentiated or not. */
  readonly linearisation: boolean;
  readonly linearResidual: boolean;
  readonly covarianceResidual: boolean;
  /** The term whose weights are held. */
  readonly weightsHeld: "none" | "prior" | "covariance" | "linear";
  readonly depth: "pixel" | "free" | "everywhere";
  /** Whether H has the curvature times a residual: of clamped points, of all, or of none. */
  readonly hessian: "clamped" | "observed" | "none" | "identity";
  readonly spread: "sizes" | "signed";
  readonly turn: "right" | "left";
  readonly represented: "corners" | "tangent" | "pixels";
  readonly corner: "root of sum" | "sum of roots" | "sum";
  readonly over: "mean" | "sum" | "root of mean";
  readonly terms: {
    readonly prior: boolean;
    readonly covariance: boolean;
    readonly linear: boolean;
  };
  readonly half: number;
  readonly logarithm: boolean;
  readonly store: Store;
}

export const soundLoss: LossSwitches = {
  square: (w) => w.times(w),
  clamp: "straight through",
  variance: "limited",
  omega: "limited",
  priorOmega: "same",
  epsilon: 1e-6,
  means: "each axis",
  mask: "in means",
  attached: { residualThreshold: false, weightThreshold: false },
  linearisation: false,
  linearResidual: false,
  covarianceResidual: true,
  weightsHeld: "none",
  depth: "pixel",
  hessian: "clamped",
  spread: "sizes",
  turn: "right",
  represented: "corners",
  corner: "root of sum",
  over: "mean",
  terms: { prior: true, covariance: true, linear: true },
  half: 0.5,
  logarithm: true,
  store: asDouble,
};

/** One of each image axis. */
export type Pair<T> = [T, T];
export const pair = <T>(make: (k: number) => T): Pair<T> => [make(0), make(1)];
