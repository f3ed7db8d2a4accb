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
      /(BoChenYS\/BPnP@f1f4f6a.* \(bpnp|tjiiv-cprg\/EPro-PnP@4241222.* \(epro)_\w+\.npz\)$/,
    );
});

it("writeClaimsJson(readClaimsJson(text)) is each committed text again, byte for byte", () => {
  for (const { name, text } of texts)
    expect(writeClaimsJson(readClaimsJson(text, name)) === text, name).toBe(true);
});

it("fixtures/official declares a deviation for everything published and for nothing exact", () => {
  for (const { name, claims } of fixtures) {
    const published = /BPnP/.test(name);
    expect(Object.keys(claims.expect), name).toEqual(published ? Object.keys(claims.claim) : []);
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

it("fixtures/schema/claims.schema.json names what the reader knows", () => {
  const path = new URL("../../fixtures/schema/claims.schema.json", import.meta.url);
  const { properties, allOf, $defs } = JSON.parse(readFileSync(path, "utf8"));
  expect(properties.schema.const).toBe(claimsSchema);
  expect(properties.method.enum).toEqual(Object.keys(methods));
  expect(properties.dtype.enum).toEqual(dtypes);
  for (const [name, values] of Object.entries(conventions))
    expect(properties.convention.properties[name].enum).toEqual(values);
  expect(Object.keys(properties.convention.properties)).toEqual(Object.keys(conventions));
  const [{ then: pnp }, { then: bpnp }, { then: poseCost }] = allOf;
  expect(pnp.properties.input.propertyNames.enum).toEqual(Object.keys(methods.pnp.inputs));
  expect(bpnp.properties.input.propertyNames.enum).toEqual(Object.keys(methods.bpnp.inputs));
  const known = methods["epropnp-cost"];
  expect(poseCost.properties.input.propertyNames.enum).toEqual(Object.keys(known.inputs));
  expect($defs.poseCostQuantity.enum).toEqual(Object.keys(known.quantities));
  expect($defs.poseQuantity.enum).toEqual(Object.keys(methods.pnp.quantities));
  expect($defs.derivative.enum).toEqual(Object.keys(methods.bpnp.quantities));
  expect(properties.input.required).toEqual(methods.pnp.required);
});
