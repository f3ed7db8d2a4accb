import type { SampledPoints } from "../../src/definitions/pose-sample-cost.js";
import type { Stream } from "../../src/random/stream.js";
import type { Big } from "../../src/scalar/index.js";
import { bigRows } from "./big-truth.js";

/** Points seen by several poses, flat; with and without Huber and clamps. */
export interface SampleProblem {
  readonly n: number;
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
  readonly K: Float64Array;
  readonly width: 7 | 4;
  readonly count: number;
  /** [count, width], and one weight of a pose each [count]. */
  readonly poses: Float64Array;
  readonly v: Float64Array;
}

/** Points about the origin at a depth of 3 to 6, pixels within some 50 px of where they are seen. */
export function sampleProblem(draw: Stream, width: 7 | 4): SampleProblem {
  const [n, count] = [5, 3];
  const K = Float64Array.of(500, 2, 320, 0, 480, 240, 0, 0, 1);
  const list = (length: number, each: () => number) => Float64Array.from({ length }, each);
  const poses = new Float64Array(width * count);
  for (let s = 0; s < count; s++) {
    poses.set([0.2 * draw.normal(), 0.2 * draw.normal(), 3 + 3 * draw.uniform()], width * s);
    if (width === 7) draw.unitQuaternion(poses.subarray(7 * s + 3, 7 * s + 7));
    else poses[4 * s + 3] = 3 * draw.normal();
  }
  return {
    ...{ n, K, width, count, poses },
    x3d: list(3 * n, () => 0.4 * draw.normal()),
    x2d: list(2 * n, () => 280 + 50 * draw.normal()),
    w2d: list(2 * n, () => draw.uniform()),
    v: list(count, () => draw.uniform() - 0.5),
  };
}

/** The same at 64 digits. */
export const bigPoints = ({ x2d, x3d, w2d, K }: SampleProblem): SampledPoints<Big> => ({
  x2d: bigRows(x2d, 2),
  x3d: bigRows(x3d, 3),
  w2d: bigRows(w2d, 2),
  K: bigRows(K, 3),
});
