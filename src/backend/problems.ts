/** Problems on their way to a backend: packed one behind the other, each with its own number of points. */
import type { Correspondences } from "../problem/correspondences.js";
import { sharedArray } from "./shared-array.js";

/** Packed problems; made by `packedProblems` or `paddedProblems`, which have checked them. */
export interface Problems {
  /** B. */
  readonly count: number;
  /** First point of each problem, and behind them the number of all points [B + 1]. */
  readonly offsets: Int32Array;
  /** Pixels [2] and object points [3] of every point, weights [2] that multiply residuals; cameras [9 B]. */
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
  readonly K: Float64Array;
  /**
   * Points N of the arrays [B, N, …] that problems came in, and in which what belongs to points comes back,
   * with zeros on the padding; null if they came as a list, and comes back packed.
   */
  readonly room: number | null;
}

/** Offsets and arrays of zeros for problems of so many points. */
export function zeroProblems(counts: ArrayLike<number>, room: number | null): Problems {
  const B = counts.length;
  const offsets = new Int32Array(B + 1);
  for (let b = 0; b < B; b++) offsets[b + 1] = offsets[b] + counts[b];
  const P = offsets[B];
  return {
    ...{ count: B, offsets, room },
    x2d: sharedArray(2 * P),
    x3d: sharedArray(3 * P),
    w2d: sharedArray(2 * P),
    K: sharedArray(9 * B),
  };
}

/**
 * Checked correspondences, one behind the other.
 *
 * @throws TypeError if an entry is none; RangeError if its arrays do not have its number of points.
 */
export function packedProblems(list: readonly Correspondences[]): Problems {
  list.forEach((of, b) => {
    requireCorrespondences(of, b);
  });
  const problems = zeroProblems(
    list.map(({ n }) => n),
    null,
  );
  const { offsets, x2d, x3d, w2d, K } = problems;
  list.forEach((of, b) => {
    x2d.set(of.x2d, 2 * offsets[b]);
    x3d.set(of.x3d, 3 * offsets[b]);
    w2d.set(of.w2d, 2 * offsets[b]);
    K.set(of.K, 9 * b);
  });
  return problems;
}

function requireCorrespondences(of: Correspondences, b: number): void {
  if (!Number.isInteger(of?.n))
    throw new TypeError(`packedProblems: expected correspondences at ${b}, got ${typeof of}`);
  for (const [name, width] of [
    ["x2d", 2],
    ["x3d", 3],
    ["w2d", 2],
  ] as const)
    if (of[name]?.length !== width * of.n)
      throw new RangeError(
        `packedProblems: expected ${width * of.n} numbers of ${name} in problem ${b}, got ${of[name]?.length ?? "none"}`,
      );
  if (of.K?.length !== 9)
    throw new RangeError(
      `packedProblems: expected 9 numbers of K in problem ${b}, got ${of.K?.length ?? "none"}`,
    );
}
