import fc from "fast-check";
import { expect, it } from "vitest";
import { type Big, big, dual, hyperDual, parts, type Real } from "../../src/scalar/index.js";

/** Functions of two scalars, each through another operation, with the domain where it is smooth. */
const functions: Record<string, <S extends Real<S>>(x: S, y: S) => S> = {
  "x + y - 3": (x, y) => x.plus(y).minus(3),
  "2 x y": (x, y) => x.times(y).times(2),
  "x / y / 7": (x, y) => x.over(y).over(7),
  "-x y + 5": (x, y) => x.times(y).negated().plus(5),
  "√(x + y²)": (x, y) => x.plus(y.times(y)).sqrt(),
  "sin(x y)": (x, y) => x.times(y).sin(),
  "cos(x - y)": (x, y) => x.minus(y).cos(),
  "exp(x - y)": (x, y) => x.minus(y).exp(),
  "log(x + y)": (x, y) => x.plus(y).log(),
  "acos(x / (x + y))": (x, y) => x.over(x.plus(y)).acos(),
  "atan2(x, y)": (x, y) => x.atan2(y),
  "atan2(x, 2)": (x) => x.atan2(2),
};
const positive = fc.double({ min: 0.1, max: 3, noNaN: true });
const h = big("1e-15");
/** Central differences leave h² times a third or fourth derivative, and 64 digits over h². */
const bound = 1e-24;

it.each(Object.entries(functions))("a dual carries both slopes of %s", (_, f) =>
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      const [x, y] = [big(a), big(b)];
      const slopes: [Big, Big][] = [
        [
          f(dual(x, 1), dual(y)).b,
          f(x.plus(h), y)
            .minus(f(x.minus(h), y))
            .over(h.times(2)),
        ],
        [
          f(dual(x), dual(y, 1)).b,
          f(x, y.plus(h))
            .minus(f(x, y.minus(h)))
            .over(h.times(2)),
        ],
      ];
      for (const [slope, secant] of slopes)
        expect(Math.abs(slope.minus(secant).toNumber())).toBeLessThan(bound);
      expect(f(dual(x, 1), dual(y)).a.minus(f(x, y)).toNumber()).toBe(0);
    }),
    { seed: 1873, numRuns: 5 },
  ),
);

it.each(Object.entries(functions))(
  "a second-order dual carries the mixed second slope of %s",
  (_, f) =>
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const [x, y] = [big(a), big(b)];
        const { second, first1, first2 } = parts(f(hyperDual(x, 1, 0), hyperDual(y, 0, 1)));
        const at = (i: number, j: number) => f(x.plus(h.times(i)), y.plus(h.times(j)));
        const corners = at(1, 1).minus(at(1, -1)).minus(at(-1, 1)).plus(at(-1, -1));
        const secant = corners.over(h.times(h).times(4));
        expect(Math.abs(second.minus(secant).toNumber())).toBeLessThan(bound);
        expect(first1.minus(f(dual(x, 1), dual(y)).b).toNumber()).toBe(0);
        expect(first2.minus(f(dual(x), dual(y, 1)).b).toNumber()).toBe(0);
      }),
      { seed: 1873, numRuns: 5 },
    ),
);

it("comparisons of duals look at the value only, and a constant has no slope", () => {
  expect(dual(big(1), 5).lessThan(dual(big(1), 7))).toBe(false);
  expect(dual(big(1), 7).atMost(dual(big(1), 5))).toBe(true);
  expect(dual(big(1), 7).lessThan(1.5)).toBe(true);
  expect(dual(big(1), 7).of(3).b.toNumber()).toBe(0);
});
