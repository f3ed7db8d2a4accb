/**
 * Rotation and translation errors in doubles; see definitions/pose-error.ts.
 *
 * With D = R̂ − R the turn's sine is that of B − Bᵀ = D Rᵀ − R Dᵀ: the identity that B hides a small
 * turn behind is gone before anything is rounded, and a turn of 1e-12 keeps its digits. The axis comes
 * from the same vector, and beyond a quarter turn, where that fades, from the quaternion. A pose is
 * [R | t] row by row, [12].
 */
import { rotationVector } from "./rodrigues.js";

/** ε of relativePositionError, in the unit of t. */
export const publishedPositionGuard = 1e-7;

const w = new Float64Array(3);
const B = new Float64Array(9);

/** θ of the turn between poses [12], radians in 0 … π. */
export function rotationError(estimate: Float64Array, truth: Float64Array): number {
  writeHalfTurn(estimate, truth);
  return Math.atan2(Math.hypot(w[0], w[1], w[2]), cosine(estimate, truth));
}

/** arccos(clamp(½ (tr B − 1))), radians: right to 1e-8 only, beside 0 and π. */
export function traceRotationError(estimate: Float64Array, truth: Float64Array): number {
  return Math.acos(Math.max(-1, Math.min(1, cosine(estimate, truth))));
}

/** Writes ∂rotationError/∂(φ, τ) [6], chart LEFT of the estimate; 0 on a kink, and false then. */
export function rotationErrorGradient(
  estimate: Float64Array,
  truth: Float64Array,
  gradient: Float64Array,
): boolean {
  writeHalfTurn(estimate, truth);
  const onKink = w[0] === 0 && w[1] === 0 && w[2] === 0;
  if (cosine(estimate, truth) < 0 && !onKink) {
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        let entry = 0;
        for (let k = 0; k < 3; k++) entry += estimate[4 * i + k] * truth[4 * j + k];
        B[3 * i + j] = entry;
      }
    rotationVector(B, w);
  }
  const length = Math.hypot(w[0], w[1], w[2]);
  for (let i = 0; i < 3; i++) {
    gradient[i] = onKink ? 0 : w[i] / length;
    gradient[3 + i] = 0;
  }
  return !onKink;
}

/** ‖t̂ − t‖, in the unit of t. */
export function translationError(estimate: Float64Array, truth: Float64Array): number {
  return Math.hypot(estimate[3] - truth[3], estimate[7] - truth[7], estimate[11] - truth[11]);
}

/** Writes ∂translationError/∂(φ, τ) [6], chart LEFT of the estimate; 0 on the kink, and false then. */
export function translationErrorGradient(
  estimate: Float64Array,
  truth: Float64Array,
  gradient: Float64Array,
): boolean {
  const length = translationError(estimate, truth);
  for (let i = 0; i < 3; i++) {
    gradient[i] = 0;
    gradient[3 + i] = length > 0 ? (estimate[4 * i + 3] - truth[4 * i + 3]) / length : 0;
  }
  return length > 0;
}

/** ‖t̂ − t‖ / (‖t‖ + ε). */
export function relativePositionError(
  estimate: Float64Array,
  truth: Float64Array,
  guard: number = publishedPositionGuard,
): number {
  return translationError(estimate, truth) / (Math.hypot(truth[3], truth[7], truth[11]) + guard);
}

/** Writes ∂relativePositionError/∂(φ, τ) [6], chart LEFT of the estimate; false on the kink. */
export function relativePositionErrorGradient(
  estimate: Float64Array,
  truth: Float64Array,
  gradient: Float64Array,
  guard: number = publishedPositionGuard,
): boolean {
  const smooth = translationErrorGradient(estimate, truth, gradient);
  const length = Math.hypot(truth[3], truth[7], truth[11]) + guard;
  for (let i = 3; i < 6; i++) gradient[i] /= length;
  return smooth;
}

/** w ← ½ (D Rᵀ − R Dᵀ)^∨: half of Σ over the columns of r × d. */
function writeHalfTurn(estimate: Float64Array, truth: Float64Array): void {
  w[0] = w[1] = w[2] = 0;
  for (let k = 0; k < 3; k++) {
    const r0 = truth[k];
    const r1 = truth[4 + k];
    const r2 = truth[8 + k];
    const d0 = estimate[k] - r0;
    const d1 = estimate[4 + k] - r1;
    const d2 = estimate[8 + k] - r2;
    w[0] += 0.5 * (r1 * d2 - r2 * d1);
    w[1] += 0.5 * (r2 * d0 - r0 * d2);
    w[2] += 0.5 * (r0 * d1 - r1 * d0);
  }
}

/** ½ (tr B − 1). */
function cosine(estimate: Float64Array, truth: Float64Array): number {
  let trace = -1;
  for (let k = 0; k < 11; k++) if (k % 4 < 3) trace += estimate[k] * truth[k];
  return 0.5 * trace;
}
