/** A file of vectors as JSON: one array a line, and the same bytes for the same cases. */
import { schema } from "./schema.js";
import type { TruthArray, VectorCase, Vectors } from "./vectors.js";

/** The text of a file. */
export function vectorsText({ reasons, notes, cases, ...head }: Vectors): string {
  const members = [
    ...Object.entries(head).map(([name, value]) => member(name, JSON.stringify(value))),
    member("reasons", lines(Object.entries(reasons).map(([k, v]) => member(k, JSON.stringify(v))))),
    member("notes", lines(Object.entries(notes).map(([k, v]) => member(k, JSON.stringify(v))))),
    member("cases", `[\n${cases.map(caseText).join(",\n")}\n]`),
  ];
  return `{\n${members.join(",\n")}\n}\n`;
}

/** The text of the schema that stands beside the files. */
export const schemaText = (): string => `${JSON.stringify(schema, null, 2)}\n`;

const member = (name: string, text: string): string => `${JSON.stringify(name)}: ${text}`;
const lines = (members: readonly string[]): string =>
  members.length > 0 ? `{\n${members.join(",\n")}\n}` : "{}";

/** One case as it stands in a file. */
export function caseText(one: VectorCase): string {
  const { id, comment, flags, result, input } = one;
  const inputs = Object.entries(input).map(([name, { shape, data }]) =>
    member(name, listed(Array.from(data, String), shape)),
  );
  const head = JSON.stringify({ id, comment, flags, result }).slice(1, -1);
  const tail =
    one.result === "valid"
      ? member("truth", lines(Object.entries(one.truth).map(([k, v]) => member(k, truthText(v)))))
      : JSON.stringify({ reason: one.reason, quantities: one.quantities }).slice(1, -1);
  return `{${head},\n${member("input", lines(inputs))},\n${tail}}`;
}

function truthText({ tolerance, blocks, decimal, double, shape }: TruthArray): string {
  const budget = JSON.stringify({ tolerance, blocks }).slice(1, -1);
  const strings = decimal.map((text) => JSON.stringify(text));
  return `{${budget},\n"decimal": ${listed(strings, shape)},\n"double": ${listed(Array.from(double, String), shape)}}`;
}

/** Items as nested lists; a shape of no axes is the item itself. */
function listed(items: readonly string[], shape: readonly number[]): string {
  return shape.reduceRight<readonly string[]>(
    (inner, size) =>
      Array.from(
        { length: inner.length / size },
        (_, k) => `[${inner.slice(k * size, (k + 1) * size).join(",")}]`,
      ),
    items,
  )[0];
}
