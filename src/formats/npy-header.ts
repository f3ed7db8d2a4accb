/**
 * The header of an .npy array: a Python dictionary such as
 *
 *     {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
 *
 * Source: NEP 1 and numpy.lib.format. Only that much of Python is read: strings, True and False,
 * integers and tuples of them.
 */
import { FormatError, shown } from "./format-error.js";

/** Longest header read [bytes]; numpy refuses more than 10 000 as well. */
const longestHeader = 10_000;

export interface NpyHeader {
  /** Type of an element as numpy writes it, such as "<f8". */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly start: number;
}

/**
 * Reads the header of format version 1, 2 or 3.
 *
 * @throws FormatError if the file is not .npy or the header is not of that form.
 */
export function npyHeader(bytes: Uint8Array, file: string, where: string): NpyHeader {
  const fail = (expected: string, got: string): never => {
    throw new FormatError(file, where, expected, got);
  };
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte))
    fail("an .npy array (it begins with \\x93NUMPY)", "other bytes");
  const version = bytes[6];
  if (version < 1 || version > 3 || bytes[7] !== 0)
    fail("npy format version 1.0, 2.0 or 3.0", `${version}.${bytes[7]}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = version === 1 ? 10 : 12;
  if (bytes.length < begin) fail("a header length", "the file's end");
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader)
    fail(`a header of at most ${longestHeader} bytes`, `one of ${length}`);
  if (begin + length > bytes.length)
    fail(`a header of ${length} bytes`, `${bytes.length - begin}: the array is truncated`);
  let text = "";
  try {
    const encoding = version === 3 ? "utf-8" : "latin1";
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(begin, begin + length));
  } catch {
    fail("a header in UTF-8", "other bytes");
  }
  return { ...headerFields(text, file, where), start: begin + length };
}

const token = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|(-?\d+)L?|([{}()[\],:]))/y;

/** The three fields of the dictionary, each once and nothing else. */
function headerFields(text: string, file: string, where: string) {
  const fail = (expected: string, got: string): never => {
    throw new FormatError(file, `${where} header`, expected, got);
  };
  let at = 0;
  const next = (): string | boolean | number | { mark: string } => {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) return fail("a dictionary of strings, truth values and integers", rest());
    at = token.lastIndex;
    if (match[5] !== undefined) return { mark: match[5] };
    if (match[4] !== undefined) return Number(match[4]);
    if (match[3] !== undefined) return match[3] === "True";
    return match[1] ?? match[2];
  };
  const rest = () => shown(text.slice(at).trimEnd());
  const isMark = (value: unknown, mark: string) =>
    typeof value === "object" && (value as { mark: string }).mark === mark;
  const expectMark = (mark: string) => {
    const before = at;
    if (!isMark(next(), mark)) {
      at = before;
      fail(`"${mark}"`, rest());
    }
  };

  let descr: string | undefined;
  let fortranOrder: boolean | undefined;
  let shape: number[] | undefined;
  expectMark("{");
  for (let key = next(); !isMark(key, "}"); key = next()) {
    expectMark(":");
    const value = next();
    if (key === "descr" && descr === undefined) {
      if (typeof value !== "string")
        return fail("one element type", "a structured type, which holds several");
      descr = value;
    } else if (key === "fortran_order" && fortranOrder === undefined) {
      if (typeof value !== "boolean") return fail("fortran_order True or False", shown(value));
      fortranOrder = value;
    } else if (key === "shape" && shape === undefined) {
      if (!isMark(value, "(")) return fail("shape, a tuple", shown(value));
      shape = [];
      for (let axis = next(); !isMark(axis, ")"); axis = next()) {
        if (typeof axis !== "number") return fail("a shape of integers", shown(axis));
        shape.push(axis);
        const separator = next();
        if (isMark(separator, ")")) break;
        if (!isMark(separator, ",")) return fail('"," between axes', shown(separator));
      }
    } else {
      return fail("descr, fortran_order and shape, each once", shown(key));
    }
    const separator = next();
    if (isMark(separator, "}")) break;
    if (!isMark(separator, ",")) return fail('"," between fields', shown(separator));
  }
  if (text.slice(at).trim() !== "") return fail("nothing after the dictionary", rest());
  if (descr === undefined || fortranOrder === undefined || shape === undefined)
    return fail("descr, fortran_order and shape", "not all of them");
  return { descr, fortranOrder, shape };
}
