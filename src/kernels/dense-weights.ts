/**
 * Weights of dense correspondences in doubles, on flat arrays; see definitions/dense-weights.ts.
 *
 * Every exponential is taken of one difference, of the logits' maximum or mean, so that a softmax
 * neither overflows nor divides zero by zero, whatever the logits. The gradient of the softmax is
 * formed as w (v − v̄), v̄ the mean of v under the softmax: the terms that cancel do so before they
 * are scaled.
 */

export type DenseWeightForm = "softmax" | "geometric" | "exponential";

/** ln of the largest double: e^x overflows above it. */
const GREATEST_EXPONENT = 709.782712893384;

/**
 * Writes w [2N] for logits s [2N] and log scales g [2]. w may be s. A logit of −∞ has weight zero
 * under "softmax" and "exponential".
 *
 * @throws RangeError if a logit or log scale is NaN or +∞, if a weight overflows, or if the mean of
 * "geometric" or every logit of "softmax" is −∞: the weights are then undefined.
 */
export function denseWeights(
  form: DenseWeightForm,
  n: number,
  s: Float64Array,
  g: Float64Array,
  w: Float64Array,
): void {
  for (let a = 0; a < 2; a++) {
    let largest = Number.NEGATIVE_INFINITY;
    let mean = 0;
    for (let i = a; i < 2 * n; i += 2) {
      largest = Math.max(largest, s[i]);
      mean += s[i] / n;
    }
    // Logits far apart leave the mean no digit after its point: summing what is left repairs it.
    let left = 0;
    for (let i = a; i < 2 * n; i += 2) left += (s[i] - mean) / n;
    mean += left;
    const shift = form === "softmax" ? largest : form === "geometric" ? mean : 0;
    const exponent = n > 0 ? largest - shift + g[a] : 0;
    if (!(exponent <= GREATEST_EXPONENT && (shift > Number.NEGATIVE_INFINITY || n === 0)))
      throw new RangeError(
        `denseWeights: expected finite logits and weights below e^${GREATEST_EXPONENT}, got e^${exponent}`,
      );
    let total = 0;
    for (let i = a; i < 2 * n; i += 2) {
      w[i] = Math.exp(s[i] - shift);
      total += w[i];
    }
    const denominator = form === "softmax" ? total : form === "geometric" ? n : 1;
    const scale = Math.exp(g[a]);
    for (let i = a; i < 2 * n; i += 2) w[i] = (w[i] / denominator) * scale;
  }
}

/**
 * Writes ∂L/∂s [2N] to logits and ∂L/∂g [2] to scale, of v = ∂L/∂w [2N] and the weights w [2N] that
 * denseWeights returned. logits may be v. Zero weights pass no gradient.
 */
export function denseWeightsVjp(
  form: DenseWeightForm,
  n: number,
  w: Float64Array,
  v: Float64Array,
  logits: Float64Array,
  scale: Float64Array,
): void {
  for (let a = 0; a < 2; a++) {
    let total = 0;
    let weighted = 0;
    for (let i = a; i < 2 * n; i += 2) {
      total += w[i];
      weighted += w[i] * v[i];
    }
    scale[a] = weighted;
    const mean = form === "softmax" && total > 0 ? weighted / total : 0;
    const share = form === "geometric" ? weighted / n : 0;
    for (let i = a; i < 2 * n; i += 2) logits[i] = w[i] * (v[i] - mean) - share;
  }
}

/**
 * Writes the joint weights w [2N] of logits s [2N] and one log scale g. w may be s. A logit of −∞ has
 * weight zero, and so may a whole axis.
 *
 * @throws RangeError if a logit or the log scale is NaN or +∞, if a weight overflows, or if every logit
 * is −∞.
 */
export function jointWeights(n: number, s: Float64Array, g: number, w: Float64Array): void {
  if (n === 0) return;
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < 2 * n; k++) largest = Math.max(largest, s[k]);
  if (!(Number.isFinite(largest) && g <= GREATEST_EXPONENT))
    throw new RangeError(
      `jointWeights: expected finite logits and weights below e^${GREATEST_EXPONENT}, got e^${g} of logits up to ${largest}`,
    );
  let total = 0;
  for (let k = 0; k < 2 * n; k++) {
    w[k] = Math.exp(s[k] - largest);
    total += w[k];
  }
  const scale = Math.exp(g);
  for (let k = 0; k < 2 * n; k++) w[k] = (w[k] / total) * scale;
}

/** Writes ∂L/∂s [2N] of v = ∂L/∂w [2N] and joint weights w [2N] to logits, which may be v; returns ∂L/∂g. */
export function jointWeightsVjp(
  n: number,
  w: Float64Array,
  v: Float64Array,
  logits: Float64Array,
): number {
  let total = 0;
  let weighted = 0;
  for (let k = 0; k < 2 * n; k++) {
    total += w[k];
    weighted += w[k] * v[k];
  }
  const mean = total > 0 ? weighted / total : 0;
  for (let k = 0; k < 2 * n; k++) logits[k] = w[k] * (v[k] - mean);
  return weighted;
}
