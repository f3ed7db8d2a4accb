import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  abs,
  big,
  defaultDigits,
  double,
  doubleDouble,
  dual,
  hyperDual,
  max,
  min,
  type Real,
  Rounding,
  square,
} from "../../src/scalar/index.js";

/** A number system: how a double enters it, and the unit of its rounding. */
interface System<S extends Real<S>> {
  readonly name: string;
  readonly lift: (x: number) => S;
  readonly unit: number;
}
const decimal = 10 ** (1 - defaultDigits);
/** A quotient, the worst of 31 digits' operations, is off by up to 15 u². */
const pair = 15 * 2 ** -106;
const exact = { u: 0, draw: () => 0.5 };
const rounding = { u: 2 ** -24, draw: () => 0.9 };

/** Duals enter with slopes that are not zero, so that a law holds for their slopes as well. */
const systems = [
  describeSystem("doubles", double, Number.EPSILON),
  describeSystem("31 digits", (x) => doubleDouble(x), pair),
  describeSystem("64 digits", (x) => big(x), decimal),
  describeSystem("duals over doubles", (x) => dual(double(x), 0.3), Number.EPSILON),
  describeSystem("duals over 31 digits", (x) => dual(doubleDouble(x), 0.3), pair),
  describeSystem(
    "second-order duals over 31 digits",
    (x) => hyperDual(doubleDouble(x), 0.3, -0.7),
    pair,
  ),
  describeSystem("duals over 64 digits", (x) => dual(big(x), 0.3), decimal),
  describeSystem("second-order duals over 64 digits", (x) => hyperDual(big(x), 0.3, -0.7), decimal),
  describeSystem(
    "rounding doubles without rounding",
    (x) => new Rounding(x, exact),
    Number.EPSILON,
  ),
  describeSystem("rounding doubles", (x) => new Rounding(x, rounding), 2 ** -24),
];

const moderate = fc.double({ min: 0.05, max: 4, noNaN: true });
const signed = fc.tuple(moderate, fc.constantFrom(-1, 1)).map(([x, sign]) => sign * x);

/** The laws of one system, each a list of pairs that should be equal. */
function describeSystem<S extends Real<S>>(name: string, lift: (x: number) => S, unit: number) {
  return { name, run: () => laws({ name, lift, unit }) };
}

function laws<S extends Real<S>>({ lift, unit }: System<S>): void {
  const forAll = (law: (x: S, y: S, z: S) => [S, S][], draws = signed) =>
    fc.assert(
      fc.property(draws, draws, draws, (x, y, z) => {
        for (const [left, right] of law(lift(x), lift(y), lift(z))) {
          // Some ten operations on numbers below 4³, whose slopes are below 4⁴.
          const scale = 10 * 256;
          expect(Math.max(...gaps(left, right))).toBeLessThanOrEqual(scale * unit);
        }
      }),
      { seed: 754, numRuns: 12 },
    );

  it("plus, minus, times, over and negated obey the axioms of a field", () =>
    forAll((x, y, z) => [
      [x.plus(y), y.plus(x)],
      [x.times(y), y.times(x)],
      [x.plus(y).plus(z), x.plus(y.plus(z))],
      [x.times(y.plus(z)), x.times(y).plus(x.times(z))],
      [x.minus(y), x.plus(y.negated())],
      [x.over(y).times(y), x],
      [x.times(y).minus(x.times(y)), x.of(0)],
    ]));

  it("a plain number is the constant that of(n) makes of it", () =>
    forAll((x) => [
      [x.plus(0.1), x.plus(x.of(0.1))],
      [x.minus(0.1), x.minus(x.of(0.1))],
      [x.times(0.1), x.times(x.of(0.1))],
      [x.over(0.3), x.over(x.of(0.3))],
      [x.atan2(0.3), x.atan2(x.of(0.3))],
    ]));

  it("sin and cos lie on the circle and add angles; atan2 and acos undo them", () =>
    forAll((x, y) => [
      [square(x.sin()).plus(square(x.cos())), x.of(1)],
      [x.plus(y).sin(), x.sin().times(y.cos()).plus(x.cos().times(y.sin()))],
      [x.plus(y).cos(), x.cos().times(y.cos()).minus(x.sin().times(y.sin()))],
      [
        y
          .atan2(x)
          .sin()
          .times(square(x).plus(square(y)).sqrt()),
        y,
      ],
      [
        y
          .atan2(x)
          .cos()
          .times(square(x).plus(square(y)).sqrt()),
        x,
      ],
      [x.over(4.5).acos().cos(), x.over(4.5)],
      [x.over(4.5).acos().plus(x.over(4.5).negated().acos()), x.of(0).atan2(-1)],
    ]));

  it("sqrt, exp and log turn products into what they should", () =>
    forAll(
      (x, y) => [
        [square(x.sqrt()), x],
        [x.times(y).sqrt(), x.sqrt().times(y.sqrt())],
        [x.exp().log(), x],
        [x.log().exp(), x],
        [x.times(y).log(), x.log().plus(y.log())],
        [x.negated().exp().times(x.exp()), x.of(1)],
      ],
      moderate,
    ));

  it("lessThan and atMost order values as doubles are, by the value only", () =>
    fc.assert(
      fc.property(signed, signed, (x, y) => {
        for (const b of [x, y]) {
          expect(lift(x).lessThan(lift(b))).toBe(x < b);
          expect(lift(x).lessThan(b)).toBe(x < b);
          expect(lift(x).atMost(lift(b))).toBe(x <= b);
          expect(lift(x).atMost(b)).toBe(x <= b);
        }
        expect(max(lift(x), lift(y)).toNumber()).toBe(Math.max(x, y));
        expect(min(lift(x), lift(y)).toNumber()).toBe(Math.min(x, y));
        expect(abs(lift(x)).toNumber()).toBe(Math.abs(x));
      }),
      { seed: 755, numRuns: 60 },
    ));

  it("of(n) and toNumber() are exact for doubles", () =>
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        // A decimal has one zero.
        expect(lift(1).of(x).toNumber() + 0).toBe(x + 0);
      }),
      { seed: 756, numRuns: 100 },
    ));
}

/** |left − right| of the value and of every slope behind it. */
function gaps(left: unknown, right: unknown): number[] {
  if (typeof left === "object" && left !== null && "a" in left && "b" in left) {
    const other = right as { a: unknown; b: unknown };
    return [...gaps(left.a, other.a), ...gaps(left.b, other.b)];
  }
  const x = left as { minus(b: unknown): { toNumber(): number } };
  return [Math.abs(x.minus(right).toNumber())];
}

describe.each(systems)("$name", ({ run }) => run());
