/** A claimed quantity entry by entry beside its truth, with what its axes count: where to look for a cause. */
import type { SeenProblem } from "./seen-problem.js";

/** Claim and truth of one quantity: an item a problem, or one for a sum over the batch. */
export interface Compared {
  readonly claim: readonly Float64Array[];
  /** Null where there is no truth. */
  readonly truth: readonly (Float64Array | null)[];
  /** Items that can be judged. */
  readonly kept: readonly number[];
  readonly summed: boolean;
}

/** The same, with its axes. */
export interface ClaimedErrors extends Compared {
  /** What each axis of an item counts, by its letter (formats/methods.ts), and how long it is. */
  readonly axes: readonly string[];
  readonly shape: readonly number[];
  /** Relative error and budget of each item. */
  readonly errors: readonly number[];
  readonly budget: readonly number[];
  /** What each problem looks like, where its pose is known. */
  readonly seen: readonly SeenProblem[];
  /** True if the rows of a tangent begin with those of the rotation. */
  readonly rotationFirst: boolean;
}

/** The items that can be judged and have a truth, each with its index. */
export function judgeable({ claim, truth, kept }: Compared) {
  return kept.flatMap((index) => {
    const own = truth[index];
    return own ? [{ index, claim: claim[index], truth: own }] : [];
  });
}

/** Where along an axis each flat entry of an item lies. */
export function placeAlong(shape: readonly number[], axis: number): (entry: number) => number {
  const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return (entry) => Math.floor(entry / stride) % shape[axis];
}

/** Entries of a list whose axis of the given letter is at each of its places; null without that axis. */
export function axisOf({ axes, shape }: ClaimedErrors, letter: string) {
  const axis = axes.indexOf(letter);
  return axis < 0 ? null : { length: shape[axis], place: placeAlong(shape, axis) };
}

/** Sizes of an item's tangent rows, by which radians and metres are made comparable; ones without rows. */
export function rowSizes(errors: ClaimedErrors, truth: Float64Array): (entry: number) => number {
  const rows = axisOf(errors, "D");
  if (!rows) return () => 1;
  const squares = new Float64Array(rows.length);
  for (const [k, v] of truth.entries()) squares[rows.place(k)] += v * v;
  const largest = Math.sqrt(Math.max(...squares)) || 1;
  return (entry) => Math.sqrt(squares[rows.place(entry)]) || largest;
}
