/**
 * Random answers to one question, told apart by the seed they were drawn with: what is judged is their mean,
 * by the interval around it that chance leaves open (chance.ts).
 */
import type { ClaimArray, Claims } from "../formats/claims.js";
import { claimsFields } from "../formats/claims.js";
import { methods } from "../formats/methods.js";
import type { Blocks } from "./blocks.js";
import { chanceOf, oneIn } from "./chance.js";
import type { Decision } from "./claim-report.js";
import { ContractError } from "./methods.js";

/** A claims file under its name. */
export interface NamedClaims {
  readonly name: string;
  readonly claims: Claims;
}

/** The numbers that each seed gave, quantity by quantity, in the order of the seeds. */
export interface Answers {
  readonly seeds: readonly number[];
  readonly of: ReadonlyMap<string, readonly Float64Array[]>;
}

/** Claims to be judged: one file's, or the means of several that differ in their seeds alone. */
export interface SeededClaims extends NamedClaims {
  readonly answers?: Answers;
}

/**
 * Files with those put together that state a seed and are alike in all else but their source and numbers.
 *
 * @throws ContractError if a seed comes twice: the same draws would count as two.
 */
export function overSeeds(files: readonly NamedClaims[]): SeededClaims[] {
  const groups: NamedClaims[][] = [];
  const open = new Map<string, NamedClaims[][]>();
  for (const file of files) {
    if (file.claims.seed === undefined) {
      groups.push([file]);
      continue;
    }
    const key = likeness(file.claims);
    const candidates = open.get(key) ?? [];
    open.set(key, candidates);
    const group = candidates.find(([first]) => sameInputs(first.claims, file.claims));
    if (!group) {
      candidates.push([file]);
      groups.push(candidates.at(-1)!);
      continue;
    }
    const twin = group.find(({ claims }) => claims.seed === file.claims.seed);
    if (twin)
      throw new ContractError(
        `${file.name}: seed: expected one that ${twin.name} does not have for the same inputs, got ${file.claims.seed}`,
      );
    group.push(file);
  }
  return groups.map((group) => (group.length === 1 ? group[0] : together(group)));
}

/** Equal for claims of the same names, shapes and fields. */
function likeness(claims: Claims): string {
  const shapes = (arrays: Claims["input"]) =>
    Object.keys(arrays)
      .sort()
      .map((name) => [name, arrays[name].shape]);
  const { seed: _, source: __, ...fields } = claimsFields(claims);
  return JSON.stringify([fields, shapes(claims.input), shapes(claims.claim)]);
}

const sameInputs = (a: Claims, b: Claims): boolean =>
  Object.entries(a.input).every(([name, { data }]) =>
    data.every((v, k) => Object.is(v, b.input[name].data[k])),
  );

function together(group: readonly NamedClaims[]): SeededClaims {
  const [{ name, claims: first }] = group;
  const of = new Map(
    Object.entries(first.claim).map(([quantity, { data }]) => [
      quantity,
      group.map(({ claims }) => likeSigned(first, quantity, claims.claim[quantity].data, data)),
    ]),
  );
  const claim = Object.entries(first.claim).map(([quantity, { shape }]): [string, ClaimArray] => [
    quantity,
    { shape, data: unit(first, quantity, meanOf(of.get(quantity)!)) },
  ]);
  return {
    name: `${name} and ${group.length - 1} more by seed`,
    claims: { ...first, claim: Object.fromEntries(claim) },
    answers: { seeds: group.map(({ claims }) => claims.seed!), of },
  };
}

/** The mean of arrays; where all are equal, the very same number. */
export function meanOf(arrays: readonly Float64Array[]): Float64Array {
  const [first] = arrays;
  return first.map(
    (v, k) => v + arrays.reduce((sum, array) => sum + (array[k] - v), 0) / arrays.length,
  );
}

/** Where the quaternions of a claimed array start in their rows of seven; null if it holds none. */
function quaternions({ method, convention, claim }: Claims, quantity: string): number | null {
  const { shape } = claim[quantity];
  if (methods[method].quantities[quantity]?.at(-1) !== "P" || shape.at(-1) !== 7) return null;
  return convention.order === "rotation-first" ? 0 : 3;
}

/** An answer with its quaternions in the half of the sphere that another's are in: q and −q are one. */
function likeSigned(
  claims: Claims,
  quantity: string,
  data: Float64Array,
  like: Float64Array,
): Float64Array {
  const start = quaternions(claims, quantity);
  if (start === null) return data;
  const out = data.slice();
  for (let at = start; at < out.length; at += 7) {
    const [own, other] = [out.subarray(at, at + 4), like.subarray(at, at + 4)];
    if (own.reduce((sum, v, k) => sum + v * other[k], 0) < 0)
      for (let k = 0; k < 4; k++) own[k] *= -1;
  }
  return out;
}

/** A mean with its quaternions back on the sphere. */
function unit(claims: Claims, quantity: string, data: Float64Array): Float64Array {
  const start = quaternions(claims, quantity);
  if (start === null) return data;
  for (let at = start; at < data.length; at += 7) {
    const own = data.subarray(at, at + 4);
    const length = Math.hypot(...own);
    if (length > 0) for (let k = 0; k < 4; k++) own[k] /= length;
  }
  return data;
}

/** How far chance may have carried the mean of each item of a claim, in the sizes of its yardstick. */
export interface Chance {
  readonly seeds: number;
  readonly allowed: readonly number[];
}

/**
 * The chance of a claim, from its items as each seed gave them [seeds][items]. One claim in `oneIn` is
 * allowed to look wrong, whatever the number of its items and blocks. Where an item may lean to one side
 * by itself, `leaning` says how far.
 */
export function claimChance(
  answers: readonly (readonly Float64Array[])[],
  blocks: Blocks,
  scales: readonly (readonly number[])[],
  leaning: readonly number[] | null = null,
): Chance {
  const tail = 1 / oneIn / Math.max(1, scales.length * blocks.length);
  return {
    seeds: answers.length,
    allowed: scales.map((own, i) => {
      const items = answers.map((of) => of[i]);
      const mean = meanOf(items);
      const deviations = items.map((item) => item.map((v, k) => v - mean[k]));
      return Math.max(
        0,
        ...chanceOf(deviations, blocks, tail).map((far, k) =>
          far > 0 ? (far + (leaning?.[i] ?? 0)) / own[k] : 0,
        ),
      );
    }),
  };
}

/** An interval wider than this share of its number says nothing of the number. */
export const tooWide = 0.1;

/** The verdict on a claim whose mean lies within budget; null where no seed changed anything. */
export function withinChance(chance: Chance | undefined, kept: readonly number[]): Decision | null {
  const widest = Math.max(0, ...kept.map((i) => chance?.allowed[i] ?? 0));
  if (!chance || widest === 0) return null;
  if (!(widest <= tooWide))
    return {
      verdict: "inconclusive",
      sentence: Number.isFinite(widest)
        ? `Over ${chance.seeds} seeds chance alone may move the mean by ${percent(widest)}: more seeds, or more samples, would tell.`
        : `${chance.seeds} seeds are too few to say how far chance moves the mean.`,
    };
  return {
    verdict: "correct",
    sentence: `The truth lies in the interval around the mean over ${chance.seeds} seeds, ± ${percent(widest)}, that right answers miss once in ${oneIn} claims.`,
  };
}

/** What is added to the sentence on a claim that is outside its interval. */
export function beyondChance(chance: Chance | undefined, kept: readonly number[]): string {
  const widest = Math.max(0, ...kept.map((i) => chance?.allowed[i] ?? 0));
  if (!chance || !(widest > 0)) return "";
  return ` This is the mean over ${chance.seeds} seeds, which chance moves by ${percent(widest)} at most in all but one of ${oneIn} claims.`;
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;
