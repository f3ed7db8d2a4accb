import fc from "fast-check";
import { expect, it } from "vitest";
import { rotation } from "../../src/definitions/rodrigues.js";
import * as definition from "../../src/definitions/yaw.js";
import * as kernel from "../../src/kernels/yaw.js";
import { type Big, big } from "../../src/scalar/index.js";
import { apply } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { hessianOnDuals, jacobianOnDuals } from "./on-duals.js";
import { longAngles, points } from "./rotation-draws.js";

const yaws = fc.oneof(
  fc.tuple(longAngles, fc.constantFrom(-1, 1)).map(([angle, sign]) => sign * angle),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);
const written = (length: number, write: (out: Float64Array) => void) => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return out;
};
const digits = 20 * lastDigit;

it("yawRotation(β), yawedVectorSlope(β, z) and yawedVectorCurvature(β, z) are their definitions", () =>
  fc.assert(
    fc.property(yaws, points, (beta, z) => {
      const R = written(9, (out) => kernel.yawRotation(beta, out));
      expect(worstUlp(R, definition.yawRotation(big(beta)))).toBeLessThanOrEqual(2);
      const length = Math.hypot(...z);
      const slope = written(3, (out) => kernel.yawedVectorSlope(beta, z, out));
      const bend = written(3, (out) => kernel.yawedVectorCurvature(beta, z, out));
      const [first, second] = [
        definition.yawedVectorSlope(big(beta), bigs(z)),
        definition.yawedVectorCurvature(big(beta), bigs(z)),
      ];
      expect(worstUlp(slope, first, length)).toBeLessThanOrEqual(ulpTarget.generic);
      expect(worstUlp(bend, second, length)).toBeLessThanOrEqual(ulpTarget.generic);
    }),
    { seed: 10, numRuns: 150 },
  ));

it("the kernels may overwrite z", () => {
  const z = Float64Array.of(1, 2, 3);
  const expected = written(3, (out) => kernel.yawedVectorSlope(0.4, z, out));
  const copy = z.slice();
  kernel.yawedVectorSlope(0.4, copy, copy);
  expect(copy).toEqual(expected);
  kernel.yawedVectorCurvature(0.4, z, expected);
  kernel.yawedVectorCurvature(0.4, z, z);
  expect(z).toEqual(expected);
});

it("yawRotation(β) is Exp((0, β, 0)), with the slope and curvature that duals give", () =>
  fc.assert(
    fc.property(longAngles, points, (beta, z) => {
      const exact = big(beta);
      const turn = rotation([big(0), exact, big(0)]);
      expect(worstGap(definition.yawRotation(exact), turn)).toBeLessThanOrEqual(digits);
      const length = Math.hypot(...z);
      const first = jacobianOnDuals<Big>(
        ([x]) =>
          apply(
            definition.yawRotation(x),
            Array.from(z, (value) => x.of(value)),
          ),
        [exact],
      );
      const second = hessianOnDuals<Big>(
        ([x]) =>
          apply(
            definition.yawRotation(x),
            Array.from(z, (value) => x.of(value)),
          ),
        [exact],
      );
      const slope = definition.yawedVectorSlope(exact, bigs(z));
      const bend = definition.yawedVectorCurvature(exact, bigs(z));
      expect(worstGap(slope, first.flat(), length)).toBeLessThanOrEqual(digits);
      expect(worstGap(bend, second.flat(2), length)).toBeLessThanOrEqual(digits);
    }),
    { seed: 11, numRuns: 60 },
  ));

it("yawDifference(a, b) is a − b modulo 2π, no longer than π, within 16 ulp of itself or of π", () =>
  fc.assert(
    fc.property(yaws, yaws, fc.integer({ min: -20, max: 20 }), (a, b, k) => {
      const near = b + 2 * Math.PI * k;
      for (const other of [a, near]) {
        const difference = kernel.yawDifference(other, b);
        const exact = definition.yawDifference(big(other), big(b));
        expect(Math.abs(difference)).toBeLessThanOrEqual(Math.PI);
        // On the cut, rounding chooses the end.
        const cut = Math.PI - Math.abs(difference) < 1e-12 && difference * exact.toNumber() < 0;
        if (!cut) expect(worstUlp([difference], exact)).toBeLessThanOrEqual(ulpTarget.generic);
      }
    }),
    { seed: 12, numRuns: 200 },
  ));
