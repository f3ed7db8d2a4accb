/** The content of a claims file, whichever form it came in (docs/claims.md). */
import { FormatError, oneOf, shown } from "./format-error.js";
import { methods } from "./methods.js";
import { didYouMean } from "./nearest-name.js";

/** A dense array read from a file: doubles in C order with its shape; [] for a scalar. */
export interface ClaimArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Conventions a claims file may state; omitted fields take the defaults of the method. */
export interface Convention {
  readonly chart?: "LEFT" | "AA" | "RP" | "Q7" | "YAW";
  readonly order?: "rotation-first" | "translation-first";
  readonly quaternion?: "wxyz" | "xyzw";
  readonly weights?: "w" | "w2";
  readonly residual?: "x-pi" | "pi-x";
  readonly reduction?: "sum" | "mean";
  readonly length?: "m" | "cm" | "mm";
  readonly angle?: "rad" | "deg";
}

/** A claims file: inputs, the method they are for, and the numbers claimed for that method. */
export interface Claims {
  readonly schema: "pnp-oracle/claims@1";
  readonly method: string;
  readonly dtype: "float64" | "float32" | "float16" | "bfloat16";
  readonly source: string;
  readonly convention: Convention;
  readonly expect: Readonly<Record<string, string>>;
  /** What the code's random numbers were seeded with, if it draws any: files alike but for it are judged together. */
  readonly seed?: number;
  readonly input: Readonly<Record<string, ClaimArray>>;
  readonly claim: Readonly<Record<string, ClaimArray>>;
}

export const claimsSchema = "pnp-oracle/claims@1";

/** Every dtype, the default first. */
export const dtypes: readonly Claims["dtype"][] = ["float64", "float32", "float16", "bfloat16"];

/** Every convention and its values, in the order in which docs/claims.md lists them. */
export const conventions: { readonly [C in keyof Convention]-?: readonly Convention[C][] } = {
  chart: ["LEFT", "AA", "RP", "Q7", "YAW"],
  order: ["rotation-first", "translation-first"],
  quaternion: ["wxyz", "xyzw"],
  weights: ["w", "w2"],
  residual: ["x-pi", "pi-x"],
  reduction: ["sum", "mean"],
  length: ["m", "cm", "mm"],
  angle: ["rad", "deg"],
};

/** What a file is read as: claims need a schema, a method and a claim; problems need neither. */
export type Purpose = "claims" | "problems";

/** A file's content before it is checked: its fields as JSON, and its arrays by bare name. */
export interface ClaimsContent {
  readonly fields: unknown;
  readonly input: ReadonlyMap<string, ClaimArray>;
  readonly claim: ReadonlyMap<string, ClaimArray>;
}

const fieldNames = ["schema", "method", "dtype", "source", "convention", "expect", "seed"];

/**
 * Claims from a file's content. Shapes are left to whoever uses the arrays; names are checked here.
 *
 * @param where the place of the content inside the file, for errors; empty for the whole file
 * @throws FormatError naming what is known, if the schema, the method, the dtype, a field, a
 * convention, an input or a quantity is not; or if an input is missing or nothing is claimed.
 */
export function claimsOf(
  content: ClaimsContent,
  file: string,
  purpose: Purpose = "claims",
  where = "",
): Claims {
  const fail = (place: string, expected: string, got: string): never => {
    throw new FormatError(file, where + place, expected, got);
  };
  const known = (place: string, value: unknown, names: readonly string[]): string =>
    typeof value === "string" && names.includes(value)
      ? value
      : fail(
          place,
          oneOf(names),
          value === undefined ? "none" : shown(value) + didYouMean(value, names),
        );
  const record = (place: string, value: unknown): Record<string, unknown> =>
    isRecord(value) ? value : fail(place, "an object", shown(value));

  const fields = record("fields", content.fields);
  for (const name of Object.keys(fields)) known("field", name, fieldNames);
  const lenient = purpose === "problems";
  known("schema", fields.schema ?? (lenient ? claimsSchema : undefined), [claimsSchema]);
  const method = known(
    "method",
    fields.method ?? (lenient ? "pnp" : undefined),
    Object.keys(methods),
  );
  const { inputs, required, quantities } = methods[method];
  const dtype = known("dtype", fields.dtype ?? dtypes[0], dtypes) as Claims["dtype"];
  const source = fields.source ?? "";
  if (typeof source !== "string") return fail("source", "text", shown(source));

  const convention = record("convention", fields.convention ?? {});
  for (const [name, value] of Object.entries(convention)) {
    known("convention", name, Object.keys(conventions));
    known(`convention/${name}`, value, conventions[name as keyof Convention] as string[]);
  }
  const expect = record("expect", fields.expect ?? {});
  for (const [name, value] of Object.entries(expect)) {
    known("expect", name, Object.keys(quantities));
    if (typeof value !== "string" || !/^\S+$/.test(value))
      fail(`expect/${name}`, "the name of an explanation", shown(value));
  }

  const { seed } = fields;
  if (seed !== undefined && !(Number.isSafeInteger(seed) && (seed as number) >= 0))
    fail("seed", "a whole number from 0 to 2^53 - 1", shown(seed));

  for (const name of content.input.keys()) known("input", name, Object.keys(inputs));
  for (const name of content.claim.keys()) known("claim", name, Object.keys(quantities));
  for (const name of required)
    if (!content.input.has(name)) fail("input", `${required.join(", ")}`, `no ${name}`);
  if (!lenient && content.claim.size === 0)
    fail("claim", `at least one of ${Object.keys(quantities).join(", ")}`, "none");
  return {
    schema: claimsSchema,
    method,
    dtype,
    source,
    convention: convention as Convention,
    expect: expect as Record<string, string>,
    ...(seed !== undefined && { seed: seed as number }),
    input: Object.fromEntries(content.input),
    claim: Object.fromEntries(content.claim),
  };
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of claims that are no arrays, as they are written: defaults that say nothing left out. */
export function claimsFields(claims: Claims): Record<string, unknown> {
  const { schema, method, dtype, source, convention, expect, seed } = claims;
  return {
    schema,
    method,
    dtype,
    source,
    ...(Object.keys(convention).length > 0 && { convention }),
    ...(Object.keys(expect).length > 0 && { expect }),
    ...(seed !== undefined && { seed }),
  };
}
