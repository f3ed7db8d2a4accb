import { FormatError } from "../../src/formats/index.js";

/** A source of text or bytes, in pieces of `size` bytes if asked. */
export function source(content: string | Uint8Array, size = 0, name = "file") {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  if (size === 0) return { name, bytes };
  const pieces = async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  return { name, bytes: pieces() };
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** The message of the FormatError that reading throws. */
export async function refusal(read: () => unknown): Promise<string> {
  try {
    await read();
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
  throw new Error("expected a FormatError, got a value");
}
