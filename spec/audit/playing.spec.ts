import { expect, it } from "vitest";
import type { NamedComputation } from "../../src/audit/computations.js";
import { roundingDraws } from "../../src/audit/draws.js";
import { inDoubleDoubles, inDoubles, inRounding } from "../../src/audit/playing.js";
import { double } from "../../src/scalar/double.js";
import { doubleDouble } from "../../src/scalar/double-double.js";
import { Rounding } from "../../src/scalar/rounding.js";

/** A branch on the second number, after an operation that has already drawn an error. */
const branching: NamedComputation = {
  name: "spec branching",
  compute: ([x, y]) => {
    const product = x.times(y);
    return product.lessThan(1) ? [product.sin(), product] : [product.sqrt().plus(x)];
  },
};
/** What no program can hold: beyond a branch that it does hold, a number is read. */
const reading: NamedComputation = {
  name: "spec reading",
  compute: ([x, y]) => {
    const product = x.times(y);
    return product.lessThan(1) ? [product] : [product.over(x.toNumber())];
  },
};

it("inDoubles, inRounding and inDoubleDoubles give the bits of the boxed scalars on every branch", () => {
  for (const computation of [branching, reading])
    for (const inputs of [
      [0.5, 0.7],
      [3, 5],
      [0.5, 0.9],
    ]) {
      expect(inDoubles(computation, inputs)).toEqual(
        computation.compute(inputs.map(double)).map(({ value }) => value),
      );
      const pairs = inputs.map((v) => doubleDouble(v, 1e-20));
      expect(inDoubleDoubles(computation, pairs)).toEqual(computation.compute(pairs));
    }
});

it("inRounding(...) draws the errors that the boxed scalars draw, also where a branch is new", () => {
  for (const { name, compute } of [branching, reading])
    for (const inputs of [
      [0.5, 0.7],
      [3, 5],
    ]) {
      const computation = { name: `${name}, rounding`, compute };
      const [played, boxed] = [0, 1].map(() => roundingDraws("spec/playing", 0, "float32"));
      const expected = compute(inputs.map((v) => new Rounding(v, boxed)));
      expect(inRounding(computation, inputs, played)).toEqual(expected.map(({ value }) => value));
      expect(played.position).toBe(boxed.position);
    }
});
