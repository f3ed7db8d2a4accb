import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poseDerivativesAt } from "../../src/definitions/pose-jacobian.js";
import { reprojectionGradient } from "../../src/definitions/reprojection-cost.js";
import { rotation, rotationVector } from "../../src/definitions/rodrigues.js";
import { type Big, big, doubleDouble, dual } from "../../src/scalar/index.js";
import type { Real } from "../../src/scalar/real.js";
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
  unit,
} from "./double-double-draws.js";

describe("arithmetic of 31 digits", () => {
  // Exponents so far from the ends that no half of any result is subnormal.
  const wide = fc.tuple(numbers(-440, 440), numbers(-440, 440));
  const near = fc.tuple(numbers(-3, 3), numbers(-3, 3));
  it.each([
    ["plus", (x: Big, y: Big) => x.plus(y), sum],
    ["minus", (x: Big, y: Big) => x.minus(y), sum],
    ["times", (x: Big, y: Big) => x.times(y), product],
    ["over", (x: Big, y: Big) => x.over(y), quotient],
  ] as const)("%s is within its proven bound, and both halves fit", (name, exact, bound) =>
    check(
      fc.oneof(wide, near),
      ([x, y]) => {
        const result = x[name](y);
        expect(error(result, exact(truth(x, 200), truth(y, 200)))).toBeLessThanOrEqual(bound);
        expect(result.hi + result.lo).toBe(result.hi);
        const mixed = x[name](y.hi);
        expect(error(mixed, exact(truth(x, 200), big(y.hi, 200)))).toBeLessThanOrEqual(bound);
      },
      400,
    ),
  );

  it("minus keeps its relative error under any cancellation", () =>
    check(
      fc.tuple(numbers(-3, 3), numbers(-110, -50)),
      ([x, share]) => {
        const y = x.plus(x.times(share));
        const exact = truth(y, 200).minus(truth(x, 200));
        expect(error(y.minus(x), exact)).toBeLessThanOrEqual(sum);
      },
      300,
    ));

  it("sqrt is within its proven bound, from the least to the greatest", () =>
    check(
      positive(-960, 1022),
      (x) => {
        expect(error(x.sqrt(), truth(x).sqrt())).toBeLessThanOrEqual(root);
      },
      200,
    ));

  it("times and over leave the doubles' range only where the result does", () =>
    check(
      fc.tuple(numbers(-960, 1022), numbers(-960, 1022)),
      ([x, y]) => {
        const [xy, ratio] = [x.times(y), x.over(y)];
        for (const [value, exact] of [
          [xy, truth(x).times(truth(y))],
          [ratio, truth(x).over(truth(y))],
        ] as const) {
          const size = Math.abs(exact.toNumber());
          if (size > 1.79e308) continue;
          const off = Math.abs(truth(value).minus(exact).toNumber());
          // Below the normal doubles, the result and both its halves are rounded to the least one.
          expect(off).toBeLessThanOrEqual(quotient * unit * size + 3 * 5e-324);
        }
      },
      400,
    ));

  it("compares by the low half where the high ones tie", () => {
    const [less, more] = [doubleDouble(1, -1e-20), doubleDouble(1, 1e-20)];
    expect([less.lessThan(more), more.lessThan(less), less.lessThan(less)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([less.atMost(more), more.atMost(less), less.atMost(less)]).toEqual([true, false, true]);
    expect([less.lessThan(1), more.lessThan(1), less.atMost(1), more.atMost(1)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe("at the ends of the range", () => {
  const special = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  it("one operand gives what Math gives, signs of zero included", () => {
    for (const name of ["sqrt", "sin", "cos", "exp", "log", "acos"] as const)
      for (const x of [...special, -1, 2]) {
        const { hi, lo } = doubleDouble(x)[name]();
        if (Math.abs(x) !== 2 && x !== -1) expect(hi, `${name}(${x})`).toBe(Math[name](x));
        else expect(Number.isNaN(hi), `${name}(${x})`).toBe(Number.isNaN(Math[name](x)));
        if (!Number.isFinite(hi)) expect(lo).toBe(0);
      }
  });
  it("two operands give what doubles give, signs of zero included", () => {
    for (const x of [...special, 1, -1])
      for (const y of [...special, 1, -1]) {
        const [a, b] = [doubleDouble(x), doubleDouble(y)];
        const label = `${x}, ${y}`;
        expect(a.plus(b).hi, label).toBe(x + y);
        expect(a.minus(b).hi, label).toBe(x - y);
        expect(a.times(b).hi, label).toBe(x * y);
        expect(a.over(b).hi, label).toBe(x / y);
        expect(a.atan2(b).hi, label).toBe(Math.atan2(x, y));
        expect(a.lessThan(b), label).toBe(x < y);
        expect(a.atMost(b), label).toBe(x <= y);
        for (const name of ["plus", "minus", "times", "over", "atan2"] as const)
          if (!Number.isFinite(a[name](b).hi)) expect(a[name](b).lo, label).toBe(0);
      }
  });
  it("the greatest and the least doubles are computed with, and passed to ∞ and 0", () => {
    const [greatest, least] = [doubleDouble(Number.MAX_VALUE), doubleDouble(5e-324)];
    expect(greatest.times(1).hi).toBe(Number.MAX_VALUE);
    expect(greatest.over(greatest)).toEqual(doubleDouble(1));
    expect(least.over(least)).toEqual(doubleDouble(1));
    expect(greatest.sqrt().times(greatest.sqrt()).hi).toBeGreaterThan(1.7976931348623155e308);
    expect(least.sqrt().times(least.sqrt()).hi).toBe(5e-324);
    expect(greatest.plus(greatest)).toEqual(doubleDouble(Number.POSITIVE_INFINITY));
    expect(greatest.times(-2)).toEqual(doubleDouble(Number.NEGATIVE_INFINITY));
    expect(greatest.over(0.5)).toEqual(doubleDouble(Number.POSITIVE_INFINITY));
    expect(least.times(0.25)).toEqual(doubleDouble(0));
    expect(doubleDouble(710).exp()).toEqual(doubleDouble(Number.POSITIVE_INFINITY));
    expect(doubleDouble(-746).exp()).toEqual(doubleDouble(0));
    expect(doubleDouble(-745).exp().hi).toBe(5e-324);
  });
});

describe("a definition runs unchanged in 31 digits", () => {
  const data = {
    x2d: [0.31, -0.12, -0.27, 0.4, 0.05, -0.33, 0.22, 0.18],
    x3d: [0.7, -0.4, 0.9, -0.8, 0.6, -0.1, 0.3, -0.9, -0.5, 0.1, 0.5, 0.2],
    w2d: [1, 0.7, 0.4, 1.3, 0.9, 0.8, 1.1, 0.6],
    K: [1.2, 0.01, 0.02, 0, 1.1, -0.03, 0, 0, 1],
  };
  const omega = [0.3, -0.7, 0.4];
  const t = [0.1, -0.2, 3.1];
  /** Each entry of the slopes of the gradient of a cost as the camera turns, and of Log(Exp(ω)). */
  function slopes<S extends Real<S>>(lift: (x: number) => S): S[] {
    const rows = (flat: number[], width: number) =>
      Array.from({ length: flat.length / width }, (_, i) =>
        flat.slice(i * width, (i + 1) * width).map((x) => dual(lift(x))),
      );
    const turn = omega.map((x, i) => dual(lift(x), [1, -0.5, 2][i]));
    const R = rotation(turn);
    const input = {
      x2d: rows(data.x2d, 2),
      x3d: rows(data.x3d, 3),
      w2d: rows(data.w2d, 2),
      K: rows(data.K, 3),
    };
    const at = poseDerivativesAt("LEFT", R, rows(t, 3)[0]);
    return [...reprojectionGradient(input, at), ...rotationVector(R)].flatMap(({ a, b }) => [a, b]);
  }
  it("and on duals over them, to 28 digits of a gradient and its slope", () => {
    const exact = slopes((x) => big(x));
    const scale = Math.max(...exact.map((x) => Math.abs(x.toNumber())));
    // Some fifty operations a point one after the other, none worse than a quotient.
    const bound = 50 * quotient * unit * scale;
    const found = slopes((x) => doubleDouble(x));
    found.forEach((x, i) => {
      expect(Math.abs(truth(x).minus(exact[i]).toNumber())).toBeLessThanOrEqual(bound);
    });
    expect(found.length).toBe(18);
  });
});
