import fc from "fast-check";
import { expect, it } from "vitest";
import { hexFloatText, hexFloatValue } from "../../src/formats/index.js";

it("hexFloatValue(hexFloatText(n)) is n, bit for bit", () =>
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
      expect(hexFloatValue(hexFloatText(n))).toBe(n);
    }),
    { seed: 6442, numRuns: 5000 },
  ));

it("hexFloatValue(0x1p+e) is the power of two with exponent bits e, for every one there is", () => {
  for (let e = -1074; e < 1024; e++) {
    const bits = e < -1022 ? 1n << BigInt(e + 1074) : BigInt(e + 1023) << 52n;
    const power = new Float64Array(BigUint64Array.of(bits).buffer)[0];
    expect(hexFloatValue(`0x1p${e}`)).toBe(power);
  }
});

it("hexFloatValue(text) reads constants as C99 6.4.4.2 means them", () => {
  const constants: [string, number][] = [
    ["0x1.8p+1", 3],
    ["0X1.8P1", 3],
    ["-0x.8p0", -0.5],
    ["0x10.p-4", 1],
    ["0xffp0", 255],
    ["0x0p0", 0],
    ["-0x0.0p+5", -0],
    ["0x1.fffffffffffffp+1023", Number.MAX_VALUE],
    ["0x0.0000000000001p-1022", Number.MIN_VALUE],
    ["0x1.921fb54442d18p+1", Math.PI],
    ["0x1.99999ap-4", Math.fround(0.1)],
    ["0x1.80000000000000000000p+1", 3],
  ];
  for (const [text, value] of constants) expect(hexFloatValue(text)).toBe(value);
});

it("hexFloatText(n) is what printf writes for %a", () => {
  const texts = [3, -0, 0.1, Number.MIN_VALUE, Number.MAX_VALUE, 1].map(hexFloatText);
  expect(texts).toEqual([
    "0x1.8p+1",
    "-0x0p+0",
    "0x1.999999999999ap-4",
    "0x0.0000000000001p-1022",
    "0x1.fffffffffffffp+1023",
    "0x1p+0",
  ]);
  for (const n of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => hexFloatText(n)).toThrow(`hexFloatText: expected a finite n, got ${n}`);
});

it("hexFloatValue(text) is undefined for what is no such constant, and throws where it would round", () => {
  for (const text of [
    "",
    "3",
    "0x",
    "0x1",
    "0x.p1",
    "0xp1",
    "1p3",
    " 0x1p1",
    "0x1p1 ",
    "0x1..8p1",
    `0x${"1".repeat(99)}p0`,
  ])
    expect(hexFloatValue(text)).toBeUndefined();
  for (const text of [
    "0x1.00000000000008p+0",
    "0x1p1024",
    "0x1p-1075",
    "0x1p999999",
    "0x1p-999999",
  ])
    expect(() => hexFloatValue(text)).toThrow("hexFloatValue: expected the digits of a double");
});
