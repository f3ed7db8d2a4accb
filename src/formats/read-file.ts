/** Files on disk, refused by size before they are read. */
import type { Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { FormatError } from "./format-error.js";
import { defaultLimits, type ReadLimits } from "./limits.js";

/**
 * A regular file's bytes, for readClaims, parseProblems or readNpz. Nothing that may block or never end is
 * opened for reading, and no more is read than the file had when it was opened.
 *
 * @throws FormatError if there is no such file, it is none, or it is larger than limits.bytes, or larger
 * than limits.text and no archive.
 */
export async function readFileBytes(
  path: string,
  limits: ReadLimits = defaultLimits,
): Promise<Uint8Array> {
  const fail = (expected: string, got: string): never => {
    throw new FormatError(path, "file", expected, got);
  };
  try {
    const found = await stat(path);
    if (!found.isFile()) return fail("a file", kindOf(found));
    if (found.size > limits.bytes) return fail(`at most ${limits.bytes} bytes`, `${found.size}`);
    const handle = await open(path);
    try {
      const magic = new Uint8Array(2);
      await handle.read(magic, 0, 2, 0);
      const isArchive = magic[0] === 0x50 && magic[1] === 0x4b;
      if (!isArchive && found.size > limits.text)
        return fail(`at most ${limits.text} bytes of JSON`, `${found.size}`);
      return await contents(handle, found.size);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const reasons: Record<string, string> = {
      ENOENT: "no such file",
      EACCES: "one that may not be read",
      ELOOP: "links that lead nowhere",
    };
    return fail("a file that can be read", reasons[code ?? ""] ?? `${code}`);
  }
}

/** What is at a path that is no file. */
function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a folder";
  return found.isFIFO() || found.isSocket() ? "a pipe" : "a device";
}

/** The first `size` bytes of a file, or as many as there are. */
async function contents(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
