/**
 * Exp and Log of rotations in doubles; see definitions/rodrigues.ts.
 *
 * [ω]×² is spelt out entry by entry, so the diagonal 1 − B(y² + z²) has one subtraction only. Log
 * needs no series: with atan2 nothing cancels, and only ‖v‖² could underflow.
 */
import { quaternionRay } from "./quaternion.js";
import { seriesA, seriesB } from "./rotation-series.js";

const ray = new Float64Array(4);

/** Writes Exp ω to R [9], for ω [3] in rad of any length. */
export function rotation(omega: Float64Array, R: Float64Array): void {
  const x = omega[0];
  const y = omega[1];
  const z = omega[2];
  const s = x * x + y * y + z * z;
  writePolynomial(x, y, z, seriesA(s), seriesB(s), R);
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

/** Writes I + a [ω]× + b [ω]×² to M [9], ω = (x, y, z). */
export function writePolynomial(
  x: number,
  y: number,
  z: number,
  a: number,
  b: number,
  M: Float64Array,
): void {
  M[0] = 1 - b * (y * y + z * z);
  M[1] = b * x * y - a * z;
  M[2] = b * x * z + a * y;
  M[3] = b * x * y + a * z;
  M[4] = 1 - b * (x * x + z * z);
  M[5] = b * y * z - a * x;
  M[6] = b * x * z - a * y;
  M[7] = b * y * z + a * x;
  M[8] = 1 - b * (x * x + y * y);
}
