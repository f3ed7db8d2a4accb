import { expect, it } from "vitest";
import {
  FormatError,
  methods,
  parseProblems,
  readClaims,
  readClaimsJson,
  readFileBytes,
  writeClaimsNpz,
  writeNpy,
  writeNpz,
} from "../../src/formats/index.js";

const names = Object.keys(methods);
const anyMethod = `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;

const good = {
  schema: "pnp-oracle/claims@1",
  method: "bpnp",
  input: {
    x3d: [[[0, 0, 1]]],
    x2d: [[[0, 0]]],
    K: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  claim: { grad_x2d: [[[1, 2]]] },
};
const read = (change: object) => () =>
  readClaimsJson(JSON.stringify({ ...good, ...change }), "a.json");
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

it("readClaimsJson(...) fills in the defaults of what is left out", () => {
  expect(read({})()).toMatchObject({ dtype: "float64", source: "", convention: {}, expect: {} });
});

const refused: [what: string, change: object, message: string][] = [
  ["no schema", { schema: undefined }, "a.json: schema: expected pnp-oracle/claims@1, got none"],
  [
    "another schema",
    { schema: "pnp-oracle/claims@2" },
    'expected pnp-oracle/claims@1, got "pnp-oracle/claims@2"',
  ],
  ["no method", { method: undefined }, `a.json: method: expected ${anyMethod}, got none`],
  ["an unknown method", { method: "epnp" }, `method: expected ${anyMethod}, got "epnp"`],
  ["a method of the language", { method: "constructor" }, 'got "constructor"'],
  [
    "an unknown dtype",
    { dtype: "float8" },
    "dtype: expected float64, float32, float16 or bfloat16",
  ],
  ["a source that is no text", { source: 3 }, "source: expected text, got 3"],
  [
    "an unknown field",
    { conventions: {} },
    'field: expected schema, method, dtype, source, convention, expect or seed, got "conventions"',
  ],
  [
    "an unknown convention",
    { convention: { frame: "y-up" } },
    "convention: expected chart, order, quaternion, weights, residual, reduction, length or angle",
  ],
  [
    "an unknown chart",
    { convention: { chart: "MRP" } },
    'convention/chart: expected LEFT, AA, RP, Q7 or YAW, got "MRP"',
  ],
  [
    "a convention that is no object",
    { convention: "AA" },
    'convention: expected an object, got "AA"',
  ],
  [
    "an unknown quantity",
    { claim: { J_x: [1] } },
    'claim: expected J_x2d, J_x3d, J_K, J_w2d, grad_x2d, grad_x3d, grad_K or grad_w2d, got "J_x"',
  ],
  [
    "a quantity of another method",
    { method: "pnp" },
    'claim: expected pose, cost or pose_cov, got "grad_x2d"',
  ],
  [
    "an unknown input",
    { input: { ...good.input, w: [1] } },
    'input: expected x3d, x2d, w2d, K, pose_init, pose or grad_pose, got "w"',
  ],
  ["a missing input", { input: { x3d: [1], K: [1] } }, "input: expected x3d, x2d, K, got no x2d"],
  ["no claim", { claim: {} }, "claim: expected at least one of J_x2d"],
  ["an expectation of an unknown quantity", { expect: { J: "sign" } }, "expect: expected J_x2d"],
  [
    "an expectation without a name",
    { expect: { J_K: "" } },
    'expect/J_K: expected the name of an explanation, got ""',
  ],
];
for (const [what, change, message] of refused)
  it(`readClaimsJson(...) refuses ${what}, naming what is known`, () => {
    expect(read(change)).toThrow(FormatError);
    expect(read(change)).toThrow(message);
  });

it("a FormatError says file, place, expected and got, each by itself", () => {
  let caught: unknown;
  try {
    read({ dtype: "float8" })();
  } catch (error) {
    caught = error;
  }
  expect(caught).toMatchObject({
    name: "FormatError",
    file: "a.json",
    where: "dtype",
    expected: "float64, float32, float16 or bfloat16",
    got: '"float8"',
  });
});

it("readClaims(bytes) tells the forms apart by how they begin", () => {
  const [claims] = readClaims(bytes(good), "a.json");
  expect(readClaims(writeClaimsNpz(claims), "no-extension")).toEqual([claims]);
  expect(readClaims(Buffer.from(`\ufeff${JSON.stringify(good, null, 2)}`), "-")).toEqual([claims]);
  expect(() => readClaims(writeNpy({ shape: [], data: Float64Array.of(1) }), "a.npy")).toThrow(
    "a.npy: file: expected an .npz archive of named arrays, got a single .npy array",
  );
  expect(() => readClaims(Uint8Array.of(0xff, 0xfe, 0), "a")).toThrow(
    "expected an .npz archive, or JSON in UTF-8",
  );
  expect(() => readClaims(Buffer.from(" \n"), "a")).toThrow("expected claims, got an empty file");
  expect(() => readClaims(new Uint8Array(2 ** 26 + 1), "a")).toThrow(
    "at most 67108864 bytes of JSON",
  );
});

it("readClaims(archive) refuses arrays it has no name for, text among numbers, and no meta", () => {
  const one = { shape: [], data: Float64Array.of(1) };
  const text = { shape: [], data: ["{}"] };
  const load = (entries: Parameters<typeof writeNpz>[0]) => () =>
    readClaims(writeNpz(entries), "a.npz");
  expect(load([["x2d", one]])).toThrow(
    'a.npz: x2d: expected meta, input/NAME or claim/NAME, got "x2d"',
  );
  expect(load([["input/x2d", text]])).toThrow("a.npz: input/x2d: expected numbers, got text (<U2)");
  expect(load([["meta", one]])).toThrow(
    "a.npz: meta: expected one string, 0-d, got shape () of <f8",
  );
  expect(load([["meta", { shape: [1], data: ["{}"] }]])).toThrow("got shape (1,) of <U2");
  expect(load([["meta", { shape: [], data: ["{"] }]])).toThrow("a.npz: meta: expected JSON");
  expect(load([["meta", { shape: [], data: ["[]"] }]])).toThrow(
    "a.npz: fields: expected an object, got []",
  );
  expect(load([["input/x2d", one]])).toThrow(
    'expected an array "meta" with the method as JSON, got none',
  );
});

it("parseProblems(bytes) needs inputs only, and takes pnp for the method", () => {
  const problems = { ...good.input };
  const [parsed] = parseProblems(bytes({ input: problems }), "p.json");
  expect(parsed).toMatchObject({ schema: good.schema, method: "pnp", dtype: "float64", claim: {} });
  expect(parsed.input.x2d.shape).toEqual([1, 1, 2]);
  const arrays = Object.entries(parsed.input).map(
    ([name, array]) => [`input/${name}`, array] as const,
  );
  expect(parseProblems(writeNpz(arrays), "p.npz")).toEqual([parsed]);
  expect(parseProblems(bytes(good), "p.json")[0].claim.grad_x2d.shape).toEqual([1, 1, 2]);
  expect(() => parseProblems(bytes({ input: { x3d: 1 } }), "p.json")).toThrow(
    "expected x3d, x2d, K, got no x2d",
  );
  expect(() => parseProblems(bytes({ schema: "x", input: problems }), "p.json")).toThrow(
    "schema: expected",
  );
});

it("readFileBytes(path) reads a file, and says why it does not", async () => {
  const here = import.meta.filename;
  expect((await readFileBytes(here)).length).toBeGreaterThan(1000);
  await expect(readFileBytes(`${here}.none`)).rejects.toThrow(
    "expected a file that can be read, got no such file",
  );
  await expect(readFileBytes(import.meta.dirname)).rejects.toThrow("expected a file, got a folder");
  const limits = { bytes: 10, text: 10, axes: 1, entries: 1 };
  await expect(readFileBytes(here, limits)).rejects.toThrow("file: expected at most 10 bytes, got");
});
