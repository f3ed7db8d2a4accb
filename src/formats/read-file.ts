/** Files on disk, refused by size before they are read. */
import { readFile, stat } from "node:fs/promises";
import { FormatError } from "./format-error.js";
import { defaultLimits, type ReadLimits } from "./limits.js";

/**
 * A regular file's bytes, for readClaims, parseProblems or readNpz.
 *
 * @throws FormatError if there is no such file, it is none, or it is larger than limits.bytes.
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
    if (!found.isFile()) return fail("a file", found.isDirectory() ? "a folder" : "a device");
    if (found.size > limits.bytes) return fail(`at most ${limits.bytes} bytes`, `${found.size}`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    return fail("a file that can be read", code === "ENOENT" ? "no such file" : `${code}`);
  }
}
