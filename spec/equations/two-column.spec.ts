import fc from "fast-check";
import { expect, it } from "vitest";
import { rotation } from "../../src/definitions/rodrigues.js";
import * as definition from "../../src/definitions/two-column.js";
import * as kernel from "../../src/kernels/two-column.js";
import { type Big, dual } from "../../src/scalar/index.js";
import { multiply } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, size, worstGap, worstUlp } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";
import { points, rotations } from "./rotation-draws.js";

const written = (length: number, write: (out: Float64Array) => unknown) => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return out;
};
/** Two columns: apart, and 10⁻¹ … 10⁻¹⁵ off one line. */
const columns = fc.oneof(
  fc.tuple(points, points).map(([a, b]) => Float64Array.of(...a, ...b)),
  fc
    .tuple(points, points, fc.integer({ min: 1, max: 15 }), fc.double({ min: -4, max: 4 }))
    .map(([a, b, k, f]) => {
      const off = (10 ** -k * Math.hypot(...a)) / Math.hypot(...b);
      return Float64Array.of(...a, ...a.map((x, i) => (f || 1) * x + off * b[i]));
    }),
);
const regular = (a: Float64Array) => kernel.twoColumnRotation(a, new Float64Array(9));

it("twoColumnRotation(a) is its definition within 16 ulp, however near a line the columns are", () =>
  fc.assert(
    fc.property(columns.filter(regular), (a) => {
      const R = written(9, (out) => kernel.twoColumnRotation(a, out));
      const truth = definition.twoColumnRotation(bigs(a));
      expect(worstUlp(R, truth, 1)).toBeLessThanOrEqual(ulpTarget.generic);
    }),
    { seed: 11, numRuns: 200 },
  ));

it("twoColumnRotationJacobian(a) is its definition within 16 ulp, and that of duals", () =>
  fc.assert(
    fc.property(columns.filter(regular), (a) => {
      const J = written(54, (out) => kernel.twoColumnRotationJacobian(a, out));
      const exact = bigs(a);
      const truth = definition.twoColumnRotationJacobian(exact);
      expect(worstUlp(J, truth)).toBeLessThanOrEqual(ulpTarget.generic);
      const onDuals = jacobianOnDuals<Big>((x) => definition.twoColumnRotation(x).flat(), exact);
      // Gram–Schmidt cancels a₂ to its part across a₁: the digits lost are those of the angle, twice
      // in a derivative.
      const [first, second] = [a.subarray(0, 3), a.subarray(3)].map((v) => Math.hypot(...v));
      const across = Math.hypot(
        a[1] * a[5] - a[2] * a[4],
        a[2] * a[3] - a[0] * a[5],
        a[0] * a[4] - a[1] * a[3],
      );
      const cancellation = Math.max(1, (first * second) / across) ** 2;
      const gap = worstGap(truth, onDuals);
      expect(gap).toBeLessThanOrEqual(100 * cancellation * lastDigit);
      expect(size(onDuals)).toBeGreaterThan(0);
    }),
    { seed: 12, numRuns: 60 },
  ));

it("twoColumnRotation(twoColumn(R)) is R, and scaling or shearing the columns changes nothing", () =>
  fc.assert(
    fc.property(rotations, fc.double({ min: 0.1, max: 9, noNaN: true }), (R, f) => {
      const a = written(6, (out) => kernel.twoColumn(R, out));
      expect([...a]).toEqual([R[0], R[3], R[6], R[1], R[4], R[7]]);
      expect(worstUlp(a, definition.twoColumn(bigRows(R, 3)))).toBe(0);
      const back = written(9, (out) => kernel.twoColumnRotation(a, out));
      expect(worstUlp(back, bigRows(R, 3), 1)).toBeLessThanOrEqual(ulpTarget.generic);
      const exact = bigs(a);
      const sheared = [
        ...exact.slice(0, 3).map((x) => x.times(f)),
        ...exact.slice(3).map((x, i) => x.over(f).minus(exact[i].times(f))),
      ];
      // f² is at most 81, and is how much of the sheared column cancels.
      const gap = worstGap(
        definition.twoColumnRotation(sheared),
        definition.twoColumnRotation(exact),
      );
      expect(gap).toBeLessThanOrEqual(100 * 81 * lastDigit);
    }),
    { seed: 13, numRuns: 100 },
  ));

it("columnJacobian(R, k) is its definition bit for bit, and the derivative of R Exp(a) e_k", () =>
  fc.assert(
    fc.property(rotations, fc.constantFrom(0, 1, 2) as fc.Arbitrary<0 | 1 | 2>, (R, k) => {
      const J = written(9, (out) => kernel.columnJacobian(R, k, out));
      const truth = definition.columnJacobian(bigRows(R, 3), k);
      expect(worstUlp(J, truth)).toBe(0);
      const onDuals = jacobianOnDuals<Big>(
        (a) => {
          const constant = bigRows(R, 3).map((row) => row.map((x) => dual(x)));
          return multiply(constant, rotation(a)).map((row) => row[k]);
        },
        bigs([0, 0, 0]),
      );
      expect(worstGap(truth, onDuals)).toBeLessThanOrEqual(20 * lastDigit);
    }),
    { seed: 14, numRuns: 60 },
  ));

it("collinear and zero columns throw in the definition and return false, unwritten, in the kernel", () => {
  for (const [a, message] of [
    [[1, 2, 3, -2, -4, -6], "twoColumnRotation: expected columns off one line, got collinear ones"],
    [[0, 4, 0, 0, 0, 0], "twoColumnRotation: expected columns off one line, got collinear ones"],
    [[0, 0, 0, 1, 2, 3], "twoColumnRotation: expected a1 off zero, got 0"],
  ] as const) {
    const out = new Float64Array(54).fill(7);
    expect(kernel.twoColumnRotation(Float64Array.from(a), out)).toBe(false);
    expect(kernel.twoColumnRotationJacobian(Float64Array.from(a), out)).toBe(false);
    expect(new Set(out)).toEqual(new Set([7]));
    expect(() => definition.twoColumnRotation(bigs(a))).toThrow(message);
    expect(() => definition.twoColumnRotationJacobian(bigs(a))).toThrow(message);
  }
});
