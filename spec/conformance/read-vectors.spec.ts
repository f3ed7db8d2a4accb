import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { readVectors, schema } from "../../src/conformance/index.js";
import { schemaViolation } from "../../src/conformance/json-schema.js";
import { FormatError } from "../../src/formats/index.js";
import { defaultLimits } from "../../src/formats/limits.js";
import { committed, textOf } from "./committed.js";

const text = textOf("metrics");
// biome-ignore lint/suspicious/noExplicitAny: JSON that is about to be broken.
type Json = any;
const broken = (change: (file: Json) => void): Json => {
  const file = JSON.parse(text);
  change(file);
  return file;
};
const reading = (file: unknown) => () => readVectors(JSON.stringify(file), "file.json");

it("readVectors(text) reads what is committed", () => {
  const { cases, method } = readVectors(text, "metrics.json");
  expect(method).toBe("metrics");
  expect(cases[0].input.R_est.shape).toEqual([1, 3, 3]);
});

it.each<[string, (file: Json) => void, RegExp]>([
  ["an unknown version", (f) => { f.schema = "pnp-oracle/vectors@2"; }, /schema: expected "pnp-oracle\/vectors@1"/],
  ["an unknown method", (f) => { f.method = "pnpp"; }, /method: expected one of "pnp", "bpnp"/],
  ["a generator that is none", (f) => { f.generator = "me"; }, /generator: expected text like/],
  ["another number of digits", (f) => { f.digits = 16; }, /digits: expected 30/],
  ["a member that is not known", (f) => { f.extra = 1; }, /extra: expected one of schema/],
  ["no cases", (f) => { f.cases = []; }, /cases: expected 1 or more items, got 0/],
  ["a missing member", (f) => { delete f.notes; }, /file: expected "notes"/],
  ["a flag that no note declares", (f) => { f.cases[0].flags.push("new-flag"); }, /cases\[0\]\/flags: expected flags declared/],
  ["a note that no case needs", (f) => { f.notes["sign-flippedd"] = f.notes["sign-flipped"]; }, /expected a flag that a case has/],
  ["a flag that is not known", (f) => { f.notes["no-such"] = f.notes["sign-flipped"]; f.cases[0].flags.push("no-such"); }, /expected a flag that is known/],
  ["a flag twice", (f) => { f.cases[0].flags.push(f.cases[0].flags[0]); }, /flags: expected items that differ/],
  ["a note without an effect", (f) => { delete f.notes["sign-flipped"].effect; }, /notes\/sign-flipped: expected "effect"/],
  ["cases out of order", (f) => { f.cases[1].id = 7; }, /cases\[1\]\/id: expected 2/],
  ["a result of neither kind", (f) => { f.cases[0].result = "acceptable"; }, /result: expected one of "valid", "refused"/],
  ["a refusal with a truth", (f) => { f.cases[0].result = "refused"; }, /cases\[0\]: expected "reason"/],
  ["a reason that is not known", (f) => { f.cases[13].reason = "because"; }, /reason: expected one of "contract"/],
  ["a decimal of 29 digits", (f) => { f.cases[0].truth.te.decimal[0] = `1.${"0".repeat(28)}e+0`; }, /decimal: expected a decimal of 30 digits or a list/],
  ["a double that is text", (f) => { f.cases[0].truth.te.double[0] = "1"; }, /double: expected a number or a list/],
  ["a tolerance of zero", (f) => { f.cases[0].truth.te.tolerance = 0; }, /tolerance: expected a number above 0/],
  ["a range outside the array", (f) => { f.cases[0].truth.te.blocks[0].range = [[0, 2]]; }, /ranges within \[1\]/],
  ["an empty range", (f) => { f.cases[0].truth.te.blocks[0].range = [[1, 1]]; }, /ranges within \[1\]/],
  ["a quantity of another method", (f) => { f.cases[0].truth.J_x2d = f.cases[0].truth.te; }, /truth\/J_x2d: expected add, adds/],
  ["an input of another method", (f) => { f.cases[0].input.x2d = [1]; }, /input\/x2d: expected R_est/],
  ["an input that is missing", (f) => { delete f.cases[0].input.R_gt; }, /expected the inputs of its method/],
  ["ragged lists", (f) => { f.cases[0].input.points[1] = [1, 2]; }, /input\/points\[1\]: expected a list of 3/],
  ["a truth of another shape", (f) => { f.cases[0].truth.te.double = [1, 2]; }, /te\/double: expected shape \[1\], got \[2\]/],
])("readVectors(text) refuses %s", (_, change, said) => {
  expect(reading(broken(change))).toThrow(FormatError);
  expect(reading(broken(change))).toThrow(said);
}); // biome-ignore format: one line a fault

it("readVectors(text) refuses what is no JSON, what is cut off, and what is too long", () => {
  expect(() => readVectors(text.slice(0, 5000), "file.json")).toThrow(/file.json: file: expected/);
  expect(() => readVectors("[]", "file.json")).toThrow(/file: expected an object/);
  expect(() => readVectors(`{"a": 1, "a": 2}`, "file.json")).toThrow(FormatError);
  expect(() => readVectors(text, "file.json", { ...defaultLimits, text: 100 })).toThrow(
    /at most 100 characters/,
  );
});

it("schemaViolation(value, schema) and ajv agree on files that are whole and that are broken", () => {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  const valid = ajv.compile(schema);
  for (const method of ["metrics", "epropnp-cost"])
    expect(valid(JSON.parse(textOf(method))), JSON.stringify(valid.errors)).toBe(true);
  const file = broken((f) => {
    f.cases = [f.cases[0], f.cases[13]];
  });
  // Every value of the file in turn is replaced, and every member left out.
  let [sound, faulty] = [0, 0];
  const compare = () => {
    const own = schemaViolation(file, schema) === null;
    expect(own).toBe(valid(file));
    if (own) sound++;
    else faulty++;
  };
  const visit = (holder: Json, depth: number): void => {
    for (const key of Object.keys(holder).slice(0, depth < 4 ? 12 : 2)) {
      const kept = holder[key];
      for (const other of [null, -1, "x", [], {}, 0.5]) {
        holder[key] = other;
        compare();
      }
      if (!Array.isArray(holder)) {
        delete holder[key];
        compare();
      }
      holder[key] = kept;
      if (typeof kept === "object" && depth < 9) visit(kept, depth + 1);
    }
  };
  visit(file, 0);
  expect(sound).toBeGreaterThan(20);
  expect(faulty).toBeGreaterThan(500);
});

it("every committed file passes the schema", () => {
  for (const method of ["pnp", "bpnp", "bpnp-faster", "epropnp-mc", "epropnp-reg", "lc"])
    expect(committed(method).method).toBe(method);
});
