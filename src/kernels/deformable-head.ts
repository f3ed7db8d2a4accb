/**
 * Deformable attention in doubles, on flat arrays; see definitions/deformable-head.ts.
 *
 * Exponentials are of differences to the greatest logit; gradients of the softmax are formed from
 * differences to the mean gradient, before they are scaled.
 */
import {
  bilinearLocationJacobian,
  bilinearMapVjp,
  bilinearSample,
  type Padding,
} from "./bilinear-sampling.js";

/** Writes p + σ o to locations [2M], which may be offsets [2M]. */
export function samplingLocations(
  count: number,
  p: Float64Array,
  stride: number,
  offsets: Float64Array,
  locations: Float64Array,
): void {
  for (let i = 0; i < 2 * count; i++) locations[i] = p[i & 1] + stride * offsets[i];
}

/**
 * Writes a [M] for a query q [D], keys [M·D] and mask [M].
 *
 * @throws RangeError if a logit is not finite, or M is not positive.
 */
export function maskedAttention(
  count: number,
  depth: number,
  q: Float64Array,
  keys: Float64Array,
  mask: Float64Array,
  attention: Float64Array,
): void {
  bareAttention("maskedAttention", count, depth, q, keys, attention);
  for (let m = 0; m < count; m++) attention[m] *= mask[m];
}

function bareAttention(
  name: string,
  count: number,
  depth: number,
  q: Float64Array,
  keys: Float64Array,
  attention: Float64Array,
): void {
  if (!(count > 0)) throw new RangeError(`${name}: expected M >= 1 locations, got ${count}`);
  const root = Math.sqrt(depth);
  let largest = Number.NEGATIVE_INFINITY;
  for (let m = 0; m < count; m++) {
    let logit = 0;
    for (let d = 0; d < depth; d++) logit += q[d] * keys[m * depth + d];
    attention[m] = logit / root;
    if (!Number.isFinite(logit))
      throw new RangeError(`${name}: expected finite logits, got ${logit}`);
    largest = Math.max(largest, attention[m]);
  }
  let total = 0;
  for (let m = 0; m < count; m++) {
    attention[m] = Math.exp(attention[m] - largest);
    total += attention[m];
  }
  for (let m = 0; m < count; m++) attention[m] /= total;
}

/**
 * Writes ∂L/∂q [D] to query, ∂L/∂keys [M·D] to keyGradient and ∂L/∂mask [M] to maskGradient, of
 * v = ∂L/∂a [M]. No output may be an input.
 *
 * @throws as maskedAttention does.
 */
export function maskedAttentionVjp(
  count: number,
  depth: number,
  q: Float64Array,
  keys: Float64Array,
  mask: Float64Array,
  v: Float64Array,
  query: Float64Array,
  keyGradient: Float64Array,
  maskGradient: Float64Array,
): void {
  bareAttention("maskedAttentionVjp", count, depth, q, keys, maskGradient);
  const root = Math.sqrt(depth);
  let mean = 0;
  for (let m = 0; m < count; m++) mean += maskGradient[m] * v[m] * mask[m];
  query.fill(0, 0, depth);
  for (let m = 0; m < count; m++) {
    const logit = (maskGradient[m] * (v[m] * mask[m] - mean)) / root;
    for (let d = 0; d < depth; d++) {
      query[d] += logit * keys[m * depth + d];
      keyGradient[m * depth + d] = logit * q[d];
    }
    maskGradient[m] *= v[m];
  }
}

/**
 * Writes s [C] = Σ a v(l) of a map [rows, columns, C], locations [2M] in cells and attention [M];
 * scratch [C] is overwritten.
 */
export function attendedSample(
  rows: number,
  columns: number,
  channels: number,
  map: Float64Array,
  count: number,
  locations: Float64Array,
  attention: Float64Array,
  padding: Padding,
  scratch: Float64Array,
  sample: Float64Array,
): void {
  sample.fill(0, 0, channels);
  for (let m = 0; m < count; m++) {
    const x = locations[2 * m];
    const y = locations[2 * m + 1];
    bilinearSample(rows, columns, channels, map, x, y, padding, scratch);
    for (let k = 0; k < channels; k++) sample[k] += attention[m] * scratch[k];
  }
}

/**
 * Writes ∂L/∂locations [2M] to locationGradient and ∂L/∂a [M] to attentionGradient, and adds ∂L/∂map
 * to mapGradient [rows, columns, C], of v = ∂L/∂s [C]; scratch [2C] is overwritten.
 */
export function attendedSampleVjp(
  rows: number,
  columns: number,
  channels: number,
  map: Float64Array,
  count: number,
  locations: Float64Array,
  attention: Float64Array,
  padding: Padding,
  v: Float64Array,
  scratch: Float64Array,
  locationGradient: Float64Array,
  attentionGradient: Float64Array,
  mapGradient: Float64Array,
): void {
  for (let m = 0; m < count; m++) {
    const x = locations[2 * m];
    const y = locations[2 * m + 1];
    bilinearSample(rows, columns, channels, map, x, y, padding, scratch);
    let seen = 0;
    for (let k = 0; k < channels; k++) seen += scratch[k] * v[k];
    attentionGradient[m] = seen;
    bilinearLocationJacobian(rows, columns, channels, map, x, y, padding, scratch);
    let across = 0;
    let down = 0;
    for (let k = 0; k < channels; k++) {
      across += scratch[2 * k] * v[k];
      down += scratch[2 * k + 1] * v[k];
    }
    locationGradient[2 * m] = attention[m] * across;
    locationGradient[2 * m + 1] = attention[m] * down;
    for (let k = 0; k < channels; k++) scratch[k] = attention[m] * v[k];
    bilinearMapVjp(rows, columns, channels, x, y, padding, scratch, mapGradient);
  }
}

/** Writes the lattice of radius ½ of H heads to biases [3H]. @throws RangeError unless H is positive. */
export function coordinateLattice(heads: number, biases: Float64Array): void {
  if (!(Number.isInteger(heads) && heads > 0))
    throw new RangeError(`coordinateLattice: expected a whole number of heads >= 1, got ${heads}`);
  for (let h = 0; h < heads; h++) {
    const cos = (heads - 2 * h - 1) / heads;
    // 1 − cos² as a product, which keeps its digits at the poles of many heads.
    const sin = Math.sqrt((2 * h + 1) * (2 * heads - 2 * h - 1)) / heads;
    // Whole turns come off the multiple of the golden ratio, before π multiplies it.
    const turns = ((1 + Math.sqrt(5)) * (h + 0.5)) / 2;
    const angle = 2 * Math.PI * (turns - Math.floor(turns));
    biases[3 * h] = 0.5 * sin * Math.cos(angle);
    biases[3 * h + 1] = 0.5 * sin * Math.sin(angle);
    biases[3 * h + 2] = 0.5 * cos;
  }
}

/** Writes (z₁, z₂, −z₃) of z [3N] to mirrored [3N], which may be z. */
export function mirroredPoints(count: number, z: Float64Array, mirrored: Float64Array): void {
  for (let i = 0; i < 3 * count; i++) mirrored[i] = i % 3 === 2 ? -z[i] : z[i];
}

/** Writes (W − u, v) of x [2N] to mirrored [2N], which may be x. */
export function mirroredPixels(
  count: number,
  x: Float64Array,
  W: number,
  mirrored: Float64Array,
): void {
  for (let i = 0; i < 2 * count; i++) mirrored[i] = i & 1 ? x[i] : W - x[i];
}

/** π − β rad, not wrapped. */
export function mirroredYaw(beta: number): number {
  return Math.PI - beta;
}

/** Writes (−v_X, v_Z) to mirrored [2], which may be velocity [2]. */
export function mirroredVelocity(velocity: Float64Array, mirrored: Float64Array): void {
  mirrored[0] = -velocity[0];
  mirrored[1] = velocity[1];
}
