/** The numbers that a claim of an explicit method is judged by: truth, its error bar, and rounding. */
import { big } from "../scalar/big.js";
import { doubleDouble } from "../scalar/double-double.js";
import type { Real } from "../scalar/real.js";
import {
  type Dtype,
  isRepresentable,
  Rounding,
  type RoundingModel,
  rounded,
  unitRoundoff,
} from "../scalar/rounding.js";
import { roundingDraws } from "./draws.js";
import { type ExplicitMethod, isGradient, type Lift, type Values } from "./explicit-method.js";
import { aroundTruth, honestWays, wayOf } from "./honest-ways.js";
import type { Digits } from "./truths.js";

/** Runs with lost bits per problem: their root mean square is known to about a quarter. */
const runs = 8;

/** How the problems of a file make the items of its quantities. */
export interface Batch {
  /** True if gradients are those of the mean over the batch. */
  readonly mean: boolean;
  /** True if a quantity is one array for all problems: the gradient of an input that they share. */
  readonly isSummed: (quantity: string) => boolean;
}

/** One quantity's items: one a problem, or their sum. */
export interface Items {
  readonly truth: Float64Array[];
  /** The largest difference between the truth's two routes, in the unit of the quantity. */
  readonly gaps: number[];
  /** The items as implementations in the claim's dtype may compute them, run by run. */
  readonly noise: Float64Array[][];
}

/** The items of every quantity; `step` is called before each problem. */
export function explicitItems<Recipe, Problem>(
  method: ExplicitMethod<Recipe, Problem>,
  problems: readonly Problem[],
  recipe: Recipe,
  quantities: readonly string[],
  { batch, dtype, digits }: { batch: Batch; dtype: Dtype; digits: Digits },
  step: () => Promise<void>,
): Promise<Map<string, Items>> {
  const within = <S extends Real<S>>(lift: Lift<S>) =>
    itemsWithin(method, problems, recipe, quantities, batch, dtype, step, lift);
  return digits === 64 || method.truthScalar(problems) === "big"
    ? within((v) => big(v))
    : within((v) => doubleDouble(v));
}

async function itemsWithin<Recipe, Problem, S extends Real<S>>(
  method: ExplicitMethod<Recipe, Problem>,
  problems: readonly Problem[],
  recipe: Recipe,
  quantities: readonly string[],
  batch: Batch,
  dtype: Dtype,
  step: () => Promise<void>,
  lift: Lift<S>,
): Promise<Map<string, Items>> {
  const perProblem = new Map(
    quantities.map((name) => [
      name,
      { truth: [] as (readonly S[])[], gaps: [] as number[], noise: [] as Float64Array[][] },
    ]),
  );
  for (const [index, problem] of problems.entries()) {
    await step();
    const values = method.values(problem, lift);
    const differences = method.differences(problem, lift);
    const noise = noisyValues(method, problem, index, dtype);
    for (const [name, at] of perProblem) {
      const truth = values(name, recipe);
      at.truth.push(truth);
      const gaps = differences(name, recipe, truth).map((v) => Math.abs(v.toNumber()));
      at.gaps.push(Math.max(0, ...gaps));
      const ways = honestWays(method, name, recipe);
      // What another formula says of inputs that are not what they stand for is no rounding.
      const offsets = ways.map((way) =>
        way.same || method.asStored?.(problem, unitRoundoff[dtype])
          ? null
          : values(name, way.recipe).map((v, k) => v.minus(truth[k]).toNumber()),
      );
      const lost = noise.map((run, r) => {
        const way = wayOf(r, ways.length);
        const own = Float64Array.from(run(name, ways[way].recipe), (v) => v.toNumber());
        const offset = offsets[way];
        return offset ? aroundTruth(own, offset) : own;
      });
      at.noise.push(lost);
    }
  }
  const share = 1 / Math.max(1, problems.length);
  return new Map(
    [...perProblem].map(([name, { truth, gaps, noise }]) => {
      const times = batch.mean && isGradient(name) ? share : 1;
      const whole = batch.isSummed(name);
      const scaled = truth.map((values) => values.map((v) => v.times(times)));
      const items = whole ? [scaled.reduce((a, b) => a.map((v, k) => v.plus(b[k])))] : scaled;
      const noisy = whole
        ? [Array.from({ length: runs }, (_, r) => summed(noise.map((of) => of[r])))]
        : noise;
      return [
        name,
        {
          truth: items.map((values) => Float64Array.from(values, (v) => v.toNumber())),
          gaps: (whole ? [gaps.reduce((a, b) => a + b)] : gaps).map((gap) => gap * times),
          noise: noisy.map((arrays) => arrays.map((array) => array.map((v) => v * times))),
        },
      ];
    }),
  );
}

/** The sum of arrays, entry by entry. */
export function summed(arrays: readonly Float64Array[]): Float64Array {
  return arrays[0].map((_, k) => arrays.reduce((total, array) => total + array[k], 0));
}

/** The formula of a problem as a claim's dtype computes it: every operation loses its bits, run by run. */
export function noisyValues<Recipe, Problem>(
  method: ExplicitMethod<Recipe, Problem>,
  problem: Problem,
  index: number,
  dtype: Dtype,
): Values<Recipe, Rounding>[] {
  const model: RoundingModel = roundingDraws(`audit/explicit/${dtype}`, index, dtype);
  const fits = method
    .inputs(problem)
    .every((array) => Array.from(array).every((v) => isRepresentable(v, dtype)));
  const read = (v: number) => (fits ? new Rounding(v, model) : rounded(v, model));
  return Array.from({ length: runs }, () => method.values(problem, read));
}
