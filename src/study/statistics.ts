/** A measure over seeds: its mean and the standard error of that mean. */

/** Mean, standard error (NaN of fewer than two) and count of the finite values. */
export interface Summary {
  readonly mean: number;
  readonly error: number;
  readonly count: number;
  /** Values that were no finite numbers, left out. */
  readonly missing: number;
}

export function summary(values: readonly number[]): Summary {
  const finite = values.filter(Number.isFinite);
  const count = finite.length;
  const mean = finite.reduce((sum, v) => sum + v, 0) / count;
  const squares = finite.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  const error = count > 1 ? Math.sqrt(squares / (count - 1) / count) : Number.NaN;
  return { mean, error, count, missing: values.length - count };
}
