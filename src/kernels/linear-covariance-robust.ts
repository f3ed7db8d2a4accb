/**
 * Residuals and weights as published code tames them: kernel of
 * ../definitions/linear-covariance-robust.ts, in doubles on flat arrays of n points, two a point.
 */
import { squaredHuber } from "./huber.js";
import { twiceHuber } from "./twice-huber.js";

/** The constants of a robustification. */
export interface Robustification {
  readonly maxLength: number;
  readonly clamp: "straight-through" | "true";
  readonly residualFactor: number;
  readonly weightFactor: number;
  readonly epsilon: number;
}

/** Every constant as in the published code. */
export const publishedRobustification: Robustification = {
  maxLength: 32,
  clamp: "straight-through",
  residualFactor: 3,
  weightFactor: 4,
  epsilon: 1e-6,
};

/** Writes e [2n] of r [2n], which may be the same array. */
export function shortenedResidual(
  n: number,
  r: Float64Array,
  maxLength: number,
  epsilon: number,
  e: Float64Array,
): void {
  for (let i = 0; i < 2 * n; i += 2) {
    const length = Math.sqrt(r[i] * r[i] + r[i + 1] * r[i + 1]) + epsilon;
    const share = length <= maxLength ? 1 : maxLength / length;
    e[i] = share * r[i];
    e[i + 1] = share * r[i + 1];
  }
}

/** Writes ∂e/∂r [2,2] of r [2], the true one. */
export function shortenedResidualJacobian(
  r: Float64Array,
  maxLength: number,
  epsilon: number,
  jacobian: Float64Array,
): void {
  const size = Math.sqrt(r[0] * r[0] + r[1] * r[1]);
  const length = size + epsilon;
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 2; j++) {
      const unit = i === j ? 1 : 0;
      jacobian[2 * i + j] =
        length <= maxLength
          ? unit
          : (maxLength * (unit - (r[i] * r[j]) / (size * length))) / length;
    }
}

/** Writes the mean of v [2n], one an axis [2], weighted by valid [n] or null; 0 if that sums to 0. */
export function validMean(
  n: number,
  v: Float64Array,
  valid: Float64Array | null,
  mean: Float64Array,
): void {
  let u = 0;
  let w = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const counts = valid === null ? 1 : valid[i];
    u += counts * v[2 * i];
    w += counts * v[2 * i + 1];
    total += counts;
  }
  mean[0] = total === 0 ? 0 : u / total;
  mean[1] = total === 0 ? 0 : w / total;
}

/** Writes δ_e [2] of e [2n]. */
export function residualThreshold(
  n: number,
  e: Float64Array,
  valid: Float64Array | null,
  factor: number,
  threshold: Float64Array,
): void {
  let u = 0;
  let w = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const counts = valid === null ? 1 : valid[i];
    u += counts * Math.abs(e[2 * i]);
    w += counts * Math.abs(e[2 * i + 1]);
    total += counts;
  }
  threshold[0] = total === 0 ? 0 : factor * (u / total);
  threshold[1] = total === 0 ? 0 : factor * (w / total);
}

/** Writes M [2n] of e [2n] and δ_e [2]. */
export function residualVariance(
  n: number,
  e: Float64Array,
  threshold: Float64Array,
  M: Float64Array,
): void {
  for (let i = 0; i < 2 * n; i++) M[i] = twiceHuber(Math.abs(e[i]), threshold[i & 1]);
}

const mean = new Float64Array(2);

/** Writes δ_w [2n] of squared weights [2n] and M [2n]. */
export function weightThreshold(
  n: number,
  squares: Float64Array,
  M: Float64Array,
  valid: Float64Array | null,
  factor: number,
  epsilon: number,
  threshold: Float64Array,
): void {
  for (let i = 0; i < 2 * n; i++) threshold[i] = squares[i] * M[i];
  validMean(n, threshold, valid, mean);
  for (let i = 0; i < 2 * n; i++)
    threshold[i] = Math.sqrt((factor * mean[i & 1]) / (M[i] + epsilon));
}

/** Writes ω [2n] of squared weights and δ_w [2n]; ω may be the squared weights. */
export function limitedWeight(
  n: number,
  squares: Float64Array,
  threshold: Float64Array,
  omega: Float64Array,
): void {
  for (let i = 0; i < 2 * n; i++) omega[i] = squaredHuber(squares[i], threshold[i]);
}
