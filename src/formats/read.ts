/** Files of any form this folder knows, told apart by how they begin. */
import type { Claims, Purpose } from "./claims.js";
import { readClaimsNpz } from "./claims-npz.js";
import { FormatError } from "./format-error.js";
import { readClaimsJson } from "./json.js";
import { defaultLimits, type ReadLimits } from "./limits.js";
import { readClaimsLines } from "./ndjson.js";

/**
 * Claims from a file's bytes: an .npz archive, JSON, or NDJSON (more than one batch only there).
 *
 * @param file name of the file, for errors; one that ends in .ndjson or .jsonl is NDJSON
 * @throws FormatError saying what is wrong, and where.
 */
export function readClaims(
  bytes: Uint8Array,
  file: string,
  limits: ReadLimits = defaultLimits,
): Claims[] {
  return read(bytes, file, "claims", limits);
}

/**
 * Problems to solve, from the same forms: "input" alone suffices. The method is "pnp" and the
 * schema this one unless stated; claims may be there.
 *
 * @throws FormatError saying what is wrong, and where.
 */
export function parseProblems(
  bytes: Uint8Array,
  file: string,
  limits: ReadLimits = defaultLimits,
): Claims[] {
  return read(bytes, file, "problems", limits);
}

function read(bytes: Uint8Array, file: string, purpose: Purpose, limits: ReadLimits): Claims[] {
  if (begins(bytes, "PK")) return [readClaimsNpz(bytes, file, purpose, limits)];
  if (begins(bytes, "\x93NUMPY"))
    throw new FormatError(file, "file", "an .npz archive of named arrays", "a single .npy array");
  if (bytes.length > limits.text)
    throw new FormatError(file, "file", `at most ${limits.text} bytes of JSON`, `${bytes.length}`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const wide = begins(bytes, "\xff\xfe") || begins(bytes, "\xfe\xff");
    const got = wide ? "UTF-16" : "other bytes";
    throw new FormatError(file, "file", "an .npz archive, or JSON in UTF-8", got);
  }
  if (text.trim() === "") throw new FormatError(file, "file", "claims", "an empty file");
  return isLines(text, file)
    ? readClaimsLines(text, file, purpose, limits)
    : [readClaimsJson(text, file, purpose, limits)];
}

function begins(bytes: Uint8Array, magic: string): boolean {
  return [...magic].every((character, i) => bytes[i] === character.charCodeAt(0));
}

/** True for NDJSON: by its name, or a whole object on the first of several lines. */
function isLines(text: string, file: string): boolean {
  if (/\.(ndjson|jsonl)$/i.test(file)) return true;
  const end = text.indexOf("\n");
  if (end < 0 || text.slice(end).trim() === "") return false;
  return /^\s*\{.*\}\s*$/.test(text.slice(0, end)) && /^\s*\{/.test(text.slice(end));
}
