/**
 * Gradients by the seven coordinates (t, q) of a pose, and by the tangent in which poses move, chart LEFT: a turn φ
 * of the camera frame, and a shift τ.
 *
 *     dt = τ,   dq = ½ (0, φ) ⊗ q
 */

/** Gradients v [B, 6] by (φ, τ) of those by (t, q) [B, 7] at poses [B, 7]. */
export function tangentGradients(poses: Float64Array, byPose: ArrayLike<number>): Float64Array {
  const B = poses.length / 7;
  const v = new Float64Array(6 * B);
  for (let b = 0; b < B; b++) {
    const [w, x, y, z] = poses.subarray(7 * b + 3, 7 * b + 7);
    const at = 7 * b;
    const [gw, gx, gy, gz] = [3, 4, 5, 6].map((k) => byPose[at + k]);
    v[6 * b] = (-gw * x + gx * w - gy * z + gz * y) / 2;
    v[6 * b + 1] = (-gw * y + gx * z + gy * w - gz * x) / 2;
    v[6 * b + 2] = (-gw * z - gx * y + gy * x + gz * w) / 2;
    for (let k = 0; k < 3; k++) v[6 * b + 3 + k] = byPose[at + k];
  }
  return v;
}

/**
 * Writes the gradient [7] by (t, q) of one [6] by (φ, τ) at a pose [7], of anything that asks for the direction of
 * q alone: it has no part along q.
 */
export function coordinateGradient(
  pose: Float64Array,
  byTangent: Float64Array,
  out: Float64Array,
): void {
  const [w, x, y, z] = pose.subarray(3);
  const [a, b, c] = byTangent;
  const twice = 2 / (w * w + x * x + y * y + z * z);
  for (let k = 0; k < 3; k++) out[k] = byTangent[3 + k];
  out[3] = twice * (-a * x - b * y - c * z);
  out[4] = twice * (a * w + b * z - c * y);
  out[5] = twice * (-a * z + b * w + c * x);
  out[6] = twice * (a * y - b * x + c * w);
}
