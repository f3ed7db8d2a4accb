import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
  type Claims,
  claimsSchema,
  conventions,
  dtypes,
  methods,
  readClaimsJson,
  writeClaimsJson,
} from "../../src/formats/index.js";

const folder = new URL("../../fixtures/official/", import.meta.url);
const texts = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(new URL(name, folder), "utf8"),
}));
const fixtures = texts.map(({ name, text }) => ({ name, claims: readClaimsJson(text, name) }));

it("fixtures/official holds claims for every method, each with its source and commit", () => {
  const used = new Set(fixtures.map(({ claims }) => claims.method));
  expect([...used].sort()).toEqual(Object.keys(methods).sort());
  for (const { name, claims } of fixtures)
    expect(claims.source, name).toMatch(
      /(BoChenYS\/BPnP@f1f4f6a.* \(bpnp|tjiiv-cprg\/EPro-PnP@4241222.* \(epro|fulliu\/lc@9e5c409.* \(lc|thodan\/bop_toolkit@cea62d6.* \(bop)_\w+\.npz\)$/,
    );
});

it("writeClaimsJson(readClaimsJson(text)) is each committed text again, byte for byte", () => {
  for (const { name, text } of texts)
    expect(writeClaimsJson(readClaimsJson(text, name)) === text, name).toBe(true);
});

it("fixtures/official declares a deviation for everything published and for nothing exact", () => {
  for (const { name, claims } of fixtures) {
    const all = /BPnP|-projected/.test(name) ? Object.keys(claims.claim) : [];
    const expected = /-attached/.test(name) ? ["grad_w2d"] : all;
    expect(Object.keys(claims.expect), name).toEqual(expected);
  }
});

/** Worst |got − expected| in units of the sum of absolute products, which its rounding scales with. */
function contractionError({ input, claim }: Claims, wrt: string): number | undefined {
  const [jacobian, gradient] = [claim[`J_${wrt}`], claim[`grad_${wrt}`]];
  if (!jacobian || !gradient) return undefined;
  const width = jacobian.data.length / input.grad_pose.data.length;
  let worst = 0;
  for (let k = 0; k < gradient.data.length; k++) {
    const [b, inner] = [Math.floor(k / width), k % width];
    let sum = 0;
    let scale = 0;
    for (let d = 0; d < 6; d++) {
      const product = input.grad_pose.data[6 * b + d] * jacobian.data[(6 * b + d) * width + inner];
      sum += product;
      scale += Math.abs(product);
    }
    worst = Math.max(worst, Math.abs(sum - gradient.data[k]) / scale);
  }
  return worst;
}

it("grad_* of each fixture is grad_pose · J_*, so that reshaping kept every index in its place", () => {
  let checked = 0;
  for (const { name, claims } of fixtures)
    for (const wrt of ["x2d", "x3d", "K"]) {
      const error = contractionError(claims, wrt);
      if (error === undefined) continue;
      checked++;
      // Twelve roundings in each of two sums of six products.
      expect(error, `${name} ${wrt}`).toBeLessThanOrEqual(24 * Number.EPSILON);
    }
  expect(checked).toBeGreaterThan(50);
});

interface Rule {
  readonly if: { properties: { method: { const?: string; enum?: string[] } } };
  readonly then: { properties: Record<string, unknown> };
}

it("fixtures/schema/claims.schema.json names what the reader knows", () => {
  const path = new URL("../../fixtures/schema/claims.schema.json", import.meta.url);
  const { properties, allOf, $defs } = JSON.parse(readFileSync(path, "utf8"));
  expect(properties.schema.const).toBe(claimsSchema);
  expect(properties.method.enum).toEqual(Object.keys(methods));
  expect(properties.dtype.enum).toEqual(dtypes);
  for (const [name, values] of Object.entries(conventions))
    expect(properties.convention.properties[name].enum).toEqual(values);
  expect(Object.keys(properties.convention.properties)).toEqual(Object.keys(conventions));
  const stated = allOf.flatMap((rule: Rule) => {
    const { const: one, enum: several = [one] } = rule.if.properties.method;
    return several.map((name) => [name, rule.then.properties] as const);
  });
  expect(stated.map(([name]: [string]) => name)).toEqual(Object.keys(methods));
  for (const [name, { input, claim, expect: expected }] of stated) {
    const { inputs, required, quantities } = methods[name];
    expect(input.propertyNames.enum).toEqual(Object.keys(inputs));
    expect(input.required).toEqual([...required]);
    for (const { propertyNames } of [claim, expected])
      expect($defs[propertyNames.$ref.replace("#/$defs/", "")].enum).toEqual(
        Object.keys(quantities),
      );
  }
});
