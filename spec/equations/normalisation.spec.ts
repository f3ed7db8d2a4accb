import fc from "fast-check";
import { expect, it } from "vitest";
import * as definition from "../../src/definitions/normalisation.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import * as kernel from "../../src/kernels/normalisation.js";
import { type Big, dual } from "../../src/scalar/index.js";
import { add, apply, multiply } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";
import { points, rotations } from "./rotation-draws.js";

const written = (length: number, write: (out: Float64Array) => void) => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return out;
};
/** Clouds of 1 to 40 points, half of them around a point far away, so that sums cancel nothing. */
const clouds = fc
  .tuple(fc.array(points, { minLength: 1, maxLength: 40 }), points, fc.boolean())
  .map(([cloud, centre, away]) =>
    Float64Array.from(cloud.flatMap((z) => [...z].map((x, k) => (away ? x + 1e3 * centre[k] : x)))),
  );

it("pointOffset(z) is the mean to 2 ulp, also of points that cancel", () =>
  fc.assert(
    fc.property(clouds, (z) => {
      const mirrored = Float64Array.of(...z, ...z.map((x) => -x), 1e-9, 2e-9, 3e-9);
      for (const cloud of [z, mirrored]) {
        const o = written(3, (out) => kernel.pointOffset(cloud.length / 3, cloud, out));
        const truth = definition.pointOffset(bigRows(cloud, 3));
        // What compensation leaves is of second order: n ε² times the sum of magnitudes.
        const floor = cloud.length * Number.EPSILON * Math.max(...cloud.map(Math.abs));
        o.forEach((x, k) => {
          const scale = Math.max(Math.abs(truth[k].toNumber()), floor);
          expect(worstUlp([x], truth[k], scale)).toBeLessThanOrEqual(2);
        });
      }
    }),
    { seed: 19, numRuns: 100 },
  ));

it("offsetPoints, offsetTranslation and restoredTranslation are their definitions within 16 ulp", () =>
  fc.assert(
    fc.property(clouds, rotations, points, points, (z, R, t, o) => {
      const n = z.length / 3;
      const moved = written(3 * n, (out) => kernel.offsetPoints(n, z, o, out));
      expect(worstUlp(moved, definition.offsetPoints(bigRows(z, 3), bigs(o)))).toBeLessThanOrEqual(
        1,
      );
      const scale = Math.hypot(...t) + Math.hypot(...o);
      const there = written(3, (out) => kernel.offsetTranslation(R, t, o, out));
      const back = written(3, (out) => kernel.restoredTranslation(R, t, o, out));
      const exact = [bigRows(R, 3), bigs(t), bigs(o)] as const;
      expect(worstUlp(there, definition.offsetTranslation(...exact), scale)).toBeLessThanOrEqual(
        ulpTarget.generic,
      );
      expect(worstUlp(back, definition.restoredTranslation(...exact), scale)).toBeLessThanOrEqual(
        ulpTarget.generic,
      );
      kernel.restoredTranslation(R, there, o, there);
      expect(worstUlp(there, bigs(t), scale)).toBeLessThanOrEqual(ulpTarget.generic);
      kernel.offsetPoints(n, z, o, z);
      expect(z).toEqual(moved);
    }),
    { seed: 20, numRuns: 100 },
  ));

it("camera points, and so every cost, are the same in the moved problem", () =>
  fc.assert(
    fc.property(clouds, rotations, points, (flat, R, t) => {
      const [z, turn, shift] = [bigRows(flat, 3), bigRows(R, 3), bigs(t)];
      const o = definition.pointOffset(z);
      const moved = definition.offsetTranslation(turn, shift, o);
      const before = z.map((point) => add(apply(turn, point), shift));
      const after = definition.offsetPoints(z, o).map((point) => add(apply(turn, point), moved));
      expect(worstGap(after, before, 1e3 * 1e3)).toBeLessThanOrEqual(100 * lastDigit);
    }),
    { seed: 21, numRuns: 60 },
  ));

it("restoredTangentTransform(R, o) is its definition within 16 ulp, and that of duals in LEFT", () =>
  fc.assert(
    fc.property(rotations, points, points, (R, t, o) => {
      const M = written(36, (out) => kernel.restoredTangentTransform(R, o, out));
      const [turn, shift, offset] = [bigRows(R, 3), bigs(t), bigs(o)];
      const truth = definition.restoredTangentTransform(turn, offset);
      expect(worstUlp(M, truth)).toBeLessThanOrEqual(ulpTarget.generic);
      // The lower rows: how t = t′ − R o moves with (φ′, τ′). The upper ones: φ = φ′.
      const onDuals = jacobianOnDuals<Big>(
        (xi) => {
          const constant = turn.map((row) => row.map((x) => dual(x)));
          const moved = multiply(rotation(xi.slice(0, 3)), constant);
          const there = add(
            shift.map((x) => dual(x)),
            xi.slice(3),
          );
          const back = definition.restoredTranslation(
            moved,
            there,
            offset.map((x) => dual(x)),
          );
          return [...xi.slice(0, 3), ...back];
        },
        bigs(new Array(6).fill(0)),
      );
      expect(worstGap(truth, onDuals)).toBeLessThanOrEqual(20 * lastDigit);
    }),
    { seed: 22, numRuns: 40 },
  ));

it("offsetPathJacobian(R, N) is −R / N: what the mean carries of each point into t", () =>
  fc.assert(
    fc.property(clouds, rotations, points, (flat, R, t) => {
      const n = flat.length / 3;
      const J = written(9, (out) => kernel.offsetPathJacobian(R, n, out));
      const turn = bigRows(R, 3);
      const truth = definition.offsetPathJacobian(turn, n);
      expect(worstUlp(J, truth)).toBeLessThanOrEqual(1);
      const z = bigRows(flat, 3);
      const onDuals = jacobianOnDuals<Big>((first) => {
        const cloud = [first, ...z.slice(1).map((point) => point.map((x) => dual(x)))];
        return definition.restoredTranslation(
          turn.map((row) => row.map((x) => dual(x))),
          bigs(t).map((x) => dual(x)),
          definition.pointOffset(cloud),
        );
      }, z[0]);
      expect(worstGap(truth, onDuals)).toBeLessThanOrEqual(20 * lastDigit);
    }),
    { seed: 23, numRuns: 30 },
  ));

it("no points have no mean", () => {
  const none = new Float64Array(3);
  expect(() => kernel.pointOffset(0, none, none)).toThrow(
    "pointOffset: expected N >= 1 points, got 0",
  );
  expect(() => definition.pointOffset<Big>([])).toThrow(
    "pointOffset: expected N >= 1 points, got 0",
  );
  expect(() => kernel.offsetPathJacobian(new Float64Array(9), 0, new Float64Array(9))).toThrow(
    "offsetPathJacobian: expected N >= 1 points, got 0",
  );
});
