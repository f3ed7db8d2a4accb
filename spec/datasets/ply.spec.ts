import { expect, it } from "vitest";
import { plyFormats, readPly, writePly } from "../../src/datasets/index.js";
import { stream } from "../../src/random/index.js";
import { refusal } from "./files.js";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (content: string | Uint8Array) =>
  readPly(typeof content === "string" ? bytesOf(content) : content, "m.ply");
const refused = (content: string | Uint8Array) => refusal(() => read(content));
const draw = stream("spec/ply");
const odd = [-0, 5e-324, 0.1, 1e21, 1.7976931348623157e308];
const vertices = Float64Array.from(
  { length: 60 },
  (_, k) => odd[k] ?? draw.normal() * 10 ** (k % 7),
);
const faces = [0, 1, 2, 19, 3, 4];

it.each(plyFormats)(
  "writePly in %s is read back to the bit, with and without normals and faces",
  (format) => {
    for (const parts of [{}, { normals: vertices }, { faces }, { normals: vertices, faces }]) {
      const bytes = writePly({ vertices, comments: ["by hand", ""], ...parts }, { format });
      const mesh = read(bytes);
      expect(mesh).toMatchObject({ n: 20, format, comments: ["by hand", ""] });
      expect(new BigUint64Array(mesh.vertices.buffer)).toEqual(new BigUint64Array(vertices.buffer));
    }
    const singles = vertices.map((x) => (Math.abs(x) < 1e38 ? Math.fround(x) : 1));
    expect(read(writePly({ vertices: singles }, { format, type: "float" })).vertices).toEqual(
      singles,
    );
  },
);

const strange = `ply
format FORMAT 1.0
obj_info made by a scanner
element camera 2
property short id
property list ushort double lens
element vertex 3
property uchar red
property DOUBLE z
property list char int8 tags
property INT y
property float nx
property UINT x
element nothing 5
element face 2
property list uint8 uint32 vertex_indices
property int64 oops
end_header
`.replace("property int64 oops\n", "");
const names = (format: string, double: string, int: string, uint: string) =>
  strange
    .replace("FORMAT", format)
    .replace("DOUBLE", double)
    .replace("INT", int)
    .replace("UINT", uint);
const expected = [7, -2, 0.5, 4294967295, 3, -1.25, 0, 0, 0];

it("readPly takes any order and any type, and passes over what is no vertex", () => {
  const text = `${names("ascii", "float64", "int", "uint")}1 2 0.5 0.25\n-1 0\n9 0.5 2 1 1 -2 nan 7
0 -1.25 0 3 0.1 4294967295\n\n255 0 1 -128 0 0 0\n3 0 1 2\n4 0 1 2 2`;
  for (const content of [
    text,
    text.replaceAll("\n", "\r\n"),
    text.replaceAll("\n", "\r"),
    `${text}\n\n`,
  ])
    expect([...read(content).vertices]).toEqual(expected);
  expect(read(text).comments).toEqual(["made by a scanner"]);
});

it.each([true, false])(
  "readPly takes any order and any type in binary, little-endian %s",
  (little) => {
    const format = little ? "binary_little_endian" : "binary_big_endian";
    const head = bytesOf(names(format, "double", "int32", "uint32"));
    const body = new DataView(new ArrayBuffer(200));
    let at = 0;
    const put = (size: 1 | 2 | 4 | 8 | "f" | "d", ...values: number[]) => {
      for (const value of values) {
        if (size === 1) body.setUint8(at, value);
        else if (size === 2) body.setUint16(at, value, little);
        else if (size === 4) body.setUint32(at, value, little);
        else if (size === "f") body.setFloat32(at, value, little);
        else body.setFloat64(at, value, little);
        at += typeof size === "number" ? size : size === "f" ? 4 : 8;
      }
    };
    const camera = (id: number, ...lens: number[]) => {
      put(2, id, lens.length);
      put("d", ...lens);
    };
    camera(1, 0.5, 0.25);
    camera(65535);
    const vertex = (x: number, y: number, z: number, ...tags: number[]) => {
      put(1, 9);
      put("d", z);
      put(1, tags.length, ...tags);
      put(4, y);
      put("f", Number.NaN);
      put(4, x);
    };
    vertex(7, -2, 0.5, 1, 255);
    vertex(4294967295, 3, -1.25);
    vertex(0, 0, 0, 1);
    put(1, 3);
    put(4, 0, 1, 2);
    put(1, 4);
    put(4, 0, 1, 2, 2);
    const whole = new Uint8Array([...head, ...new Uint8Array(body.buffer, 0, at)]);
    expect([...read(whole).vertices]).toEqual(expected);
    // A view into a larger buffer is read at its own place.
    const shifted = new Uint8Array([0, 0, 0, ...whole]).subarray(3);
    expect([...read(shifted).vertices]).toEqual(expected);
  },
);

it("readPly refuses a mesh cut off anywhere, whatever its format", async () => {
  const mesh = { vertices: vertices.subarray(0, 9), faces: [0, 1, 2] };
  for (const format of plyFormats) {
    const bytes = writePly(mesh, { format });
    expect(read(bytes).n).toBe(3);
    for (let length = 0; length < bytes.length - 1; length++) {
      // Text may end within the last index and be whole: "3 0 1 2" of "3 0 1 23".
      const message = await refused(bytes.subarray(0, length));
      expect(message).toMatch(/^m\.ply: /);
    }
  }
});

const head = (lines: string) => `ply\nformat ascii 1.0\n${lines}\nend_header\n`;
const xyz = "property float x\nproperty float y\nproperty float z";
it.each([
  ["", "line 1: expected end_header, got no line of text"],
  ["plx\n", 'line 1: expected ply, got "plx"'],
  ["ply\nformat ascii 2.0\n", 'line 2: expected version 1.0, got "2.0"'],
  ["ply\nformat binary 1.0\n", "line 2: expected ascii, binary_little_endian or binary_big_endian"],
  ["ply\nelement vertex 1\n", "line 3: expected end_header, got the end of the file or no end"],
  ["ply\nend_header\n", "line 2: expected a format before end_header, got none"],
  [head("property float x"), "line 3: expected an element before its properties"],
  [head("element vertex many"), "line 3: expected element, a name and a whole number"],
  [
    head("element vertex 1\nproperty real x"),
    'expected property, a type and a name, got "property real x"',
  ],
  [head("element vertex 1\nproperty list float int x"), "expected property, a type and a name"],
  [
    head(`element vertex 1\n${xyz}\nproperty int x`),
    'expected properties that occur once, got "x"',
  ],
  [
    head(`element vertex 1\n${xyz}\nelement vertex 2`),
    "expected elements that occur once, got vertex",
  ],
  [head("element face 0"), "header: expected an element vertex, got none"],
  [head(`element vertex 0\n${xyz}`), "header: expected at least one vertex, got 0"],
  [head("element vertex 1\nproperty float x"), "header: expected a property y of vertex, got none"],
  [
    head(`element vertex 1\nproperty list uchar int x\n${xyz.slice(17)}`),
    "expected a single number x, got a list",
  ],
  [
    head(`element vertex 900000000000\n${xyz}`),
    "file: expected at least 5400000000000 bytes after the header, got 1",
  ],
  [
    `${head(`element vertex 2\n${xyz}`)}1 2 3\n4 5     \n`,
    "line 9, vertex 1, z: expected a finite number",
  ],
  [
    `${head(`element vertex 1\n${xyz}`)}1 2 nan\n`,
    'line 8, vertex 0, z: expected a finite number, got "nan"',
  ],
  [`${head(`element vertex 1\n${xyz}`)}1 2 3 4\n`, "line 8, vertex 0: expected 3 numbers, got 4"],
  [
    `${head(`element vertex 1\n${xyz}`)}1 2 3\n1 2 3\n`,
    "line 9: expected the end of the file, got more rows",
  ],
])("readPly refuses %j", async (text, message) => {
  expect(await refused(text)).toContain(message);
});

it("readPly refuses counts, values and ends in binary that no mesh has", async () => {
  const bytes = writePly({ vertices: [1, 2, 3], faces: [0, 0, 0] });
  const longer = new Uint8Array([...bytes, 1]);
  expect(await refused(longer)).toContain(`the end at byte ${bytes.length}, got 1 bytes more`);
  const counted = bytes.slice();
  counted[bytes.length - 13] = 200;
  expect(await refused(counted)).toContain("it is cut off");
  const nan = bytes.slice();
  nan.fill(0xff, bytes.length - 13 - 24, bytes.length - 13 - 16);
  expect(await refused(nan)).toContain("vertex 0, x: expected a finite number, got NaN");
});

it("writePly refuses what is no mesh", () => {
  expect(() => writePly({ vertices: [] })).toThrow("expected vertices [3n], got 0 numbers");
  expect(() => writePly({ vertices: [1, 2, 3], faces: [0, 0, 1] })).toThrow(
    "a vertex below 1, got 1",
  );
  expect(() => writePly({ vertices: [1, 2, 1e39] }, { type: "float" })).toThrow(
    "a finite float, got 1e+39",
  );
  expect(() => writePly({ vertices: [1, 2, 3], comments: ["a\nb"] })).toThrow(
    "comments of one line",
  );
});
