import fc from "fast-check";
import { type Big, big, type DoubleDouble, doubleDouble } from "../../src/scalar/index.js";

/** u², the square of half an ulp of one. */
export const unit = 2 ** -106;
export const truth = (x: DoubleDouble, digits = 64) => big(x.hi, digits).plus(big(x.lo, digits));
/** Relative error in u². */
export function error(x: DoubleDouble, exact: Big): number {
  if (exact.toNumber() === 0 && x.hi === 0) return 0;
  return Math.abs(truth(x, exact.digits).over(exact).minus(1).toNumber()) / unit;
}

/** Proven relative errors of the arithmetic, in u². */
export const [sum, product, quotient, root] = [3, 7, 15, 25 / 8];

const mantissa = fc.double({ min: 1, max: 2, noNaN: true });
const low = fc.tuple(
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.integer({ min: 53, max: 110 }),
);
/** Numbers with all their bits, or with a gap between the halves, of exponents in a range. */
export const numbers = (least: number, greatest: number) =>
  fc
    .tuple(mantissa, low, fc.integer({ min: least, max: greatest }), fc.boolean())
    .map(([m, [share, shift], e, negative]) => {
      const size = (negative ? -1 : 1) * 2 ** e;
      return doubleDouble(m * size, share * 2 ** -shift * size);
    });
export const positive = (least: number, greatest: number) =>
  numbers(least, greatest).map((x) => (x.hi < 0 ? x.negated() : x));

export const check = <T>(draws: fc.Arbitrary<T>, law: (x: T) => void, numRuns = 60) =>
  fc.assert(fc.property(draws, law), { seed: 1971, numRuns });
