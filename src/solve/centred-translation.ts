/**
 * A translation that puts the object where it is seen and about as large as it is seen (PNP-8).
 *
 *     ray_i = K⁻¹(x_i, 1),  m and σ the mean and the (N − 1) standard deviation of its (x, y)
 *     depth = std(z)_y / σ_y                 rotation about the vertical only (4 degrees of freedom)
 *     depth = √(2/3) ‖std(z)‖ / ‖σ‖          any rotation
 *     t = depth · (m, 1)
 *
 * The √(2/3) is what a uniform rotation leaves of a spread in two of three axes. Exact under a change
 * of unit. Source: the public implementation of [EProPnP2022]; constants in EQUATIONS PNP-8.
 */
import { inverseCamera } from "../problem/camera.js";

/** Least σ, in units of the focal length, that a depth is divided by: coincident pixels. */
const LEAST_SPREAD = 1e-6;

const inverse = new Float64Array(9);

/**
 * Writes the centre-based t [3] of n ≥ 2 correspondences; `upright` says that the object turns about
 * the vertical only. K is any regular matrix; weights play no part.
 *
 * @throws RangeError if n < 2: a standard deviation is undefined.
 */
export function centredTranslation(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  K: Float64Array,
  upright: boolean,
  t: Float64Array,
): void {
  if (!(n >= 2)) throw new RangeError(`centredTranslation: expected n >= 2, got ${n}`);
  inverseCamera(K, inverse);
  let mx = 0;
  let my = 0;
  let cx = 0;
  let cy = 0;
  let cz = 0;
  for (let i = 0; i < n; i++) {
    const u = x2d[2 * i];
    const v = x2d[2 * i + 1];
    const depth = inverse[6] * u + inverse[7] * v + inverse[8];
    mx += (inverse[0] * u + inverse[1] * v + inverse[2]) / depth / n;
    my += (inverse[3] * u + inverse[4] * v + inverse[5]) / depth / n;
    cx += x3d[3 * i] / n;
    cy += x3d[3 * i + 1] / n;
    cz += x3d[3 * i + 2] / n;
  }
  let rays = 0;
  let points = 0;
  for (let i = 0; i < n; i++) {
    const u = x2d[2 * i];
    const v = x2d[2 * i + 1];
    const depth = inverse[6] * u + inverse[7] * v + inverse[8];
    const x = (inverse[0] * u + inverse[1] * v + inverse[2]) / depth - mx;
    const y = (inverse[3] * u + inverse[4] * v + inverse[5]) / depth - my;
    rays += upright ? y * y : x * x + y * y;
    const height = x3d[3 * i + 1] - cy;
    points += height * height;
    if (!upright) points += (x3d[3 * i] - cx) ** 2 + (x3d[3 * i + 2] - cz) ** 2;
  }
  const spread = Math.sqrt(points / (n - 1));
  const seen = Math.max(Math.sqrt(rays / (n - 1)), LEAST_SPREAD);
  const depth = ((upright ? 1 : Math.sqrt(2 / 3)) * spread) / seen;
  t[0] = depth * mx;
  t[1] = depth * my;
  t[2] = depth;
}
