/** Options of a Linear-Covariance loss, and those that make it the published layer. */
import type { Detachable, LossTerm } from "../kernels/linear-covariance-loss.js";
import type { Robustification } from "../kernels/linear-covariance-robust.js";
import type { Representation } from "../kernels/pose-representation.js";
import type { ArrayInput } from "../problem/dense-array.js";

export interface LinearCovarianceLossOptions {
  /** What errors are measured in. Default: "corners-3d", in the unit of the object points. */
  readonly representation?: Representation;
  /** Corners [G, 3] of the object's box, for either representation by corners. */
  readonly corners?: ArrayInput;
  /** Square roots of variances ("laplace", the default) or variances themselves ("gaussian"). */
  readonly form?: "laplace" | "gaussian";
  /** Over groups: the mean, by default of Laplace errors of corners, or the sum, of all others. */
  readonly reduction?: "mean" | "sum";
  /** Errors that enter the loss. Default: all three. Without "prior" it is half the sum of the others. */
  readonly terms?: readonly LossTerm[];
  /** What the gradient holds constant. Default: `paperDetached`. */
  readonly detached?: readonly Detachable[];
  /** Whether w2d multiplies residuals, or is the square of what does. Default: "multiplier". */
  readonly weights?: "multiplier" | "squared";
  /** The Hessian at residuals of zero, or the exact one at those observed. Default: "consistent". */
  readonly hessian?: "consistent" | "observed";
  /** Taming of outliers, all of it or with the published values for what is left out. Default: none. */
  readonly robust?: Partial<Robustification> | null;
  /** How much each point counts in the means of a robustification [N], ≥ 0. Default: all alike. */
  readonly valid?: ArrayInput;
  /** Whether `valid` multiplies squared weights as well. Default: false. */
  readonly maskWeights?: boolean;
  /** Least depth that pixels are divided by, in the unit of the points. Default: none. */
  readonly zMin?: number;
  /**
   * A Hessian that is not positive definite: a status with every number NaN (the default), an error,
   * or the identity in its place, as in published code, which also puts ones for variances that are
   * not positive.
   */
  readonly failure?: "status" | "throw" | "identity";
}

/** The options of the published layer, whose lengths are millimetres. */
export const publishedLinearCovariance = {
  robust: {},
  zMin: 0.1,
  failure: "identity",
} as const satisfies LinearCovarianceLossOptions;
