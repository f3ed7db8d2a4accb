/**
 * Shares of estimates within thresholds. Every threshold is strict, error < threshold: an error exactly
 * on it is a miss. A missing estimate has error Infinity and a NaN is a miss, so that the denominator
 * is always the number of targets. Shares are fractions; tables print percentages.
 *
 *     accuracy        share with e < τ                                  ADD-k, Proj-k
 *     jointAccuracy   share with θ < n° and ‖Δt‖ < n cm                   ACC-k, n° n cm
 *     averageRecall   mean accuracy over thresholds                     AR_MSSD, AR_MSPD, AR_VSD
 *
 * Source: EQUATIONS REPRO-M3 … M5, LM-M1, LM-M4, LM-M5, BOP-M2, BOP-M3; [UAVA2021] Sec 3.4,
 * [BopChallenge2020] Sec 2.
 */
import { requireErrors } from "./area.js";

/** Share of errors < threshold [1]; NaN of none. @throws RangeError unless 0 < threshold < ∞. */
export function accuracy(errors: Float64Array, threshold: number): number {
  requireErrors("accuracy", errors, threshold);
  let within = 0;
  for (const e of errors) if (e < threshold) within++;
  return within / errors.length;
}

/** Share with both errors below their thresholds [1]. @throws RangeError if the lengths differ. */
export function jointAccuracy(
  first: Float64Array,
  firstThreshold: number,
  second: Float64Array,
  secondThreshold: number,
): number {
  requireErrors("jointAccuracy", first, firstThreshold);
  requireErrors("jointAccuracy", second, secondThreshold);
  if (first.length !== second.length)
    throw new RangeError(
      `jointAccuracy: expected two errors for each estimate, got ${first.length} and ${second.length}`,
    );
  let within = 0;
  for (let i = 0; i < first.length; i++)
    if (first[i] < firstThreshold && second[i] < secondThreshold) within++;
  return within / first.length;
}

/**
 * Mean of "n°, n cm" over n = 1 … 10 [1], of angles [rad] and lengths of which `centimetre` is one
 * centimetre: 0.01 if they are metres, 10 if millimetres.
 */
export function jointAccuracyMean(
  angles: Float64Array,
  lengths: Float64Array,
  centimetre: number,
): number {
  let total = 0;
  for (let n = 1; n <= 10; n++)
    total += jointAccuracy(angles, (n * Math.PI) / 180, lengths, n * centimetre);
  return total / 10;
}

/** Mean accuracy over thresholds [1], at least one. */
export function averageRecall(errors: Float64Array, thresholds: ArrayLike<number>): number {
  if (thresholds.length === 0)
    throw new RangeError("averageRecall: expected at least one threshold, got none");
  let total = 0;
  for (let k = 0; k < thresholds.length; k++) total += accuracy(errors, thresholds[k]);
  return total / thresholds.length;
}

/** Thresholds of AR_MSPD [px]: 5r, 10r, …, 50r with r = width/640. @throws RangeError unless width > 0. */
export function mspdThresholds(width: number): Float64Array {
  if (!(width > 0 && width < Infinity))
    throw new RangeError(`mspdThresholds: expected a positive image width, got ${width}`);
  return Float64Array.from({ length: 10 }, (_, k) => (5 * (k + 1) * width) / 640);
}

/** Shares of the diameter that AR_MSSD and AR_VSD go through: 0.05, 0.1, …, 0.5. */
export const diameterShares: Float64Array = Float64Array.from(
  { length: 10 },
  (_, k) => (5 * (k + 1)) / 100,
);

/** Thresholds of AR_MSSD: 0.05 d, …, 0.5 d, in the unit of d. @throws RangeError unless d > 0. */
export function mssdThresholds(diameter: number): Float64Array {
  if (!(diameter > 0 && diameter < Infinity))
    throw new RangeError(`mssdThresholds: expected a positive diameter, got ${diameter}`);
  return diameterShares.map((share) => share * diameter);
}

/**
 * AR_VSD [1] of discrepancies [targets, tolerances]: the mean over tolerances and over the thresholds
 * 0.05, 0.1, …, 0.5 on the discrepancy, of the share of targets below.
 */
export function vsdAverageRecall(discrepancies: Float64Array, tolerances: number): number {
  if (!(Number.isInteger(tolerances) && tolerances > 0 && discrepancies.length % tolerances === 0))
    throw new RangeError(
      `vsdAverageRecall: expected whole rows of ${tolerances}, got ${discrepancies.length} numbers`,
    );
  // Every pair of a tolerance and a threshold has the same number of targets.
  return averageRecall(discrepancies, diameterShares);
}

/**
 * Average precision [1] of a recall–precision curve: the greatest precision at each of the recalls 0,
 * 0.01, …, 1 or beyond, averaged; what is beyond the greatest recall counts 0.
 *
 * @throws RangeError if the lengths differ or an entry is outside 0 … 1.
 */
export function interpolatedPrecision(recall: Float64Array, precision: Float64Array): number {
  if (recall.length !== precision.length)
    throw new RangeError(
      `interpolatedPrecision: expected as many precisions as recalls, got ${precision.length} and ${recall.length}`,
    );
  for (const x of [...recall, ...precision])
    if (!(x >= 0 && x <= 1))
      throw new RangeError(`interpolatedPrecision: expected shares in 0 … 1, got ${x}`);
  let total = 0;
  for (let k = 0; k <= 100; k++) {
    let most = 0;
    for (let i = 0; i < recall.length; i++)
      if (recall[i] >= k / 100) most = Math.max(most, precision[i]);
    total += most;
  }
  return total / 101;
}
