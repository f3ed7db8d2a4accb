/**
 * Importance weights in the log domain: mixtures of proposals, normalised weights, log-evidence, its
 * standard error and the effective sample size.
 *
 *     log Z ≈ log (1/K) Σ vⱼ,   v̄ⱼ = vⱼ / Σ v,   ESS = 1 / Σ v̄²,   se(log Z) = √(K/(K−1) (Σ v̄² − 1/K))
 *
 * A weight of −∞ is a pose that cannot be; +∞ and NaN never come from finite costs and densities.
 * Source: EQUATIONS EPRO-7, EPRO-8 lines 7 to 12, EPRO-23.
 */

export interface EvidenceEstimate {
  /** Normalised weights v̄ [K]; zeros if no weight is positive. */
  readonly weights: Float64Array;
  /** log (1/K) Σ v, −Infinity if no weight is positive. */
  readonly logEvidence: number;
  /** Standard error of log Z, by the delta method; Infinity if nothing can be said of it. */
  readonly standardError: number;
  /** 1 / Σ v̄², from 1 to K; 0 if no weight is positive. */
  readonly effectiveSampleSize: number;
}

/** The estimate from log-weights [count], the first of an array that may be longer. */
export function evidenceEstimate(count: number, logWeights: Float64Array): EvidenceEstimate {
  const weights = new Float64Array(count);
  let top = -Infinity;
  for (let j = 0; j < count; j++) if (logWeights[j] > top) top = logWeights[j];
  if (!(top > -Infinity && top < Infinity))
    return { weights, logEvidence: -Infinity, standardError: Infinity, effectiveSampleSize: 0 };
  let sum = 0;
  for (let j = 0; j < count; j++) {
    weights[j] = Math.exp(logWeights[j] - top);
    sum += weights[j];
  }
  let squares = 0;
  for (let j = 0; j < count; j++) {
    weights[j] /= sum;
    squares += weights[j] * weights[j];
  }
  // Rounding may take the spread of equal weights just below zero.
  const spread = Math.max(squares - 1 / count, 0);
  return {
    weights,
    logEvidence: top + Math.log(sum / count),
    standardError: count > 1 ? Math.sqrt((count / (count - 1)) * spread) : Infinity,
    effectiveSampleSize: Math.min(1 / squares, count),
  };
}

/** Adds one more proposal to mixtures, log Σ_m q_m of poses from … to − 1: log q of pose j is densities[at + j]. */
export function logMixture(
  from: number,
  to: number,
  densities: Float64Array,
  at: number,
  mixtures: Float64Array,
): void {
  for (let j = from; j < to; j++) {
    const mixture = mixtures[j];
    const density = densities[at + j];
    const top = mixture > density ? mixture : density;
    // An infinite density is none: top − top is then no number, nor is what comes of it.
    if (top !== -Infinity)
      mixtures[j] = top + Math.log1p(Math.exp(-Math.abs(mixture - density))) + (top - top);
  }
}
