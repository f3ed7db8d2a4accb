/**
 * The softmax over the cells of a heat map, in doubles, on flat arrays [n]; see definitions/spatial-softmax.ts. The
 * greatest logit is subtracted first, and a cell of share 0 takes no gradient, whatever v is there: what grows
 * like a logarithm is multiplied by what falls faster.
 */
import { exponentials } from "./exponential.js";

/**
 * Writes p [n], which may be the logits. Returns the logarithm of Σ e^{l/τ} less the greatest l/τ; NaN, with
 * every p NaN, if a logit is NaN or +∞, or all are −∞.
 */
export function spatialSoftmax(
  n: number,
  logits: Float64Array,
  temperature: number,
  p: Float64Array,
): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) if (logits[i] > greatest) greatest = logits[i];
  const total = exponentials(0, n, logits, greatest, 1 / temperature, p);
  if (!(total >= 1)) {
    p.fill(Number.NaN, 0, n);
    return Number.NaN;
  }
  const share = 1 / total;
  for (let i = 0; i < n; i++) p[i] *= share;
  return Math.log(total);
}

/** Writes ∂L/∂l [n], which may be v, of v = ∂L/∂p [n], and returns ∂L/∂τ. */
export function spatialSoftmaxVjp(
  n: number,
  logits: Float64Array,
  temperature: number,
  p: Float64Array,
  v: Float64Array,
  byLogits: Float64Array,
): number {
  let mean = 0;
  for (let i = 0; i < n; i++) if (p[i] !== 0) mean += p[i] * v[i];
  let along = 0;
  for (let i = 0; i < n; i++) {
    const slope = p[i] === 0 ? 0 : (p[i] * (v[i] - mean)) / temperature;
    byLogits[i] = slope;
    if (slope !== 0) along += slope * logits[i];
  }
  return -along / temperature;
}
