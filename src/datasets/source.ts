/** Where a file of a data set comes from: a path, or bytes that are already there or still arriving. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { FormatError } from "../formats/format-error.js";

/** A path on disk, or bytes with the name that errors give them. */
export type FileSource =
  | string
  | { readonly name: string; readonly bytes: Uint8Array | AsyncIterable<Uint8Array> };

export interface ReadOptions {
  /** Called with the number of bytes read so far, about every 64 KiB. */
  readonly onProgress?: (bytes: number) => void;
}

/** The name of a source, for errors. */
export function sourceName(source: FileSource): string {
  return typeof source === "string" ? source : source.name;
}

/**
 * The bytes of a source, piece by piece; a file is never held as a whole.
 *
 * @throws FormatError if there is no such file, or it cannot be read.
 */
export async function* pieces(
  source: FileSource,
  { onProgress }: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const piece of opened(source)) {
    count += piece.length;
    yield piece;
    onProgress?.(count);
  }
}

async function* opened(source: FileSource): AsyncGenerator<Uint8Array> {
  if (typeof source === "string") {
    try {
      if (!(await stat(source)).isFile())
        throw new FormatError(source, "file", "a file", "a folder or a device");
      yield* createReadStream(source);
    } catch (error) {
      if (error instanceof FormatError) throw error;
      throw new FormatError(source, "file", "a file that can be read", cause(error));
    }
  } else if (source.bytes instanceof Uint8Array) yield source.bytes;
  else yield* source.bytes;
}

/** Why the platform refused a file, in a few words. */
export function cause(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" ? "no such file" : String(code ?? error);
}

/** The bytes of a source as one array, at most `limit` of them. @throws FormatError if there are more. */
export async function wholeFile(source: FileSource, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces(source)) {
    length += piece.length;
    if (length > limit)
      throw new FormatError(sourceName(source), "file", `at most ${limit} bytes`, "more");
    parts.push(piece);
  }
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
