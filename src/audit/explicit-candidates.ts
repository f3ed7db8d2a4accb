/** Every explanation of an explicit method, ready to be compared with what is claimed. */
import { double } from "../scalar/double.js";
import type { Axes } from "./axes.js";
import { gravity } from "./bank.js";
import { type Blocks, distance, relativeError } from "./blocks.js";
import { transposed } from "./diagnosis.js";
import { wholeBank } from "./explicit-bank.js";
import { type Change, type ExplicitMethod, isGradient } from "./explicit-method.js";
import type { ExplicitCase } from "./explicit-reports.js";
import { type Batch, summed } from "./explicit-truth.js";
import type { Sizes } from "./methods.js";
import type { Attempt } from "./solution-bank.js";

/** One way to read a claimed array: its items, and how its axes were exchanged; null if they were not. */
export interface ExplicitReading {
  readonly axes: Axes | null;
  readonly items: readonly Float64Array[];
}

/** Leading entries that decide whether the rest of a candidate is worth computing. */
const glance = 12;

export interface Candidates<Recipe> {
  /** The fewest changes first: none but exchanged axes, then one, then two. */
  attempts<Problem>(
    given: ExplicitCase<Recipe, Problem>,
    readings: readonly ExplicitReading[],
    blocks: Blocks,
    scales: readonly (readonly number[])[],
    budget: readonly number[],
  ): Generator<Attempt>;
}

/** The candidates of a file's problems; what formulas share is computed once for all quantities. */
export function candidates<Recipe, Problem>(
  method: ExplicitMethod<Recipe, Problem>,
  problems: readonly Problem[],
  sizes: Sizes,
  batch: Batch,
): Candidates<Recipe> {
  const formulas = problems.map((problem) => once(() => method.values(problem, double)));
  const bank = wholeBank(method.bank);
  const pairs = bank.flatMap((a, i) => bank.slice(i + 1).map((b) => [a, b]));
  const choices = [[[]], bank.map((one) => [one]), pairs];

  /** An item under a recipe, or its leading entries. */
  const item = (quantity: string, made: Recipe, i: number, all: boolean, first?: number) => {
    const own = (b: number) => Float64Array.from(formulas[b]()(quantity, made, first), toNumber);
    return all ? summed(problems.map((_, b) => own(b))) : own(i);
  };

  function* attempts<P>(
    { recipe, quantity }: ExplicitCase<Recipe, P>,
    readings: readonly ExplicitReading[],
    blocks: Blocks,
    scales: readonly (readonly number[])[],
    budget: readonly number[],
  ): Generator<Attempt> {
    const remembered = new Map<string, Float64Array>();
    for (const ofSize of choices)
      for (const { axes, items } of readings)
        for (const chosen of ofSize) {
          if (chosen.length === 0 && !axes) continue;
          const made = changed(recipe, quantity, chosen);
          if (made === null) continue;
          const all = batch.isSummed(quantity) || chosen.some((change) => change.summed);
          const times =
            timesOf(chosen, sizes) * (batch.mean && isGradient(quantity) ? 1 / sizes.B : 1);
          const name = `${all} ${JSON.stringify(made)}`;
          yield {
            ...naming(chosen, axes !== null),
            tolerance: 0,
            compared: (i) => {
              const claim = items[i];
              const key = `${i} ${name}`;
              let array = remembered.get(key);
              if (!array && claim.length > glance) {
                const leading = item(quantity, made, i, all, glance).subarray(0, glance);
                const near = leading.map((v) => v * times);
                if (isFar(claim, near, blocks, scales[i], budget[i])) return null;
              }
              array ??= item(quantity, made, i, all);
              remembered.set(key, array);
              const scaled = array.map((v) => v * times);
              return { error: relativeError(claim, scaled, blocks, scales[i]), array: scaled };
            },
          };
        }
  }
  return { attempts };
}

/**
 * Whether leading entries alone rule a candidate out. One that fits within twice the budget is at most
 * twice as large as the claim, so that none of its entries is off by more than four budgets of it.
 */
function isFar(
  claim: Float64Array,
  leading: Float64Array,
  blocks: Blocks,
  scales: readonly number[],
  budget: number,
): boolean {
  if (!(budget < 1 / 4)) return false;
  return blocks.some((block, k) => {
    const [from, to] = block;
    if (from >= leading.length) return false;
    const allowed = 4 * budget * Math.max(distance(claim, null, block), scales[k]);
    const end = Math.min(to, leading.length);
    return !(distance(claim, leading, [from, end]) <= allowed);
  });
}

function changed<Recipe>(
  recipe: Recipe,
  quantity: string,
  chosen: readonly Change<Recipe>[],
): Recipe | null {
  return chosen.reduce<Recipe | null>((from, { change }) => from && change(from, quantity), recipe);
}

const timesOf = <Recipe>(chosen: readonly Change<Recipe>[], sizes: Sizes): number =>
  chosen.reduce((product, { factor }) => product * (factor?.(sizes) ?? 1), 1);

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
