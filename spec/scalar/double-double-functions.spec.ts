import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doublesOf, log2Bits, piBits } from "../../src/scalar/fixed-point.js";
import { big, type DoubleDouble, doubleDouble } from "../../src/scalar/index.js";
import {
  check,
  error,
  numbers,
  positive,
  product,
  quotient,
  root,
  sum,
  truth,
} from "./double-double-draws.js";

/** A tail in doubles: u times a weight below u. */
const tail = 1;
/** √2, by which cos falls short of 1 at π/4, and the greatest weight of a series behind its head. */
const sin = sum + sum + 0.11 * (3 * product + sum) + tail;
const cos = Math.SQRT2 * (sum + 0.31 * (3 * product + sum) + (Math.PI / 4) * sum + tail);
const exp = sum + 0.42 * (2 * product + sum) + 0.35 * sum + tail;
const log = sum + sum + quotient + 0.02 * (3 * product + sum) + tail + sum + product;
const atan2 = sum + sum + (product + sin) + (product + cos) + quotient * 2 ** -50;
const acos = atan2 + (sum + sum + product) / 2 + root;

type Unary = "sin" | "cos" | "exp" | "log" | "acos";

describe("functions of 31 digits", () => {
  const one = (name: Unary, bound: number, draws: fc.Arbitrary<DoubleDouble>, digits = 64) =>
    check(draws, (x) => {
      const exact = truth(x, digits)[name]();
      expect(error(x[name](), exact), `${x.hi} + ${x.lo}`).toBeLessThanOrEqual(bound);
    });
  const upTo = (name: Unary, bound: number, draws: fc.Arbitrary<DoubleDouble>) =>
    one(
      name,
      bound,
      draws.filter((x) => Math.abs(x.hi) < 1),
    );

  it("sin and cos keep their digits from the least angle to thousands of turns", () => {
    for (const range of [numbers(-960, -20), numbers(-20, 1), numbers(1, 20)]) {
      one("sin", sin, range);
      one("cos", cos, range);
    }
  });
  it("sin and cos keep their digits beside every multiple of a quarter turn", () =>
    check(
      fc.tuple(fc.integer({ min: 0, max: 22 }), fc.integer({ min: -120, max: -1 })),
      ([digits, e]) => {
        const k = Math.floor(1.37 * 2 ** digits);
        const at = big(0, 200).atan2(-1).times(k).over(2);
        const hi = at.toNumber();
        const zero = doubleDouble(hi, at.minus(hi).toNumber());
        const x = zero.plus(zero.times(2 ** e));
        const exact = truth(x, 200);
        expect(error(x.sin(), exact.sin())).toBeLessThanOrEqual(sin + tail);
        expect(error(x.cos(), exact.cos())).toBeLessThanOrEqual(cos + tail);
      },
      40,
    ));
  it("sin and cos reduce the greatest doubles, and the one nearest to a multiple of π/2", () => {
    // 6381956970095103 2⁷⁹⁷ misses a multiple of π/2 by 4.7e-19, the least of all doubles.
    for (const hi of [1e22, 1e100, 6381956970095103 * 2 ** 797, 1.7e308])
      for (const x of [doubleDouble(hi), doubleDouble(-hi, hi * 2 ** -60)]) {
        const exact = truth(x, 380);
        expect(error(x.sin(), exact.sin()), `${hi}`).toBeLessThanOrEqual(sin);
        expect(error(x.cos(), exact.cos()), `${hi}`).toBeLessThanOrEqual(cos);
      }
  });
  it("exp keeps its digits wherever its low half is a normal double", () => {
    one("exp", exp, numbers(-80, 8));
    one(
      "exp",
      exp,
      numbers(8, 9).filter((x) => x.hi > -660 && x.hi < 709.7),
    );
  });
  it("log keeps its digits from the least to the greatest and beside one", () => {
    one("log", log, positive(-960, 1022));
    one("log", log, positive(-1, 1));
    // The far ends of the series: √½ and √2 from within.
    const side = fc.constantFrom(-0.5, 0.5).map((power) => doubleDouble(2 ** power));
    one(
      "log",
      log,
      fc.tuple(side, positive(-20, -6)).map(([x, y]) => x.plus(y.times(1 - x.hi))),
    );
    one(
      "log",
      log,
      numbers(-100, -2).map((x) => x.plus(1)),
      // Next to one the logarithm takes as many digits again.
      110,
    );
  });
  it("acos keeps its digits over all cosines and beside ±1 and 0", () => {
    upTo("acos", acos, numbers(-200, 0));
    for (const side of [-1, 1])
      one(
        "acos",
        acos,
        positive(-100, -1).map((x) => x.minus(1).times(side)),
        110,
      );
  });
  it("atan2 keeps its digits in every quadrant, for near and far ratios of any size", () => {
    const pairs = [
      fc.tuple(numbers(-3, 3), numbers(-3, 3)),
      fc.tuple(numbers(-100, 100), numbers(-20, 20)),
      fc.tuple(numbers(400, 1022), numbers(400, 1022)),
      fc.tuple(numbers(-960, -400), numbers(-960, -400)),
    ];
    for (const draws of pairs)
      check(
        draws.filter(([y, x]) => Math.abs(y.hi / x.hi) > 2 ** -900 || x.hi < 0),
        ([y, x]) => {
          const exact = truth(y).atan2(truth(x));
          expect(error(y.atan2(x), exact), `${y.hi}, ${x.hi}`).toBeLessThanOrEqual(atan2);
          expect(y.atan2(x.hi).minus(y.atan2(doubleDouble(x.hi))).hi).toBe(0);
        },
        40,
      );
  });
  it("π and ln 2 come out of integers to 90 digits", () => {
    for (const [bits, exact] of [
      [piBits(300), big(0, 110).atan2(-1)],
      [log2Bits(300), big(2, 110).log()],
    ] as const) {
      const parts = doublesOf(bits, 300, 6).map((part) => big(part, 110));
      const gap = parts.reduce((x, y) => x.plus(y)).minus(exact);
      expect(Math.abs(gap.toNumber())).toBeLessThanOrEqual(4 * 2 ** -300);
    }
  });
});
