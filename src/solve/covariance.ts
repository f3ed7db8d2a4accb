/**
 * Covariance of the pose under pixel noise of covariance w⁻² (PNP-12):
 *
 *     Σ = H⁻¹,   H the exact Hessian of PNP-1, or Σ = (JᵀJ + ε I)⁻¹ (Gauss–Newton, as published, ε = 1e-5)
 *
 * in the tangent of any chart. Both are first order in the noise and agree at zero residual; the
 * published form adds ε to its own chart's diagonal, so its value depends on the chart.
 * Source: [EProPnP2022] Algorithm 1, line 1.
 */
import { type Chart, tangentSize } from "../conventions/chart.js";
import { reprojectionHessian } from "../kernels/reprojection-hessian.js";
import { rotationVector } from "../kernels/rodrigues.js";
import { convertedCovariance, convertedHessian } from "../kernels/tangent.js";
import { choleskyFactor, choleskyInverse } from "../linalg/cholesky.js";
import type { Status } from "../problem/status.js";
import { type Clamps, clampRow, normalEquations } from "./normal-equations.js";
import type { PointSet } from "./polish.js";

export interface CovarianceOptions {
  /** Tangent of the result. Default: "LEFT". */
  readonly chart?: Chart;
  /** Huber threshold [px], ≥ 0. Default: Infinity. */
  readonly delta?: number;
  /** Which curvature is inverted. Default: "full". */
  readonly hessian?: "full" | "gauss-newton";
  /** Added to the diagonal in `chart`. Default: 0; published 1e-5 with "gauss-newton". */
  readonly epsilon?: number;
  /** Clamps of GEO-18, for "gauss-newton" only. Default: none. */
  readonly clamps?: Clamps;
}

export interface PoseCovariance {
  /** "ok", "not-positive-definite" (a saddle) or "rank-deficient". */
  readonly status: Status;
  /** Σ [d, d], row-major: rad, the points' unit, and their product; null unless status is "ok". */
  readonly covariance: Float64Array | null;
}

/** Error of a Cholesky pivot relative to its diagonal entry, with room: six products and the kernel's own. */
const ROUNDING = 64 * Number.EPSILON;

const omega = new Float64Array(3);
const gradient = new Float64Array(6);

/**
 * Σ at the pose R [3, 3], t [3], which should be a minimum: nothing here looks at the gradient.
 *
 * For YAW the translation and the turn about +Y are the only unknowns: H is restricted, then inverted.
 * @throws RangeError if an option is out of range, or clamps are given for the full Hessian.
 */
export function poseCovariance(
  points: PointSet,
  R: Float64Array,
  t: Float64Array,
  options: CovarianceOptions = {},
): PoseCovariance {
  const { chart = "LEFT", delta = Infinity, hessian = "full", epsilon = 0 } = options;
  if (!(epsilon >= 0))
    throw new RangeError(`poseCovariance: expected epsilon >= 0, got ${epsilon}`);
  if (options.clamps && hessian === "full")
    throw new RangeError('poseCovariance: expected hessian "gauss-newton" with clamps, got "full"');
  const { n, x2d, x3d, w2d, K } = points;
  const d = tangentSize(chart);
  const H = new Float64Array(36);
  rotationVector(R, omega);
  // At a stationary point the Hessian is a tensor: moving it between charts needs no gradient term.
  if (hessian === "full") {
    reprojectionHessian(n, x2d, x3d, w2d, K, R, t, delta, gradient, H);
    if (chart === "YAW" || epsilon > 0) convertedHessian("LEFT", chart, R, omega, H, H);
  } else {
    const clamps = clampRow("poseCovariance", options.clamps);
    normalEquations(points, chart, R, t, delta, clamps, gradient, H);
  }
  const inChart = hessian !== "full" || chart === "YAW" || epsilon > 0;
  for (let k = 0; k < d; k++) H[k * (d + 1)] += epsilon;
  const covariance = new Float64Array(d * d);
  const diagonal = H.filter((_, k) => k % (d + 1) === 0).slice(0, d);
  if (!choleskyFactor(d, H)) return { status: "not-positive-definite", covariance: null };
  // A pivot lost to rounding against its diagonal entry leaves no digit of the inverse.
  for (let k = 0; k < d; k++)
    if (!(H[k * (d + 1)] ** 2 > ROUNDING * diagonal[k]))
      return { status: "rank-deficient", covariance: null };
  choleskyInverse(d, H, covariance);
  if (!inChart && !convertedCovariance("LEFT", chart, R, omega, covariance, covariance))
    return { status: "rank-deficient", covariance: null };
  return { status: "ok", covariance };
}
