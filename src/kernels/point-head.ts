/**
 * The points of a deformable head in doubles, on flat arrays; see definitions/point-head.ts. Points of one
 * head lie side by side, so that heads are ranges and not a look-up.
 */
import { denseWeights } from "./dense-weights.js";

// The axis last measured: its mean, max(σ, 1) and whether σ is the greater.
let mean = 0;
let divisor = 1;
let free = false;

function measure(count: number, x: Float64Array, axis: number): void {
  mean = 0;
  for (let i = axis; i < 2 * count; i += 2) mean += x[i] / count;
  let left = 0;
  let square = 0;
  for (let i = axis; i < 2 * count; i += 2) left += (x[i] - mean) / count;
  // Pixels close together, far from zero: the mean is repaired by what is left.
  mean += left;
  for (let i = axis; i < 2 * count; i += 2) square += (x[i] - mean) ** 2;
  const deviation = count > 1 ? Math.sqrt(square / (count - 1)) : 0;
  free = deviation > 1;
  divisor = free ? deviation : 1;
}

/** Writes x̃ [2N] of pixels x [2N], which it may be. */
export function normalisedPixels(count: number, x: Float64Array, coded: Float64Array): void {
  for (let a = 0; a < 2; a++) {
    measure(count, x, a);
    for (let i = a; i < 2 * count; i += 2) coded[i] = (x[i] - mean) / divisor;
  }
}

/** Writes ∂L/∂x [2N] to pixels, which may be v, of v = ∂L/∂x̃ [2N]. */
export function normalisedPixelsVjp(
  count: number,
  x: Float64Array,
  v: Float64Array,
  pixels: Float64Array,
): void {
  for (let a = 0; a < 2; a++) {
    measure(count, x, a);
    let up = 0;
    let along = 0;
    for (let i = a; i < 2 * count; i += 2) {
      up += v[i] / count;
      if (free) along += (v[i] * ((x[i] - mean) / divisor)) / (count - 1);
    }
    for (let i = a; i < 2 * count; i += 2)
      pixels[i] = (v[i] - up - ((x[i] - mean) / divisor) * along) / divisor;
  }
}

function checkHeads(name: string, count: number, heads: number): void {
  if (!(heads > 0 && count % heads === 0))
    throw new RangeError(
      `${name}: expected points in equal numbers in ${heads} heads, got ${count}`,
    );
}

/** Writes f [N·D] of v [N·D], which it may be, q [H·D] and λ. @throws RangeError unless H divides N. */
export function queriedPoints(
  count: number,
  heads: number,
  depth: number,
  v: Float64Array,
  q: Float64Array,
  mix: number,
  f: Float64Array,
): void {
  checkHeads("queriedPoints", count, heads);
  const share = (count / heads) * depth;
  for (let h = 0; h < heads; h++)
    for (let k = 0; k < share; k++)
      f[h * share + k] = v[h * share + k] + mix * q[h * depth + (k % depth)];
}

/**
 * Writes ∂L/∂q [H·D] to queries and returns ∂L/∂λ, of u = ∂L/∂f [N·D]; ∂L/∂v is u itself.
 *
 * @throws as queriedPoints does.
 */
export function queriedPointsVjp(
  count: number,
  heads: number,
  depth: number,
  q: Float64Array,
  mix: number,
  u: Float64Array,
  queries: Float64Array,
): number {
  checkHeads("queriedPointsVjp", count, heads);
  const share = (count / heads) * depth;
  let byMix = 0;
  queries.fill(0, 0, heads * depth);
  for (let h = 0; h < heads; h++)
    for (let k = 0; k < share; k++) {
      queries[h * depth + (k % depth)] += u[h * share + k];
      byMix += u[h * share + k] * q[h * depth + (k % depth)];
    }
  for (let k = 0; k < heads * depth; k++) queries[k] *= mix;
  return byMix;
}

/** Writes y [N·O] of f [N·D], W [H·O·D] and b [H·O]. @throws RangeError unless H divides N. */
export function headwiseLinear(
  count: number,
  heads: number,
  depth: number,
  outputs: number,
  f: Float64Array,
  W: Float64Array,
  b: Float64Array,
  y: Float64Array,
): void {
  checkHeads("headwiseLinear", count, heads);
  const share = count / heads;
  for (let i = 0; i < count; i++) {
    const layer = Math.floor(i / share) * outputs;
    for (let o = 0; o < outputs; o++) {
      let total = b[layer + o];
      for (let d = 0; d < depth; d++) total += W[(layer + o) * depth + d] * f[i * depth + d];
      y[i * outputs + o] = total;
    }
  }
}

/**
 * Writes ∂L/∂f [N·D] to features, ∂L/∂W [H·O·D] to weights and ∂L/∂b [H·O] to bias, of v = ∂L/∂y [N·O].
 *
 * @throws as headwiseLinear does.
 */
export function headwiseLinearVjp(
  count: number,
  heads: number,
  depth: number,
  outputs: number,
  f: Float64Array,
  W: Float64Array,
  v: Float64Array,
  features: Float64Array,
  weights: Float64Array,
  bias: Float64Array,
): void {
  checkHeads("headwiseLinearVjp", count, heads);
  const share = count / heads;
  features.fill(0, 0, count * depth);
  weights.fill(0, 0, heads * outputs * depth);
  bias.fill(0, 0, heads * outputs);
  for (let i = 0; i < count; i++) {
    const layer = Math.floor(i / share) * outputs;
    for (let o = 0; o < outputs; o++) {
      const up = v[i * outputs + o];
      bias[layer + o] += up;
      for (let d = 0; d < depth; d++) {
        features[i * depth + d] += up * W[(layer + o) * depth + d];
        weights[(layer + o) * depth + d] += up * f[i * depth + d];
      }
    }
  }
}

/** Writes w [2N] of logits s [2N], which it may be, log scales g [2] and mask [N]. @throws as denseWeights does. */
export function pointWeights(
  count: number,
  s: Float64Array,
  g: Float64Array,
  mask: Float64Array,
  w: Float64Array,
): void {
  denseWeights("softmax", count, s, g, w);
  for (let k = 0; k < 2 * count; k++) w[k] *= mask[k >> 1];
}

/**
 * Writes ∂L/∂s [2N] to logits, ∂L/∂g [2] to scale and ∂L/∂μ [N] to maskGradient, of v = ∂L/∂w [2N]. No
 * output may be an input.
 *
 * @throws as denseWeights does.
 */
export function pointWeightsVjp(
  count: number,
  s: Float64Array,
  g: Float64Array,
  mask: Float64Array,
  v: Float64Array,
  logits: Float64Array,
  scale: Float64Array,
  maskGradient: Float64Array,
): void {
  denseWeights("softmax", count, s, g, logits);
  for (let i = 0; i < count; i++)
    maskGradient[i] = logits[2 * i] * v[2 * i] + logits[2 * i + 1] * v[2 * i + 1];
  for (let a = 0; a < 2; a++) {
    let total = 0;
    let weighted = 0;
    for (let k = a; k < 2 * count; k += 2) {
      total += logits[k];
      weighted += logits[k] * v[k] * mask[k >> 1];
    }
    scale[a] = weighted;
    // The mean of v μ under the softmax comes off before anything is scaled; no weight, no mean.
    const middle = total > 0 ? weighted / total : 0;
    for (let k = a; k < 2 * count; k += 2) logits[k] *= v[k] * mask[k >> 1] - middle;
  }
}
