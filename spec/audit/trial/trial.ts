/** What the trial is made of: claims with a planted fault, and sound claims, each with what should be said. */
import type { ClaimArray, Claims } from "../../../src/formats/claims.js";

export interface PlantedFault {
  readonly method: string;
  readonly name: string;
  /** What the implementation does, in a sentence. */
  readonly sentence: string;
  /** The claimed quantities that it spoils; all others of the file stay sound. */
  readonly spoils: readonly string[];
  /**
   * Names that count as its cause, "a+b" where it takes two, decided from what the fault means; null where
   * the bank has no such entry.
   */
  readonly cause: readonly string[] | null;
  readonly claims: Claims;
}

/** What makes a control hard to get right. */
export type ControlKind =
  | "float64"
  | "float32"
  | "half precision"
  | "badly conditioned"
  | "convention declared"
  | "convention undeclared";

export interface SoundControl {
  readonly method: string;
  readonly name: string;
  readonly sentence: string;
  readonly kind: ControlKind;
  /** Undeclared conventions, by quantity, with the names that say so; other quantities are right as they are. */
  readonly conventions: Readonly<Record<string, readonly string[]>>;
  readonly claims: Claims;
}

/** One method's part of the trial, for a seed: problems and parameters are drawn from it. */
export interface Part {
  readonly faults: readonly PlantedFault[];
  readonly controls: readonly SoundControl[];
}

export type Arrays = Readonly<Record<string, ClaimArray>>;

export const array = (shape: readonly number[], data: Iterable<number>): ClaimArray => ({
  shape,
  data: Float64Array.from(data),
});

/** Some of the arrays. */
export const only = (arrays: Arrays, names: readonly string[]): Arrays =>
  Object.fromEntries(names.map((name) => [name, arrays[name]]));

/** An array with every entry changed. */
export const mapped = (
  { shape, data }: ClaimArray,
  change: (v: number, i: number) => number,
): ClaimArray => ({ shape, data: data.map(change) });

/** A claims file of the trial. */
export const claimsFile = (
  method: string,
  input: Arrays,
  claim: Arrays,
  fields: Partial<Pick<Claims, "dtype" | "convention">> = {},
): Claims => ({
  schema: "pnp-oracle/claims@1",
  method,
  dtype: "float64",
  source: "the trial",
  convention: {},
  expect: {},
  input,
  claim,
  ...fields,
});

/** A number as a format stores it: rounded to the nearest, its exponent range left out. */
export function stored(v: number, bits: number): number {
  if (v === 0 || !Number.isFinite(v)) return v;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(v))) + 1 - bits);
  return Math.round(v / unit) * unit;
}
/** Significant bits of the formats. */
export const bitsOf = { float64: 53, float32: 24, float16: 11, bfloat16: 8 } as const;

/** Arrays with every entry changed. */
export const each = (
  arrays: Arrays,
  change: (v: number, i: number, name: string) => number,
): Arrays =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, of]) => [name, mapped(of, (v, i) => change(v, i, name))]),
  );

/** The same, for arrays that are yet to come. */
export const onEach =
  (change: (v: number, i: number, name: string) => number) =>
  (arrays: Arrays): Arrays =>
    each(arrays, change);

/** Arrays as a format stores them. */
export const storedAs =
  (dtype: keyof typeof bitsOf) =>
  (arrays: Arrays): Arrays =>
    each(arrays, (v) => stored(v, bitsOf[dtype]));

/** The same names for all of some quantities; none for none. */
export const allBy = (
  quantities: readonly string[],
  names: readonly string[] = [],
): SoundControl["conventions"] =>
  names.length > 0 ? Object.fromEntries(quantities.map((name) => [name, names])) : {};
