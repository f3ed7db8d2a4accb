import fc from "fast-check";
import { expect, it } from "vitest";
import * as definition from "../../src/definitions/hat.js";
import * as kernel from "../../src/kernels/hat.js";
import { double } from "../../src/scalar/index.js";
import { apply, cross, multiply } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, worstUlp } from "./big-truth.js";
import { points } from "./rotation-draws.js";

const written = (size: number, write: (out: Float64Array) => void) => {
  const out = new Float64Array(size).fill(Number.NaN);
  write(out);
  return out;
};
const doubles = (v: ArrayLike<number>) => Array.from(v, double);
const values = (v: { value: number }[]) => v.map((x) => x.value);
const settings = { seed: 1, numRuns: 200 };

it("hat(v) is antisymmetric and hat(v) u is v × u, bit for bit", () =>
  fc.assert(
    fc.property(points, points, (v, u) => {
      const M = definition.hat(doubles(v));
      const product = values(apply(M, doubles(u)));
      const turned = values(cross(doubles(v), doubles(u)));
      // The product adds a zero to the two terms of the cross product, in another order.
      product.forEach((x, i) => {
        expect(Math.abs(x - turned[i])).toBe(0);
      });
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) expect(M[i][j].value + M[j][i].value).toBe(0);
    }),
    settings,
  ));

it("hat(v) is written by the kernel as by the definition, bit for bit", () =>
  fc.assert(
    fc.property(points, (v) => {
      const M = written(9, (out) => kernel.hat(v, out));
      const truth = values(definition.hat(doubles(v)).flat());
      truth.forEach((x, i) => {
        expect(M[i] - x).toBe(0);
      });
    }),
    settings,
  ));

it("vee(M) undoes hat(v), and takes the antisymmetric part of any M", () =>
  fc.assert(
    fc.property(points, points, points, (a, b, c) => {
      const back = written(3, (out) =>
        kernel.vee(
          written(9, (M) => kernel.hat(a, M)),
          out,
        ),
      );
      expect([...back]).toEqual([...a]);
      const M = Float64Array.of(...a, ...b, ...c);
      const v = written(3, (out) => kernel.vee(M, out));
      // A difference of two entries has half an ulp of error, of itself.
      expect(worstUlp(v, definition.vee(bigRows(M, 3)))).toBeLessThanOrEqual(1);
    }),
    settings,
  ));

it("hatPolynomial(v, a, b) is I + a [v]× + b [v]×²", () =>
  fc.assert(
    fc.property(points, fc.double({ min: -1, max: 1, noNaN: true }), (v, a) => {
      const b = a / 3 - 0.2;
      const M = written(9, (out) => kernel.hatPolynomial(v, a, b, out));
      const [A, B] = bigs([a, b]);
      const W = definition.hat(bigs(v));
      const square = multiply(W, W);
      const sum = W.map((row, i) =>
        row.map((x, j) =>
          x
            .times(A)
            .plus(square[i][j].times(B))
            .plus(i === j ? 1 : 0),
        ),
      );
      expect(worstUlp(M, sum)).toBeLessThanOrEqual(ulpTarget.generic);
      expect(worstUlp(M, definition.hatPolynomial(bigs(v), A, B))).toBeLessThanOrEqual(
        ulpTarget.generic,
      );
    }),
    settings,
  ));

it("hat(v) and vee(M) throw on other shapes, naming what they expected and what they got", () => {
  expect(() => definition.hat(bigs([1, 2]))).toThrow("hat: expected 3 entries, got 2");
  expect(() => definition.vee(bigRows([1, 2, 3, 4], 2))).toThrow(
    "vee: expected a 3 x 3 matrix, got 2 x 2",
  );
});
