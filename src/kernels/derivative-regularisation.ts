/**
 * One Gauss–Newton step from a pose that is held fixed, and its derivative by the data: kernel of
 * ../definitions/derivative-regularisation.ts, in doubles on flat arrays.
 *
 * The derivative is taken backwards. With a = −A⁻¹ v and Δy both held fixed,
 *
 *     vᵀ ∂Δy/∂θ = ∂/∂θ Σᵢ ρ′ᵢ Φᵢ,   Φᵢ = Σₖ w²ᵢₖ αᵢₖ (rᵢₖ + βᵢₖ),   α = ∂π/∂y a,   β = ∂π/∂y Δy,  r = π − x
 *
 * so a gradient by all data costs one solve with A and one pass over the points; a dense derivative
 * is d of them.
 */
import { choleskyFactor, choleskySolve } from "../linalg/cholesky.js";
import { MOTION_SIZE, poseDerivativesAt, projectionDerivatives } from "./pose-jacobian.js";
import { rowChart, rowRotation } from "./pose-row.js";
import { clampedProjection, DEPTH_CLAMPED, U_CLAMPED, V_CLAMPED } from "./projection-clamp.js";

/** What a step is made of, flat. */
export interface RegularisedReprojection {
  readonly n: number;
  /** Pixels [2n], object points [3n], weights [2n] multiplying residuals, camera [9]. */
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
  readonly K: Float64Array;
  /** Huber threshold [px], Infinity for none. */
  readonly delta: number;
  /** Added to the diagonal of JᵀJ, ≥ 0. */
  readonly epsilon: number;
  /** [5] as in projection-clamp.ts, or null for none. */
  readonly clamps: Float64Array | null;
}

/** Arrays that receive derivatives by x [2n], z [3n], w [2n] and δ [1]; d rows of each if dense. */
export interface StepGradient {
  x2d: Float64Array;
  x3d: Float64Array;
  w2d: Float64Array;
  delta: Float64Array;
}

const motion = new Float64Array(MOTION_SIZE);
const R = new Float64Array(9);
const t = new Float64Array(3);
const X = new Float64Array(3);
const z = new Float64Array(3);
const r = new Float64Array(2);
const A = new Float64Array(36);
const g = new Float64Array(6);
const step = new Float64Array(6);
const a = new Float64Array(6);
const byPoint = new Float64Array(3);

/** π and its derivatives, as projectionDerivatives writes them for tangents of 6 and of 4. */
const written = (d: number) => ({
  value: new Float64Array(2),
  y: new Float64Array(2 * d),
  z: new Float64Array(6),
  K: new Float64Array(18),
  yy: new Float64Array(2 * d * d),
  yz: new Float64Array(6 * d),
  yK: new Float64Array(18 * d),
});
const [six, four] = [written(6), written(4)];

/**
 * Writes Δy to step [6 or 4], for the row y [7 or 4]. False, and nothing written, if the matrix is
 * not positive definite to working precision, or y holds a zero quaternion.
 */
export function gaussNewtonStep(
  problem: RegularisedReprojection,
  y: Float64Array,
  out: Float64Array,
): boolean {
  const d = y.length === 4 ? 4 : 6;
  if (!factored(problem, y)) return false;
  for (let p = 0; p < d; p++) out[p] = step[p];
  return true;
}

/**
 * Writes vᵀ ∂Δy/∂θ to gradient, for an upstream gradient v [6 or 4]. False, and nothing written, as
 * for the step.
 */
export function gaussNewtonStepVjp(
  problem: RegularisedReprojection,
  y: Float64Array,
  v: Float64Array,
  gradient: StepGradient,
): boolean {
  if (!factored(problem, y)) return false;
  for (let p = 0; p < v.length; p++) a[p] = -v[p];
  pullBack(problem, y, 0, gradient);
  return true;
}

/** Writes ∂Δy/∂θ, one row a coordinate: x [d,2n], z [d,3n], w [d,2n], δ [d]. False as for the step. */
export function gaussNewtonStepJacobian(
  problem: RegularisedReprojection,
  y: Float64Array,
  jacobian: StepGradient,
): boolean {
  if (!factored(problem, y)) return false;
  const d = y.length === 4 ? 4 : 6;
  for (let row = 0; row < d; row++) {
    for (let p = 0; p < d; p++) a[p] = p === row ? -1 : 0;
    pullBack(problem, y, row, jacobian);
  }
  return true;
}

/** ρ′ of point i; r, the derivatives of π and rows of clamped coordinates zeroed, in the scratch. */
function placed(problem: RegularisedReprojection, y: Float64Array, i: number): number {
  const { x2d, x3d, w2d, K, clamps, delta } = problem;
  const at = y.length === 4 ? four : six;
  for (let b = 0; b < 3; b++) z[b] = x3d[3 * i + b];
  projectionDerivatives(rowChart(y.length), motion, z, K, at);
  if (clamps !== null) {
    for (let b = 0; b < 3; b++)
      X[b] = R[3 * b] * z[0] + R[3 * b + 1] * z[1] + R[3 * b + 2] * z[2] + t[b];
    const mask = clampedProjection(X, K, clamps, at.value);
    if (mask & (DEPTH_CLAMPED | U_CLAMPED)) loseRow(at, 0);
    if (mask & (DEPTH_CLAMPED | V_CLAMPED)) loseRow(at, 1);
  }
  for (let k = 0; k < 2; k++) r[k] = at.value[k] - x2d[2 * i + k];
  const f0 = w2d[2 * i] * r[0];
  const f1 = w2d[2 * i + 1] * r[1];
  const s = f0 * f0 + f1 * f1;
  return s <= delta * delta ? 1 : delta / Math.sqrt(s);
}

function loseRow(at: typeof six, k: number): void {
  const d = at.y.length / 2;
  at.y.fill(0, k * d, (k + 1) * d);
  at.z.fill(0, 3 * k, 3 * k + 3);
  at.yz.fill(0, 3 * d * k, 3 * d * (k + 1));
}

/** A factored and Δy, in the scratch. */
function factored(problem: RegularisedReprojection, y: Float64Array): boolean {
  const d = y.length === 4 ? 4 : 6;
  if (!rowRotation(y, R)) return false;
  for (let b = 0; b < 3; b++) t[b] = y[b];
  poseDerivativesAt(rowChart(y.length), R, t, motion);
  const { y: J } = y.length === 4 ? four : six;
  A.fill(0);
  g.fill(0);
  for (let i = 0; i < problem.n; i++) {
    const slope = placed(problem, y, i);
    for (let k = 0; k < 2; k++) {
      const weight = slope * problem.w2d[2 * i + k] ** 2;
      for (let p = 0; p < d; p++) {
        const pull = weight * J[d * k + p];
        g[p] += pull * r[k];
        for (let q = 0; q <= p; q++) A[d * p + q] += pull * J[d * k + q];
      }
    }
  }
  for (let p = 0; p < d; p++) A[(d + 1) * p] += problem.epsilon;
  if (!choleskyFactor(d, A)) return false;
  for (let p = 0; p < d; p++) step[p] = -g[p];
  choleskySolve(d, A, step);
  return true;
}

/** aᵀ A⁻¹ ∂/∂θ Σ ρ′ Jᵀ m for the a of the scratch, to row `row` of out. */
function pullBack(
  problem: RegularisedReprojection,
  y: Float64Array,
  row: number,
  out: StepGradient,
): void {
  const { n, w2d, delta } = problem;
  const d = y.length === 4 ? 4 : 6;
  const at = y.length === 4 ? four : six;
  choleskySolve(d, A, a);
  let byDelta = 0;
  for (let i = 0; i < n; i++) {
    const slope = placed(problem, y, i);
    const pixel = 2 * (n * row + i);
    let sum = 0;
    byPoint.fill(0);
    for (let k = 0; k < 2; k++) {
      const w = w2d[2 * i + k];
      let alpha = 0;
      let beta = 0;
      for (let p = 0; p < d; p++) {
        alpha += at.y[d * k + p] * a[p];
        beta += at.y[d * k + p] * step[p];
      }
      const m = r[k] + beta;
      sum += w * w * alpha * m;
      out.x2d[pixel + k] = -slope * w * w * alpha;
      out.w2d[pixel + k] = 2 * slope * w * alpha * m;
      for (let b = 0; b < 3; b++) {
        let bent = alpha * at.z[3 * k + b];
        for (let p = 0; p < d; p++)
          bent += at.yz[3 * (d * k + p) + b] * (a[p] * m + alpha * step[p]);
        byPoint[b] += slope * w * w * bent;
      }
    }
    const f0 = w2d[2 * i] * r[0];
    const f1 = w2d[2 * i + 1] * r[1];
    const s = f0 * f0 + f1 * f1;
    if (s > delta * delta) {
      // ρ″ = −ρ′/(2s) and ∂ρ′/∂δ = 1/√s beyond the threshold.
      const bend = (-slope / s) * sum;
      for (let k = 0; k < 2; k++) {
        const w = w2d[2 * i + k];
        out.x2d[pixel + k] -= bend * w * w * r[k];
        out.w2d[pixel + k] += bend * w * r[k] * r[k];
        for (let b = 0; b < 3; b++) byPoint[b] += bend * w * w * r[k] * at.z[3 * k + b];
      }
      byDelta += sum / Math.sqrt(s);
    }
    for (let b = 0; b < 3; b++) out.x3d[3 * (n * row + i) + b] = byPoint[b];
  }
  out.delta[row] = byDelta;
}
