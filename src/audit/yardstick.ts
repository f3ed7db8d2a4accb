/** By what a deviation from an array is measured: its blocks' sizes, and what rounding does to them. */
import type { Dtype } from "../scalar/rounding.js";
import { type Blocks, distance } from "./blocks.js";
import { correctWithin, margin } from "./budget.js";
import { wayOf } from "./honest-ways.js";

export interface Yardstick {
  /** What size of deviation counts as one, per block. */
  readonly scales: readonly number[];
  /** The deviation that rounding allows, in those sizes, the worst of the blocks. */
  readonly budget: number;
}

/**
 * The yardstick of an array with runs of it that lost bits. A block is measured by its norm. Where
 * rounding moves it by a greater share than it moves blocks usually, the usual share decides; and a block
 * that is all rounding is measured by what makes its rounding just correct. Where `strict`, a block is
 * measured by its norm as long as it has one. Runs may take turns in `ways`, of which the worst decides.
 */
export function yardstick(
  array: Float64Array,
  noise: readonly Float64Array[],
  blocks: Blocks,
  dtype: Dtype,
  strict: boolean,
  ways = 1,
): Yardstick {
  const sizes = blocks.map((block) => distance(array, null, block));
  const spreads = blocks.map(
    (block) =>
      margin *
      worst(
        noise.map((run) => distance(run, array, block)),
        ways,
      ),
  );
  const shares = spreads.flatMap((spread, k) => (sizes[k] > spread ? [spread / sizes[k]] : []));
  const usual = shares.sort((a, b) => a - b)[shares.length >> 1] ?? 0;
  const share = Math.max(correctWithin(dtype), usual);
  const scales = sizes.map((size, k) =>
    strict && size > 0 ? size : Math.max(size, finite(spreads[k] / share), Number.MIN_VALUE),
  );
  const errors = noise.map((run) => deviation(run, array, blocks, scales));
  return { scales, budget: Math.max(correctWithin(dtype), margin * worst(errors, ways)) };
}

/** ‖a − b‖ in the sizes of a yardstick, the worst of the blocks; infinite where b is not finite. */
export function deviation(
  a: Float64Array,
  b: Float64Array,
  blocks: Blocks,
  scales: readonly number[],
): number {
  if (!b.every(Number.isFinite)) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...blocks.map((block, k) => distance(a, b, block) / scales[k]));
}

const finite = (v: number): number => (Number.isFinite(v) ? v : 0);
/** The root mean square of runs that take turns in `ways`, of the way where it is greatest. */
const worst = (values: readonly number[], ways: number): number =>
  Math.max(
    ...Array.from({ length: ways }, (_, way) =>
      rms(values.filter((_, run) => wayOf(run, ways) === way)),
    ),
  );

const rms = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((total, v) => total + v * v, 0) / Math.max(1, values.length));
