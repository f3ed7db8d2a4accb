/** Which recipe a claim was made by: the fewest changes of the true one that reproduce it. */
import { bank, type Explanation, gravity, type Kind } from "./bank.js";
import { type Blocks, greatest, relativeError } from "./blocks.js";
import { blockFactors, type Factor, namedFactors, scaledBlocks } from "./factor.js";
import type { DerivativeQuantity, Recipe } from "./recipe.js";

/** One way to read a claimed array: its items in the expected order of axes. */
export interface Reading {
  /** Null if the array is read as it came, else how its axes were rearranged. */
  readonly axes: Recipe["axes"];
  readonly items: readonly Float64Array[];
}

/** What a diagnosis needs to know of the quantity under audit. */
export interface Question {
  readonly quantity: DerivativeQuantity;
  readonly truth: Recipe;
  readonly readings: readonly Reading[];
  readonly blocks: Blocks;
  /** Absolute size per item and block that counts as one where a candidate is zero. */
  readonly scales: readonly (readonly number[])[];
  /** Batch size if the quantity could have been averaged over the batch, else 0. */
  readonly batch: number;
  /** The arrays of a recipe; null if it cannot be evaluated. */
  readonly candidate: (recipe: Recipe, item: number) => Float64Array | null;
  /** Relative error that rounding allows an item under a recipe, and what it allows under any. */
  readonly budget: (recipe: Recipe, item: number) => number;
  readonly least: number;
  /** True if the given pose is near enough to the exact one to be the same to a solver. */
  readonly posesAgree: boolean;
}

/** An explanation that reproduces the claim to within budget in every problem. */
export interface Diagnosis {
  readonly slug: string;
  readonly kind: Kind;
  readonly sentence: string;
  /** Per item: relative error of the claim against the explanation. */
  readonly errors: readonly number[];
  /** Per item: the explained array. */
  readonly arrays: readonly Float64Array[];
  /** True if another explanation as simple and as grave fits too: the quantity cannot tell them apart. */
  readonly tied: boolean;
}

/** Axes in another order: found by trying, not by a change of the recipe. */
export const transposed: Explanation = {
  slug: "transposed",
  kind: "convention",
  sentence: "the array's axes are in another order",
  remedy: "permute the axes",
  change: () => null,
};

/** No formula in the bank loses this many times more digits to rounding than the true one. */
const far = 1e5;

/** Candidates further off than this, and than the truth may be, on one problem are not looked at any further. */
const glance = 1e-2;

/**
 * The simplest explanation of a claim that is not true as it stands, of at most `depth` changes.
 * Simplest is fewest changes, then the least grave, then one that explains other claims of the file
 * (`preferred`), then the closest.
 */
export function diagnosis(
  question: Question,
  preferred: ReadonlySet<string> = new Set(),
  depth = 3,
): Diagnosis | null {
  for (let changes = 1; changes <= depth; changes++) {
    const found = explanationsOf(changes, question).flatMap((attempt) => attempt() ?? []);
    if (found.length === 0) continue;
    const least = Math.min(...found.map(({ kind }) => gravity[kind]));
    const gentle = found.filter(({ kind }) => gravity[kind] === least);
    const rank = ({ slug, errors }: Diagnosis): [number, number] => [
      preferred.has(slug) ? 0 : 1,
      greatest(errors),
    ];
    gentle.sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
    return { ...gentle[0], tied: gentle.length > 1 };
  }
  return null;
}

/** Every combination of explanations, rearranged axes and a free factor that makes `changes` changes. */
function* combinations(changes: number, question: Question) {
  for (const reading of question.readings) {
    const spent = reading.axes ? 1 : 0;
    for (const factored of [false, true]) {
      const atoms = changes - spent - (factored ? 1 : 0);
      if (atoms < 0) continue;
      for (const [recipe, chosen] of changed(question.truth, question.quantity, atoms))
        yield { reading, factored, recipe, chosen };
    }
  }
}

function explanationsOf(changes: number, question: Question): (() => Diagnosis | null)[] {
  return [...combinations(changes, question)].map(
    ({ reading, factored, recipe, chosen }) =>
      () =>
        attempted(question, reading, recipe, chosen, factored),
  );
}

/** Every recipe that `count` explanations of the bank, in the bank's order, make of a recipe. */
function* changed(
  recipe: Recipe,
  quantity: DerivativeQuantity,
  count: number,
  from = 0,
): Generator<[Recipe, Explanation[]]> {
  if (count === 0) {
    yield [recipe, []];
    return;
  }
  for (let i = from; i < bank.length; i++) {
    const next = bank[i].change(recipe, quantity);
    if (!next) continue;
    for (const [result, rest] of changed(next, quantity, count - 1, i + 1))
      yield [result, [bank[i], ...rest]];
  }
}

function attempted(
  question: Question,
  reading: Reading,
  recipe: Recipe,
  chosen: Explanation[],
  factored: boolean,
): Diagnosis | null {
  // A solver's pose and the exact one are both honest places to evaluate a formula at.
  const places: Recipe[] = [recipe];
  if (question.posesAgree && recipe.pose === "exact") places.push({ ...recipe, pose: "given" });
  for (const place of places) {
    const fit = fitted(question, reading, place, factored);
    if (fit) return named(fit, reading, chosen);
  }
  return null;
}

interface Fit {
  readonly errors: number[];
  readonly arrays: Float64Array[];
  readonly factors: Factor[];
}

function fitted(
  question: Question,
  reading: Reading,
  recipe: Recipe,
  factored: boolean,
): Fit | null {
  const { blocks, scales } = question;
  const usual = reading.items.map((_, i) => question.budget(question.truth, i));
  const arrays: Float64Array[] = [];
  let factors = blocks.map(() => 1);
  for (const [i, claim] of reading.items.entries()) {
    const array = question.candidate(recipe, i);
    if (!array) return null;
    // The first problem decides the factor; the others have to agree with it.
    if (factored && i === 0) factors = blockFactors(claim, array, blocks);
    const scaled = factored ? scaledBlocks(array, factors, blocks) : array;
    // Where rounding is larger than the quantity, as of weights that no residual feels, nothing is ruled out.
    const reach = Math.max(glance, usual[i]);
    if (!(relativeError(claim, scaled, blocks, scales[i]) < reach)) return null;
    arrays.push(scaled);
  }
  const errors = reading.items.map((claim, i) =>
    relativeError(claim, arrays[i], blocks, scales[i]),
  );
  // A recipe's own budget takes runs of its own, so it is asked for only where it may matter.
  if (!errors.every((error, i) => error <= far * usual[i])) return null;
  // A fitted factor is known to about a budget itself.
  const allowance = factored ? 2 : 1;
  const allows = (error: number, i: number) =>
    error <= allowance * question.least || error <= allowance * question.budget(recipe, i);
  if (!errors.every(allows)) return null;
  if (!factored) return { errors, arrays, factors: [] };
  // Units of the rotation rows and a factor on them are one and the same: only one may be blamed.
  if (recipe.degrees !== question.truth.degrees || recipe.doubledAngle) return null;
  const budgets = errors.map((_, i) => question.budget(recipe, i));
  const names = namedFactors(factors, 4 * greatest(budgets), question.batch);
  // A factor of one is no change, and a free factor on a single number explains anything.
  const entries = reading.items.reduce((n, item) => n + item.length, 0);
  const free = names.some(({ slug }) => slug.endsWith("scaled"));
  if (names.length === 0 || (free && entries < 3 * blocks.length)) return null;
  return { errors, arrays, factors: names };
}

function named(fit: Fit, reading: Reading, chosen: Explanation[]): Diagnosis {
  const parts: (Explanation | Factor)[] = [
    ...chosen,
    ...(reading.axes ? [transposed] : []),
    ...fit.factors,
  ];
  const kind = parts.reduce<Kind>(
    (worst, part) => (gravity[part.kind] > gravity[worst] ? part.kind : worst),
    "convention",
  );
  const sentence = `${parts.map((part) => part.sentence).join("; and ")}. To mend it: ${parts
    .map((part) => part.remedy)
    .join("; ")}.`;
  return {
    slug: parts.map((part) => part.slug).join("+"),
    kind,
    sentence: sentence[0].toUpperCase() + sentence.slice(1),
    errors: fit.errors,
    arrays: fit.arrays,
    tied: false,
  };
}
