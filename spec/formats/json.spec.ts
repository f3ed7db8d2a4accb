import fc from "fast-check";
import { expect, it } from "vitest";
import {
  arrayOfLists,
  type Claims,
  defaultLimits,
  FormatError,
  readClaimsJson,
  readClaimsNpz,
  writeClaimsJson,
  writeClaimsNpz,
} from "../../src/formats/index.js";

const lists = (value: unknown) => arrayOfLists(value, "a.json", "input/x2d", 64);

it("arrayOfLists(value) takes shape and numbers from nested lists", () => {
  expect(lists(3)).toEqual({ shape: [], data: Float64Array.of(3) });
  expect(lists([])).toEqual({ shape: [0], data: new Float64Array(0) });
  expect(lists([[], []])).toEqual({ shape: [2, 0], data: new Float64Array(0) });
  expect(
    lists([
      [1, 2, 3],
      [4, 5, 6],
    ]),
  ).toEqual({
    shape: [2, 3],
    data: Float64Array.of(1, 2, 3, 4, 5, 6),
  });
  expect(lists(["NaN", "Infinity", "-Infinity", "0x1.8p+1", "-0x0p+0", -0]).data).toEqual(
    Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3, -0, -0),
  );
});

const refusedLists: [value: unknown, message: string][] = [
  [
    [[1, 2], [3]],
    "a.json: input/x2d[1]: expected a list of 2, got one of 1: lists must not be ragged",
  ],
  [
    [
      [[1], [2]],
      [[3], 4],
    ],
    "a.json: input/x2d[1][1]: expected a list of 1, got 4",
  ],
  [
    [1, [2]],
    'a.json: input/x2d[1]: expected a number, "NaN", "Infinity", "-Infinity" or a constant',
  ],
  [[1, null], "a.json: input/x2d[1]: expected a number"],
  [[true], "input/x2d[0]: expected a number"],
  [{ a: 1 }, "input/x2d: expected a number"],
  [["nan"], 'got "nan"'],
  [["1.5"], 'got "1.5"'],
  [["0x1.00000000000008p0"], "expected a hexadecimal constant that a double equals"],
  [
    JSON.parse("[1e999]"),
    'expected a number that a double holds (or "Infinity"), got one beyond 1.8e308',
  ],
  [JSON.parse(`${"[".repeat(65)}${"]".repeat(65)}`), "expected at most 64 nested lists, got more"],
  // A list that claims a hundred million numbers, and holds ten thousand.
  [[Array(10_000).fill(0), ...Array(9_999).fill([])], "got one of 0: lists must not be ragged"],
];
for (const [value, message] of refusedLists)
  it(`arrayOfLists(${JSON.stringify(value).slice(0, 40)}) is refused with its path`, () => {
    expect(() => lists(value)).toThrow(FormatError);
    expect(() => lists(value)).toThrow(message);
  });

const arrays = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }).chain((shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  // Nested lists cannot tell [0, 2] from [0, 5]: what follows a zero-length axis is not written.
  const kept = shape.includes(0) ? shape.slice(0, shape.indexOf(0) + 1) : shape;
  return fc
    .float64Array({ minLength: size, maxLength: size })
    .map((data) => ({ shape: kept, data }));
});
const claims: fc.Arbitrary<Claims> = fc.record(
  {
    schema: fc.constant("pnp-oracle/claims@1" as const),
    method: fc.constantFrom("bpnp", "bpnp-faster"),
    dtype: fc.constantFrom("float64" as const, "float32" as const, "bfloat16" as const),
    source: fc.string({ unit: "grapheme" }),
    convention: fc.record(
      { chart: fc.constantFrom("AA" as const, "Q7" as const), length: fc.constant("mm" as const) },
      { requiredKeys: [] },
    ),
    expect: fc.record({ J_K: fc.constant("depth-weighted-residual") }, { requiredKeys: [] }),
    input: fc.record({ x3d: arrays, x2d: arrays, K: arrays }, { noNullPrototype: true }),
    claim: fc.record(
      { J_K: arrays, J_x2d: arrays },
      { requiredKeys: ["J_K"], noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
);
const forAll = (law: (claims: Claims) => void) =>
  fc.assert(fc.property(claims, law), { seed: 4, numRuns: 300 });

it("readClaimsJson(writeClaimsJson(claims)) is the claims, bit for bit, in decimal and in hex", () =>
  forAll((claims) => {
    for (const numbers of ["decimal", "hex"] as const)
      expect(readClaimsJson(writeClaimsJson(claims, { numbers }), "a.json")).toEqual(claims);
  }));

it("readClaimsNpz(writeClaimsNpz(claims)) is the claims, bit for bit, stored or compressed", () =>
  forAll((claims) => {
    for (const compressed of [false, true])
      expect(readClaimsNpz(writeClaimsNpz(claims, { compressed }), "a.npz")).toEqual(claims);
  }));

it("writeClaimsJson(claims) writes a line for each problem of an array", () => {
  const x2d = { shape: [2, 1, 2], data: Float64Array.of(1, 2, 3, Number.NaN) };
  const one = { shape: [], data: Float64Array.of(-0) };
  const text = writeClaimsJson({
    schema: "pnp-oracle/claims@1",
    method: "pnp",
    dtype: "float64",
    source: "",
    convention: {},
    expect: {},
    input: { x2d },
    claim: { cost: one },
  });
  expect(text).toContain('"x2d": [\n[[1,2]],\n[[3,"NaN"]]\n]\n');
  expect(text).toContain('"cost": -0\n');
});

const refusedTexts: [what: string, text: string, message: string][] = [
  ["no JSON", "nonsense", "a.json: file: expected JSON, got"],
  ["a bare NaN", '{"input": {"x2d": [NaN]}}', 'expected JSON, where NaN is written "NaN"'],
  [
    "a bare -Infinity",
    '{"input": [-Infinity]}',
    'expected JSON, where -Infinity is written "-Infinity"',
  ],
  ["a list", "[]", "a.json: file: expected a JSON object, got []"],
  [
    "an input twice",
    '{"input": {"x2d": 1, "x2d": 2}}',
    'expected members that occur once, got "x2d" twice',
  ],
  ["an input twice, once escaped", '{"input": {"x2d": 1, "\\u00782d": 2}}', 'got "x2d" twice'],
  [
    "an object of a million members",
    `{${Array.from({ length: 1e6 }, (_, i) => `"${i}":0`).join()}}`,
    "expected at most 1000 members, got an object with more",
  ],
  ["no inputs", '{"claim": {}}', "a.json: input: expected an object of arrays by name, got null"],
  [
    "inputs in a list",
    '{"input": [], "claim": {}}',
    "input: expected an object of arrays by name, got []",
  ],
  ["a text cut short", '{"input": {"x2d": [1, 2', "expected JSON, got"],
];
for (const [what, text, message] of refusedTexts)
  it(`readClaimsJson(...) refuses ${what}`, () => {
    expect(() => readClaimsJson(text, "a.json")).toThrow(FormatError);
    expect(() => readClaimsJson(text, "a.json")).toThrow(message);
  });

it("readClaimsJson(...) refuses nesting without end and endless text before parsing them", () => {
  const began = performance.now();
  expect(() => readClaimsJson("[".repeat(2 ** 26), "a.json")).toThrow(
    "expected at most 72 levels, got more",
  );
  expect(() => readClaimsJson(" ".repeat(2 ** 26 + 1), "a.json")).toThrow(
    "expected at most 67108864 characters",
  );
  expect(performance.now() - began).toBeLessThan(1000);
  const few = { ...defaultLimits, text: 10 };
  expect(() => readClaimsJson('{"input": {}}', "a.json", "claims", few)).toThrow(
    "at most 10 characters, got 13",
  );
});

it("readClaimsJson(...) does not take the same name in two places, or in text, for a name twice", () => {
  const text =
    '{"schema": "pnp-oracle/claims@1", "method": "pnp", "source": "a\\", \\"method", "input": {"x3d": 1, "x2d": 1, "K": 1}, "claim": {"cost": 1}, "expect": {"cost": "cost"}}';
  expect(readClaimsJson(text, "a.json").source).toBe('a", "method');
});
