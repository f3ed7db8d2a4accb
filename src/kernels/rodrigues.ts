/**
 * Exp and Log of rotations in doubles; see definitions/rodrigues.ts.
 *
 * Log needs no series: with atan2 nothing cancels, and only ‖v‖² could underflow.
 */
import { hatPolynomial } from "./hat.js";
import { quaternionRay } from "./quaternion.js";
import { seriesA, seriesB } from "./rotation-series.js";

const ray = new Float64Array(4);

/** Writes Exp ω to R [9], for ω [3] in rad of any length. */
export function rotation(omega: Float64Array, R: Float64Array): void {
  const s = omega[0] * omega[0] + omega[1] * omega[1] + omega[2] * omega[2];
  hatPolynomial(omega, seriesA(s), seriesB(s), R);
}

/**
 * Writes Log R [3] in rad, of a rotation R [9]. True if that is the only logarithm no longer than π;
 * false at a half turn, which has two: the one whose first non-zero entry is positive is written.
 */
export function rotationVector(R: Float64Array, omega: Float64Array): boolean {
  quaternionRay(R, ray);
  const sine = Math.sqrt(ray[1] * ray[1] + ray[2] * ray[2] + ray[3] * ray[3]);
  // Below 1e-150 the squares leave the normal range, and atan2(sine, w) / sine is 1 / w by far.
  const factor = sine > 1e-150 ? (2 * Math.atan2(sine, ray[0])) / sine : 2 / ray[0];
  omega[0] = factor * ray[1];
  omega[1] = factor * ray[2];
  omega[2] = factor * ray[3];
  return ray[0] > 0;
}
