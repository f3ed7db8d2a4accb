import fc from "fast-check";
import { expect, it } from "vitest";
import * as definition from "../../src/definitions/bounding-box.js";
import * as kernel from "../../src/kernels/bounding-box.js";
import type { Big } from "../../src/scalar/index.js";
import { add, apply } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, worstGap, worstUlp } from "./big-truth.js";
import { points, rotations } from "./rotation-draws.js";

const written = (length: number, write: (out: Float64Array) => void) => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return out;
};
const models = fc
  .array(points, { minLength: 1, maxLength: 20 })
  .map((cloud) => Float64Array.from(cloud.flatMap((z) => [...z])));

it("extents(z) and symmetricHalfExtents(z) are their definitions, bit for bit, and hold every point", () =>
  fc.assert(
    fc.property(models, (z) => {
      const m = z.length / 3;
      const range = written(6, (out) => kernel.extents(m, z, out));
      expect(worstUlp(range, definition.extents(bigRows(z, 3)))).toBe(0);
      z.forEach((x, i) => {
        expect(range[i % 3]).toBeLessThanOrEqual(x);
        expect(range[3 + (i % 3)]).toBeGreaterThanOrEqual(x);
      });
      const s = written(3, (out) => kernel.symmetricHalfExtents(m, z, out));
      expect(worstUlp(s, definition.symmetricHalfExtents(bigRows(z, 3)))).toBe(0);
      expect([...s]).toEqual([...range.subarray(0, 3)].map(Math.abs));
    }),
    { seed: 20, numRuns: 100 },
  ));

it("symmetricBoxCorners(s) are eight distinct points about 0, in the order of boxCorners(−s, s)", () =>
  fc.assert(
    fc.property(points, (v) => {
      const s = v.map((x) => Math.abs(x) + 1e-3);
      const corners = written(24, (out) => kernel.symmetricBoxCorners(s, out));
      const rows = Array.from({ length: 8 }, (_, i) => [...corners.subarray(3 * i, 3 * i + 3)]);
      expect(new Set(rows.map(String)).size).toBe(8);
      // Each corner has its opposite, so the centroid is 0 without rounding.
      rows.forEach((row, i) => {
        for (let k = 0; k < 3; k++) expect(row[k] + rows[7 - i][k]).toBe(0);
      });
      expect(rows[0]).toEqual([...s].map((x) => -x));
      expect(rows[1]).toEqual([-s[0], -s[1], s[2]]);
      expect(rows[6]).toEqual([s[0], s[1], -s[2]]);
      const same = written(24, (out) =>
        kernel.boxCorners(
          s.map((x) => -x),
          s,
          out,
        ),
      );
      expect(same).toEqual(corners);
      expect(worstUlp(corners, definition.symmetricBoxCorners(bigs(s)))).toBe(0);
    }),
    { seed: 21, numRuns: 60 },
  ));

it("boxCorners(min, max) are its definition, bit for bit", () =>
  fc.assert(
    fc.property(points, points, (least, greatest) => {
      const corners = written(24, (out) => kernel.boxCorners(least, greatest, out));
      expect(worstUlp(corners, definition.boxCorners(bigs(least), bigs(greatest)))).toBe(0);
    }),
    { seed: 22, numRuns: 60 },
  ));

it("cornersBeforeMove(b, R, t) undoes R b + t, and may overwrite b", () =>
  fc.assert(
    fc.property(points, points, rotations, points, (least, greatest, R, t) => {
      const b = written(24, (out) => kernel.boxCorners(least, greatest, out));
      const before = written(24, (out) => kernel.cornersBeforeMove(b, R, t, out));
      const turn = bigRows(R, 3);
      const truth = definition.cornersBeforeMove(bigRows(b, 3), turn, bigs(t));
      const scale = Math.max(...b.map(Math.abs)) + Math.hypot(...t);
      expect(worstUlp(before, truth, scale)).toBeLessThanOrEqual(ulpTarget.generic);
      kernel.cornersBeforeMove(b, R, t, b);
      expect(b).toEqual(before);
      // R is orthogonal to rounding only, so the way back is as well.
      const again = truth.map((corner) => add(apply(turn, corner), bigs(t)));
      const start = definition.boxCorners(bigs(least), bigs(greatest));
      expect(worstGap(again, start, scale)).toBeLessThanOrEqual(ulpTarget.generic * Number.EPSILON);
    }),
    { seed: 23, numRuns: 60 },
  ));

it("a model without points has no extents", () => {
  const none = new Float64Array(0);
  const message = "extents: expected M >= 1 points, got 0";
  expect(() => kernel.extents(0, none, new Float64Array(6))).toThrow(message);
  expect(() => definition.extents<Big>([])).toThrow(message);
  expect(() => kernel.symmetricHalfExtents(0, none, new Float64Array(3))).toThrow(
    "symmetricHalfExtents: expected M >= 1 points, got 0",
  );
});
