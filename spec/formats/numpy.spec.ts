import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { hexFloatValue, readClaims, readNpz } from "../../src/formats/index.js";

const folder = new URL("../../fixtures/formats/", import.meta.url);
const bytesOf = (name: string) => readFileSync(new URL(name, folder));
const expected = JSON.parse(bytesOf("expected.json").toString()) as Record<
  string,
  { shape: number[]; descr: string; values: string[] }
>;

/** The number that fixtures/numpy-samples.py wrote down, without this project's reader of lists. */
const numberOf = (text: string) =>
  text.startsWith("0x") || text.startsWith("-0x") ? hexFloatValue(text)! : Number(text);

for (const archive of ["stored.npz", "deflated.npz", "streamed.npz"])
  it(`readNpz(${archive}) is what numpy saved, in every type, order and endianness`, () => {
    const arrays = readNpz(bytesOf(archive), archive);
    expect([...arrays.keys()]).toEqual(Object.keys(expected));
    for (const [name, array] of arrays) {
      const { shape, descr, values } = expected[name];
      expect({ name, shape: array.shape, descr: array.descr }).toEqual({ name, shape, descr });
      // toEqual tells −0 from 0 and takes NaN for NaN: bit for bit but for the payload of a NaN.
      if (array.kind === "text") expect(array.data, name).toEqual(values);
      else expect([...array.data], name).toEqual(values.map(numberOf));
    }
  });

it("readNpz(versions.npz) reads npy formats 1.0, 2.0 and 3.0 alike", () => {
  const arrays = [...readNpz(bytesOf("versions.npz"), "versions.npz").values()];
  expect(arrays.length).toBe(3);
  for (const array of arrays)
    expect([...(array.data as Float64Array)]).toEqual(expected["f8/little/F"].values.map(numberOf));
});

it("readClaims(claims.npz) reads what np.savez writes for a user", () => {
  const [claims, ...others] = readClaims(bytesOf("claims.npz"), "claims.npz");
  expect(others).toEqual([]);
  expect(claims).toMatchObject({
    schema: "pnp-oracle/claims@1",
    method: "bpnp",
    dtype: "float32",
    source: "fixtures/numpy-samples.py",
    convention: { chart: "AA" },
    expect: { J_x2d: "depth-weighted-residual" },
  });
  expect(claims.input.x3d.shape).toEqual([2, 4, 3]);
  expect([...claims.input.x3d.data]).toEqual(Array.from({ length: 24 }, (_, i) => i / 8));
  expect([...claims.input.x2d.data]).toEqual(Array.from({ length: 16 }, (_, i) => i));
  expect([...claims.input.K.data]).toEqual([500, 0, 320, 0, 500, 240, 0, 0, 1]);
  expect(claims.claim.J_x2d.shape).toEqual([2, 6, 4, 2]);
});

it("readClaims(...) says what to save instead of a pickle, a complex or a too large integer", () => {
  const read = (name: string) => () => readNpz(bytesOf(name), name);
  expect(read("pickled.npz")).toThrow(
    "pickled.npz: meta: expected numbers or strings, got pickled",
  );
  expect(read("complex.npz")).toThrow("complex.npz: z: expected an element type among b1 i1");
  expect(read("too-large.npz")).toThrow("the integer 9007199254740993 in element 1");
});
