/** The members of a JSON file on disk or arriving, one at a time: see json-scanner.ts. */
import { shown } from "../formats/format-error.js";
import type { JsonPlace } from "./json-place.js";
import { type JsonItem, JsonScanner, type JsonScanOptions } from "./json-scanner.js";
import { naturalValue } from "./number-text.js";
import { type FileSource, pieces, type ReadOptions, sourceName } from "./source.js";

/** @throws FormatError if the file is no JSON of that kind, is cut off, or names a member twice. */
export async function* jsonItems(
  source: FileSource,
  options: JsonScanOptions & ReadOptions,
): AsyncGenerator<JsonItem> {
  const scanner = new JsonScanner(sourceName(source), options);
  for await (const piece of pieces(source, options)) yield* scanner.items(piece);
  scanner.finish();
}

/**
 * The members of an object whose names are ids, such as those of images: whole numbers from 0 on, each
 * once, whether it is written "7" or "000007".
 */
export async function* itemsById(
  source: FileSource,
  options: ReadOptions = {},
): AsyncGenerator<readonly [id: number, value: JsonPlace]> {
  const seen = new Set<number>();
  for await (const { key, value } of jsonItems(source, { ...options, root: "object" })) {
    const id = naturalValue(String(key));
    if (id === undefined) return value.fail("a name that is a whole number", shown(key));
    if (seen.has(id)) value.fail("ids that occur once", `${id} twice`);
    seen.add(id);
    yield [id, value];
  }
}
