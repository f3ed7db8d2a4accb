/** Vectors from the text of a file: its form against the schema, its names against the methods. */
import { ContractError, checkedSizes } from "../audit/methods.js";
import { FormatError, oneOf, shown } from "../formats/format-error.js";
import { parsedJson } from "../formats/json.js";
import { defaultLimits, type ReadLimits } from "../formats/limits.js";
import { methods } from "../formats/methods.js";
import { arrayOfLists } from "../formats/nested-list.js";
import { caseClaims, layout } from "./case-claims.js";
import { schemaViolation } from "./json-schema.js";
import { noteOn } from "./notes.js";
import { schema } from "./schema.js";
import type { TruthArray, VectorCase, Vectors } from "./vectors.js";

/** A case as it stands in JSON. */
interface CaseJson {
  readonly id: number;
  readonly flags: string[];
  readonly input: Readonly<Record<string, unknown>>;
  readonly truth?: Readonly<
    Record<string, { decimal: unknown; double: unknown } & Pick<TruthArray, "tolerance" | "blocks">>
  >;
  readonly quantities?: readonly string[];
}

/**
 * Vectors from text.
 *
 * @param file name of the file, for errors
 * @throws FormatError if the text is no JSON, breaks the schema, or names or shapes what there is not.
 */
export function readVectors(
  text: string,
  file: string,
  limits: ReadLimits = defaultLimits,
): Vectors {
  const value = parsedJson(text, file, "file", limits);
  const broken = schemaViolation(value, schema);
  if (broken)
    throw new FormatError(file, broken.where || "file", broken.expected, shown(broken.got));
  const { cases, ...head } = value as Omit<Vectors, "cases"> & { cases: CaseJson[] };
  const used = new Set(cases.flatMap(({ flags }) => flags));
  for (const slug of Object.keys(head.notes)) {
    if (!used.has(slug))
      throw new FormatError(file, `notes/${slug}`, "a flag that a case has", "one of none");
    try {
      noteOn(slug, head.method);
    } catch {
      throw new FormatError(file, `notes/${slug}`, "a flag that is known", shown(slug));
    }
  }
  return { ...head, cases: cases.map((one, k) => checkedCase(one, k, head, file, limits)) };
}

function checkedCase(
  one: CaseJson,
  k: number,
  { method, notes, reasons }: Omit<Vectors, "cases">,
  file: string,
  limits: ReadLimits,
): VectorCase {
  const where = `cases[${k}]`;
  const fail = (place: string, expected: string, got: string): never => {
    throw new FormatError(file, `${where}/${place}`, expected, got);
  };
  if (one.id !== k + 1) fail("id", `${k + 1}, counting cases from one`, `${one.id}`);
  for (const flag of one.flags)
    if (!Object.hasOwn(notes, flag)) fail("flags", "flags declared in notes", shown(flag));
  const { inputs, quantities } = methods[method];
  for (const name of Object.keys(one.input))
    if (!Object.hasOwn(inputs, name)) fail(`input/${name}`, oneOf(Object.keys(inputs)), name);
  for (const name of one.quantities ?? Object.keys(one.truth ?? {}))
    if (!Object.hasOwn(quantities, name))
      fail(one.truth ? `truth/${name}` : "quantities", oneOf(Object.keys(quantities)), name);
  const input = Object.fromEntries(
    Object.entries(one.input).map(([name, lists]) => [
      name,
      arrayOfLists(lists, file, `${where}/input/${name}`, limits.axes),
    ]),
  );
  const claims = caseClaims(method, input);
  try {
    checkedSizes(claims);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    fail("input", "the inputs of its method", error.message);
  }
  if (!one.truth) {
    const { reason } = one as unknown as { reason: string };
    if (!Object.hasOwn(reasons, reason)) fail("reason", "a reason that reasons has", reason);
    return { ...one, input } as unknown as VectorCase;
  }
  const sizes = checkedSizes(claims);
  const truth = Object.entries(one.truth).map(([name, { decimal, double, tolerance, blocks }]) => {
    const place = `${where}/truth/${name}`;
    const { shape } = layout(claims, sizes, name);
    const numbers = arrayOfLists(double, file, `${place}/double`, limits.axes);
    // Numbers in place of decimals, whose shape the same reader sees to.
    const digits = arrayOfLists(asNumbers(decimal), file, `${place}/decimal`, limits.axes);
    for (const [part, found] of [
      ["double", numbers],
      ["decimal", digits],
    ] as const)
      if (found.shape.join() !== shape.join())
        fail(`truth/${name}/${part}`, `shape [${shape}]`, `[${found.shape}]`);
    for (const [b, { range }] of blocks.entries())
      if (
        range.length !== shape.length ||
        range.some(([from, to], a) => from >= to || to > shape[a])
      )
        fail(`truth/${name}/blocks[${b}]`, `ranges within [${shape}]`, JSON.stringify(range));
    const flat = [decimal].flat(Number.POSITIVE_INFINITY) as string[];
    return [name, { shape, tolerance, blocks, decimal: flat, double: numbers.data }] as const;
  });
  return { ...one, input, truth: Object.fromEntries(truth) } as unknown as VectorCase;
}

const asNumbers = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(asNumbers) : Number(value);
