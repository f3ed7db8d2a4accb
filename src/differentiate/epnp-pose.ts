/**
 * The EPnP pose of checked correspondences, with what a derivative has to know of it (EQUATIONS PNP-9).
 *
 * Pixels enter as they are: a row of M is a residual [px] times its depth. Published code works on
 * calibrated points, which is the same where f_x = f_y; for its form pass K⁻¹(x, 1) as pixels with K = I,
 * control points as there and choice "distance". Its reflections are never returned, its weights belong to
 * rows as here, and its control points are held still in the derivative, where ours move with z.
 */
import {
  type ControlSteps,
  controlSystem,
  controlVectors,
  epnpPose,
  reprojectionDistance,
} from "../kernels/epnp.js";
import { EpnpWorkspace, MONOMIALS } from "../kernels/epnp-workspace.js";
import { reprojectionCost } from "../kernels/reprojection-cost.js";
import { symmetricEigen } from "../linalg/symmetric-eigen.js";
import type { Correspondences } from "../problem/correspondences.js";
import { behindCamera } from "../problem/geometry.js";
import type { EpnpStatus } from "./epnp-status.js";

/** The candidates: v₁ alone, and coefficients of null spaces of one, two and three dimensions. */
export const epnpCandidates = ["raw", "rank-1", "rank-2", "rank-3"] as const;
export type EpnpCandidate = (typeof epnpCandidates)[number];

export interface EpnpOptions {
  /**
   * Steps from the centroid to the control points: "deviations", each as long as the points' deviation along
   * its axis; "spread", all as long as their mean, both of which follow a change of unit; "unit", 1 in the
   * object's unit. With noise they are different poses. Default "deviations".
   */
  readonly controlPoints?: ControlSteps;
  /** The best candidate has the least weighted cost, or the least mean ‖w ∘ r‖. Default "cost". */
  readonly choice?: "cost" | "distance";
}

/** One record, to be filled again and again. */
export interface EpnpSolution {
  status: EpnpStatus;
  /** Rotation [9] and translation [3]; NaN where there is no pose. */
  readonly R: Float64Array;
  readonly t: Float64Array;
  /** Which candidate the pose is; null if none. */
  candidate: EpnpCandidate | null;
  /** Root of the weighted sum of squares, or Σ‖w ∘ r‖/√N, of each candidate [4, px]; Infinity if it has none. */
  readonly misfits: Float64Array;
  /** Singular values of M [12], ascending. */
  readonly singularValues: Float64Array;
  /** Least distance of a singular value in use from any other, over the greatest: 0 at a crossing. */
  gap: number;
}

/** An empty record. */
export function epnpSolution(): EpnpSolution {
  return {
    status: "empty",
    R: new Float64Array(9).fill(Number.NaN),
    t: new Float64Array(3).fill(Number.NaN),
    candidate: null,
    misfits: new Float64Array(4).fill(Number.POSITIVE_INFINITY),
    singularValues: new Float64Array(12).fill(Number.NaN),
    gap: 0,
  };
}

/** What the latest pose was made of: one at a time, for the derivative that follows it. */
export const epnpWork = new EpnpWorkspace();

/** Thickness over width below which points count as coplanar: a covariance resolves √ε = 1.5e-8. */
const COPLANAR = 1e-6;
const noOptions: EpnpOptions = {};
const covariance = new Float64Array(9);
const spreads = new Float64Array(3);
const axes = new Float64Array(9);
const R = new Float64Array(9);
const t = new Float64Array(3);

/**
 * The EPnP pose, written to and returned as `out`. Nothing is allocated if `out` is given.
 *
 * @throws RangeError if an option is unknown.
 */
export function epnp(
  problem: Correspondences,
  options: EpnpOptions = noOptions,
  out: EpnpSolution = epnpSolution(),
): EpnpSolution {
  const { controlPoints = "deviations", choice = "cost" } = options;
  if (!["spread", "deviations", "unit"].includes(controlPoints))
    throw new RangeError(
      `epnp: expected controlPoints spread, deviations or unit, got ${controlPoints}`,
    );
  if (choice !== "cost" && choice !== "distance")
    throw new RangeError(`epnp: expected choice cost or distance, got ${choice}`);
  clear(out);
  out.status = standing(problem, controlPoints);
  if (out.status !== "ok") return out;
  const { n, x2d, x3d, w2d, K } = problem;
  out.singularValues.set(epnpWork.values);
  let best = -1;
  for (let c = 0; c < 4; c++) {
    if (!epnpPose(epnpWork, c, R, t)) continue;
    // With β₂ = 0 the second list of monomials gives v₁ alone: the raw candidate once more.
    if (c === 2 && epnpWork.beta[1] === 0) continue;
    const misfit =
      choice === "cost"
        ? Math.sqrt(2 * reprojectionCost(n, x2d, x3d, w2d, K, R, t, Number.POSITIVE_INFINITY))
        : reprojectionDistance(n, x2d, x3d, w2d, K, R, t) / Math.sqrt(n);
    if (!(misfit < Number.POSITIVE_INFINITY)) continue;
    out.misfits[c] = misfit;
    if (best < 0 || misfit < out.misfits[best]) best = c;
  }
  out.status = "no-pose";
  if (best < 0) return out;
  const rounding = misfitRounding(problem);
  const exact = out.misfits[0] <= rounding;
  // Beside exact data the linear coefficients nearly always fit best, and they have no root to bend.
  if (exact && out.misfits[1] < Number.POSITIVE_INFINITY) best = 1;
  epnpPose(epnpWork, best, out.R, out.t);
  out.candidate = epnpCandidates[best];
  out.gap = leastGap(best);
  out.status = judged(problem, out, exact, rounding);
  return out;
}

function clear(out: EpnpSolution): void {
  out.R.fill(Number.NaN);
  out.t.fill(Number.NaN);
  out.singularValues.fill(Number.NaN);
  out.misfits.fill(Number.POSITIVE_INFINITY);
  out.candidate = null;
  out.gap = 0;
}

/** "ok", and the eigenvectors in the workspace, or why there are none. */
function standing({ n, x2d, x3d, w2d, K }: Correspondences, kind: ControlSteps): EpnpStatus {
  if (n === 0) return "empty";
  let points = 0;
  let equations = 0;
  for (let i = 0; i < n; i++) {
    const active = (w2d[2 * i] > 0 ? 1 : 0) + (w2d[2 * i + 1] > 0 ? 1 : 0);
    equations += active;
    if (active > 0) points++;
  }
  if (equations === 0) return "zero-weights";
  if (points < 6 || equations < 11) return "too-few-points";
  if (!controlSystem(n, x2d, x3d, w2d, K, kind, epnpWork)) return "coplanar";
  covariance.set(epnpWork.covariance);
  symmetricEigen(3, covariance, spreads, axes);
  if (!(spreads[0] > COPLANAR * COPLANAR * spreads[2])) return "coplanar";
  return controlVectors(epnpWork) ? "ok" : "no-pose";
}

/**
 * What rounding may leave of a residual [px]: pixels are given to ε, and the null vector is less sharp by
 * the ratio of the greatest singular value to the first gap.
 */
function misfitRounding({ n, x2d, w2d }: Correspondences): number {
  const { values } = epnpWork;
  let squared = 0;
  for (let m = 0; m < 2 * n; m++) squared += (w2d[m] * x2d[m]) ** 2;
  return (4 * Number.EPSILON * Math.sqrt(squared) * values[11]) / (values[1] - values[0]);
}

/** Least |σ_k − σ_j|/σ_max, k of those in use. */
function leastGap(candidate: number): number {
  const { values } = epnpWork;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < usedVectors(candidate); k++)
    if (values[k + 1] - values[k] < least) least = values[k + 1] - values[k];
  return least / values[11];
}

function usedVectors(candidate: number): number {
  let used = 1;
  for (const index of MONOMIALS[candidate]) used = Math.max(used, index + 1);
  return used;
}

function judged(
  problem: Correspondences,
  { R, t, gap, misfits, candidate }: EpnpSolution,
  exact: boolean,
  rounding: number,
): EpnpStatus {
  // Rows are rounded to a few ε of σ_max, and 2N of them are turned into the triangle.
  if (!(gap > 8 * Number.EPSILON * Math.sqrt(2 * problem.n))) return "crossing";
  if (epnpWork.mirrored) return "reflection";
  if (behindCamera(problem, R, t) > 0) return "behind-camera";
  if (exact) return "exact";
  const best = epnpWork.candidate;
  for (let c = 0; c < 4; c++)
    if (c !== best && misfits[c] - misfits[best] <= rounding) return "switch";
  if (candidate === "raw" || candidate === "rank-1") return "ok";
  // β₂ takes its sign from β₁β₂ and its size from β₂².
  if (nearZero(1) && epnpWork.beta[1] !== 0) return "switch";
  return nearZero(2) ? "bend" : "ok";
}

/** Whether a monomial is zero to the rounding of the least squares that it comes from. */
function nearZero(index: number): boolean {
  const { monomials, factor, values, candidate } = epnpWork;
  const unknowns = MONOMIALS[candidate].length / 2;
  let size = 0;
  for (let m = 0; m < unknowns; m++) size += Math.abs(monomials[m]);
  const condition = Math.abs(factor[0] / factor[unknowns * unknowns - 1]);
  const blur = (Number.EPSILON * values[11]) / (values[1] - values[0]);
  return Math.abs(monomials[index]) <= 4 * blur * condition * size;
}
