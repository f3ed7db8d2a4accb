/**
 * Adaptive Huber threshold: kernel of ../definitions/adaptive-threshold.ts, in doubles on flat arrays
 * x2d [2n], w2d [2n]. Points are taken from the first of them before their mean is, so an offset common
 * to all pixels costs no digits, in slopes either: a mean of 300 px is off by 3e-14 px.
 */

/** δ [px]. @throws RangeError if n < 2. */
export function adaptiveThreshold(
  n: number,
  x2d: Float64Array,
  w2d: Float64Array,
  relative: number,
): number {
  return relative * meanWeight(n, w2d) * spread(n, x2d);
}

/** ∂δ/∂wᵢₖ [px], the same for all i and k. @throws RangeError if n < 2. */
export function adaptiveThresholdWeightSlope(
  n: number,
  x2d: Float64Array,
  relative: number,
): number {
  return (relative * spread(n, x2d)) / (2 * n);
}

/** Writes ∂δ/∂x to slope [2n], which may not be x2d. @throws RangeError if n < 2. */
export function adaptiveThresholdPointSlope(
  n: number,
  x2d: Float64Array,
  w2d: Float64Array,
  relative: number,
  slope: Float64Array,
): void {
  const sigma = spread(n, x2d);
  const factor = sigma > 0 ? (relative * meanWeight(n, w2d)) / ((n - 1) * sigma) : 0;
  for (let k = 0; k < 2; k++) {
    const mean = meanOffset(n, x2d, k);
    for (let i = 0; i < n; i++) slope[2 * i + k] = factor * (x2d[2 * i + k] - x2d[k] - mean);
  }
}

function meanWeight(n: number, w2d: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < 2 * n; i++) sum += w2d[i];
  return sum / (2 * n);
}

/** x̄ₖ − x₀ₖ. */
function meanOffset(n: number, x2d: Float64Array, k: number): number {
  let sum = 0;
  for (let i = 1; i < n; i++) sum += x2d[2 * i + k] - x2d[k];
  return sum / n;
}

function spread(n: number, x2d: Float64Array): number {
  if (!(n >= 2)) throw new RangeError(`adaptiveThreshold: expected at least 2 points, got ${n}`);
  let sum = 0;
  for (let k = 0; k < 2; k++) {
    const mean = meanOffset(n, x2d, k);
    for (let i = 0; i < n; i++) sum += (x2d[2 * i + k] - x2d[k] - mean) ** 2;
  }
  return Math.sqrt(sum / (n - 1));
}
