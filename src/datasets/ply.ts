/**
 * Models in PLY files: their vertices. Normals, colours, faces and whatever else a file holds are passed
 * over, but the file must be whole: a mesh cut off is refused even if all its vertices are there.
 *
 * Coordinates are doubles as printed, or as stored; a model in BOP is in mm. Source: [Turk1994].
 */
import { FormatError, shown } from "../formats/format-error.js";
import { decimalText, decimalValue } from "./number-text.js";
import {
  type PlyElement,
  type PlyFormat,
  type PlyHeader,
  plyFormats,
  plyHeader,
} from "./ply-header.js";

export interface PlyMesh {
  /** Number of vertices, at least 1. */
  readonly n: number;
  /** Vertices [3n]. */
  readonly vertices: Float64Array;
  readonly format: PlyFormat;
  readonly comments: readonly string[];
}

const axes = ["x", "y", "z"];
const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);

/**
 * The vertices of a PLY file, whatever the order and types of its elements and properties.
 *
 * @throws FormatError if the header is none, there is no vertex or one without x, y and z, a coordinate is
 * not finite, a row does not hold what the header promises, or the file ends early or goes on.
 */
export function readPly(bytes: Uint8Array, file: string): PlyMesh {
  const header = plyHeader(bytes, file);
  const { format, elements, comments } = header;
  const fail = (where: string, expected: string, got: string): never => {
    throw new FormatError(file, where, expected, got);
  };
  const vertex = elements.find(({ name }) => name === "vertex");
  if (!vertex) return fail("header", "an element vertex", "none");
  if (vertex.rows === 0) fail("header", "at least one vertex", "0");
  const columns = axes.map((axis) => {
    const column = vertex.properties.findIndex(({ name }) => name === axis);
    if (column < 0) fail("header", `a property ${axis} of vertex`, "none");
    if (vertex.properties[column].count) fail("header", `a single number ${axis}`, "a list");
    return column;
  });
  // Before anything is allocated: what the header promises takes so many bytes at least.
  let least = 0;
  for (const { rows, properties } of elements)
    least += rows * properties.reduce((sum, p) => sum + leastBytes(p, format), 0);
  // The last line of a text may go without its end.
  const there = bytes.length - header.end + (format === "ascii" ? 1 : 0);
  if (least > there) fail("file", `at least ${least} bytes after the header`, `${there}`);
  const vertices = new Float64Array(3 * vertex.rows);
  const take = (row: number, axis: number, value: number | undefined, where: string): void => {
    if (value === undefined || !Number.isFinite(value))
      fail(`${where}, ${axes[axis]}`, "a finite number", `${value ?? "none"}`);
    vertices[3 * row + axis] = value as number;
  };
  if (format === "ascii") readText(bytes, header, file, columns, take);
  else readBinary(bytes, header, file, columns, take);
  return { n: vertex.rows, vertices, format, comments };
}

type Take = (row: number, axis: number, value: number | undefined, where: string) => void;

/** Least bytes of a property: of text a digit and a space. */
function leastBytes({ type, count }: PlyElement["properties"][number], format: PlyFormat): number {
  return format === "ascii" ? 2 : (count ?? type).size;
}

function readText(
  bytes: Uint8Array,
  { elements, end, line, newline }: PlyHeader,
  file: string,
  columns: readonly number[],
  take: Take,
): void {
  const decoder = new TextDecoder("latin1");
  let at = end;
  let number = line - 1;
  /** The words of the next line that has some; undefined at the end. */
  const next = (): string[] | undefined => {
    while (at < bytes.length) {
      let stop = bytes.indexOf(newline, at);
      if (stop < 0) stop = bytes.length;
      const text = decoder.decode(bytes.subarray(at, stop)).trim();
      at = stop + 1;
      number++;
      if (text !== "") return text.split(/\s+/);
    }
    return undefined;
  };
  for (const { name, rows, properties } of elements) {
    if (properties.length === 0) continue;
    for (let row = 0; row < rows; row++) {
      const words = next();
      if (!words) throw new FormatError(file, `${name} ${row}`, "a row", "the end of the file");
      const where = `line ${number}, ${name} ${row}`;
      let word = 0;
      properties.forEach((property, p) => {
        const first = words[word++];
        const axis = name === "vertex" ? columns.indexOf(p) : -1;
        if (axis >= 0) {
          const value = decimalValue(first ?? "");
          if (value === undefined)
            throw new FormatError(
              file,
              `${where}, ${axes[axis]}`,
              "a finite number",
              shown(first ?? "none"),
            );
          take(row, axis, value, where);
        }
        if (!property.count) return;
        if (!/^\d{1,9}$/.test(first ?? ""))
          throw new FormatError(
            file,
            `${where}, ${property.name}`,
            "a count",
            shown(first ?? "none"),
          );
        word += Number(first);
      });
      if (word !== words.length)
        throw new FormatError(file, where, `${word} numbers`, `${words.length}`);
    }
  }
  if (next()) throw new FormatError(file, `line ${number}`, "the end of the file", "more rows");
}

function readBinary(
  bytes: Uint8Array,
  { elements, end, format }: PlyHeader,
  file: string,
  columns: readonly number[],
  take: Take,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = format === "binary_little_endian";
  let at = end;
  for (const { name, rows, properties } of elements) {
    const isVertex = name === "vertex";
    if (!isVertex && properties.every(({ count }) => !count)) {
      at += rows * properties.reduce((sum, { type }) => sum + type.size, 0);
      continue;
    }
    for (let row = 0; row < rows; row++)
      for (let p = 0; p < properties.length; p++) {
        const { type, count, name: property } = properties[p];
        const where = `${name} ${row}`;
        const first = count ?? type;
        if (at + first.size > bytes.length)
          throw new FormatError(file, `${where}, ${property}`, "a number", "the end of the file");
        const axis = isVertex ? columns.indexOf(p) : -1;
        if (axis >= 0) take(row, axis, type.read(view, at, little), where);
        const length = count ? count.read(view, at, little) : 0;
        if (length < 0)
          throw new FormatError(file, `${where}, ${property}`, "a count from 0 on", `${length}`);
        at += first.size + length * type.size;
      }
  }
  if (at > bytes.length)
    throw new FormatError(file, "file", `${at} bytes`, `${bytes.length}: it is cut off`);
  if (!bytes.subarray(at).every(isSpace))
    throw new FormatError(file, "file", `the end at byte ${at}`, `${bytes.length - at} bytes more`);
}

export interface PlyInput {
  /** Vertices [3n]. */
  readonly vertices: ArrayLike<number>;
  /** Normals [3n]. */
  readonly normals?: ArrayLike<number>;
  /** Triangles [3m]: indices of vertices, from 0. */
  readonly faces?: ArrayLike<number>;
  readonly comments?: readonly string[];
}

export interface PlyOptions {
  /** By default little-endian binary. */
  readonly format?: PlyFormat;
  /** "double" keeps every bit; "float", which every program reads, rounds. By default "double". */
  readonly type?: "double" | "float";
}

/**
 * A PLY file of vertices and, if given, normals and triangles.
 *
 * @throws RangeError if a length is no multiple of three, a number is not finite in the type, a triangle
 * names no vertex, or a comment has a line's end.
 */
export function writePly(mesh: PlyInput, options: PlyOptions = {}): Uint8Array {
  const { format = "binary_little_endian", type = "double" } = options;
  const { vertices, normals, faces = [], comments = [] } = mesh;
  const n = vertices.length / 3;
  const expect = (holds: boolean, expected: string, got: unknown): void => {
    if (!holds) throw new RangeError(`writePly: expected ${expected}, got ${got}`);
  };
  expect(plyFormats.includes(format), `format ${plyFormats.join(", ")}`, format);
  expect(Number.isInteger(n) && n > 0, "vertices [3n]", `${vertices.length} numbers`);
  expect(!normals || normals.length === 3 * n, `${3 * n} numbers of normals`, normals?.length);
  expect(faces.length % 3 === 0, "triangles [3m]", `${faces.length} numbers`);
  for (let k = 0; k < faces.length; k++)
    expect(
      Number.isInteger(faces[k]) && faces[k] >= 0 && faces[k] < n,
      `a vertex below ${n}`,
      faces[k],
    );
  for (const text of comments) expect(!/[\r\n]/.test(text), "comments of one line", shown(text));
  const stored = (x: number): number => {
    const value = type === "float" ? Math.fround(x) : x;
    expect(Number.isFinite(value), `a finite ${type}`, x);
    return value;
  };
  const lists = normals ? [vertices, normals] : [vertices];
  const m = faces.length / 3;
  const names = normals ? ["x", "y", "z", "nx", "ny", "nz"] : ["x", "y", "z"];
  const head = [
    "ply",
    `format ${format} 1.0`,
    ...comments.map((text) => `comment ${text}`),
    `element vertex ${n}`,
    ...names.map((name) => `property ${type} ${name}`),
    ...(m > 0 ? [`element face ${m}`, "property list uchar int vertex_indices"] : []),
    "end_header",
  ];
  const rows = (i: number) =>
    lists.flatMap((list) => [0, 1, 2].map((a) => stored(list[3 * i + a])));
  if (format === "ascii") {
    for (let i = 0; i < n; i++) head.push(rows(i).map(decimalText).join(" "));
    for (let f = 0; f < m; f++)
      head.push(`3 ${faces[3 * f]} ${faces[3 * f + 1]} ${faces[3 * f + 2]}`);
    return new TextEncoder().encode(`${head.join("\n")}\n`);
  }
  const start = new TextEncoder().encode(`${head.join("\n")}\n`);
  const size = type === "float" ? 4 : 8;
  const bytes = new Uint8Array(start.length + n * names.length * size + m * 13);
  bytes.set(start);
  const view = new DataView(bytes.buffer);
  const little = format === "binary_little_endian";
  let at = start.length;
  for (let i = 0; i < n; i++)
    for (const value of rows(i)) {
      if (size === 4) view.setFloat32(at, value, little);
      else view.setFloat64(at, value, little);
      at += size;
    }
  for (let f = 0; f < m; f++) {
    view.setUint8(at++, 3);
    for (let k = 0; k < 3; k++, at += 4) view.setInt32(at, faces[3 * f + k], little);
  }
  return bytes;
}
