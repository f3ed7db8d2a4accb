import fc from "fast-check";
import { expect, it } from "vitest";
import {
  defaultLimits,
  FormatError,
  readNpy,
  shapeText,
  writeNpy,
} from "../../src/formats/index.js";
import { header, npy } from "./archive.js";

/** How each type is written and what numbers it holds, independent of the reader. */
const types: Record<
  string,
  [fc.Arbitrary<number>, (view: DataView, at: number, n: number, little: boolean) => void]
> = {
  b1: [fc.integer({ min: 0, max: 1 }), (view, at, n) => view.setUint8(at, n)],
  i1: [fc.integer({ min: -128, max: 127 }), (view, at, n) => view.setInt8(at, n)],
  u1: [fc.integer({ min: 0, max: 255 }), (view, at, n) => view.setUint8(at, n)],
  i2: [fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }), (v, at, n, le) => v.setInt16(at, n, le)],
  u2: [fc.integer({ min: 0, max: 2 ** 16 - 1 }), (v, at, n, le) => v.setUint16(at, n, le)],
  i4: [fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (v, at, n, le) => v.setInt32(at, n, le)],
  u4: [fc.integer({ min: 0, max: 2 ** 32 - 1 }), (v, at, n, le) => v.setUint32(at, n, le)],
  i8: [fc.maxSafeInteger(), (v, at, n, le) => v.setBigInt64(at, BigInt(n), le)],
  u8: [fc.maxSafeNat(), (v, at, n, le) => v.setBigUint64(at, BigInt(n), le)],
  f4: [fc.float(), (v, at, n, le) => v.setFloat32(at, n, le)],
  f8: [fc.double(), (v, at, n, le) => v.setFloat64(at, n, le)],
};
const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Fortran order by its definition: the first axis runs fastest. */
function fortranIndex(k: number, shape: readonly number[]): number {
  const index = shape.map((n) => {
    const i = k % n;
    k = (k - i) / n;
    return i;
  });
  return index.reduce((place, i, axis) => place * shape[axis] + i, 0);
}

for (const [code, [numbers, write]] of Object.entries(types))
  it(`readNpy(...) reads ${code} of any shape, order and endianness bit for bit`, () =>
    fc.assert(
      fc.property(
        shapes,
        fc.boolean(),
        fc.boolean(),
        fc.infiniteStream(numbers),
        (shape, fortran, little, stream) => {
          const values = [...stream.take(sizeOf(shape))];
          const width = Number(code[1]);
          const view = new DataView(new ArrayBuffer(width * values.length));
          values.forEach((_, k) => {
            write(view, k * width, values[fortran ? fortranIndex(k, shape) : k], little);
          });
          const descr = width === 1 ? `|${code}` : `${little ? "<" : ">"}${code}`;
          const read = readNpy(
            npy(header(descr, shape, fortran), new Uint8Array(view.buffer)),
            "a.npy",
          );
          expect(read).toEqual({ kind: "numbers", descr, shape, data: Float64Array.from(values) });
        },
      ),
      { seed: 1, numRuns: 100 },
    ));

it("readNpy(...) reads all 65536 halves by the definition of binary16", () => {
  const bytes = new Uint8Array(Uint16Array.from({ length: 65536 }, (_, bits) => bits).buffer);
  const { data } = readNpy(npy(header("<f2", [65536]), bytes), "a.npy");
  for (let bits = 0; bits < 65536; bits++) {
    // A half is a float32 whose exponent is 112 higher and whose fraction is 13 bits longer; a
    // subnormal one is what is left of that float32 without the leading one, hence the difference.
    const word = new DataView(new ArrayBuffer(4));
    const exponent = (bits >> 10) & 31;
    const float = (e: number) => {
      word.setUint32(0, ((bits & 0x8000) << 16) | (e << 23) | ((bits & 1023) << 13));
      return word.getFloat32(0);
    };
    const sign = bits & 0x8000 ? -1 : 1;
    const value =
      exponent === 31
        ? float(255)
        : exponent
          ? float(exponent + 112)
          : float(113) - sign * 2 ** -14;
    expect(data[bits] === 0 ? Math.abs(data[bits] as number) : data[bits]).toBe(
      value === 0 ? 0 : value,
    );
    if (data[bits] === 0) expect(Object.is(data[bits], sign * 0)).toBe(true);
  }
});

it("readNpy(...) refuses an integer that no double equals, and reads those that one does", () => {
  const long = (n: bigint) => npy(header("<i8", []), new Uint8Array(BigInt64Array.of(n).buffer));
  for (const n of [2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n])
    expect(() => readNpy(long(n), "a.npy")).toThrow(`the integer ${n} in element 0`);
  for (const n of [2n ** 53n, 2n ** 53n + 2n, -(2n ** 63n)])
    expect(readNpy(long(n), "a.npy").data[0]).toBe(Number(n));
});

it("readNpy(writeNpy(a)) is a, bit for bit, for numbers and text", () =>
  fc.assert(
    fc.property(
      shapes.chain((shape) => {
        const size = { minLength: sizeOf(shape), maxLength: sizeOf(shape) };
        const text = fc.string({ unit: "binary", maxLength: 5 }).map((s) => s.replace(/\0+$/, ""));
        return fc.tuple(fc.constant(shape), fc.oneof(fc.float64Array(size), fc.array(text, size)));
      }),
      ([shape, data]) => {
        const bytes = writeNpy({ shape, data });
        const read = readNpy(bytes, "a.npy");
        expect(read.shape).toEqual(shape);
        expect(read.data).toEqual(data);
        // numpy maps a file to memory where its elements begin at a multiple of 64.
        const width = data instanceof Float64Array ? 8 : 4 * Number(read.descr.slice(2));
        expect((bytes.length - width * data.length) % 64).toBe(0);
      },
    ),
    { seed: 2, numRuns: 500 },
  ));

it("writeNpy(a) throws where the file could not say what a is", () => {
  expect(() => writeNpy({ shape: [2], data: new Float64Array(3) })).toThrow(
    "writeNpy: expected 2 elements for shape (2,), got 3",
  );
  for (const text of ["a\0", "\ud800"])
    expect(() => writeNpy({ shape: [], data: [text] })).toThrow(
      "writeNpy: expected well-formed text",
    );
});

const eight = new Uint8Array(8);
const refused: [what: string, bytes: Uint8Array, message: string][] = [
  ["no array", Buffer.from("nothing of the kind"), "expected an .npy array"],
  [
    "version 4",
    npy(header("<f8", []), eight, 4),
    "expected npy format version 1.0, 2.0 or 3.0, got 4.0",
  ],
  ["a negative axis", npy(header("<f8", [-1]), eight), "expected a shape of counts, got (-1,)"],
  [
    "an axis beyond 2^53",
    npy(header("<f8", [1e20]), eight),
    "elements, got (100000000000000000000,)",
  ],
  [
    "axes whose product overflows",
    npy(header("<f8", [2 ** 31, 2 ** 31, 2 ** 31]), eight),
    "a shape of at most",
  ],
  [
    "an absurd axis beside a zero",
    npy(header("<f8", [0, 1e15]), new Uint8Array(0)),
    "a shape of at most",
  ],
  ["65 axes", npy(header("<f8", Array(65).fill(1)), eight), "expected at most 64 axes, got 65"],
  [
    "too few bytes",
    npy(header("<f8", [2]), eight),
    "expected 16 bytes for shape (2,) of <f8, got 8",
  ],
  ["too many bytes", npy(header("<f4", []), eight), "expected 4 bytes for shape () of <f4, got 8"],
  ["objects", npy(header("|O", []), eight), "got pickled Python objects, which are never loaded"],
  [
    "a structured type",
    npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (), }", eight),
    "expected one element type",
  ],
  [
    "a type without endianness",
    npy(header("|f8", []), eight),
    "expected an element type with its endianness",
  ],
  ["a date", npy(header("<M8[ns]", []), eight), "expected an element type such as <f8"],
  ["a quadruple", npy(header("<f16", []), new Uint8Array(16)), "expected an element type among"],
  ["a width of a billion", npy(header("<U999999999", []), eight), "expected 3999999996 bytes"],
  [
    "a truth value of 2",
    npy(header("|b1", []), Uint8Array.of(2)),
    "got byte 2 for a truth value in element 0",
  ],
  [
    "a surrogate",
    npy(header("<U1", []), Uint8Array.of(0, 0xd8, 0, 0)),
    "expected text, got no text in element 0",
  ],
  [
    "no UTF-8",
    npy(header("|S1", []), Uint8Array.of(0xff)),
    "expected text, got no text in element 0",
  ],
  [
    "a missing field",
    npy("{'descr': '<f8', 'shape': ()}", eight),
    "expected descr, fortran_order and shape",
  ],
  ["a field twice", npy("{'shape': (), 'shape': ()}", eight), "each once"],
  ["another field", npy("{'descr': '<f8', 'x': 1}", eight), 'each once, got "x"'],
  ["code", npy("__import__('os').system('true')", eight), "array header: expected a dictionary"],
  ["a tail", npy(`${header("<f8", [])} + 1`, eight), "expected nothing after the dictionary"],
  ["a shape of strings", npy("{'shape': ('a',)}", eight), "expected a shape of integers"],
  ["a header without end", npy("{'descr': '<f8'", eight), "expected a dictionary of strings"],
];
for (const [what, bytes, message] of refused)
  it(`readNpy(...) refuses ${what}`, () => {
    expect(() => readNpy(bytes, "a.npy")).toThrow(FormatError);
    expect(() => readNpy(bytes, "a.npy")).toThrow(message);
  });

it("readNpy(...) refuses a header that is longer than numpy would read, or than the file", () => {
  const long = header("<f8", []).padEnd(10_001);
  expect(() => readNpy(npy(long, eight), "a.npy")).toThrow(
    "expected a header of at most 10000 bytes",
  );
  expect(() => readNpy(npy(header("<f8", []), eight).subarray(0, 40), "a.npy")).toThrow(
    "truncated",
  );
});

it("readNpy(...) refuses more text than the limits say, in many strings or in one", () => {
  const few = { ...defaultLimits, text: 640 };
  const text = (count: number, width: number) =>
    npy(header(`<U${width}`, [count]), new Uint8Array(4 * count * width).fill(0));
  const read = (count: number, width: number) => () =>
    readNpy(text(count, width), "a.npy", "array", few);
  expect(read(10, 64)().data.length).toBe(10);
  expect(read(11, 1)).toThrow("expected a shape of at most 10 elements, got (11,)");
  expect(read(1, 641)).toThrow("expected text of at most 2560 bytes, got 2564");
});

it("readNpy(...) reads a string longer than the pieces it is put together of", () => {
  const long = "a😀".repeat(5000);
  expect(readNpy(writeNpy({ shape: [], data: [long] }), "a.npy").data).toEqual([long]);
});

it("shapeText(shape) is Python's", () =>
  expect([[], [3], [2, 3]].map(shapeText)).toEqual(["()", "(3,)", "(2, 3)"]));
