import { deflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import { defaultLimits, FormatError, readNpz } from "../../src/formats/index.js";
import { archive, header, npy, type Part } from "./archive.js";

const one = npy(header("<f8", []), new Uint8Array(8));
const honest: Part = { name: "a.npy", content: one };
const second: Part = { name: "b.npy", content: one };

it("readNpz(...) reads what the hand-written archives say when they do not lie", () => {
  for (const method of [0, 8])
    for (const zip64 of [false, true]) {
      const parts = [
        { ...honest, method, zip64 },
        { name: "folder/" },
        { name: "folder/b.npy", content: one, method, zip64 },
      ];
      expect([...readNpz(archive(parts, zip64), "a.npz").keys()]).toEqual(["a", "folder/b"]);
    }
});

/** Deflate of n zeros, at about a thousandth of the size. */
const zeros = (n: number) => deflateRawSync(new Uint8Array(n), { level: 9 });
const large = 2 ** 29;
/** A deflate block whose Huffman code is over-subscribed: 19 code lengths of one bit each. */
const oversubscribed = () => {
  const bits = ["1", "01", "11111", "11111", "1111", ...Array(19).fill("100")].join("");
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  return Uint8Array.from(padded.match(/.{8}/g)!, (byte) =>
    Number.parseInt([...byte].reverse().join(""), 2),
  );
};

const hostile: [what: string, parts: Part[], message: string][] = [
  [
    "an entry declared larger than all limits",
    [{ ...honest, method: 8, packed: zeros(2 ** 20), size: large + 1 }],
    "at most",
  ],
  [
    "a stored entry whose sizes differ",
    [{ ...honest, size: 9 }],
    "expected a stored entry of 9 bytes, got 73 bytes in the archive",
  ],
  [
    "a bomb that declares little",
    [{ ...honest, method: 8, packed: zeros(2 ** 26) }],
    "a deflate stream of",
  ],
  [
    "an entry that declares more than deflate can hold",
    [{ ...honest, method: 8, size: 10 ** 8 }],
    "at most 1032 times its",
  ],
  [
    "an entry that declares more than it holds",
    [{ ...honest, method: 8, size: 200 }],
    "a.npy: expected 200 bytes, got",
  ],
  [
    "an over-subscribed Huffman code",
    [{ ...honest, method: 8, packed: oversubscribed() }],
    "a deflate stream of",
  ],
  [
    "bytes after the stream",
    [{ ...honest, method: 8, packed: Buffer.concat([deflateRawSync(one), Buffer.from("xy")]) }],
    "got 2 bytes after its end",
  ],
  ["another checksum", [{ ...honest, crc: 1 }], "a.npy: expected checksum 0x00000001, got 0x"],
  [
    "another checksum in its own header",
    [{ ...honest, local: { crc: 1 } }],
    "in the entry's own header, got another",
  ],
  [
    "another size in its own header",
    [{ ...honest, local: { size: 1 } }],
    "in the entry's own header, got 1,",
  ],
  [
    "another name in its own header",
    [{ ...honest, local: { name: "c.npy" } }],
    'in the entry\'s own header, got "c.npy"',
  ],
  [
    "another method in its own header",
    [{ ...honest, local: { method: 8 } }],
    "expected method 0 in the entry's own header",
  ],
  ["a name twice", [honest, honest], "a.npy: expected a name that occurs once"],
  [
    "two names for one content",
    [honest, { ...second, offset: 0, local: { name: "a.npy" } }],
    "own header, got",
  ],
  ["encryption", [{ ...honest, flags: 1 }], "expected a plain entry, got one with flags 0x1"],
  [
    "another method",
    [{ ...honest, method: 12 }],
    "expected a stored or deflated entry (method 0 or 8), got method 12",
  ],
  [
    "an offset outside",
    [{ ...honest, offset: 10 ** 6 }],
    "expected an entry header at byte 1000000",
  ],
  ["a folder with content", [{ name: "a/", content: one }], "expected a folder without content"],
  [
    "no .npy",
    [{ name: "readme.txt", content: one }],
    "readme.txt: expected a name that ends in .npy",
  ],
  [
    "a pickle",
    [{ name: "a.npy", content: npy(header("|O", []), one) }],
    "got pickled Python objects",
  ],
  [
    "a shape larger than its content",
    [{ name: "a.npy", content: npy(header("<f8", [10 ** 7]), new Uint8Array(8)) }],
    "a: expected 80000000 bytes for shape (10000000,) of <f8, got 8",
  ],
];
for (const name of [
  "../a.npy",
  "a/../../b.npy",
  "/a.npy",
  "C:/a.npy",
  "..\\a.npy",
  "a//b.npy",
  "./a.npy",
  "",
  "a\0.npy",
])
  hostile.push([
    `the name ${JSON.stringify(name)}`,
    [{ name, content: one }],
    "expected a relative name inside the archive",
  ]);

for (const [what, parts, message] of hostile)
  it(`readNpz(...) refuses ${what}`, () => {
    const read = () => readNpz(archive(parts), "a.npz");
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
  });

it("readNpz(...) refuses entries that overlap", () => {
  // The second entry's header and content lie inside the stored content of the first.
  const inner = archive([second]);
  const outer = { name: "a.npy", content: inner };
  const offset = 30 + "a.npy".length;
  expect(() =>
    readNpz(archive([outer, { ...second, packed: new Uint8Array(0), size: one.length }]), "a.npz"),
  ).toThrow(FormatError);
  const both = archive([outer, { ...second, offset }]);
  expect(() => readNpz(both, "a.npz")).toThrow(
    "b.npy: expected content apart from that of a.npy, got an overlap",
  );
});

it("readNpz(...) refuses more entries, bytes or doubles than the limits say", () => {
  const parts = Array.from({ length: 5 }, (_, i) => ({ name: `${i}.npy`, content: one }));
  const read = (limits: object) => () =>
    readNpz(archive(parts), "a.npz", { ...defaultLimits, ...limits });
  expect(read({ entries: 5 })().size).toBe(5);
  expect(read({ entries: 4 })).toThrow("directory: expected at most 4 entries, got 5");
  expect(read({ bytes: 100 })).toThrow("file: expected at most 100 bytes");
  // A byte each, eight as doubles: the fourth array of 1000 is one too many.
  const bytes = npy(header("|u1", [1000]), new Uint8Array(1000));
  const wide = archive(
    Array.from({ length: 4 }, (_, i) => ({ name: `${i}.npy`, content: bytes, method: 8 })),
  );
  expect(() => readNpz(wide, "a.npz", { ...defaultLimits, bytes: 31_999 })).toThrow(
    "3: expected a shape of at most 999 elements, got (1000,)",
  );
});

it("readNpz(...) holds no more than it may of a bomb, and says so within a second", () => {
  // A thousand entries that declare what they hold, half a mebibyte of zeros each: in all 2 GiB.
  const content = npy(header("<f8", [65_520]), new Uint8Array(65_520 * 8));
  const packed = deflateRawSync(content, { level: 9 });
  const parts = Array.from({ length: 4000 }, (_, i) => ({
    name: `${i}.npy`,
    content,
    packed,
    method: 8,
  }));
  const bytes = archive(parts);
  const before = process.memoryUsage();
  const began = performance.now();
  expect(() => readNpz(bytes, "a.npz")).toThrow("entries of at most 536870912 bytes in all");
  expect(performance.now() - began).toBeLessThan(1000);
  expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(2 ** 24);
});

it("readNpz(...) refuses what is no archive, and one with more or less in front", () => {
  for (const bytes of [new Uint8Array(0), Buffer.from("PK"), Buffer.alloc(1000, "PK\x05\x06")])
    expect(() => readNpz(bytes, "a.npz")).toThrow("a.npz: end of archive: expected");
  const bytes = archive([honest]);
  for (const moved of [bytes.subarray(1), Buffer.concat([Buffer.alloc(1), bytes])])
    expect(() => readNpz(moved, "a.npz")).toThrow("expected a directory that ends at");
});
