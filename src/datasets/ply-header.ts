/**
 * The header of a PLY file: what its elements are made of, and where their numbers begin.
 *
 *     ply
 *     format ascii 1.0                      or binary_little_endian, binary_big_endian
 *     comment …                             and obj_info …
 *     element vertex 8                      rows of this element
 *     property float x                      a number
 *     property list uchar int vertex_index  a count, and so many numbers
 *     end_header
 *
 * Source: [Turk1994].
 */
import { FormatError, oneOf, shown } from "../formats/format-error.js";

export const plyFormats = ["ascii", "binary_little_endian", "binary_big_endian"] as const;
export type PlyFormat = (typeof plyFormats)[number];

export interface PlyType {
  readonly size: number;
  readonly read: (view: DataView, at: number, little: boolean) => number;
}

const type = (size: number, read: PlyType["read"]): PlyType => ({ size, read });
const int8 = type(1, (view, at) => view.getInt8(at));
const uint8 = type(1, (view, at) => view.getUint8(at));
const int16 = type(2, (view, at, little) => view.getInt16(at, little));
const uint16 = type(2, (view, at, little) => view.getUint16(at, little));
const int32 = type(4, (view, at, little) => view.getInt32(at, little));
const uint32 = type(4, (view, at, little) => view.getUint32(at, little));
const float32 = type(4, (view, at, little) => view.getFloat32(at, little));
const float64 = type(8, (view, at, little) => view.getFloat64(at, little));

/** Every type under both of its names. */
const types: ReadonlyMap<string, PlyType> = new Map([
  ...Object.entries({ int8, uint8, int16, uint16, int32, uint32, float32, float64 }),
  ...Object.entries({ char: int8, uchar: uint8, short: int16, ushort: uint16 }),
  ...Object.entries({ int: int32, uint: uint32, float: float32, double: float64 }),
]);
const fractional = [float32, float64];

export interface PlyProperty {
  readonly name: string;
  readonly type: PlyType;
  /** Type of the count before the numbers of a list; undefined for a single number. */
  readonly count?: PlyType;
}

export interface PlyElement {
  readonly name: string;
  /** Number of rows. */
  readonly rows: number;
  readonly properties: readonly PlyProperty[];
}

export interface PlyHeader {
  readonly format: PlyFormat;
  readonly elements: readonly PlyElement[];
  /** Comments and obj_infos, without those words. */
  readonly comments: readonly string[];
  /** Byte at which the numbers begin, and the line it is on, counted from 1. */
  readonly end: number;
  readonly line: number;
  /** The byte that ends lines: 10, or 13 in files of old systems. */
  readonly newline: number;
}

/** Most lines of a header, and most bytes of it. */
const [MOST_LINES, LONGEST] = [4096, 2 ** 20];

/** @throws FormatError naming the line, if the bytes do not begin with the header of a PLY file. */
export function plyHeader(bytes: Uint8Array, file: string): PlyHeader {
  let line = 0;
  const fail = (expected: string, got: string): never => {
    throw new FormatError(file, `line ${line}`, expected, got);
  };
  // "ply" and a lone carriage return: such files end every line with one.
  const newline = bytes[3] === 13 && bytes[4] !== 10 ? 13 : 10;
  let at = 0;
  const next = (): string => {
    line++;
    const end = bytes.indexOf(newline, at);
    if (end < 0 || end > LONGEST || line > MOST_LINES)
      return fail("end_header", line === 1 ? "no line of text" : "the end of the file or no end");
    const text = new TextDecoder("latin1").decode(bytes.subarray(at, end));
    at = end + 1;
    return text.trim();
  };
  const first = next();
  if (first !== "ply") fail("ply", shown(first));
  let format: PlyFormat | undefined;
  const elements: { name: string; rows: number; properties: PlyProperty[] }[] = [];
  const comments: string[] = [];
  for (let text = next(); text !== "end_header"; text = next()) {
    const [word, ...rest] = text.split(/\s+/);
    switch (word) {
      case "":
        break;
      case "comment":
      case "obj_info":
        comments.push(text.slice(word.length).trim());
        break;
      case "format":
        if (format) fail("one format", "a second one");
        format = plyFormats.find((name) => name === rest[0]);
        if (!format) fail(oneOf(plyFormats), shown(rest[0] ?? "nothing"));
        if (rest[1] !== "1.0" || rest.length > 2)
          fail("version 1.0", shown(rest.slice(1).join(" ")));
        break;
      case "element":
        if (rest.length !== 2 || !/^\d{1,15}$/.test(rest[1]))
          fail("element, a name and a whole number", shown(text));
        if (elements.some(({ name }) => name === rest[0]))
          fail("elements that occur once", rest[0]);
        elements.push({ name: rest[0], rows: Number(rest[1]), properties: [] });
        break;
      case "property": {
        const element = elements[elements.length - 1];
        if (!element) fail("an element before its properties", shown(text));
        const found = property(rest) ?? fail("property, a type and a name", shown(text));
        if (element.properties.some(({ name }) => name === found.name))
          fail("properties that occur once", shown(found.name));
        element.properties.push(found);
        break;
      }
      default:
        fail("format, element, property, comment or end_header", shown(text));
    }
  }
  if (!format) return fail("a format before end_header", "none");
  return { format, elements, comments, end: at, line: line + 1, newline };
}

function property(words: readonly string[]): PlyProperty | undefined {
  const [count, type] =
    words[0] === "list"
      ? [types.get(words[1]), types.get(words[2])]
      : [undefined, types.get(words[0])];
  const isList = words[0] === "list";
  if (words.length !== (isList ? 4 : 2) || !type) return undefined;
  if (isList && (!count || fractional.includes(count))) return undefined;
  return { name: words[words.length - 1], type, ...(count && { count }) };
}
