/**
 * Arrays as callers hold them — ndarrays, nested lists or flat typed arrays — copied once into the
 * flat row-major Float64Array of the kernels, with their shape checked on the way.
 */

import type { NdArray } from "ndarray";

export type NestedArray = readonly (number | NestedArray)[];
type TypedArray = Float64Array | Float32Array | Int32Array | Int16Array | Int8Array | Uint8Array;

/** What may be passed where an array is expected. A flat typed array takes the shape asked for. */
export type ArrayInput = NdArray | NestedArray | TypedArray;

/** A checked array: row-major, its own copy. */
export interface DenseArray {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/** An expected axis: its length, or a letter for a length left open. */
export type Axis = number | string;

/**
 * Copies `input` into a dense array of the shape `axes`.
 *
 * @throws TypeError if it is no array of numbers; RangeError if its shape differs, if nested lists
 * are ragged, or if an entry is NaN or infinite. Messages start with `caller`.
 */
export function denseArray(
  caller: string,
  name: string,
  input: ArrayInput,
  axes: readonly Axis[],
): DenseArray {
  const array = shapedArray(caller, name, input, axes);
  for (let i = 0; i < array.data.length; i++)
    if (!Number.isFinite(array.data[i]))
      throw new RangeError(
        `${caller}: expected finite ${name}, got ${array.data[i]} at [${indexOf(i, array.shape)}]`,
      );
  return array;
}

/** As `denseArray`, with whatever numbers there are: where some of them stand for nothing. @throws as that. */
export function shapedArray(
  caller: string,
  name: string,
  input: ArrayInput,
  axes: readonly Axis[],
): DenseArray {
  const expected = `${caller}: expected ${name} of shape [${axes.join(", ")}]`;
  const array = readArray(expected, input, axes);
  const fits =
    array.shape.length === axes.length &&
    axes.every((axis, k) => typeof axis === "string" || axis === array.shape[k]);
  if (!fits) throw new RangeError(`${expected}, got [${array.shape.join(", ")}]`);
  return array;
}

/** Number of axes of `input`, or null for a flat typed array, which may stand for any number. */
export function axisCount(input: ArrayInput): number | null {
  if (ArrayBuffer.isView(input)) return null;
  if (isNdArray(input)) return input.shape.length;
  let count = 0;
  let level: unknown = input;
  while (Array.isArray(level)) {
    count++;
    level = level[0];
  }
  return count;
}

function isNdArray(input: unknown): input is NdArray {
  return typeof input === "object" && input !== null && "stride" in input && "get" in input;
}

function readArray(expected: string, input: unknown, axes: readonly Axis[]): DenseArray {
  if (isNdArray(input)) return readNdArray(input);
  if (Array.isArray(input)) return readNested(expected, input, axes);
  if (ArrayBuffer.isView(input) && !(input instanceof DataView)) {
    const flat = input as TypedArray;
    return { data: new Float64Array(flat), shape: shapeOfFlat(flat.length, axes) };
  }
  throw new TypeError(`${expected}, got ${input === null ? "null" : typeof input}`);
}

function readNdArray(input: NdArray): DenseArray {
  const shape = [...input.shape];
  const data = new Float64Array(shape.reduce((product, length) => product * length, 1));
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < data.length; i++) {
    data[i] = Number(input.get(...index));
    for (let k = shape.length - 1; k >= 0 && ++index[k] === shape[k]; k--) index[k] = 0;
  }
  return { data, shape };
}

function readNested(expected: string, input: NestedArray, axes: readonly Axis[]): DenseArray {
  const shape: number[] = [];
  for (let level: unknown = input; Array.isArray(level); level = level[0]) shape.push(level.length);
  const numbers: number[] = [];
  const visit = (level: unknown, depth: number): void => {
    if (Array.isArray(level)) {
      if (depth >= shape.length || level.length !== shape[depth])
        throw new RangeError(`${expected}, got a ragged list`);
      for (const item of level) visit(item, depth + 1);
    } else if (typeof level !== "number") {
      throw new TypeError(`${expected}, got an entry of type ${typeof level}`);
    } else if (depth < shape.length) {
      throw new RangeError(`${expected}, got a ragged list`);
    } else numbers.push(level);
  };
  visit(input, 0);
  // An empty list says nothing of the axes below it: they are what was asked for.
  if (shape.at(-1) === 0)
    for (const axis of axes.slice(shape.length)) shape.push(typeof axis === "number" ? axis : 0);
  return { data: Float64Array.from(numbers), shape };
}

/** The shape `length` numbers take under `axes` when at most one axis is open; else just [length]. */
function shapeOfFlat(length: number, axes: readonly Axis[]): number[] {
  const open = axes.filter((axis) => typeof axis === "string").length;
  const known = axes.reduce<number>((p, axis) => (typeof axis === "number" ? p * axis : p), 1);
  if (open === 0 && length === known) return axes as number[];
  if (open !== 1 || known === 0 || length % known !== 0) return [length];
  return axes.map((axis) => (typeof axis === "number" ? axis : length / known));
}

function indexOf(flat: number, shape: readonly number[]): string {
  const index: number[] = [];
  let rest = flat;
  for (let k = shape.length - 1; k >= 0; k--) {
    index.unshift(rest % shape[k]);
    rest = Math.floor(rest / shape[k]);
  }
  return index.join(", ");
}
