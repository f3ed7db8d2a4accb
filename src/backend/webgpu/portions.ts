/**
 * Runs of problems that fit a device: no array of a run is larger than a buffer may be, and none takes so long that a
 * driver would call it hung.
 */
import type { Task } from "../task.js";

/** What the largest array of an operation holds, for a point and for a problem, and what is computed. */
export interface Size {
  readonly bytesOfPoint: number;
  readonly bytesOfProblem: number;
  /** Bytes whatever the number of problems. Default: 0. */
  readonly bytesOfTask?: number;
  /** Pairs, or other units of about 100 operations, of a problem of n points. */
  readonly pairs: (n: number) => number;
}

export interface Portion {
  readonly from: number;
  readonly to: number;
  /** Whether even one problem is too large for the device: from + 1 = to. */
  readonly tooLarge: boolean;
}

/** Pairs of one submission: 0.1 to 1 s on the slowest GPU in use; and those of one problem that is no longer cut. */
const MOST_PAIRS = 2 ** 31;
const LARGEST_PROBLEM = 2 ** 33;

/** Portions that make up problems 0 … B − 1. */
export function* portions({ offsets }: Task, size: Size, bufferBytes: number): Generator<Portion> {
  const B = offsets.length - 1;
  const room = bufferBytes - (size.bytesOfTask ?? 0);
  for (let from = 0; from < B; ) {
    let pairs = 0;
    let to = from;
    for (; to < B; to++) {
      const points = offsets[to + 1] - offsets[from];
      const own = size.pairs(offsets[to + 1] - offsets[to]);
      pairs += own;
      const bytes = Math.max(points * size.bytesOfPoint, (to + 1 - from) * size.bytesOfProblem);
      if (bytes > room || own > LARGEST_PROBLEM || (pairs > MOST_PAIRS && to > from)) break;
    }
    yield { from, to: Math.max(to, from + 1), tooLarge: to === from };
    from = Math.max(to, from + 1);
  }
}
