/**
 * What a training framework needs of a computation that it does not differentiate itself: a value, and a
 * function that takes the gradient by the value back to the gradient by the input. Plain arrays in and out.
 *
 * A problem without a value (its status says why) has NaN for one, and hands back zeros whatever its upstream
 * gradient is, so that it moves nothing: leave it out of sums, by `counts`.
 */
import type { PointGradients } from "../batch.js";
import type { Problems } from "../problems.js";

/** A value of each problem, and the way back to gradients `G`. */
export interface Differentiable<G> {
  /** [B], or [B, …] as the function says. */
  readonly value: Float64Array;
  /** Whether each problem has a value [B], and the outcome that says why not. */
  readonly counts: readonly boolean[];
  readonly status: readonly string[];
  /**
   * Gradients by the input of anything whose gradient by `value` is `upstream`, of the shape of `value`.
   *
   * @throws RangeError if upstream has another length; BackendError if the backend fails.
   */
  backward(upstream: ArrayLike<number>): Promise<G>;
}

/** @throws RangeError if an upstream gradient is not as long as the value. */
export function requireUpstream(
  caller: string,
  upstream: ArrayLike<number>,
  value: Float64Array,
): void {
  if (upstream?.length !== value.length)
    throw new RangeError(
      `${caller}: expected an upstream gradient of ${value.length} numbers, got ${upstream?.length ?? "none"}`,
    );
}

/** Gradients by points, those of problem b times upstream[b]; zero where it does not count. */
export function scaledPoints(
  problems: Problems,
  gradients: PointGradients,
  upstream: ArrayLike<number>,
  counts: readonly boolean[],
): PointGradients {
  const scaled = (values: Float64Array, width: number): Float64Array => {
    const out = new Float64Array(values.length);
    for (let b = 0; b < problems.count; b++) {
      if (!counts[b]) continue;
      const [from, to] = pointRange(problems, b, width);
      for (let k = from; k < to; k++) out[k] = upstream[b] * values[k];
    }
    return out;
  };
  return {
    x2d: scaled(gradients.x2d, 2),
    x3d: scaled(gradients.x3d, 3),
    w2d: scaled(gradients.w2d, 2),
  };
}

/** Where the numbers of problem b stand in arrays of points as the problems came: packed or padded. */
export function pointRange(
  { offsets, room }: Problems,
  b: number,
  width: number,
): readonly [number, number] {
  if (room === null) return [width * offsets[b], width * offsets[b + 1]];
  return [width * room * b, width * (room * b + offsets[b + 1] - offsets[b])];
}

/** Numbers of problems [B], those of problem b times upstream[b]; zero where it does not count. */
export const scaledRows = (
  values: Float64Array,
  upstream: ArrayLike<number>,
  counts: readonly boolean[],
): Float64Array => values.map((v, b) => (counts[b] ? upstream[b] * v : 0));
