/**
 * Detection scores in doubles; see definitions/detection-score.ts. Both branches of the loss take
 * the exponential of −|x|, which cannot overflow, and its logarithm by log1p.
 */

/** s*(e) in [0, 1]. @throws RangeError unless e >= 0; an infinite error scores 0. */
export function scoreTarget(e: number): number {
  if (!(e >= 0)) throw new RangeError(`scoreTarget: expected an error >= 0, got ${e}`);
  return Math.min(Math.max((2.5 - Math.log2(e)) / 4, 0), 1);
}

/** L(x, s). @throws RangeError unless s is in [0, 1]. */
export function scoreLoss(x: number, s: number): number {
  if (!(s >= 0 && s <= 1)) throw new RangeError(`scoreLoss: expected a target in [0, 1], got ${s}`);
  // An infinite logit that is right costs nothing; its product with zero would be no number.
  const wrong = x > 0 ? 1 - s : -s;
  return (wrong === 0 ? 0 : x * wrong) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** ∂L/∂x = σ(x) − s. */
export function scoreLossSlope(x: number, s: number): number {
  // Away from zero the small part of σ, or of 1 − σ, is formed alone.
  if (x <= 0) return scoreProbability(x) - s;
  return 1 - s - scoreProbability(-x);
}

/** σ(x) in [0, 1]. */
export function scoreProbability(x: number): number {
  const rest = Math.exp(-Math.abs(x));
  return (x < 0 ? rest : 1) / (1 + rest);
}

/** Class probability times σ(x). */
export function detectionScore(probability: number, x: number): number {
  return probability * scoreProbability(x);
}

/** s_MC of normalised weights [K] and distances e [K] m. @throws as scoreTarget does. */
export function monteCarloScore(count: number, weights: Float64Array, e: Float64Array): number {
  let total = 0;
  for (let j = 0; j < count; j++) total += weights[j] * scoreTarget(e[j]);
  return total;
}

/** s_r of the scores s and s_MC and the ratio r. @throws RangeError unless all are in [0, 1]. */
export function mixedScore(score: number, monteCarlo: number, ratio: number): number {
  unit("score", score);
  unit("Monte Carlo score", monteCarlo);
  unit("ratio", ratio);
  return score ** (1 - ratio) * monteCarlo ** ratio;
}

function unit(what: string, value: number): void {
  if (!(value >= 0 && value <= 1))
    throw new RangeError(`mixedScore: expected a ${what} in [0, 1], got ${value}`);
}
