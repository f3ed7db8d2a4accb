/**
 * Finished cells on disk, one line each, so that an interrupted study loses nothing it has finished.
 *
 * A line carries everything its numbers depend on: study, revision, version of pnp-oracle, settings and
 * seed. Lines of another key stay in the file and are not used. A line that a kill tore is cut off.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from "node:fs";
import type { Measures } from "./study.js";

/** What a cell's numbers depend on, besides the cell. */
export interface ResultKey {
  readonly study: string;
  readonly revision: number;
  readonly version: string;
  readonly seed: string;
  readonly settings: object;
}

/** The measures of one repetition of a cell. */
export interface Result {
  readonly cell: string;
  readonly repetition: number;
  readonly measures: Measures;
}

/** Finished results of this key, and how many lines belong to others. */
export interface Finished {
  readonly results: readonly Result[];
  readonly others: number;
}

/** One text for one key, whatever the order of its settings. */
export function keyText(key: ResultKey): string {
  const ordered = Object.fromEntries(
    Object.entries(key.settings).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return JSON.stringify([key.study, key.revision, key.version, key.seed, ordered]);
}

/**
 * The finished results of a file; none if there is no such file. A torn last line is removed from it.
 *
 * @throws RangeError if a whole line is no result.
 */
export function finishedResults(path: string, key: ResultKey): Finished {
  if (!existsSync(path)) return { results: [], others: 0 };
  const bytes = readFileSync(path);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) truncateSync(path, whole);
  const wanted = keyText(key);
  const results: Result[] = [];
  let others = 0;
  const lines = bytes.subarray(0, whole).toString("utf8").split("\n").slice(0, -1);
  lines.forEach((line, i) => {
    const found = parsedLine(line);
    if (!found)
      throw new RangeError(
        `finishedResults: expected a result in line ${i + 1} of ${path}, got ${line.slice(0, 60)}`,
      );
    if (found.key === wanted) results.push(found.result);
    else others++;
  });
  return { results, others };
}

/** Adds a finished result and waits until it is on disk. */
export function appendResult(path: string, key: ResultKey, result: Result): void {
  const line = JSON.stringify({ key: keyText(key), ...result }, (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );
  const file = openSync(path, "a");
  try {
    writeSync(file, `${line}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function parsedLine(line: string): { key: string; result: Result } | undefined {
  try {
    const { key, cell, repetition, measures } = JSON.parse(line);
    if (typeof key !== "string" || typeof cell !== "string" || !Number.isInteger(repetition))
      return;
    if (typeof measures !== "object" || measures === null) return;
    const numbers = Object.entries(measures).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(Number) : Number(value),
    ]);
    return { key, result: { cell, repetition, measures: Object.fromEntries(numbers) } };
  } catch {
    return;
  }
}
