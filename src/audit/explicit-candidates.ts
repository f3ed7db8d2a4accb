/** Every explanation of an explicit method, ready to be compared with what is claimed. */
import { double } from "../scalar/double.js";
import type { Dtype } from "../scalar/rounding.js";
import type { Axes } from "./axes.js";
import { gravity } from "./bank.js";
import { type Blocks, cosine, distance, median, relativeError } from "./blocks.js";
import { transposed } from "./diagnosis.js";
import { commonRewritings, wholeBank } from "./explicit-bank.js";
import { type Change, type ExplicitMethod, isGradient } from "./explicit-method.js";
import { type Batch, noisyValues, summed } from "./explicit-truth.js";
import { blockFactors, namedFactors, scaledBlocks } from "./factor.js";
import { wayOf } from "./honest-ways.js";
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

/** A relative budget above which a constant that was fitted says nothing. */
const fewDigits = 1e-3;

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
  /** The runs take turns in the routes to the recipe. */
  const runs = (made: Made<Recipe>, i: number, routes: readonly Recipe[]): Float64Array[] =>
    noisy[0]().map((_, run) =>
      gathered(made, i, (b) =>
        Float64Array.from(
          noisy[b]()[run](made.quantity, routes[wayOf(run, routes.length)]),
          toNumber,
        ),
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
    const { quantity, recipe } = made;
    const routes = [recipe, ...(method.routes?.(quantity, recipe) ?? [])];
    const lost = runs(made, i, routes);
    const own = yardstick(array, lost, blocks, dtype, isGradient(quantity), routes.length);
    return { array, error: deviation(claim, array, blocks, own.scales), budget: own.budget };
  };

  /** The claim as it came, and as it would have come by another convention; with what says so. */
  const written = (quantity: string, { readings }: View): Written[] => {
    const others = [...commonRewritings(quantity), ...(method.rewritings?.(quantity) ?? [])];
    const plain = readings.map(({ axes, items }) => ({ items, parts: axes ? [transposed] : [] }));
    const again = plain.flatMap(({ items, parts }) =>
      others.flatMap(({ read, ...part }) => {
        const own = (i: number) => (batch.isSummed(quantity) ? null : problems[i]);
        const whole = items.flatMap((item, i) => read(item, own(i)) ?? []);
        return whole.length === items.length ? [{ items: whole, parts: [...parts, part] }] : [];
      }),
    );
    return [...plain, ...again];
  };

  /** What a list of changes makes of a quantity; null where one of them does not apply. */
  const madeBy = (quantity: string, recipe: Recipe, chosen: readonly Change<Recipe>[]) => {
    const changed = chosen.reduce<Recipe | null>(
      (from, { change }) => from && change(from, quantity),
      recipe,
    );
    if (changed === null) return null;
    const share = batch.mean && isGradient(quantity) ? 1 / sizes.B : 1;
    return {
      ...{ quantity, recipe: changed },
      whole: batch.isSummed(quantity) || chosen.some((change) => change.summed),
      times: chosen.reduce((times, { factor }) => times * (factor?.(sizes) ?? 1), share),
    };
  };

  /** The candidate times whatever constant fits best, one for each block; null where that is no change. */
  const factored = (
    made: Made<Recipe>,
    { items, parts }: Written,
    chosen: readonly Change<Recipe>[],
    view: View,
  ): Attempt | null => {
    const { blocks, sticks } = view;
    if (!isAlong(items[0], item(made, 0, glance), blocks)) return null;
    const arrays = items.map((_, i) => item(made, i));
    const turn = method.rotationBlock?.(made.quantity, made.recipe) ?? 1;
    const factors = fittedFactors(items, arrays, blocks);
    const budget = median(sticks.map((stick) => stick.budget));
    const rotationFirst = blocks.length === 2 && turn === 1 ? [...factors].reverse() : factors;
    const names = namedFactors(rotationFirst, 4 * budget, isGradient(made.quantity) ? sizes.B : 0);
    const entries = items.reduce((count, one) => count + one.length, 0);
    // A free factor on one number or two explains anything, and so does one on numbers of few digits.
    const free = names.some(({ slug }) => slug.endsWith("scaled"));
    const telling = entries >= 3 * blocks.length && budget < fewDigits;
    if (names.length === 0 || (free && !telling)) return null;
    return {
      ...naming([...chosen, ...parts, ...names]),
      tolerance: 0,
      compared: (i) => {
        const array = scaledBlocks(arrays[i], factors, blocks);
        return { array, error: relativeError(items[i], array, blocks, sticks[i].scales) };
      },
    };
  };

  function* attempts(quantity: string, recipe: Recipe, view: View): Generator<Attempt> {
    const readings = written(quantity, view);
    const singles = bank.map((one) => [one]);
    for (const ofSize of [[[]], singles, pairs]) {
      for (const reading of readings)
        for (const chosen of ofSize) {
          const made = madeBy(quantity, recipe, chosen);
          if (!made || (chosen.length === 0 && reading.parts.length === 0)) continue;
          yield {
            ...naming([...chosen, ...reading.parts]),
            tolerance: 0,
            compared: (i) => compared(made, reading.items[i], i, view),
          };
        }
      // A constant is a change as well: it comes with one change fewer.
      const fewer = ofSize === singles ? [[]] : ofSize === pairs ? singles : [];
      for (const reading of readings)
        for (const chosen of fewer) {
          const made = madeBy(quantity, recipe, chosen);
          const attempt = made && factored(made, reading, chosen, view);
          if (attempt) yield attempt;
        }
    }
  }
  return { attempts };
}

/** A claim under some conventions, and the names of those. */
interface Written {
  readonly items: readonly Float64Array[];
  readonly parts: readonly Part[];
}
/** What a name is made of. */
type Part = Pick<Change<unknown>, "slug" | "kind" | "sentence" | "remedy">;

/** The middle of the least-squares factors of all items, block by block: one odd problem does not move it. */
function fittedFactors(
  claims: readonly Float64Array[],
  arrays: readonly Float64Array[],
  blocks: Blocks,
): number[] {
  const each = claims.map((claim, i) => blockFactors(claim, arrays[i], blocks));
  return blocks.map((_, k) => median(each.map((factors) => factors[k])));
}

/** Whether the leading entries of a claim may be a multiple of a candidate's: they are parallel to a percent. */
function isAlong(claim: Float64Array, leading: Float64Array, blocks: Blocks): boolean {
  const to = Math.min(glance, leading.length, blocks[0]?.[1] ?? 0);
  return Math.abs(cosine(claim.subarray(0, to), leading.subarray(0, to))) > 1 - 1e-4;
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
function naming(parts: readonly Part[]) {
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
