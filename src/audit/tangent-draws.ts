/**
 * Poses drawn around the minima of a cost, in the tangent there: a route to integrals over poses that has
 * no proposal, no adaptation and no rotation formula in common with src/sample.
 *
 *     δ = (φ, τ) ~ t₄(0, s² Σ),   R = Exp(φ) R₀,  t = t₀ + τ        or (τ, β) of a yaw
 *     log q(y) = log Σ_m (1/M) p_m(δ_m(y)) + log (θ² / sin² ½θ),   θ = ‖φ‖ ≤ π
 *
 * dσ(q) = sin²(½θ)/(2θ²) dφ, and each rotation stands for q and −q, which halves its density: what is left
 * is the last term. A draw beyond half a turn, which another φ names as well, counts for nothing.
 * Source: EQUATIONS GEO-2, EPRO-4; the density is [EProPnP2022] Eq 20 in d dimensions with 4 degrees of freedom.
 */

import { rotationQuaternion } from "../kernels/quaternion.js";
import { rotation, rotationVector } from "../kernels/rodrigues.js";
import { yawRotation } from "../kernels/yaw.js";
import { choleskyFactor, lowerSolve } from "../linalg/cholesky.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Stream } from "../random/stream.js";
import { poseCovariance } from "../solve/covariance.js";
import { levenbergMarquardt } from "../solve/levenberg-marquardt.js";
import { randomSampleStart } from "../solve/rs-lm.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";

/** A minimum of the cost, and the Cholesky factor L [d, d] of s² Σ there, in the chart LEFT or YAW. */
interface Peak {
  readonly R: Float64Array;
  readonly t: Float64Array;
  readonly factor: Float64Array;
  readonly logDeterminant: number;
}

/** How much wider than the curvature says draws are spread: skewed posteriors are longer on one side. */
const wider = 1.3;
/** Newton steps from the turned yaw to a minimum of its own. */
const yawIterations = 50;

/** The best minimum and the next best, of any rotation (width 7) or of turns about camera +Y (width 4). */
export function posePeaks(points: Correspondences, width: 7 | 4, delta: number): Peak[] {
  const found: { R: Float64Array; t: Float64Array }[] = [];
  if (width === 7) {
    const { pose, second } = solveCorrespondences(points, { delta });
    for (const one of [pose, second?.pose])
      if (one) found.push({ R: one.R.data as Float64Array, t: one.t.data as Float64Array });
  } else {
    const { pose, R, t } = randomSampleStart(points, { chart: "YAW", delta, seed: "audit/peaks" });
    for (const turn of pose ? [0, Math.PI] : []) {
      const [own, at] = [new Float64Array(9), t.slice()];
      yawRotation(Math.atan2(R[2], R[0]) + turn, own);
      levenbergMarquardt(points, own, at, { chart: "YAW", delta, iterations: yawIterations });
      found.push({ R: own, t: at });
    }
  }
  return found.flatMap(({ R, t }) => {
    const chart = width === 7 ? "LEFT" : "YAW";
    const { covariance } = poseCovariance(points, R, t, { chart, delta });
    const d = width === 7 ? 6 : 4;
    const factor = covariance?.map((v) => v * wider ** 2);
    if (!factor || !choleskyFactor(d, factor)) return [];
    let logDeterminant = 0;
    for (let i = 0; i < d; i++) logDeterminant += 2 * Math.log(factor[i * (d + 1)]);
    return [{ R, t, factor, logDeterminant }];
  });
}

/** `count` poses [count, width] with log q, −Infinity for those that count for nothing. */
export function tangentDraws(
  peaks: readonly Peak[],
  width: 7 | 4,
  count: number,
  draw: Stream,
): { poses: Float64Array; logDensities: Float64Array } {
  const d = width === 7 ? 6 : 4;
  const poses = new Float64Array(count * width);
  const logDensities = new Float64Array(count);
  const [normals, drawn, delta, turn, R] = [d, d, d, 3, 9].map((size) => new Float64Array(size));
  for (let s = 0; s < count; s++) {
    // Two draws a peak, the second opposite to the first: what is odd about the peak cancels.
    const peak = peaks[(s >> 1) % peaks.length];
    if (s % 2) for (let k = 0; k < d; k++) drawn[k] = -drawn[k];
    else {
      for (let k = 0; k < d; k++) normals[k] = draw.normal();
      // χ² of 4 degrees of freedom is twice the sum of two exponentials.
      const chiSquare = -2 * Math.log((1 - draw.uniform()) * (1 - draw.uniform()));
      const spread = Math.sqrt(4 / chiSquare);
      for (let i = 0; i < d; i++) {
        drawn[i] = 0;
        for (let k = 0; k <= i; k++) drawn[i] += spread * peak.factor[i * d + k] * normals[k];
      }
    }
    delta.set(drawn);
    const row = poses.subarray(s * width, (s + 1) * width);
    const θ = width === 7 ? Math.hypot(delta[0], delta[1], delta[2]) : Math.abs(delta[3]);
    for (let k = 0; k < 3; k++) row[k] = peak.t[k] + delta[width === 7 ? 3 + k : k];
    if (width === 7) {
      rotation(delta.subarray(0, 3), turn9);
      product(turn9, peak.R, R);
      rotationQuaternion(R, row.subarray(3));
    } else {
      row[3] = Math.atan2(peak.R[2], peak.R[0]) + delta[3];
      yawRotation(row[3], R);
    }
    if (θ > Math.PI) {
      logDensities[s] = Number.NEGATIVE_INFINITY;
      continue;
    }
    let total = Number.NEGATIVE_INFINITY;
    for (const other of peaks) {
      const log = tangentLogDensity(other, R, row, width, delta, turn);
      const top = Math.max(total, log);
      total = top + Math.log(Math.exp(total - top) + Math.exp(log - top));
    }
    logDensities[s] = total - Math.log(peaks.length);
  }
  return { poses, logDensities };
}

const turn9 = new Float64Array(9);
const back9 = new Float64Array(9);

/** log p(δ) of a pose seen from a peak, by the measure dt dσ(q) or dt dβ. */
function tangentLogDensity(
  { R: R0, t, factor, logDeterminant }: Peak,
  R: Float64Array,
  row: Float64Array,
  width: 7 | 4,
  delta: Float64Array,
  turn: Float64Array,
): number {
  const d = delta.length;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      back9[3 * i + j] =
        R[3 * i] * R0[3 * j] + R[3 * i + 1] * R0[3 * j + 1] + R[3 * i + 2] * R0[3 * j + 2];
  let measure = 0;
  if (width === 7) {
    rotationVector(back9, turn);
    delta.set(turn);
    const θ = Math.hypot(turn[0], turn[1], turn[2]);
    measure = 2 * Math.log(θ > 0 ? θ / Math.sin(θ / 2) : 2);
  } else delta[3] = Math.atan2(back9[2], back9[0]);
  for (let k = 0; k < 3; k++) delta[width === 7 ? 3 + k : k] = row[k] - t[k];
  lowerSolve(d, factor, delta);
  const square = delta.reduce((sum, v) => sum + v * v, 0);
  // Γ((4 + d)/2)/Γ(2) is 24 for d = 6 and 6 for d = 4.
  const constant = Math.log(d === 6 ? 24 : 6) - (d / 2) * Math.log(4 * Math.PI);
  return constant - logDeterminant / 2 - ((4 + d) / 2) * Math.log1p(square / 4) + measure;
}

function product(A: Float64Array, B: Float64Array, out: Float64Array): void {
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      out[3 * i + j] = A[3 * i] * B[j] + A[3 * i + 1] * B[3 + j] + A[3 * i + 2] * B[6 + j];
}
