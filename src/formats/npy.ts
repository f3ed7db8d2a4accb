/**
 * Arrays in numpy's .npy format, versions 1.0, 2.0 and 3.0 (npy-header.ts), read into doubles or
 * strings and written from them.
 *
 * Every number type that a double holds is read exactly: f2, f4, f8, i1 ... i8, u1 ... u8, b1, of
 * either endianness, in C or Fortran order. An i8 or u8 that no double equals is an error, not a
 * rounding. Strings are U (UTF-32) or S (UTF-8), zeros at their end dropped as numpy does.
 */

import { FormatError, shapeText, shown } from "./format-error.js";
import { defaultLimits, type ReadLimits } from "./limits.js";
import { npyHeader } from "./npy-header.js";

/** An array of numbers as doubles in C order. descr is the type that it was stored in. */
export interface NumberArray {
  readonly kind: "numbers";
  readonly descr: string;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** An array of strings in C order. */
export interface TextArray {
  readonly kind: "text";
  readonly descr: string;
  readonly shape: readonly number[];
  readonly data: readonly string[];
}

export type NpyArray = NumberArray | TextArray;

/** Reads one element at a byte offset. NaN never stands for "no number". */
type ElementReader = (view: DataView, at: number, little: boolean) => number;

const readers: Readonly<Record<string, ElementReader>> = {
  b1: (view, at) => truth(view.getUint8(at)),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => exact(view.getBigInt64(at, little)),
  u8: (view, at, little) => exact(view.getBigUint64(at, little)),
  f2: (view, at, little) => half(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/** Characters of text that one string, however short, takes the memory of. */
const textCost = 64;

/**
 * Reads an .npy array.
 *
 * @param file name of the file, for errors
 * @param where the array's place in the file, for errors
 * @throws FormatError if the array is no .npy, is truncated or longer than its shape says, is of a
 * type that is not read (pickled objects among them), or passes the limits.
 */
export function readNpy(
  bytes: Uint8Array,
  file: string,
  where = "array",
  limits: ReadLimits = defaultLimits,
): NpyArray {
  const fail = (expected: string, got: string): never => {
    throw new FormatError(file, where, expected, got);
  };
  const { descr, fortranOrder, shape, start } = npyHeader(bytes, file, where);
  const type = /^([<>|])([a-zA-Z])(\d{0,9})$/.exec(descr);
  if (!type) fail("an element type such as <f8", shown(descr));
  const [, endian, letter, digits] = type!;
  if (letter === "O") fail("numbers or strings", "pickled Python objects, which are never loaded");
  const code = letter + digits;
  const isText = letter === "U" || letter === "S";
  if (!isText && !(code in readers))
    fail(`an element type among ${Object.keys(readers).join(" ")} U S`, shown(descr));
  const width = letter === "U" ? 4 * Number(digits) : Number(digits);
  if (endian === "|" && !isText && width > 1) fail("an element type with its endianness", descr);

  const most = isText ? limits.text / textCost : limits.bytes / 8;
  const size = shapeSize(shape, Math.floor(most), limits, file, where);
  const got = bytes.length - start;
  if (got !== size * width)
    fail(`${size * width} bytes for shape ${shapeText(shape)} of ${descr}`, `${got}`);
  if (isText && got > 4 * limits.text) fail(`text of at most ${4 * limits.text} bytes`, `${got}`);

  const view = new DataView(bytes.buffer, bytes.byteOffset + start, got);
  const little = endian !== ">";
  const places = fortranOrder && shape.length > 1 ? fortranPlaces(shape, size) : undefined;
  if (isText) {
    const text = new Array<string>(size);
    for (let i = 0; i < size; i++) {
      const value =
        letter === "U"
          ? utf32(view, i * width, width, little)
          : utf8(bytes.subarray(start + i * width, start + (i + 1) * width));
      if (value === undefined) fail("text", `no text in element ${i}`);
      text[places ? places[i] : i] = value!;
    }
    return { kind: "text", descr, shape, data: text };
  }
  const data = new Float64Array(size);
  const read = readers[code];
  for (let i = 0; i < size; i++) {
    try {
      data[places ? places[i] : i] = read(view, i * width, little);
    } catch (error) {
      fail(`${descr} values that a double holds`, `${(error as Error).message} in element ${i}`);
    }
  }
  return { kind: "numbers", descr, shape, data };
}

/**
 * Number of elements of a shape.
 *
 * @throws FormatError if an axis is negative or the elements (zero-length axes left out, so that
 * no shape is absurd) are more than `most`.
 */
export function shapeSize(
  shape: readonly number[],
  most: number,
  limits: ReadLimits,
  file: string,
  where: string,
): number {
  if (shape.length > limits.axes)
    throw new FormatError(file, where, `at most ${limits.axes} axes`, `${shape.length}`);
  let size = 1;
  let span = 1;
  for (const axis of shape) {
    if (!Number.isInteger(axis) || axis < 0)
      throw new FormatError(file, where, "a shape of counts", shapeText(shape));
    size *= axis;
    span *= Math.max(1, axis);
    if (span > most)
      throw new FormatError(file, where, `a shape of at most ${most} elements`, shapeText(shape));
  }
  return size;
}

/** For each element in Fortran order, its place in C order. */
function fortranPlaces(shape: readonly number[], size: number): Uint32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const places = new Uint32Array(size);
  const index = shape.map(() => 0);
  let place = 0;
  for (let i = 0; i < size; i++) {
    places[i] = place;
    for (let axis = 0; axis < shape.length; axis++) {
      place += strides[axis];
      if (++index[axis] < shape[axis]) break;
      place -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return places;
}

function truth(byte: number): number {
  if (byte > 1) throw new RangeError(`byte ${byte} for a truth value`);
  return byte;
}

function exact(value: bigint): number {
  const double = Number(value);
  if (BigInt(double) !== value) throw new RangeError(`the integer ${value}`);
  return double;
}

/** IEEE binary16: 1 sign bit, 5 exponent bits, 10 fraction bits; exact in a double. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function utf32(view: DataView, at: number, width: number, little: boolean): string | undefined {
  let end = at + width;
  while (end > at && view.getUint32(end - 4, little) === 0) end -= 4;
  // In pieces: as many strings as characters would take a multiple of the text's memory.
  const pieces: string[] = [];
  for (let i = at; i < end; ) {
    const points: number[] = [];
    for (; i < end && points.length < 4096; i += 4) {
      const point = view.getUint32(i, little);
      if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined;
      points.push(point);
    }
    pieces.push(String.fromCodePoint(...points));
  }
  return pieces.join("");
}

function utf8(bytes: Uint8Array): string | undefined {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(0, end),
    );
  } catch {
    return undefined;
  }
}

/**
 * An array as .npy, format version 1.0: numbers as <f8, strings as <U, in C order.
 *
 * @throws RangeError if the data is not as long as the shape says, or a string is not well-formed
 * Unicode or ends in a zero character, which the format cannot tell from padding.
 */
export function writeNpy(array: {
  readonly shape: readonly number[];
  readonly data: Float64Array | readonly string[];
}): Uint8Array {
  const { shape, data } = array;
  const size = shape.reduce((a, b) => a * b, 1);
  if (data.length !== size)
    throw new RangeError(
      `writeNpy: expected ${size} elements for shape ${shapeText(shape)}, got ${data.length}`,
    );
  if (data instanceof Float64Array) {
    const bytes = withHeader("<f8", shape, 8 * size);
    const view = new DataView(bytes.buffer, bytes.length - 8 * size);
    for (let i = 0; i < size; i++) view.setFloat64(8 * i, data[i], true);
    return bytes;
  }
  const points = data.map((text) => {
    if (/\p{Surrogate}/u.test(text) || text.endsWith("\0"))
      throw new RangeError(`writeNpy: expected well-formed text, got ${shown(text)}`);
    return Array.from(text, (character) => character.codePointAt(0)!);
  });
  // numpy has no strings of width zero in files: an array of empty strings is <U1.
  const width = points.reduce((most, text) => Math.max(most, text.length), 1);
  const bytes = withHeader(`<U${width}`, shape, 4 * width * size);
  const view = new DataView(bytes.buffer, bytes.length - 4 * width * size);
  points.forEach((text, i) => {
    text.forEach((point, k) => {
      view.setUint32(4 * (width * i + k), point, true);
    });
  });
  return bytes;
}

/** A header padded so that the elements begin at a multiple of 64 bytes, and room for them. */
function withHeader(descr: string, shape: readonly number[], dataBytes: number): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shapeText(shape)}, }`;
  const padded = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = `${text.padEnd(padded - 11)}\n`;
  const bytes = new Uint8Array(padded + dataBytes);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  for (let i = 0; i < header.length; i++) bytes[10 + i] = header.charCodeAt(i);
  return bytes;
}
