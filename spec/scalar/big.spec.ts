import fc from "fast-check";
import { expect, it } from "vitest";
import { type Big, big } from "../../src/scalar/index.js";

/** Doubles of every size, subnormals included. */
const doubles = fc.double({ noNaN: true, noDefaultInfinity: true });
const modest = fc.double({ min: -20, max: 20, noNaN: true });
/** Multiples of 2⁻³⁰, so that sums need no more than sixty bits. */
const steps = fc.integer().map((k) => k * 2 ** -30);
const forAll = <T>(draws: fc.Arbitrary<T>, law: (x: T) => void, numRuns = 300) =>
  fc.assert(
    fc.property(draws, (x) => {
      law(x);
    }),
    { seed: 64, numRuns },
  );

/** Last places of 64 digits that an identity of about ten operations may lose. */
const lost = 1e-61;
const near = (a: Big, b: Big, scale = 1) =>
  expect(Math.abs(a.minus(b).toNumber())).toBeLessThanOrEqual(lost * scale);

it("big(n).toNumber() is n: a double is taken exactly", () =>
  forAll(doubles, (n) => expect(big(n).toNumber()).toBe(n)));

it("big(0.1) is the double 0.1 and not the decimal", () => {
  expect(big(0.1).toString()).toBe("0.1000000000000000055511151231257827021181583404541015625");
  expect(big("0.1").minus(big(0.1)).toNumber()).toBeLessThan(0);
});

it("big(n) of the least subnormal and of the largest double is that double", () => {
  for (const n of [2 ** -1074, 2 ** -1022, Number.MAX_VALUE]) expect(big(n).toNumber()).toBe(n);
});

it("a sum and a product of doubles of like size are exact at 128 digits", () =>
  forAll(fc.tuple(steps, steps), ([a, b]) => {
    const [A, B] = [big(a, 128), big(b, 128)];
    expect(Math.abs(A.plus(B).minus(B).minus(A).toNumber())).toBe(0);
    const product = A.times(B);
    expect(Math.abs(product.minus(product.toNumber()).toNumber())).toBeLessThanOrEqual(
      Math.abs(a * b) * Number.EPSILON,
    );
    if (b !== 0) expect(Math.abs(product.over(B).minus(A).toNumber())).toBeLessThan(1e-120);
  }));

it("sin, cos, exp, log, sqrt, acos and atan2 obey the identities that tie them together", () =>
  forAll(
    modest,
    (x) => {
      const X = big(x);
      const [s, c] = [X.sin(), X.cos()];
      near(s.times(s).plus(c.times(c)), big(1));
      near(X.exp().times(X.negated().exp()), big(1));
      near(X.exp().log(), X, 20);
      const square = X.times(X);
      near(square.sqrt(), X.lessThan(0) ? X.negated() : X, 20);
      // Twice the tangent half angle is the angle, in (−π, π].
      near(s.atan2(c).sin(), s);
      near(s.atan2(c).cos(), c);
      near(c.acos().cos(), c);
    },
    20,
  ));

it("big(n, digits) computes in that many digits: π has them", () => {
  const pi =
    "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899863";
  for (const digits of [20, 40, 64, 80]) {
    const error = big(0, digits).atan2(-1).minus(big(pi, digits)).toNumber();
    // One in the last of `digits` digits, of which the first stands before the point.
    expect(Math.abs(error)).toBeLessThanOrEqual(10 ** (1 - digits));
  }
});

it("big(n, digits) throws, naming what it expected and what it got", () => {
  for (const digits of [19, 1001, 20.5])
    expect(() => big(1, digits)).toThrow(`big: expected 20 to 1000 digits, got ${digits}`);
});
