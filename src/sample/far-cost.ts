/**
 * The cost of poses at infinity. Along t = λ d, λ → ∞, every point is seen at the pixel p of d, so
 *
 *     c → ½ Σ ρ(‖wᵢ ∘ (xᵢ − p)‖²),   p clamped to the border
 *
 * and exp(−c) does not vanish: the integral over all translations diverges for any finite weights, and a
 * sampler sees it unless this cost is far above that of the peak. The least over p is at most the value at
 * the weighted mean of the pixels, and equals it without Huber.
 * Source: EQUATIONS EPRO-3, EPRO-4, AMB-32.
 */
import type { PointSet } from "../solve/polish.js";

/** c [weighted px²] at infinity, towards the weighted mean (w²) of the pixels; NaN if N = 0. */
export function farCost(
  { n, x2d, w2d }: PointSet,
  delta: number,
  clamps: Float64Array | null,
): number {
  if (n === 0) return Number.NaN;
  const p = [0, 1].map((k) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < n; i++) {
      const square = w2d[2 * i + k] * w2d[2 * i + k];
      sum += square * (x2d[2 * i + k] - x2d[k]);
      total += square;
    }
    const mean = total > 0 ? x2d[k] + sum / total : x2d[k];
    return clamps ? Math.min(Math.max(mean, clamps[1 + k]), clamps[3 + k]) : mean;
  });
  let cost = 0;
  for (let i = 0; i < n; i++) {
    const e = Math.hypot(
      w2d[2 * i] * (x2d[2 * i] - p[0]),
      w2d[2 * i + 1] * (x2d[2 * i + 1] - p[1]),
    );
    cost += e > delta ? delta * (e - 0.5 * delta) : 0.5 * e * e;
  }
  return cost;
}
