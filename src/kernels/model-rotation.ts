/** The coding frame in doubles; see definitions/model-rotation.ts. R [9]; no output may be an input. */

/** Writes z′ [3]. */
export function codedPoint(
  z: Float64Array,
  R: Float64Array,
  t: Float64Array,
  coded: Float64Array,
): void {
  for (let a = 0; a < 3; a++)
    coded[a] = R[3 * a] * z[0] + R[3 * a + 1] * z[1] + R[3 * a + 2] * z[2] + t[a];
}

/** Writes z [3]. */
export function modelPoint(
  coded: Float64Array,
  R: Float64Array,
  t: Float64Array,
  z: Float64Array,
): void {
  const x = coded[0] - t[0];
  const y = coded[1] - t[1];
  const d = coded[2] - t[2];
  for (let a = 0; a < 3; a++) z[a] = R[a] * x + R[3 + a] * y + R[6 + a] * d;
}

/** Writes ∂L/∂z′ [3] of v = ∂L/∂z [3]. */
export function modelPointPull(v: Float64Array, R: Float64Array, pulled: Float64Array): void {
  for (let a = 0; a < 3; a++)
    pulled[a] = R[3 * a] * v[0] + R[3 * a + 1] * v[1] + R[3 * a + 2] * v[2];
}
