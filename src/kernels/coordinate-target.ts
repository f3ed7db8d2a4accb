/**
 * Dense targets in doubles: see definitions/coordinate-target.ts. K has the last row 0, 0, 1, as cameras of
 * turned crops have; its inverse is that of the upper left corner, and the principal point is taken off
 * first, which keeps the digits of pixels near it.
 */

/**
 * Writes z [3] of the pixel (u, v) at depth d, of the pose [R | t] row by row [12] and half extents e [3].
 *
 * @throws RangeError unless the last row of K is 0, 0, 1 and K is regular.
 */
export function coordinateTarget(
  u: number,
  v: number,
  d: number,
  K: Float64Array,
  pose: Float64Array,
  e: Float64Array,
  h: number,
  z: Float64Array,
): void {
  const determinant = K[0] * K[4] - K[1] * K[3];
  if (K[6] !== 0 || K[7] !== 0 || K[8] !== 1 || determinant === 0)
    throw new RangeError("coordinateTarget: expected a regular K with the last row 0, 0, 1");
  const x = u + h - K[2];
  const y = v + h - K[5];
  const X = (d * (K[4] * x - K[1] * y)) / determinant - pose[3];
  const Y = (d * (K[0] * y - K[3] * x)) / determinant - pose[7];
  const Z = d - pose[11];
  for (let a = 0; a < 3; a++) z[a] = (pose[a] * X + pose[4 + a] * Y + pose[8 + a] * Z) / e[a];
}
