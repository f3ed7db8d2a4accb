/** Claims that are a candidate times a constant: which constant, per block, and what it is called. */
import type { Kind } from "./bank.js";
import { type Blocks, distance, inner } from "./blocks.js";

/** A factor between claim and candidate, the same in all problems, one per block. */
export interface Factor {
  readonly slug: string;
  readonly kind: Kind;
  readonly sentence: string;
  readonly remedy: string;
}

/** Least-squares factor of one block of a claim on a candidate; 1 where the candidate is zero. */
export function blockFactors(
  claim: Float64Array,
  candidate: Float64Array,
  blocks: Blocks,
): number[] {
  return blocks.map((block) => {
    const size = distance(candidate, null, block);
    return size > 0 ? inner(claim, candidate, block) / size / size : 1;
  });
}

/** The candidate with each block multiplied by its factor. */
export function scaledBlocks(
  candidate: Float64Array,
  factors: readonly number[],
  blocks: Blocks,
): Float64Array {
  const out = Float64Array.from(candidate);
  for (const [k, [from, to]] of blocks.entries())
    for (let i = from; i < to; i++) out[i] *= factors[k];
  return out;
}

/** Every name a factor can go by, for a reader who looks one up. */
export function factorNames(): Factor[] {
  const free: [number, string, string] = [Number.NaN, "scaled", "is a constant times too large"];
  const signs = [...named, free].map(([, slug, phrase]) => plainFactor(slug, phrase));
  const blocks = ["rotation", "translation"].flatMap((block) =>
    [...named, free].map(([, slug, phrase]) => blockFactor(block, slug, phrase)),
  );
  return [...signs, ...blocks, batchMean, batchSum];
}

const batchMean: Factor = {
  slug: "mean-over-batch",
  kind: "convention",
  sentence: "it is the gradient of the mean over the batch, not of the sum",
  remedy: "state the convention reduction: mean",
};
const batchSum: Factor = {
  slug: "sum-over-batch",
  kind: "convention",
  sentence: "it is the gradient of the sum over the batch, not of the mean",
  remedy: "state the convention reduction: sum",
};
const plainFactor = (slug: string, phrase: string): Factor => ({
  slug,
  kind: "wrong",
  sentence: `it ${phrase}`,
  remedy: "check signs and constant factors",
});
const blockFactor = (block: string, slug: string, phrase: string): Factor => ({
  slug: `${block}-${slug}`,
  kind: "wrong",
  sentence: `the ${block} block ${phrase}`,
  remedy: `check the sign and factor of the ${block} part`,
});

const named: readonly [number, string, string][] = [
  [-1, "sign-flipped", "has the opposite sign"],
  [2, "factor-2", "is twice as large"],
  [0.5, "factor-half", "is half as large"],
  [-2, "factor-minus-2", "is twice as large with the opposite sign"],
  [-0.5, "factor-minus-half", "is half as large with the opposite sign"],
];

/**
 * What factors are called. `tolerance` is how well they are known, `batch` the size of the batch if
 * the quantity could have been averaged over it, else 0.
 *
 * @returns no factor at all (an empty list) if all are one.
 */
export function namedFactors(
  factors: readonly number[],
  tolerance: number,
  batch: number,
): Factor[] {
  const is = (a: number, b: number) => Math.abs(a - b) <= tolerance * Math.abs(b);
  if (factors.every((f) => is(f, 1))) return [];
  const [rotation, translation = rotation] = factors;
  if (is(rotation, translation)) return [whole(rotation, is, batch)];
  const names = ["rotation", "translation"];
  return factors.flatMap((f, k) => {
    if (is(f, 1)) return [];
    const [, slug, phrase] = named.find(([value]) => is(f, value)) ?? [f, "scaled", times(f)];
    return [blockFactor(names[k], slug, phrase)];
  });
}

function whole(f: number, is: (a: number, b: number) => boolean, batch: number): Factor {
  // With two problems a mean and a lost factor ½ look alike: the graver name is taken.
  if (batch > 2 && is(f, 1 / batch)) return batchMean;
  if (batch > 2 && is(f, batch)) return batchSum;
  const [, slug, phrase] = named.find(([value]) => is(f, value)) ?? [f, "scaled", times(f)];
  return plainFactor(slug, phrase);
}

const times = (f: number): string => `is ${Number(f.toPrecision(6))} times as large`;
