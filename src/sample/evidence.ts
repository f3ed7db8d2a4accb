/**
 * Laplace's approximation of a pose's log-evidence log Z = log ∫ exp(−c(y)) dy (EPRO-24), and with it
 * of the Kullback–Leibler loss c(y_gt) + log Z (EPRO-6).
 *
 * The measure is dt dσ(q) on R³ × S³, q and −q both counted (EPRO-4), or dt dβ on R³ × circle. The
 * approximation sees one peak, as a Gaussian: docs/posterior.md shows where that fails. Source:
 * [EProPnP2022] section 3.1.
 */
import { laplaceLogEvidence } from "../kernels/laplace-evidence.js";
import type { Status } from "../problem/status.js";
import { type CovarianceOptions, poseCovariance } from "../solve/covariance.js";
import { clampedCost, clampRow } from "../solve/normal-equations.js";
import type { PointSet } from "../solve/polish.js";

export interface LaplaceOptions extends Omit<CovarianceOptions, "chart"> {
  /** "Q7": rotations as unit quaternions; "YAW": turns about camera +Y. Default: "Q7". */
  readonly chart?: "Q7" | "YAW";
}

export interface LaplaceEvidence {
  /** "ok", "not-positive-definite" (a saddle) or "rank-deficient": the integral has no such peak. */
  readonly status: Status;
  /** log Z; null unless status is "ok". */
  readonly logEvidence: number | null;
  /** ½Σρ at the pose. */
  readonly cost: number;
  /** Σ [d, d] in the chart; null unless status is "ok". */
  readonly covariance: Float64Array | null;
}

/**
 * Laplace's log Z at the pose R [3, 3], t [3], which should be a minimum of the cost.
 *
 * @throws RangeError if an option is out of range.
 */
export function laplaceEvidence(
  points: PointSet,
  R: Float64Array,
  t: Float64Array,
  options: LaplaceOptions = {},
): LaplaceEvidence {
  const { chart = "Q7", delta = Number.POSITIVE_INFINITY } = options;
  const { status, covariance } = poseCovariance(points, R, t, { ...options, chart });
  const cost = clampedCost(points, R, t, delta, clampRow("laplaceEvidence", options.clamps));
  if (!covariance) return { status, logEvidence: null, cost, covariance: null };
  const d = chart === "YAW" ? 4 : 6;
  const logEvidence = laplaceLogEvidence(d, cost, covariance, chart === "YAW" ? 1 : 2);
  return { status, logEvidence, cost, covariance };
}
