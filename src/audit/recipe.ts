/**
 * A recipe says in full how an array that claims to be a derivative may have been computed. The
 * truth is one recipe; an explanation changes a recipe (bank.ts); fitting a claim is finding the
 * recipe with the fewest changes that reproduces it.
 */
import type { Chart } from "../conventions/chart.js";
import type { Axes } from "./axes.js";
import type { RowConvention } from "./problem.js";
import type { Formula } from "./solved-form.js";

/** Which pose a formula is evaluated at. */
export type PoseChoice = "exact" | "given" | "other";

/** How a claimed derivative came about. */
export interface Recipe extends RowConvention {
  /** The formula, with what it drops or replaces. */
  readonly form: Formula;
  /** True if the weights were not used at all. */
  readonly unweighted: boolean;
  /** True if the Huber threshold was not used. */
  readonly unlimited: boolean;
  readonly pose: PoseChoice;
  /** Rotation rows with respect to 2δ instead of δ. */
  readonly doubledAngle: boolean;
  /** Image points: pixels, K⁻¹ rays, or (v, u). */
  readonly image: "pixels" | "normalised" | "swapped";
  /** Object points, or the same points in the camera's axes. */
  readonly points: "object" | "camera";
  readonly weightVariable: "w" | "w2";
  /** All nine entries of K, its upper triangle without K₃₃, or focal lengths and centre alone. */
  readonly camera: "free" | "triangular" | "pinhole";
  /** A covariance as it is, times the residual variance, from H + 10⁻⁵ I, or H itself. */
  readonly covariance: "plain" | "residual-variance" | "regularised" | "information";
  /** What a gradient that belongs to one problem holds: its own, or the sum over the batch. */
  readonly batch: "item" | "sum";
  /** How the claimed array's axes are arranged; null if as expected. */
  readonly axes: Axes | null;
}

/** What the array is with respect to. */
export type Variable = "x2d" | "x3d" | "K" | "w2d" | "covariance";

/** A quantity such as J_x2d, grad_K or pose_cov, taken apart. */
export interface DerivativeQuantity {
  readonly name: string;
  readonly kind: "jacobian" | "gradient" | "covariance";
  readonly variable: Variable;
}

/** The parts of a quantity's name; null if it is not a derivative. */
export function derivativeQuantity(name: string): DerivativeQuantity | null {
  if (name === "pose_cov") return { name, kind: "covariance", variable: "covariance" };
  const match = /^(J|grad)_(x2d|x3d|K|w2d)$/.exec(name);
  if (!match) return null;
  const kind = match[1] === "J" ? "jacobian" : "gradient";
  return { name, kind, variable: match[2] as Variable };
}

/** The recipe of the truth under a file's conventions. */
export function trueRecipe(rows: RowConvention, form: Formula, weights: "w" | "w2"): Recipe {
  return {
    ...rows,
    form,
    unweighted: false,
    unlimited: false,
    pose: "exact",
    doubledAngle: false,
    image: "pixels",
    points: "object",
    weightVariable: weights,
    camera: "free",
    covariance: "plain",
    batch: "item",
    axes: null,
  };
}

/** A chart's name as a slug. */
export const chartSlug = (chart: Chart): string => `chart-${chart.toLowerCase()}`;
