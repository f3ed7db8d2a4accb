import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Big, big } from "../../src/scalar/index.js";

const view = new DataView(new ArrayBuffer(8));
/** Finite doubles by their bits, so that every exponent is as likely as any. */
const bits = fc
  .tuple(fc.nat(0xffffffff), fc.nat(0xffffffff))
  .map(([high, low]) => {
    view.setUint32(0, high);
    view.setUint32(4, low);
    return view.getFloat64(0);
  })
  .filter(Number.isFinite);
const doubles = fc.oneof(
  { weight: 4, arbitrary: bits },
  { weight: 1, arbitrary: fc.nat(0xfffff).map((k) => k * 5e-324) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 0.1, 1, 2 ** -1022, 2 ** 53 + 2, 1.7976931348623157e308),
  },
);

/** The decimal literal of x, from its bits in integers: m 2⁻ᵏ = (m 5ᵏ) 10⁻ᵏ. */
function literal(x: number): string {
  view.setFloat64(0, x);
  const word = view.getBigUint64(0);
  const field = Number((word >> 52n) & 0x7ffn);
  const size = (word & 0xfffffffffffffn) | (field ? 1n << 52n : 0n);
  const mantissa = x < 0 ? -size : size;
  const exponent = Math.max(field, 1) - 1075;
  if (exponent >= 0) return `${mantissa * 2n ** BigInt(exponent)}`;
  return `${mantissa * 5n ** BigInt(-exponent)}e${exponent}`;
}

describe("big(x, digits) of a double", () => {
  it("is x to the last digit where the digits hold it, subnormals included: 800 hold every double", () =>
    fc.assert(
      fc.property(doubles, (x) => {
        expect(
          big(x, 800)
            .minus(big(literal(x), 800))
            .toNumber(),
        ).toBe(0);
      }),
      { seed: 754, numRuns: 60 },
    ));

  it("is x rounded once, to half a unit of the 64th digit, where they do not", () =>
    fc.assert(
      fc.property(
        doubles.filter((x) => x !== 0),
        (x) => {
          const ratio = big(big(x).toString(), 800).over(big(literal(x), 800));
          expect(Math.abs(ratio.minus(1).toNumber())).toBeLessThanOrEqual(0.5 * 10 ** -63);
        },
      ),
      { seed: 755, numRuns: 60 },
    ));

  it("goes back to x at any precision", () =>
    fc.assert(
      fc.property(doubles, fc.integer({ min: 20, max: 90 }), (x, digits) => {
        // A decimal has one zero.
        expect(big(x, digits).toNumber() + 0).toBe(x + 0);
      }),
      { seed: 756, numRuns: 200 },
    ));

  it("keeps infinities and NaN", () => {
    for (const x of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])
      expect(big(x).toNumber()).toBe(x);
  });
});

describe("at 64 digits against 110", () => {
  const near = (x: number) => [x, x * (1 - 2 ** -53), x * (1 + 2 ** -52)];
  const functions: [string, (x: Big) => Big, number[]][] = [
    ["sqrt", (x) => x.sqrt(), [5e-324, 1e-300, 0.3, 2, 1e300]],
    ["sin", (x) => x.sin(), [1e-300, 1e-8, 1, ...near(Math.PI), 100 * Math.PI, 1e15]],
    ["cos", (x) => x.cos(), [1e-20, 1, ...near(Math.PI / 2), 101 * (Math.PI / 2), 1e15]],
    ["exp", (x) => x.exp(), [-700, -1, -1e-20, 1e-20, 1, 20, 700]],
    ["log", (x) => x.log(), [1e-300, 0.3, 1 - 2 ** -53, 1 + 2 ** -52, 1e300]],
    ["acos", (x) => x.acos(), [-1, -1 + 2 ** -53, -0.5, 1e-20, 0.5, 1 - 1e-10, 1 - 2 ** -53]],
    ["atan2 right of 0", (x) => x.atan2(1), [1e-300, 1e-8, 1, 1e10, 1e300]],
    ["atan2 left of 0", (x) => x.atan2(-1), [-1e-300, 1e-300, 1e-8, -1, 1e10]],
  ];
  it.each(functions)("%s is right to 62 digits, relative, also beside its zeros", (_, f, xs) => {
    for (const x of xs) {
      const short = big(f(big(x)).toString(), 110);
      // Arguments of 1e-300 and 1e300 have more than 64 digits: their rounding is in this.
      const error = short.over(f(big(x, 110))).minus(1);
      expect(Math.abs(error.toNumber())).toBeLessThanOrEqual(10 ** -62);
    }
  });

  it("e, π and √2 are the published digits", () => {
    const first = (x: Big) => x.toString(60);
    expect(first(big(1).exp())).toBe(
      "2.71828182845904523536028747135266249775724709369995957496697",
    );
    expect(first(big(0).atan2(-1))).toBe(
      "3.14159265358979323846264338327950288419716939937510582097494",
    );
    expect(first(big(2).sqrt())).toBe(
      "1.41421356237309504880168872420969807856967187537694807317668",
    );
  });
});
