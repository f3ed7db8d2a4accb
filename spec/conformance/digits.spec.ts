import { expect, it } from "vitest";
import { caseTruth } from "../../src/conformance/case-truths.js";
import {
  certifiedDigits,
  DigitsError,
  decimal,
  decimalPattern,
  wrongDigit,
} from "../../src/conformance/digits.js";
import { big } from "../../src/scalar/big.js";
import { committed } from "./committed.js";

const third = big(1).over(3);
const off = (power: number) => third.plus(big(`1e${power}`));

it("decimal(v) has 30 digits and one form, whatever the size of v", () => {
  expect(decimal(third)).toBe(`3.${"3".repeat(29)}e-1`);
  expect(decimal(big("-1.5"))).toBe(`-1.5${"0".repeat(28)}e+0`);
  expect(decimal(big("0.000000012345"))).toBe(`1.2345${"0".repeat(25)}e-8`);
  expect(decimal(big("98765432101234567890123456789012345"))).toMatch(/^9\.8765.*e\+34$/);
  expect(decimal(big(`9.${"9".repeat(35)}`))).toBe(`1.${"0".repeat(29)}e+1`);
  for (const v of [third, big("-2e-300"), big("7e25")])
    expect(decimal(v)).toMatch(new RegExp(decimalPattern, "u"));
});

it("certifiedDigits(first, second) is refused where routes part before the last digit", () => {
  expect(certifiedDigits([third], [off(-34)], "x")).toEqual([decimal(third)]);
  expect(() => certifiedDigits([third], [off(-30)], "x")).toThrow(DigitsError);
  expect(() => certifiedDigits([third], [off(-30)], "x")).toThrow(/x\[0\]: expected two routes/);
  expect(() => certifiedDigits([third], [], "x")).toThrow(/one length, got 1 and 0/);
});

it("certifiedDigits(first, second) calls zero what is nothing beside its array on both routes", () => {
  const tiny = big("1e-63");
  expect(certifiedDigits([third, tiny], [third, big("1e-40")], "x")[1]).toBe("0");
  expect(() => certifiedDigits([third, tiny], [third, big("1e-30")], "x")).toThrow(DigitsError);
  // The second route alone does not make a zero of a small number.
  expect(() => certifiedDigits([third, big("1e-20")], [third, big("1e-40")], "x")).toThrow(
    DigitsError,
  );
  // An array of rounding alone has no largest entry to be nothing beside.
  expect(() => certifiedDigits([tiny], [big(0)], "x")).toThrow(DigitsError);
});

it("wrongDigit(written, first, second) sees the last digit, and a second route that parts", () => {
  const [text] = certifiedDigits([third], [third], "x");
  expect(wrongDigit([text], [third], [off(-40)])).toBeNull();
  expect(wrongDigit([text.replace("3e", "4e")], [third], [third])?.at).toBe(0);
  expect(wrongDigit([text], [third], [off(-30)])?.sentence).toMatch(/second route gives/);
});

it("the two routes of bpnp part where one of them holds its coefficients", () => {
  const { input } = committed("bpnp").cases[4];
  const [exact, held] = ["bpnp", "bpnp-faster"].map((method) => caseTruth(method, input));
  const first = exact.first("grad_x2d");
  expect(() => certifiedDigits(first, held.second("grad_x2d"), "grad_x2d")).toThrow(DigitsError);
  expect(certifiedDigits(first, exact.second("grad_x2d"), "grad_x2d")).toHaveLength(8);
});
