/** A table of scores: a row for each object and the mean over objects, with confidence intervals. */
import { bootstrapIntervals, type Interval, type Statistic } from "../metrics/bootstrap.js";
import { type ObjectErrors, type Result, rowScores, score } from "../metrics/result.js";
import type { Column } from "./columns.js";
import type { Evaluation, ObjectColumns } from "./evaluation.js";

export interface TableRow {
  readonly object: number;
  readonly name: string;
  readonly instances: number;
  readonly missing: number;
  /** One for each column. */
  readonly results: readonly Result[];
}

export interface ScoreTable {
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
  /** Means over objects, one for each column. */
  readonly means: readonly Result[];
}

export interface TableOptions {
  /** How often to draw the images again for intervals; 0 for none. Default 1000. */
  readonly resamples?: number;
  /** Name of the random stream. Default "evaluate". */
  readonly seed?: string;
  /** Share of intervals that hold the true score. Default 0.95. */
  readonly level?: number;
  /** Published quirks that every number of the table reproduces, beside those of its rule. */
  readonly compatibility?: readonly string[];
}

/**
 * The scores of an evaluation. Intervals come from whole images drawn again, since targets of one image
 * are not independent; a number that is no mean over targets, such as the toolbox's area, has none.
 */
export function scoreTable(
  { objects }: Evaluation,
  columns: readonly Column[],
  options: TableOptions = {},
): ScoreTable {
  const { resamples = 1000, seed = "evaluate", level = 0.95, compatibility = [] } = options;
  const scored = columns.map((column) => {
    const errors = objects.map((object) => objectErrors(object, column));
    return { column, errors, ...score(column.metric, column.rule, errors) };
  });
  const bounds =
    resamples === 0 || objects.length === 0
      ? scored.map(() => [])
      : intervals(objects, scored, { resamples, seed, level });
  const stated = (result: Result, interval: Interval | undefined): Result => ({
    ...result,
    ...(interval && !Number.isNaN(interval.low) && { interval }),
    compatibility: [...result.compatibility, ...compatibility],
  });
  return {
    columns,
    rows: objects.map(({ object, model, instances, missing }, o) => ({
      ...{ object, name: model.name, instances, missing },
      results: scored.map(({ perObject }, c) => stated(perObject[o], bounds[c][o])),
    })),
    means: scored.map(({ mean }, c) => stated(mean, bounds[c][objects.length])),
  };
}

function objectErrors({ model, errors, missing }: ObjectColumns, { metric }: Column): ObjectErrors {
  const of = (name: keyof typeof errors) => {
    const found = errors[name];
    if (found === undefined)
      throw new RangeError(`scoreTable: expected errors of ${name} in the evaluation, got none`);
    return found;
  };
  if (metric !== "rotation and translation") return { model, errors: of(metric), missing };
  return { model, errors: of("rotation"), lengths: of("translation"), missing };
}

interface Scored {
  readonly column: Column;
  readonly errors: readonly ObjectErrors[];
}

/** Intervals of each column: one for each object, and the mean's last; none of a score that is no mean. */
function intervals(
  objects: readonly ObjectColumns[],
  scored: readonly Scored[],
  options: { resamples: number; seed: string; level: number },
): Interval[][] {
  const groups = new Int32Array(objects.reduce((sum, { instances }) => sum + instances, 0));
  let end = 0;
  const ends = objects.map(({ instances, images }) => {
    groups.set(images, end);
    end += instances;
    return end;
  });
  const statistics: Statistic[] = [];
  const counts = scored.map(({ column, errors }) => {
    const scores = errors.map((object) => rowScores(column.rule, object));
    if (scores.some((each) => each === null)) return 0;
    const own = (scores as Float64Array[]).map((values, o) =>
      weightedMean(values, ends[o] - values.length),
    );
    statistics.push(...own, (times) => meanOfNumbers(own.map((statistic) => statistic(times))));
    return own.length + 1;
  });
  if (groups.length === 0 || statistics.length === 0) return scored.map(() => []);
  const all = bootstrapIntervals(groups.length, statistics, { ...options, groups });
  return counts.map((count) => all.splice(0, count));
}

/** Mean of values over rows `from` …, weighted by how often each is drawn; NaN values are left out. */
function weightedMean(values: Float64Array, from: number): Statistic {
  return (times) => {
    let total = 0;
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      const weight = times[from + i];
      if (weight === 0 || Number.isNaN(values[i])) continue;
      total += weight * values[i];
      count += weight;
    }
    return total / count;
  };
}

/** Mean of the numbers that are not NaN. */
function meanOfNumbers(values: readonly number[]): number {
  const kept = values.filter((value) => !Number.isNaN(value));
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}
