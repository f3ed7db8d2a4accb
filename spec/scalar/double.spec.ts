import fc from "fast-check";
import { expect, it } from "vitest";
import { double } from "../../src/scalar/index.js";

it("double(n) computes as plain numbers do, bit for bit", () =>
  fc.assert(
    fc.property(fc.double(), fc.double(), (x, y) => {
      const [a, b] = [double(x), double(y)];
      const results = [
        a.plus(b),
        a.minus(b),
        a.times(b),
        a.over(b),
        a.sqrt(),
        a.sin(),
        a.cos(),
        a.exp(),
        a.log(),
        a.acos(),
        a.negated(),
        a.atan2(b),
      ];
      expect(results.map((result) => result.value)).toEqual([
        x + y,
        x - y,
        x * y,
        x / y,
        Math.sqrt(x),
        Math.sin(x),
        Math.cos(x),
        Math.exp(x),
        Math.log(x),
        Math.acos(x),
        -x,
        Math.atan2(x, y),
      ]);
      expect([a.lessThan(b), a.atMost(b)]).toEqual([x < y, x <= y]);
    }),
    { seed: 754, numRuns: 300 },
  ));
