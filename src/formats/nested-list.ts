/**
 * Arrays as nested lists, the way they stand in JSON. A number is a JSON number, one of the strings
 * "NaN", "Infinity" and "-Infinity", or a hexadecimal constant (hex-float.ts).
 */
import type { ClaimArray } from "./claims.js";
import { FormatError, shown } from "./format-error.js";
import { hexFloatText, hexFloatValue } from "./hex-float.js";

/** How numbers are written: the shortest decimals that read back alike, or hexadecimal constants. */
export type NumberStyle = "decimal" | "hex";

const nonFinite = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/**
 * Nested lists as an array; a bare number is one of shape [].
 *
 * @param path where the lists stand, for errors: "input/x2d" becomes "input/x2d[3][1]"
 * @throws FormatError if the lists are ragged, deeper than `axes`, or hold anything but numbers.
 */
export function arrayOfLists(value: unknown, file: string, path: string, axes: number): ClaimArray {
  const shape: number[] = [];
  for (let first = value; Array.isArray(first); first = first[0]) {
    if (shape.length === axes)
      throw new FormatError(file, path, `at most ${axes} nested lists`, "more");
    shape.push(first.length);
  }
  // Not yet an array of the shape's size: ragged lists may claim a size that they do not have.
  const numbers: number[] = [];
  const index: number[] = [];
  const fail = (expected: string, got: string): never => {
    const place = path + index.map((i) => `[${i}]`).join("");
    throw new FormatError(file, place, expected, got);
  };
  const fill = (item: unknown): void => {
    const axis = index.length;
    if (axis === shape.length) {
      numbers.push(numberOf(item, fail));
      return;
    }
    const length = `a list of ${shape[axis]}`;
    const list = Array.isArray(item) ? item : fail(length, described(item));
    if (list.length !== shape[axis])
      fail(length, `one of ${list.length}: lists must not be ragged`);
    for (let i = 0; i < list.length; i++) {
      index.push(i);
      fill(list[i]);
      index.pop();
    }
  };
  fill(value);
  return { shape, data: Float64Array.from(numbers) };
}

function numberOf(item: unknown, fail: (expected: string, got: string) => never): number {
  if (typeof item === "number")
    return Number.isFinite(item)
      ? item
      : fail('a number that a double holds (or "Infinity")', "one beyond 1.8e308");
  const expected = 'a number, "NaN", "Infinity", "-Infinity" or a constant like "0x1.8p+1"';
  if (typeof item !== "string") return fail(expected, described(item));
  const special = nonFinite.get(item);
  if (special !== undefined) return special;
  let value: number | undefined;
  try {
    value = hexFloatValue(item);
  } catch {
    fail("a hexadecimal constant that a double equals", shown(item));
  }
  return value ?? fail(expected, shown(item));
}

function described(item: unknown): string {
  if (Array.isArray(item)) return `a list of ${item.length}`;
  return typeof item === "object" && item !== null ? "an object" : shown(item);
}

/** An array as nested lists in JSON, one line for each index of the leading axis. */
export function listsText(array: ClaimArray, style: NumberStyle = "decimal"): string {
  const { shape, data } = array;
  let next = 0;
  const text = (axis: number): string => {
    if (axis === shape.length) return numberText(data[next++], style);
    const items = Array.from({ length: shape[axis] }, () => text(axis + 1));
    return axis === 0 && shape.length > 1 && shape[0] > 0
      ? `[\n${items.join(",\n")}\n]`
      : `[${items.join(",")}]`;
  };
  return text(0);
}

function numberText(n: number, style: NumberStyle): string {
  if (!Number.isFinite(n)) return `"${n}"`;
  if (style === "hex") return `"${hexFloatText(n)}"`;
  return Object.is(n, -0) ? "-0" : String(n);
}
