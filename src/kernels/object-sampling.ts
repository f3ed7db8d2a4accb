/** Weights of sampled cells in doubles; see definitions/object-sampling.ts. */

/** Writes p [F] of centerness c [F], which may be the same. @throws RangeError unless Σ c is positive and finite. */
export function centernessProbabilities(
  count: number,
  c: Float64Array,
  probabilities: Float64Array,
): void {
  let total = 0;
  for (let i = 0; i < count; i++) total += c[i];
  if (!(total > 0 && total < Number.POSITIVE_INFINITY))
    throw new RangeError(
      `centernessProbabilities: expected a positive finite sum of centerness, got ${total}`,
    );
  for (let i = 0; i < count; i++) probabilities[i] = c[i] / total;
}

/** Writes ω [F] to weights, which may be c [F]. @throws RangeError as above, or unless η is in [0, 1]. */
export function importanceWeights(
  count: number,
  c: Float64Array,
  share: number,
  weights: Float64Array,
): void {
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`importanceWeights: expected a share in [0, 1], got ${share}`);
  centernessProbabilities(count, c, weights);
  for (let i = 0; i < count; i++) {
    const p = weights[i];
    // A cell that neither half can draw has no weight to speak of; 0/0 would be its formula.
    weights[i] = p === 0 ? 0 : p / (share / count + (1 - share) * p);
  }
}

/**
 * Writes w [n] to balanced, of samples' weights ω [n] and their objects [n], numbered from 0 below
 * `kinds`; scratch [kinds] is overwritten. Balanced may be ω. An object whose samples all weigh
 * nothing has no share, and the mean is 1 nevertheless. Returns how many objects have a share.
 */
export function balancedWeights(
  count: number,
  weights: Float64Array,
  objects: Int32Array,
  kinds: number,
  scratch: Float64Array,
  balanced: Float64Array,
): number {
  scratch.fill(0, 0, kinds);
  for (let j = 0; j < count; j++) scratch[objects[j]] += weights[j];
  let present = 0;
  for (let k = 0; k < kinds; k++) if (scratch[k] > 0) present++;
  for (let j = 0; j < count; j++) {
    const total = scratch[objects[j]];
    // Every object's ratios sum to 1, so that their mean is the number of objects over that of samples.
    balanced[j] = total > 0 ? ((weights[j] / total) * count) / present : 0;
  }
  return present;
}
