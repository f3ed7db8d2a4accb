/** Every explanation of an explicit method, ready to be compared with what is claimed. */
import { double } from "../scalar/double.js";
import type { Dtype } from "../scalar/rounding.js";
import type { Axes } from "./axes.js";
import { gravity } from "./bank.js";
import { type Blocks, distance, relativeError } from "./blocks.js";
import { transposed } from "./diagnosis.js";
import { wholeBank } from "./explicit-bank.js";
import { type Change, type ExplicitMethod, isGradient } from "./explicit-method.js";
import { type Batch, noisyValues, summed } from "./explicit-truth.js";
import type { Sizes } from "./methods.js";
import type { Attempt, Comparison } from "./solution-bank.js";
import { deviation, type Yardstick, yardstick } from "./yardstick.js";

/** One way to read a claimed array: its items, and how its axes were exchanged; null if they were not. */
export interface ExplicitReading {
  readonly axes: Axes | null;
  readonly items: readonly Float64Array[];
}

/** A claim beside its truth, with what deviations are measured by. */
export interface View {
  readonly readings: readonly ExplicitReading[];
  readonly blocks: Blocks;
  readonly truth: readonly Float64Array[];
  readonly sticks: readonly Yardstick[];
}

/** Leading entries that decide whether the rest of a candidate is worth computing. */
const glance = 12;
/**
 * The error up to which a candidate may turn out to fit: no formula in a bank is ten thousand times more
 * sensitive to rounding than the true one, what rounding moves by a tenth explains nothing, and neither
 * does what is further off than the truth.
 */
const reach = (budget: number, ofTruth: number): number =>
  Math.max(2 * budget, Math.min(1e4 * budget, 0.1, ofTruth));

export interface Candidates<Recipe> {
  /** The fewest changes first: none but exchanged axes, then one, then two. */
  attempts(quantity: string, recipe: Recipe, view: View): Generator<Attempt>;
}

/** The candidates of a file's problems; what formulas share is computed once for all quantities. */
export function candidates<Recipe, Problem>(
  method: ExplicitMethod<Recipe, Problem>,
  problems: readonly Problem[],
  sizes: Sizes,
  batch: Batch,
  dtype: Dtype,
): Candidates<Recipe> {
  const formulas = problems.map((problem) => once(() => method.values(problem, double)));
  const noisy = problems.map((problem, b) => once(() => noisyValues(method, problem, b, dtype)));
  const bank = wholeBank(method.bank, sizes);
  const pairs = bank.flatMap((a, i) => bank.slice(i + 1).map((b) => [a, b]));

  /** An item of a recipe, or its leading entries; and the item in runs that lost bits. */
  const item = (made: Made<Recipe>, i: number, first?: number): Float64Array =>
    gathered(made, i, (b) =>
      Float64Array.from(formulas[b]()(made.quantity, made.recipe, first), toNumber),
    );
  const runs = (made: Made<Recipe>, i: number): Float64Array[] =>
    noisy[0]().map((_, run) =>
      gathered(made, i, (b) =>
        Float64Array.from(noisy[b]()[run](made.quantity, made.recipe), toNumber),
      ),
    );
  const gathered = (made: Made<Recipe>, i: number, own: (b: number) => Float64Array) =>
    (made.whole ? summed(problems.map((_, b) => own(b))) : own(i)).map((v) => v * made.times);

  const compared = (made: Made<Recipe>, claim: Float64Array, i: number, view: View) => {
    const { blocks, truth, sticks } = view;
    const { scales, budget } = sticks[i];
    const leading = claim.length > glance ? item(made, i, glance).subarray(0, glance) : null;
    const limit = reach(budget, deviation(claim, truth[i], blocks, scales));
    if (leading && isFar(claim, leading, blocks, scales, limit)) return null;
    const array = item(made, i);
    const error = relativeError(claim, array, blocks, scales);
    const usual: Comparison = { error, array };
    if (error <= 2 * budget || !(error < limit)) return usual;
    // A candidate that is the truth in all but name explains nothing that the truth does not.
    if (deviation(array, truth[i], blocks, scales) <= 2 * budget) return usual;
    // Its own budget takes runs of its own, so it is asked for only where it may matter.
    const own = yardstick(array, runs(made, i), blocks, dtype, isGradient(made.quantity));
    return { array, error: deviation(claim, array, blocks, own.scales), budget: own.budget };
  };

  function* attempts(quantity: string, recipe: Recipe, view: View): Generator<Attempt> {
    const share = batch.mean && isGradient(quantity) ? 1 / sizes.B : 1;
    for (const ofSize of [[[]], bank.map((one) => [one]), pairs])
      for (const { axes, items } of view.readings)
        for (const chosen of ofSize) {
          const changed = chosen.reduce<Recipe | null>(
            (from, { change }) => from && change(from, quantity),
            recipe,
          );
          if (changed === null || (chosen.length === 0 && !axes)) continue;
          const made: Made<Recipe> = {
            ...{ quantity, recipe: changed },
            whole: batch.isSummed(quantity) || chosen.some((change) => change.summed),
            times: chosen.reduce((times, { factor }) => times * (factor?.(sizes) ?? 1), share),
          };
          yield {
            ...naming(chosen, axes !== null),
            tolerance: 0,
            compared: (i) => compared(made, items[i], i, view),
          };
        }
  }
  return { attempts };
}

/** A candidate: a quantity under a recipe, times a constant, of one problem or of the whole batch. */
interface Made<Recipe> {
  readonly quantity: string;
  readonly recipe: Recipe;
  readonly whole: boolean;
  readonly times: number;
}

/**
 * Whether leading entries alone rule a candidate out. One that may fit at all is at most twice as large
 * as the claim, so that none of its entries is off by more than twice the limit.
 */
function isFar(
  claim: Float64Array,
  leading: Float64Array,
  blocks: Blocks,
  scales: readonly number[],
  limit: number,
): boolean {
  if (!(limit < 1 / 2)) return false;
  return blocks.some((block, k) => {
    const [from, to] = block;
    if (from >= leading.length) return false;
    const allowed = 2 * limit * Math.max(distance(claim, null, block), scales[k]);
    return !(distance(claim, leading, [from, Math.min(to, leading.length)]) <= allowed);
  });
}

/** How a list of changes is called and graded. */
function naming<Recipe>(chosen: readonly Change<Recipe>[], exchanged: boolean) {
  const parts = [...chosen, ...(exchanged ? [transposed] : [])];
  const { kind } = parts.reduce((a, b) => (gravity[b.kind] > gravity[a.kind] ? b : a));
  const sentence = parts.map((part) => part.sentence).join(", and ");
  return {
    slug: parts.map(({ slug }) => slug).join("+"),
    kind,
    sentence: sentence[0].toUpperCase() + sentence.slice(1),
    remedy: parts.map((part) => part.remedy).join("; "),
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const toNumber = (v: { toNumber(): number }): number => v.toNumber();
