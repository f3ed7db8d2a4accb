/**
 * VSD in doubles, of depth maps [h w] row by row; see definitions/surface-discrepancy.ts.
 *
 * One pass over the pixels keeps for every τ the sum of its costs; no distance is stored. A ray's length
 * √(x² + y² + 1) is formed once a pixel, as both surfaces and the sensor lie on the same ray.
 */

/** How a pixel's disagreement is counted. */
export type DiscrepancyCost = "step" | "linear";

/** Writes d [h w] of a depth map [h w] seen by K [9] = [[fx, s, cx], [0, fy, cy], [0, 0, 1]]. */
export function distanceMap(
  width: number,
  depth: Float64Array,
  K: Float64Array,
  distance: Float64Array,
): void {
  for (let k = 0; k < depth.length; k++) distance[k] = rayLength(k, width, K) * depth[k];
}

/**
 * Writes VSD [k] at tolerances τ [k] of depth maps [h w]: the test image's, and both poses'. With
 * `single`, visibility is judged in single precision as the published evaluator does.
 */
export function surfaceDiscrepancy(
  width: number,
  test: Float64Array,
  estimate: Float64Array,
  truth: Float64Array,
  K: Float64Array,
  delta: number,
  taus: Float64Array,
  cost: DiscrepancyCost,
  errors: Float64Array,
  single = false,
): void {
  let union = 0;
  let both = 0;
  errors.fill(0, 0, taus.length);
  for (let k = 0; k < test.length; k++) {
    if (!(estimate[k] > 0 || truth[k] > 0)) continue;
    const ray = rayLength(k, width, K);
    const sensed = ray * test[k];
    const estimated = ray * estimate[k];
    const real = ray * truth[k];
    const inTruth = unhidden(real, sensed, delta, single);
    const inEstimate = unhidden(estimated, sensed, delta, single) || (inTruth && estimated > 0);
    if (inTruth || inEstimate) union++;
    if (!(inTruth && inEstimate)) continue;
    both++;
    const gap = Math.abs(real - estimated);
    for (let i = 0; i < taus.length; i++)
      errors[i] += gap >= taus[i] ? 1 : cost === "step" ? 0 : gap / taus[i];
  }
  for (let i = 0; i < taus.length; i++)
    errors[i] = union === 0 ? 1 : (errors[i] + (union - both)) / union;
}

/** √(x² + y² + 1) of pixel k's ray. */
function rayLength(k: number, width: number, K: Float64Array): number {
  const row = Math.floor(k / width);
  const y = (row - K[5]) / K[4];
  const x = (k - width * row - K[2] - K[1] * y) / K[0];
  return Math.sqrt(x * x + y * y + 1);
}

/** True where a surface at distance d is there and the sensor saw nothing more than δ before it. */
function unhidden(d: number, sensed: number, delta: number, single: boolean): boolean {
  if (!(d > 0)) return false;
  if (!(sensed > 0)) return true;
  if (single) return Math.fround(Math.fround(d) - Math.fround(sensed)) <= Math.fround(delta);
  return d - sensed <= delta;
}
