import fc from "fast-check";
import { expect, it } from "vitest";
import { big, ulp, ulpError } from "../../src/scalar/index.js";

const ε = Number.EPSILON;

it("ulp(x) is the gap to the next double", () => {
  expect([ulp(1), ulp(-1), ulp(2), ulp(1.5)]).toEqual([ε, ε, 2 * ε, ε]);
  expect([ulp(0), ulp(Number.MIN_VALUE)]).toEqual([2 ** -1074, 2 ** -1074]);
  expect([ulp(Number.MAX_VALUE), ulp(NaN), ulp(Infinity)]).toEqual([2 ** 971, NaN, NaN]);
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e300, min: -1e300 }),
      (x) => {
        const size = Math.abs(x);
        expect(size + ulp(x)).toBeGreaterThan(size);
        expect(ulp(x)).toBeLessThanOrEqual(Math.max(size * ε, 2 ** -1074));
      },
    ),
    { seed: 754 },
  );
});

it("ulpError(value, truth, scale) counts last places of the truth, or of the scale", () => {
  expect(ulpError(1 + 3 * ε, big(1))).toBe(3);
  expect(ulpError(1 + 3 * ε, big(1), 8)).toBe(3 / 8);
  expect(ulpError(1 / 3, big(1).over(3))).toBeLessThanOrEqual(0.5);
  expect(ulpError(NaN, big(1))).toBe(Infinity);
});

it("ulpError(value, truth) sees an error that doubles cannot hold", () => {
  const shift = big(2 ** -70);
  expect(ulpError(1, big(1).plus(shift))).toBe(2 ** -18);
});
