/** Archives of named arrays, as numpy's savez and savez_compressed write them. */
import { zipSync } from "fflate";
import { FormatError } from "./format-error.js";
import { defaultLimits, type ReadLimits } from "./limits.js";
import { type NpyArray, readNpy, writeNpy } from "./npy.js";
import { zipContent, zipEntries } from "./zip.js";

/** An array to be written: numbers as doubles or text, in C order. */
export interface Writable {
  readonly shape: readonly number[];
  readonly data: Float64Array | readonly string[];
}

/**
 * The arrays of an .npz archive by name, in the order they were stored, names without ".npy".
 *
 * @throws FormatError if the archive is corrupt, truncated or hostile (zip.ts), an entry is no
 * readable array (npy.ts), or the arrays together pass the limits.
 */
export function readNpz(
  bytes: Uint8Array,
  file: string,
  limits: ReadLimits = defaultLimits,
): Map<string, NpyArray> {
  if (bytes.length > limits.bytes)
    throw new FormatError(file, "file", `at most ${limits.bytes} bytes`, `${bytes.length}`);
  const arrays = new Map<string, NpyArray>();
  let left = limits.bytes;
  for (const entry of zipEntries(bytes, file, limits)) {
    if (!entry.name.endsWith(".npy"))
      throw new FormatError(file, entry.name, "a name that ends in .npy", "another file");
    const name = entry.name.slice(0, -4);
    const content = zipContent(bytes, entry, file);
    const array = readNpy(content, file, name, { ...limits, bytes: left });
    left -= 8 * array.data.length;
    arrays.set(name, array);
  }
  return arrays;
}

/**
 * Arrays as an .npz archive that numpy.load reads; the same arrays give the same bytes.
 *
 * @param options.compressed deflate the entries, as savez_compressed does; default false
 */
export function writeNpz(
  arrays: Iterable<readonly [name: string, array: Writable]>,
  options: { readonly compressed?: boolean } = {},
): Uint8Array {
  const entries: Record<string, Uint8Array> = Object.create(null);
  for (const [name, array] of arrays) {
    if (`${name}.npy` in entries)
      throw new RangeError(`writeNpz: expected names that occur once, got ${name} twice`);
    entries[`${name}.npy`] = writeNpy(array);
  }
  // The earliest date a zip can hold: a clock would make every run's bytes differ.
  return zipSync(entries, { level: options.compressed ? 6 : 0, mtime: new Date(1980, 0, 1) });
}
