/** Poses of tasks, (t, q), as the protocol's rotation vectors and rotation matrices, and back. */
import type { ClaimArray } from "../../formats/claims.js";
import { quaternionRotation } from "../../kernels/quaternion.js";
import { rotationVector } from "../../kernels/rodrigues.js";
import { leftJacobian } from "../../kernels/rotation-jacobians.js";

const R = new Float64Array(9);
const J = new Float64Array(9);

/** R [B, 3, 3] and t [B, 3] of poses (t, q) [B, 7]. */
export function rotationsAndTranslations({ shape: [B], data }: ClaimArray): {
  readonly R: ClaimArray;
  readonly t: ClaimArray;
} {
  const rotations = new Float64Array(9 * B);
  const translations = new Float64Array(3 * B);
  for (let b = 0; b < B; b++) {
    quaternionRotation(data.subarray(7 * b + 3, 7 * b + 7), "normalised", R);
    rotations.set(R, 9 * b);
    translations.set(data.subarray(7 * b, 7 * b + 3), 3 * b);
  }
  return { R: { shape: [B, 3, 3], data: rotations }, t: { shape: [B, 3], data: translations } };
}

/** (ω, t) [B, 6] of poses (t, q) [B, 7], ω of length at most π. */
export function rotationVectorPoses({ shape: [B], data }: ClaimArray): ClaimArray {
  const rows = new Float64Array(6 * B);
  for (let b = 0; b < B; b++) {
    quaternionRotation(data.subarray(7 * b + 3, 7 * b + 7), "normalised", R);
    rotationVector(R, rows.subarray(6 * b, 6 * b + 3));
    rows.set(data.subarray(7 * b, 7 * b + 3), 6 * b + 3);
  }
  return { shape: [B, 6], data: rows };
}

/** (t, q) [B, 7], q of length one and w ≥ 0, of poses (ω, t) [B, 6] or (t, q) [B, 7]. */
export function quaternionPoses({ shape: [B, width], data }: ClaimArray): ClaimArray {
  const rows = new Float64Array(7 * B);
  for (let b = 0; b < B; b++) {
    const given = data.subarray(width * b, width * (b + 1));
    const row = rows.subarray(7 * b, 7 * b + 7);
    if (width === 7) row.set(given);
    else {
      row.set(given.subarray(3), 0);
      const angle = Math.hypot(given[0], given[1], given[2]);
      const factor = angle > 0 ? Math.sin(angle / 2) / angle : 0.5;
      row[3] = Math.cos(angle / 2);
      for (let k = 0; k < 3; k++) row[4 + k] = factor * given[k];
    }
    const size = Math.hypot(row[3], row[4], row[5], row[6]) * (row[3] < 0 ? -1 : 1);
    for (let k = 3; k < 7; k++) row[k] /= size;
  }
  return { shape: [B, 7], data: rows };
}

/**
 * Gradients by (ω, t) [B, 6] from those by the LEFT tangent: a step of ω turns the camera frame by J_l(ω) of it.
 */
export function rotationVectorGradients(poses: ClaimArray, left: ClaimArray): ClaimArray {
  const rows = Float64Array.from(left.data);
  for (let b = 0; b < poses.shape[0]; b++) {
    leftJacobian(poses.data.subarray(6 * b, 6 * b + 3), J);
    const v = left.data.subarray(6 * b, 6 * b + 3);
    for (let k = 0; k < 3; k++) rows[6 * b + k] = J[k] * v[0] + J[3 + k] * v[1] + J[6 + k] * v[2];
  }
  return { shape: left.shape, data: rows };
}

/** (q, t) [B, 7] of poses (t, q): the order of method lc. */
export function rotationFirst({ shape, data }: ClaimArray): ClaimArray {
  const rows = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += 7) {
    rows.set(data.subarray(at + 3, at + 7), at);
    rows.set(data.subarray(at, at + 3), at + 4);
  }
  return { shape, data: rows };
}
