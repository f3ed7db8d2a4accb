/**
 * Draws without replacement, one after the other, each with chance in proportion to its weight among
 * those left. The `count` smallest of −ln(u_i)/w_i, u_i uniform, are such a draw, in order: every
 * index takes part in an exponential race at the speed of its weight.
 * Source: [EfraimidisSpirakis2006] doi:10.1016/j.ipl.2005.11.003.
 */
import { stableLog } from "./elementary.js";
import type { Stream } from "./stream.js";

/**
 * `count` different indices of weights [n], none of weight zero.
 *
 * @throws RangeError if a weight is negative or not finite, or fewer than `count` are positive.
 */
export function weightedDraw(weights: Float64Array, count: number, draw: Stream): number[] {
  let positive = 0;
  for (const w of weights) {
    if (!(w >= 0 && w < Number.POSITIVE_INFINITY))
      throw new RangeError(`weightedDraw: expected finite weights >= 0, got ${w}`);
    if (w > 0) positive++;
  }
  if (!(count <= positive))
    throw new RangeError(
      `weightedDraw: expected count <= ${positive} positive weights, got ${count}`,
    );
  const races = Array.from(weights, (w, index) => {
    // Drawn for every index, so that each has the same number whatever the others weigh.
    const time = -stableLog(1 - draw.uniform());
    return { index, time: w > 0 ? time / w : Number.POSITIVE_INFINITY };
  });
  races.sort((a, b) => a.time - b.time || a.index - b.index);
  return races.slice(0, count).map(({ index }) => index);
}
