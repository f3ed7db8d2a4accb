import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hat } from "../../src/definitions/hat.js";
import { big } from "../../src/scalar/index.js";
import { apply, cross, dot, identity, multiply, transpose } from "../../src/scalar/matrix.js";
import { bigs, worstGap } from "../equations/big-truth.js";
import { angles, directions, points } from "../equations/rotation-draws.js";
import { groups } from "./groups.js";

describe.each(groups)("$name", ({ unit, element, identity: one, compose, inverse, matrix }) => {
  const elements = fc.tuple(directions, angles).map(([axis, angle]) => element(axis, angle));
  const I = identity(3, big(1));
  // A composition rounds a dozen products of factors no larger than 2, and a law takes up to six.
  const tolerance = 6 * 24 * unit;
  const settings = { seed: 1872, numRuns: 20 };

  it("stands for rotations: RᵀR = I, det R = 1, R [v]× Rᵀ = [Rv]×", () =>
    fc.assert(
      fc.property(elements, points, (a, v) => {
        const R = matrix(a);
        expect(worstGap(multiply(transpose(R), R), I)).toBeLessThanOrEqual(tolerance);
        const determinant = dot(R[0], cross(R[1], R[2]));
        expect(worstGap([determinant], [big(1)])).toBeLessThanOrEqual(tolerance);
        const turned = multiply(multiply(R, hat(bigs(v))), transpose(R));
        expect(worstGap(turned, hat(apply(R, bigs(v))), Math.hypot(...v))).toBeLessThanOrEqual(
          tolerance,
        );
      }),
      settings,
    ));

  it("has its identity, and an inverse of every element", () =>
    fc.assert(
      fc.property(elements, (a) => {
        expect(worstGap(matrix(one), I)).toBeLessThanOrEqual(tolerance);
        expect(worstGap(matrix(compose(a, one)), matrix(a))).toBeLessThanOrEqual(tolerance);
        expect(worstGap(matrix(compose(one, a)), matrix(a))).toBeLessThanOrEqual(tolerance);
        expect(worstGap(matrix(compose(a, inverse(a))), I)).toBeLessThanOrEqual(tolerance);
        expect(worstGap(matrix(inverse(a)), transpose(matrix(a)))).toBeLessThanOrEqual(tolerance);
      }),
      settings,
    ));

  it("composes as its matrices multiply, associatively", () =>
    fc.assert(
      fc.property(elements, elements, elements, (a, b, c) => {
        const product = multiply(matrix(a), matrix(b));
        expect(worstGap(matrix(compose(a, b)), product)).toBeLessThanOrEqual(tolerance);
        const left = matrix(compose(compose(a, b), c));
        const right = matrix(compose(a, compose(b, c)));
        expect(worstGap(left, right)).toBeLessThanOrEqual(tolerance);
      }),
      settings,
    ));

  it("adds angles about one axis, and comes back to I after a full turn", () =>
    fc.assert(
      fc.property(directions, angles, angles, (axis, alpha, beta) => {
        const both = compose(element(axis, alpha), element(axis, beta));
        // Angles and axis are doubles here: their sum and the axis' length are rounded to ε.
        const rounding = tolerance + 8 * Math.PI * Number.EPSILON;
        const sum = matrix(element(axis, alpha + beta));
        expect(worstGap(matrix(both), sum)).toBeLessThanOrEqual(rounding);
        const turn = matrix(element(axis, 2 * Math.PI));
        expect(worstGap(turn, I)).toBeLessThanOrEqual(rounding);
      }),
      settings,
    ));
});
