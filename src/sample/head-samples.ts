/**
 * What heads draw in training: pixels of a dense head, cells of a detector.
 * Source: EQUATIONS EPRO-35, 42; [EProPnP2022] Sec 5.2 and published code.
 */
import {
  balancedWeights,
  centernessProbabilities,
  importanceWeights,
} from "../kernels/object-sampling.js";
import type { Stream } from "../random/stream.js";

/**
 * `count` different indices of 0 … n − 1 [count], each set of them equally likely: 512 of 4096 as published.
 * A loss on them passes gradient to these points and no other.
 *
 * @throws RangeError unless n and count are integers with 0 <= count <= n.
 */
export function pointSample(n: number, count: number, draw: Stream): Int32Array {
  if (!(Number.isInteger(n) && Number.isInteger(count) && count >= 0 && count <= n))
    throw new RangeError(`pointSample: expected integers 0 <= count <= n, got ${count} of ${n}`);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + draw.integer(n - i);
    const index = order[j];
    order[j] = order[i];
    order[i] = index;
  }
  return order.slice(0, count);
}

export interface ObjectSample {
  /** Cells drawn [n], as indices of the foreground: the uniform ones, all different, come first. */
  readonly cells: Int32Array;
  /** Balanced importance weights [n] of mean 1, the same total for every object drawn. */
  readonly weights: Float64Array;
  /** Weights [n] that are equal within an object, with the same totals. */
  readonly uniformWeights: Float64Array;
}

/**
 * Cells at which a detector trains, of foreground cells of centerness [F] and object number [F].
 *
 * `share` of `count` are drawn uniformly without replacement, never more than F; the rest in proportion to
 * centerness with replacement. Without foreground nothing is drawn. Defaults: 48 and ½.
 *
 * @throws RangeError if the lengths differ, an object number is no integer >= 0, a centerness is
 * negative or all are zero, or an option is out of range.
 */
export function objectSample(
  centerness: Float64Array,
  objects: Int32Array,
  draw: Stream,
  options: { readonly count?: number; readonly share?: number } = {},
): ObjectSample {
  const { count = 48, share = 0.5 } = options;
  const F = centerness.length;
  if (objects.length !== F)
    throw new RangeError(`objectSample: expected ${F} object numbers, got ${objects.length}`);
  if (!(Number.isInteger(count) && count >= 1))
    throw new RangeError(`objectSample: expected a whole count >= 1, got ${count}`);
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`objectSample: expected a share in [0, 1], got ${share}`);
  const least = centerness.reduce((a, b) => Math.min(a, b), 0);
  if (!(least >= 0)) throw new RangeError(`objectSample: expected centerness >= 0, got ${least}`);
  if (objects.some((o) => o < 0))
    throw new RangeError("objectSample: expected object numbers >= 0, got a negative one");
  const none = new Float64Array(0);
  if (F === 0) return { cells: new Int32Array(0), weights: none, uniformWeights: none };
  const uniform = Math.min(Math.round(count * share), F);
  const probabilities = new Float64Array(F);
  const importance = new Float64Array(F);
  centernessProbabilities(F, centerness, probabilities);
  // The share that was drawn, not the one asked for: foreground may be scarce.
  importanceWeights(F, centerness, uniform / count, importance);
  const cells = new Int32Array(count);
  cells.set(pointSample(F, uniform, draw));
  for (let j = uniform; j < count; j++) cells[j] = proportionalDraw(probabilities, draw);
  const kinds = objects.reduce((a, b) => Math.max(a, b), 0) + 1;
  const own = Int32Array.from(cells, (cell) => objects[cell]);
  const weights = Float64Array.from(cells, (cell) => importance[cell]);
  const uniformWeights = new Float64Array(count).fill(1);
  const scratch = new Float64Array(kinds);
  balancedWeights(count, weights, own, kinds, scratch, weights);
  balancedWeights(count, uniformWeights, own, kinds, scratch, uniformWeights);
  return { cells, weights, uniformWeights };
}

/** An index with the probabilities [F], which sum to 1. */
function proportionalDraw(probabilities: Float64Array, draw: Stream): number {
  let left = draw.uniform();
  let last = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i] === 0) continue;
    last = i;
    left -= probabilities[i];
    if (left < 0) break;
  }
  // Rounding of the sum may leave a little over: the last cell that can be drawn takes it.
  return last;
}
