/**
 * Newton on the exact Hessian of PNP-1, to stationarity at machine precision.
 *
 *     H s = −g,   R ← Exp(s_φ) R,   t ← t + s_τ        (LEFT chart)
 *
 * The implicit derivatives (IFT-1) are those of the point where g = 0: a solver that stops at a
 * function tolerance silently describes another one. So the loop ends when g is rounding, and says
 * in which units. Where H is not positive definite, or a step fails to lower the cost or throws a
 * point behind the camera, the step is Levenberg–Marquardt's on H_GN until one succeeds.
 */

import { reprojectionHessian, reprojectionNormal } from "../kernels/reprojection-hessian.js";
import { rotation } from "../kernels/rodrigues.js";
import { choleskyFactor, choleskySolve } from "../linalg/cholesky.js";
import { pointsBehind, residualMagnitude } from "./depths.js";

/** The part of a problem that a solver needs: checked, flat, row-major. */
export interface PointSet {
  readonly n: number;
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
  readonly K: Float64Array;
}

/** Where {@link polish} stopped; the pose is in the arrays it was given. */
export interface Polished {
  /** ½Σρ at the pose [px²]. */
  cost: number;
  /** Evaluations of the Hessian. */
  iterations: number;
  /** max_k |g_k| / (ε √(H_kk) √Σ w²m²): gradient in units of its own rounding; see depths.ts. */
  stationarity: number;
  /** Whether H at the pose is positive definite, so that the point is a strict local minimum. */
  minimum: boolean;
  /** Points of positive weight at or behind the camera. */
  behind: number;
  /** Gradient [6] and exact Hessian [6, 6] at the pose, LEFT chart. */
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

/** An empty record, to be filled by {@link polish}. */
export function polished(): Polished {
  return {
    cost: Number.POSITIVE_INFINITY,
    iterations: 0,
    stationarity: Number.POSITIVE_INFINITY,
    minimum: false,
    behind: 0,
    gradient: new Float64Array(6),
    hessian: new Float64Array(36),
  };
}

const ε = Number.EPSILON;
const factor = new Float64Array(36);
const step = new Float64Array(6);
const φ = new Float64Array(3);
const turn = new Float64Array(9);
const R1 = new Float64Array(9);
const t1 = new Float64Array(3);
const g1 = new Float64Array(6);
const H1 = new Float64Array(36);
const normal = new Float64Array(36);
const scratch = new Float64Array(6);

/** Writes (Exp(s_φ) R, t + s_τ) to (R1, t1), R1 brought back onto the rotations to first order. */
export function leftUpdate(
  R: Float64Array,
  t: Float64Array,
  s: Float64Array,
  R1: Float64Array,
  t1: Float64Array,
): void {
  φ[0] = s[0];
  φ[1] = s[1];
  φ[2] = s[2];
  rotation(φ, turn);
  for (let i = 0; i < 9; i += 3)
    for (let j = 0; j < 3; j++)
      R1[i + j] = turn[i] * R[j] + turn[i + 1] * R[3 + j] + turn[i + 2] * R[6 + j];
  for (let k = 0; k < 3; k++) t1[k] = t[k] + s[3 + k];
}

function stationarityOf(g: Float64Array, H: Float64Array, unit: number): number {
  let worst = 0;
  for (let k = 0; k < 6; k++) {
    const s = Math.abs(g[k]) / Math.sqrt(Math.abs(H[7 * k]));
    if (s > worst || Number.isNaN(s)) worst = s;
  }
  return worst === 0 ? 0 : worst / unit;
}

/**
 * Moves (R [3, 3], t [3]), in place, to the stationary point that Newton reaches from it, and fills
 * `out`. Stops at stationarity ≤ 1, when no step lowers it further, or after maxIterations.
 */
export function polish(
  points: PointSet,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  maxIterations: number,
  out: Polished,
): void {
  const { n, x2d, x3d, w2d, K } = points;
  const { gradient: g, hessian: H } = out;
  let cost = reprojectionHessian(n, x2d, x3d, w2d, K, R, t, delta, g, H);
  let behind = pointsBehind(n, x3d, w2d, K, R, t);
  let magnitude = residualMagnitude(n, x2d, x3d, w2d, K, R, t);
  let stationarity = stationarityOf(g, H, ε * magnitude);
  let iterations = 1;
  let damping = 0;
  let haveNormal = false;
  let minimum = false;
  let stalled = 0;
  while (iterations < maxIterations && Number.isFinite(cost)) {
    factor.set(H);
    minimum = choleskyFactor(6, factor);
    if (minimum && stationarity <= 1) break;
    if (!minimum || damping > 0) {
      if (!haveNormal) reprojectionNormal(n, x2d, x3d, w2d, K, R, t, delta, scratch, normal);
      haveNormal = true;
      if (damping === 0) damping = 1e-3;
      factor.set(normal);
      for (let k = 0; k < 36; k += 7) factor[k] *= 1 + damping;
      if (!choleskyFactor(6, factor)) {
        damping *= 16;
        if (damping > 1e12) break;
        continue;
      }
    }
    for (let k = 0; k < 6; k++) step[k] = -g[k];
    choleskySolve(6, factor, step);
    leftUpdate(R, t, step, R1, t1);
    iterations++;
    const cost1 = reprojectionHessian(n, x2d, x3d, w2d, K, R1, t1, delta, g1, H1);
    const behind1 = pointsBehind(n, x3d, w2d, K, R1, t1);
    const stationarity1 = stationarityOf(g1, H1, ε * magnitude);
    // Costs are compared up to their own rounding, ε Σ w²|r|m ≤ ε √(2 cost) √Σ w²m².
    const slack = ε * magnitude * (Math.sqrt(2 * cost) + ε * magnitude);
    if (cost1 <= cost + slack && behind1 <= behind) {
      // At rounding level the gradient stops shrinking: keep the better of the two and leave.
      const flat = cost1 >= cost - slack;
      if (flat && stationarity1 >= stationarity) {
        if (++stalled > 1 || stationarity <= 4) break;
      }
      R.set(R1);
      t.set(t1);
      g.set(g1);
      H.set(H1);
      cost = cost1;
      behind = behind1;
      stationarity = stationarity1;
      damping = damping > 1e-3 ? damping / 16 : 0;
      haveNormal = false;
    } else {
      damping = damping === 0 ? 1e-3 : damping * 8;
      if (damping > 1e12) break;
    }
  }
  factor.set(H);
  out.minimum = choleskyFactor(6, factor);
  magnitude = residualMagnitude(n, x2d, x3d, w2d, K, R, t);
  out.cost = cost;
  out.iterations = iterations;
  out.stationarity = stationarityOf(g, H, ε * magnitude);
  out.behind = behind;
}
