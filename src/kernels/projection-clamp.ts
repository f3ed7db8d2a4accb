/**
 * The clamped projection and its three Jacobians: kernel of ../definitions/projection-clamp.ts, in
 * doubles on flat arrays.
 *
 * clamps [5] = (z_min, lb_u, lb_v, ub_u, ub_v), −Infinity and Infinity for none. Where nothing is
 * clamped and the last row of K is (0, 0, 1), the formula's ∂π/∂Z is −(Kᵢ₁X + Kᵢ₂Y)/Z², as in
 * projection.ts; beside a clamp it is evaluated as printed. Outputs may not alias inputs.
 */
import { projectionJacobian } from "./projection.js";

/** Bits of `clampMask`. */
export const DEPTH_CLAMPED = 1;
export const U_CLAMPED = 2;
export const V_CLAMPED = 4;

/** π [2], pixels. Returns the mask of what is clamped. */
export function clampedProjection(
  X: Float64Array,
  K: Float64Array,
  clamps: Float64Array,
  pi: Float64Array,
): number {
  const depth = clampedDepth(X, K, clamps);
  let mask = depth === clamps[0] ? DEPTH_CLAMPED : 0;
  for (let i = 0; i < 2; i++) {
    const free = (K[3 * i] * X[0] + K[3 * i + 1] * X[1] + K[3 * i + 2] * X[2]) / depth;
    if (free <= clamps[1 + i] || free >= clamps[3 + i]) mask += i === 0 ? U_CLAMPED : V_CLAMPED;
    pi[i] = Math.min(Math.max(free, clamps[1 + i]), clamps[3 + i]);
  }
  return mask;
}

const pixel = new Float64Array(2);

/** Which of depth, u and v are clamped, or on the edge of it: a sum of the bits above. */
export function clampMask(X: Float64Array, K: Float64Array, clamps: Float64Array): number {
  return clampedProjection(X, K, clamps, pixel);
}

/** ∂π/∂X [2,3], one-sided on a clamp. */
export function clampedProjectionJacobian(
  X: Float64Array,
  K: Float64Array,
  clamps: Float64Array,
  J: Float64Array,
): void {
  const mask = formulaProjectionJacobian(X, K, clamps, J);
  const depth = clampedDepth(X, K, clamps);
  for (let i = 0; i < 2; i++)
    for (let a = 0; a < 3; a++)
      if (mask & (i === 0 ? U_CLAMPED : V_CLAMPED)) J[3 * i + a] = 0;
      else if (mask & DEPTH_CLAMPED) J[3 * i + a] = K[3 * i + a] / depth;
}

/** (Kᵢ − πᵢK₃)/d [2,3] at the clamped π and d. Returns the mask of what is clamped. */
export function formulaProjectionJacobian(
  X: Float64Array,
  K: Float64Array,
  clamps: Float64Array,
  J: Float64Array,
): number {
  const mask = clampedProjection(X, K, clamps, pixel);
  const depth = clampedDepth(X, K, clamps);
  if (mask === 0) projectionJacobian(X, K, J);
  else
    for (let i = 0; i < 2; i++)
      for (let a = 0; a < 3; a++) J[3 * i + a] = (K[3 * i + a] - pixel[i] * K[6 + a]) / depth;
  return mask;
}

/** The formula's rows [2,3], those of clamped coordinates replaced by zero. Returns the mask. */
export function maskedProjectionJacobian(
  X: Float64Array,
  K: Float64Array,
  clamps: Float64Array,
  J: Float64Array,
): number {
  const mask = formulaProjectionJacobian(X, K, clamps, J);
  if (mask & (DEPTH_CLAMPED | U_CLAMPED)) J.fill(0, 0, 3);
  if (mask & (DEPTH_CLAMPED | V_CLAMPED)) J.fill(0, 3, 6);
  return mask;
}

const clampedDepth = (X: Float64Array, K: Float64Array, clamps: Float64Array): number =>
  Math.max(K[6] * X[0] + K[7] * X[1] + K[8] * X[2], clamps[0]);
