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

/** Writes log (1/T) Σ_m exp(densities[m, j]) to out [count], for the first T rows of [.., stride]. */
export function logMixture(
  T: number,
  count: number,
  stride: number,
  densities: Float64Array,
  out: Float64Array,
): void {
  for (let j = 0; j < count; j++) {
    let top = densities[j];
    for (let m = 1; m < T; m++)
      if (densities[m * stride + j] > top) top = densities[m * stride + j];
    let sum = 0;
    for (let m = 0; m < T; m++) {
      // The largest is known without an exponential, and often is the only one.
      const density = densities[m * stride + j];
      sum += density === top ? 1 : Math.exp(density - top);
    }
    // An infinite density is none: top − top is then no number, nor is what comes of it.
    out[j] = top > -Infinity ? top + Math.log(sum / T) + (top - top) : -Infinity;
  }
}
