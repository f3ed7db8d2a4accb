/**
 * The feed-forward part of a transformer layer in doubles, on flat arrays; see definitions/feed-forward.ts.
 * The hidden layer is the caller's, so that the product on the way back need not form it again.
 */
import { pixelwiseLinear, pixelwiseLinearVjp } from "./dense-head.js";

/** W₁ [F·D], b₁ [F], W₂ [D·F] and b₂ [D]; as a gradient, ∂L by each. */
export interface FeedForwardLayers {
  readonly W1: Float64Array;
  readonly b1: Float64Array;
  readonly W2: Float64Array;
  readonly b2: Float64Array;
}

/** Writes h [N·F] to hidden and y [N·D] of x [N·D]. y is not x. */
export function feedForward(
  count: number,
  depth: number,
  width: number,
  x: Float64Array,
  { W1, b1, W2, b2 }: FeedForwardLayers,
  hidden: Float64Array,
  y: Float64Array,
): void {
  pixelwiseLinear(count, depth, width, x, W1, b1, hidden);
  for (let k = 0; k < count * width; k++) hidden[k] = hidden[k] < 0 ? 0 : hidden[k];
  pixelwiseLinear(count, width, depth, hidden, W2, b2, y);
  for (let k = 0; k < count * depth; k++) y[k] += x[k];
}

/**
 * Writes ∂L/∂x [N·D] to input and ∂L by the layers to gradient, of v = ∂L/∂y [N·D] and the hidden layer
 * h [N·F] that feedForward wrote; scratch [N·F] is overwritten. No output may be an input.
 */
export function feedForwardVjp(
  count: number,
  depth: number,
  width: number,
  x: Float64Array,
  { W1, W2 }: FeedForwardLayers,
  hidden: Float64Array,
  v: Float64Array,
  scratch: Float64Array,
  input: Float64Array,
  gradient: FeedForwardLayers,
): void {
  pixelwiseLinearVjp(count, width, depth, hidden, W2, v, scratch, gradient.W2, gradient.b2);
  for (let k = 0; k < count * width; k++) if (!(hidden[k] > 0)) scratch[k] = 0;
  pixelwiseLinearVjp(count, depth, width, x, W1, scratch, input, gradient.W1, gradient.b1);
  for (let k = 0; k < count * depth; k++) input[k] += v[k];
}
