/**
 * A start that outliers cannot have led astray: RANSAC's pose, asked for only when they may have.
 */
import { projection, rigidTransform } from "../kernels/projection.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { PoseMinimum } from "./pose-minima.js";
import { ransac } from "./ransac.js";

/** A weighted residual beyond this many δ is taken for an outlier. */
const GROSS = 3;

const X = new Float64Array(3);
const pixel = new Float64Array(2);

/**
 * The pose R [3, 3], t [3] of least truncated cost over samples of three points, or null when `best` leaves no
 * weighted residual above 3δ, or no sample finds agreement.
 */
export function outlierStart(
  problem: Correspondences,
  best: PoseMinimum | null,
  delta: number,
): { R: Float64Array; t: Float64Array } | null {
  if (best && largestResidual(problem, best.R, best.t) <= GROSS * delta) return null;
  const { w2d } = problem;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < w2d.length; i++)
    if (w2d[i] > 0) {
      sum += w2d[i] ** 2;
      count++;
    }
  if (count === 0) return null;
  // RANSAC counts pixels, δ counts weighted ones: 2δ at the root mean square weight.
  const found = ransac(problem, {
    threshold: (2 * delta) / Math.sqrt(sum / count),
    maxIterations: 1000,
  });
  return found.status === "ok" ? { R: found.R, t: found.t } : null;
}

function largestResidual(problem: Correspondences, R: Float64Array, t: Float64Array): number {
  const { n, x2d, x3d, w2d, K } = problem;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, K, pixel);
    const e0 = w2d[2 * i] * (x2d[2 * i] - pixel[0]);
    const e1 = w2d[2 * i + 1] * (x2d[2 * i + 1] - pixel[1]);
    largest = Math.max(largest, e0 * e0 + e1 * e1);
  }
  return Math.sqrt(largest);
}
