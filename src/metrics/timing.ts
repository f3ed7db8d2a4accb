/**
 * How long something takes, of repeated measurements. The first runs warm caches and compilers and are
 * left out. Times of other machines are not comparable; their order mostly is. Source: EQUATIONS STAT-M1.
 */
export interface TimingSummary {
  /** Seconds of one run. */
  readonly mean: number;
  readonly median: number;
  /** Standard error of the mean [s]; NaN of a single run. */
  readonly standardError: number;
  /** All runs but those left out [s], [min], [h]. */
  readonly totalSeconds: number;
  readonly totalMinutes: number;
  readonly totalHours: number;
  readonly runs: number;
  readonly leftOut: number;
}

/**
 * Summary of seconds by run, in order, without the first `warmup` of them.
 *
 * @throws RangeError unless every run took 0 or more finite seconds and at least one is left.
 */
export function timingSummary(seconds: ArrayLike<number>, warmup = 1): TimingSummary {
  const kept = Float64Array.from(seconds).slice(warmup);
  if (!(Number.isInteger(warmup) && warmup >= 0))
    throw new RangeError(`timingSummary: expected a count of warm-up runs, got ${warmup}`);
  if (kept.length === 0)
    throw new RangeError(
      `timingSummary: expected more runs than the ${warmup} left out, got ${seconds.length}`,
    );
  for (const s of kept)
    if (!(s >= 0 && s < Infinity))
      throw new RangeError(`timingSummary: expected seconds >= 0, got ${s}`);
  const n = kept.length;
  const totalSeconds = kept.reduce((sum, s) => sum + s, 0);
  const mean = totalSeconds / n;
  const squares = kept.reduce((sum, s) => sum + (s - mean) ** 2, 0);
  const sorted = kept.slice().sort();
  return {
    mean,
    median: 0.5 * (sorted[(n - 1) >> 1] + sorted[n >> 1]),
    standardError: n > 1 ? Math.sqrt(squares / (n - 1) / n) : Number.NaN,
    totalSeconds,
    totalMinutes: totalSeconds / 60,
    totalHours: totalSeconds / 3600,
    runs: n,
    leftOut: warmup,
  };
}
