/** What an evaluation is made of, whatever file it comes from. */

/** Instances of one object in one image: what an estimator is asked for. */
export interface Target {
  readonly scene: number;
  readonly image: number;
  readonly object: number;
  /** How many instances; each is one row of the denominator. */
  readonly count: number;
}

/** A pose somebody claims. */
export interface Estimate {
  readonly scene: number;
  readonly image: number;
  readonly object: number;
  readonly score: number;
  /** [R | t] row by row [12], in the unit of the models; R as it was given. */
  readonly pose: Float64Array;
  /** Where it stands in its file, from 1. */
  readonly row: number;
}

/** The truth of a target. */
export interface TargetTruth {
  readonly target: Target;
  /** At least `target.count` instances, the most visible first: those beyond the count are left out. */
  readonly truths: readonly { readonly pose: Float64Array }[];
  /** K [9]; null where the data set has none, and then pixels cannot be asked for. */
  readonly camera: { readonly K: Float64Array | null };
}

/** A target in words. */
export function targetWords({ scene, image, object }: Omit<Target, "count">): string {
  return `object ${object} in image ${image} of scene ${scene}`;
}
