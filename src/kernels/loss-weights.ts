/** Losses added up in doubles; see definitions/loss-weights.ts. */

/** Σ λ_k L_k of count losses. */
export function weightedTotal(count: number, losses: Float64Array, weights: Float64Array): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += weights[k] * losses[k];
  return total;
}

/** (1 − μ) n + μ m. @throws RangeError unless μ is in [0, 1]. */
export function runningMean(n: number, m: number, momentum: number): number {
  if (!(momentum >= 0 && momentum <= 1))
    throw new RangeError(`runningMean: expected a momentum in [0, 1], got ${momentum}`);
  return (1 - momentum) * n + momentum * m;
}

/** L / max(n, n₀). @throws RangeError unless the floor n₀ is positive. */
export function normalisedLoss(loss: number, n: number, floor: number): number {
  if (!(floor > 0)) throw new RangeError(`normalisedLoss: expected a floor > 0, got ${floor}`);
  return loss / (n < floor ? floor : n);
}
