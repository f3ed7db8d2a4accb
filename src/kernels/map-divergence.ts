/**
 * Divergences between heat maps, in doubles, on flat arrays [n]; see definitions/map-divergence.ts.
 *
 * Zeros without a floor: KL is Infinity where q is 0 and p is not, and so are the slopes that grow without bound; JS
 * has the slope ½ ln 2 where both maps are 0. That of logits stays finite for any finite logits, however small the share
 * of a cell that the target wants.
 */
import { exponentials } from "./exponential.js";

let room = new Float64Array(0);

/** KL(p ‖ q). */
export function mapDivergence(n: number, p: Float64Array, q: Float64Array, floor: number): number {
  let total = 0;
  for (let i = 0; i < n; i++)
    if (p[i] > 0) total += p[i] * logRatio(p[i] + floor, q[i] + floor, p[i] - q[i]);
  return total;
}

/** Writes ∂/∂p and ∂/∂q [n]. */
export function mapDivergenceGradient(
  n: number,
  p: Float64Array,
  q: Float64Array,
  floor: number,
  byP: Float64Array,
  byQ: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    const P = p[i] + floor;
    const Q = q[i] + floor;
    // At zero p the slope is its limit from above, p/P being 1 without a floor.
    byP[i] =
      Q === 0 ? Number.POSITIVE_INFINITY : logRatio(P, Q, p[i] - q[i]) + (P === 0 ? 1 : p[i] / P);
    byQ[i] = p[i] === 0 ? 0 : -p[i] / Q;
  }
}

/** JS(p, q). */
export function symmetricDivergence(
  n: number,
  p: Float64Array,
  q: Float64Array,
  floor: number,
): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const M = 0.5 * (p[i] + q[i]) + floor;
    const d = 0.5 * (p[i] - q[i]);
    if (p[i] > 0) total += p[i] * logRatio(p[i] + floor, M, d);
    if (q[i] > 0) total += q[i] * logRatio(q[i] + floor, M, -d);
  }
  return 0.5 * total;
}

/** Writes ∂/∂p [n], which may be p or q. */
export function symmetricDivergenceGradient(
  n: number,
  p: Float64Array,
  q: Float64Array,
  floor: number,
  gradient: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    const m = 0.5 * (p[i] + q[i]);
    const P = p[i] + floor;
    const M = m + floor;
    const d = 0.5 * (p[i] - q[i]);
    // p/P − m/M = f (p − m)/(P M)
    const rest = floor === 0 ? 0 : (floor / P) * (d / M);
    gradient[i] = M === 0 ? 0.5 * Math.LN2 : 0.5 * (logRatio(P, M, d) + rest);
  }
}

/** ln(a/b), from d = a − b where they are close: near equal maps that is all there is. */
function logRatio(a: number, b: number, d: number): number {
  return Math.abs(d) < 0.5 * b ? Math.log1p(d / b) : Math.log(a / b);
}

/** KL(T ‖ softmax(l/τ)); NaN if a logit is NaN or +∞. */
export function logitDivergence(
  n: number,
  logits: Float64Array,
  temperature: number,
  target: Float64Array,
): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) if (logits[i] > greatest) greatest = logits[i];
  if (room.length < n) room = new Float64Array(n);
  const logSum = Math.log(exponentials(0, n, logits, greatest, 1 / temperature, room));
  let total = 0;
  for (let i = 0; i < n; i++)
    if (target[i] > 0)
      total += target[i] * (Math.log(target[i]) + logSum - (logits[i] - greatest) / temperature);
  return total;
}

/** Writes ∂/∂l [n], where p [n] = softmax(l/τ), and returns ∂/∂τ. */
export function logitDivergenceGradient(
  n: number,
  logits: Float64Array,
  temperature: number,
  p: Float64Array,
  target: Float64Array,
  byLogits: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += target[i];
  let along = 0;
  for (let i = 0; i < n; i++) {
    const slope = (total * p[i] - target[i]) / temperature;
    byLogits[i] = slope;
    along += slope === 0 ? 0 : slope * logits[i];
  }
  return -along / temperature;
}
