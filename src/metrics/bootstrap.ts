/**
 * Confidence intervals by the percentile bootstrap, seeded by name.
 *
 * A resample is told as how often each row is in it, so that one draw serves every statistic of the
 * same rows, and scores of one evaluation are resampled together. Rows of one image are not independent:
 * give `groups` to draw images, and not rows, again. Source: [Efron1979], [DavisonHinkley1997] Sec 5.
 */
import { stream } from "../random/stream.js";

/** A score of the rows, each taken as often as `times` says; all ones is the score itself. */
export type Statistic = (times: Float64Array) => number;

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Share of such intervals that hold the true score, if the rows are independent. */
  readonly level: number;
  readonly resamples: number;
  readonly seed: string;
}

export interface BootstrapOptions {
  /** Name of the random stream: the same name, the same interval. Default "bootstrap". */
  readonly seed?: string;
  /** Default 1000. */
  readonly resamples?: number;
  /** In (0, 1); default 0.95. */
  readonly level?: number;
  /** Which group each row is drawn with [n]; by default each row is its own. */
  readonly groups?: ArrayLike<number>;
}

/**
 * One interval for each statistic of n rows.
 *
 * A resample whose score is NaN, such as of no rows of an object, is left out of that score's interval;
 * an interval of none has NaN ends. @throws RangeError unless n ≥ 1, resamples ≥ 2, 0 < level < 1.
 */
export function bootstrapIntervals(
  n: number,
  statistics: readonly Statistic[],
  options: BootstrapOptions = {},
): Interval[] {
  const { seed = "bootstrap", resamples = 1000, level = 0.95, groups } = options;
  if (!(Number.isInteger(n) && n >= 1))
    throw new RangeError(`bootstrapIntervals: expected at least one row, got ${n}`);
  if (!(Number.isInteger(resamples) && resamples >= 2))
    throw new RangeError(`bootstrapIntervals: expected at least 2 resamples, got ${resamples}`);
  if (!(level > 0 && level < 1))
    throw new RangeError(`bootstrapIntervals: expected a level in (0, 1), got ${level}`);
  if (groups && groups.length !== n)
    throw new RangeError(`bootstrapIntervals: expected ${n} groups, got ${groups.length}`);
  const rows = groupedRows(n, groups);
  const scores = statistics.map(() => new Float64Array(resamples));
  const times = new Float64Array(n);
  for (let b = 0; b < resamples; b++) {
    const draw = stream(seed).at(b);
    times.fill(0);
    for (let k = 0; k < rows.length; k++)
      for (const row of rows[draw.integer(rows.length)]) times[row]++;
    for (let s = 0; s < statistics.length; s++) scores[s][b] = statistics[s](times);
  }
  return scores.map((drawn) => {
    const sorted = drawn.filter((score) => !Number.isNaN(score)).sort();
    const tail = (1 - level) / 2;
    return {
      low: quantile(sorted, tail),
      high: quantile(sorted, 1 - tail),
      level,
      resamples,
      seed,
    };
  });
}

/** Mean of values over the rows, weighted by how often each is there: a Statistic. */
export function resampledMean(values: Float64Array): Statistic {
  return (times) => {
    let total = 0;
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      if (times[i] > 0) total += times[i] * values[i];
      count += times[i];
    }
    return total / count;
  };
}

/** The rows of every group, in order of first appearance. */
function groupedRows(n: number, groups?: ArrayLike<number>): number[][] {
  if (!groups) return Array.from({ length: n }, (_, i) => [i]);
  const found = new Map<number, number[]>();
  for (let i = 0; i < n; i++) {
    const rows = found.get(groups[i]);
    if (rows) rows.push(i);
    else found.set(groups[i], [i]);
  }
  return [...found.values()];
}

/** Quantile of sorted numbers, linear between neighbours; NaN of none. */
function quantile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
