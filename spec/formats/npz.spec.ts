import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { FormatError, readNpz, type Writable, writeNpz } from "../../src/formats/index.js";

const names = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_/-]{0,8}[a-z]$/), {
  maxLength: 5,
});
const safe = names.map((list) => list.filter((name) => !name.includes("//")));
const array: fc.Arbitrary<Writable> = fc
  .array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })
  .chain((shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = fc.oneof(
      fc.float64Array({ minLength: size, maxLength: size }),
      fc.array(fc.string({ maxLength: 3 }), { minLength: size, maxLength: size }),
    );
    return data.map((data) => ({ shape, data }));
  });
const archives = safe.chain((list) =>
  fc.tuple(...list.map((name) => fc.tuple(fc.constant(name), array))),
);

it("readNpz(writeNpz(arrays)) is the arrays in their order, stored or compressed", () =>
  fc.assert(
    fc.property(archives, fc.boolean(), (arrays, compressed) => {
      const read = readNpz(writeNpz(arrays, { compressed }), "a.npz");
      const plain = [...read].map(([name, { shape, data }]) => [name, { shape, data }]);
      expect(plain).toEqual(arrays);
    }),
    { seed: 3, numRuns: 300 },
  ));

it("writeNpz(arrays) gives the same bytes for the same arrays at any time, and refuses a name twice", () => {
  const one = { shape: [], data: Float64Array.of(1) };
  const before = writeNpz([["a", one]]);
  vi.useFakeTimers({ now: new Date(2040, 1, 1) });
  expect(writeNpz([["a", one]])).toEqual(before);
  vi.useRealTimers();
  expect(() =>
    writeNpz([
      ["a", one],
      ["a", one],
    ]),
  ).toThrow("writeNpz: expected names that occur once, got a twice");
});

/** A small archive of each making: ours and numpy's, stored, deflated and streamed. */
const small: [string, Uint8Array][] = [
  [
    "stored",
    writeNpz([
      ["meta", { shape: [], data: ["{}"] }],
      ["input/x", { shape: [2], data: Float64Array.of(1, 2) }],
    ]),
  ],
  [
    "deflated",
    writeNpz([["x", { shape: [40], data: new Float64Array(40).fill(0.1) }]], { compressed: true }),
  ],
  ["numpy's", readFileSync(new URL("../../fixtures/formats/versions.npz", import.meta.url))],
  ["numpy's claims", readFileSync(new URL("../../fixtures/formats/claims.npz", import.meta.url))],
];

for (const [what, bytes] of small)
  it(`readNpz(...) refuses every truncation of an archive, ${what}`, () => {
    for (let length = 0; length < bytes.length; length++) {
      const cut = Uint8Array.from(bytes.subarray(0, length));
      expect(() => readNpz(cut, "a.npz"), `${length} bytes`).toThrow(FormatError);
    }
  });

for (const [what, bytes] of small)
  it(`readNpz(...) reads an archive with any byte changed, or refuses it; never otherwise (${what})`, () => {
    const whole = readNpz(bytes, "a.npz");
    let refused = 0;
    for (let at = 0; at < bytes.length; at++)
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = Uint8Array.from(bytes);
        changed[at] ^= flip;
        try {
          // What is read in spite of the change is what was there: the change hit a field without
          // meaning, such as a date. Only a name may differ, and it has no second witness in a
          // checksum; but it is written twice.
          expect(readNpz(changed, "a.npz"), `byte ${at}`).toEqual(whole);
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          refused++;
        }
      }
    expect(refused).toBeGreaterThan(bytes.length);
  });

it("readNpz(...) takes a view into a larger buffer", () => {
  const bytes = writeNpz([["x", { shape: [2], data: Float64Array.of(3, 4) }]]);
  const larger = new Uint8Array(bytes.length + 9).fill(7);
  larger.set(bytes, 5);
  const view = larger.subarray(5, 5 + bytes.length);
  expect([...(readNpz(view, "a.npz").get("x")!.data as Float64Array)]).toEqual([3, 4]);
});
