/**
 * Areas under an accuracy curve F̂(τ) = share of errors < τ, over 0 … limit, as a share of the limit.
 * Six rules go by the same name in print and give six numbers; each has its own here.
 *
 *     exactArea         (1/L) ∫₀ᴸ F̂ = mean(max(0, 1 − e/L))                                  the definition
 *     simpsonArea       Simpson's rule on L·(0, 0.001, …, 0.999), over L                  LM-M3, as published
 *     toolboxArea       Σ Δe · (accuracy at the right end): exactArea + e_max/(n L)       YCB-M2, as published
 *     tenThresholdArea  mean of F̂ at L/10, 2L/10, …, L                                   YCB-M3, as published
 *     elevenPointArea   mean of F̂ at 0, L/10, …, L: 10/11 of the last, as F̂(0) = 0
 *     interpolatedArea  mean over recalls r = 0, 0.1, …, 1 of the greatest precision 1 − e/L whose recall
 *                       is at least r: the rule of detection challenges on this curve
 *
 * Errors and limit are in one unit; a missing estimate has error Infinity, a NaN counts as one. Of no
 * errors the area is NaN. Source: EQUATIONS LM-M3, YCB-M1 … YCB-M3, PVC-44, PVC-45; [Xiang2018] Sec VI,
 * [Everingham2010] Sec 4.2.
 */

/** mean(max(0, 1 − e/L)) [1]. @throws RangeError unless limit > 0 and no error is negative. */
export function exactArea(errors: Float64Array, limit: number): number {
  requireErrors("exactArea", errors, limit);
  let total = 0;
  for (const e of errors) if (e < limit) total += 1 - e / limit;
  return total / errors.length;
}

/**
 * Simpson's rule on the thresholds L·(0, 0.001, …, 0.999) over L [1]: of an even number of nodes, the
 * mean of the rule with a trapezoid at either end, as the published library had it. Even for a perfect
 * estimator below 1, since no error is < 0 and the last thousandth is left out.
 */
export function simpsonArea(errors: Float64Array, limit: number): number {
  requireErrors("simpsonArea", errors, limit);
  const nodes = 1000;
  const sorted = sortedErrors(errors);
  const curve = Float64Array.from({ length: nodes }, (_, k) => below(sorted, (limit * k) / nodes));
  const simpson = (from: number, to: number) => {
    let sum = curve[from] + curve[to];
    for (let k = from + 1; k < to; k++) sum += ((k - from) % 2 ? 4 : 2) * curve[k];
    return sum / 3;
  };
  const last = nodes - 1;
  const early = simpson(0, last - 1) + 0.5 * (curve[last - 1] + curve[last]);
  const late = 0.5 * (curve[0] + curve[1]) + simpson(1, last);
  return (0.5 * (early + late)) / nodes / errors.length;
}

/**
 * Σ Δe · (accuracy at the right end) over L [1], the last step reaching to L. NaN if no error is at most
 * L, as published: `empty` is what to return instead. A single error at most L scores 1.
 */
export function toolboxArea(
  errors: Float64Array,
  limit: number,
  { empty = Number.NaN }: { readonly empty?: number } = {},
): number {
  requireErrors("toolboxArea", errors, limit);
  const sorted = sortedErrors(errors);
  let before = 0;
  let total = 0;
  let count = 0;
  for (; count < sorted.length && sorted[count] <= limit; count++) {
    total += (sorted[count] - before) * (count + 1);
    before = sorted[count];
  }
  if (count === 0) return empty;
  return (total + (limit - before) * count) / sorted.length / limit;
}

/** Mean of F̂ at L/10, 2L/10, …, L [1]. */
export function tenThresholdArea(errors: Float64Array, limit: number): number {
  requireErrors("tenThresholdArea", errors, limit);
  const sorted = sortedErrors(errors);
  let total = 0;
  for (let k = 1; k <= 10; k++) total += below(sorted, (limit * k) / 10);
  return total / 10 / errors.length;
}

/** Mean of F̂ at 0, L/10, …, L [1]. */
export function elevenPointArea(errors: Float64Array, limit: number): number {
  return (tenThresholdArea(errors, limit) * 10) / 11;
}

/** Mean over recalls 0, 0.1, …, 1 of the greatest 1 − e/L reached at that recall or more [1]. */
export function interpolatedArea(errors: Float64Array, limit: number): number {
  requireErrors("interpolatedArea", errors, limit);
  const sorted = sortedErrors(errors);
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  let total = 0;
  for (let k = 0; k <= 10; k++) {
    // The first error at which the share of errors met is at least k/10.
    const e = sorted[Math.max(0, Math.ceil((k * n) / 10) - 1)];
    if (e < limit) total += 1 - e / limit;
  }
  return total / 11;
}

/** Errors in ascending order, a NaN as Infinity. */
export function sortedErrors(errors: Float64Array): Float64Array {
  return errors.map((e) => (Number.isNaN(e) ? Infinity : e)).sort();
}

/** How many of sorted errors are < threshold. */
export function below(sorted: Float64Array, threshold: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @throws RangeError unless limit is positive and finite and no error is negative. */
export function requireErrors(caller: string, errors: Float64Array, limit: number): void {
  if (!(limit > 0 && limit < Infinity))
    throw new RangeError(`${caller}: expected a positive, finite limit, got ${limit}`);
  for (let i = 0; i < errors.length; i++)
    if (errors[i] < 0)
      throw new RangeError(`${caller}: expected errors >= 0, got ${errors[i]} at ${i}`);
}
