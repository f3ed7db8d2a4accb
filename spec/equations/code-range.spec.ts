import { expect, it } from "vitest";
import * as definition from "../../src/definitions/code-range.js";
import * as kernel from "../../src/kernels/code-range.js";
import { big, dual } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { uniforms } from "./head-draws.js";

const ties = ["half-up", "half-even"] as const;

it("roundedInteger(x, ties) is its definition on, beside and away from every tie", () => {
  for (const rule of ties)
    for (let n = -4; n <= 4; n++)
      for (const x of [n, n + 0.5, n + 0.5 - 2 ** -50, n + 0.5 + 2 ** -50, n - 1e-300])
        expect(kernel.roundedInteger(x, rule)).toBe(definition.roundedInteger(big(x), rule));
  // A number just below an integer, nearer to it than any double.
  const below = big(3).minus(1e-40);
  expect(definition.roundedInteger(below, "half-up")).toBe(3);
  expect(definition.roundedInteger(below.minus(0.5), "half-up")).toBe(2);
  for (const bad of [Number.NaN, Infinity])
    expect(() => kernel.roundedInteger(bad, "half-up")).toThrow(`a finite number, got ${bad}`);
});

it("bitCounts(s, most, floor, ties) are their definition's, at powers of two and between them", () => {
  for (let k = 0; k < 40; k++) {
    const s = Float64Array.from(
      uniforms("bit-counts", k, 3, -7, 0),
      (x) => 2 ** (k % 2 ? x : Math.round(x)),
    );
    for (const rule of ties) {
      const counts = new Int32Array(3);
      kernel.bitCounts(s, 7, k % 3, rule, counts);
      expect([...counts]).toEqual(definition.bitCounts(bigs(s), 7, k % 3, rule));
      expect(Math.max(...counts)).toBe(7);
    }
  }
  const out = new Int32Array(1);
  for (const bad of [0, -1, Number.NaN, Infinity])
    expect(() => kernel.bitCounts(Float64Array.of(bad), 7, 2, "half-up", out)).toThrow(
      `bitCounts: expected extents > 0, got ${bad} at 0`,
    );
  expect(() => kernel.bitCounts(Float64Array.of(1), 31, 2, "half-up", out)).toThrow("at most 30");
});

it("codedLevel and levelCoordinate are their definitions, and undo each other to half a level", () => {
  for (let k = 0; k < 40; k++) {
    const [least, greatest, c] = uniforms("code-range", k, 3, -1, 1).map(
      (x, i) => x + [-1, 1, 0][i],
    );
    const M = 1 + (k % 9);
    for (const rule of ["text", "published"] as const) {
      const range = new Float64Array(2);
      kernel.codeRange(least, greatest, rule, range);
      const exact = definition.codeRange(big(least), big(greatest), rule);
      expect([...range]).toEqual(exact.map((x) => x.toNumber()));
      const [low, high] = range;
      const [bigLow, bigHigh] = exact;
      const v = kernel.codedLevel(c, low, high, M, "half-even");
      expect(v).toBe(definition.codedLevel(big(c), bigLow, bigHigh, M, "half-even"));
      const back = kernel.levelCoordinate(v, low, high, M);
      const truth = definition.levelCoordinate(big(v), bigLow, bigHigh, M);
      const size = Math.max(Math.abs(low), Math.abs(high));
      expect(worstUlp([back], truth, size)).toBeLessThanOrEqual(ulpTarget.generic);
      const step = definition.levelStep(bigLow, bigHigh, M);
      expect(worstUlp([kernel.levelStep(low, high, M)], step)).toBeLessThanOrEqual(
        ulpTarget.generic,
      );
      if (c >= low && c <= high)
        expect(Math.abs(back - c)).toBeLessThanOrEqual((step.toNumber() / 2) * (1 + 1e-12));
      const moved = definition.levelCoordinate(
        dual(big(v), 1),
        dual(bigLow, 0),
        dual(bigHigh, 0),
        M,
      );
      expect(moved.b.minus(step).toNumber()).toBe(0);
    }
  }
});

it("no bits leave one level, the centre, that nothing moves; a range of no length is refused", () => {
  expect(kernel.codedLevel(7, 0, 1, 0, "half-up")).toBe(0);
  expect(definition.codedLevel(big(7), big(0), big(1), 0, "half-up")).toBe(0);
  expect(kernel.levelCoordinate(0, 1, 4, 0)).toBe(2.5);
  expect(definition.levelCoordinate(big(0), big(1), big(4), 0).toNumber()).toBe(2.5);
  expect(kernel.levelStep(1, 4, 0)).toBe(0);
  expect(definition.levelStep(big(1), big(4), 0).toNumber()).toBe(0);
  const range = new Float64Array(2);
  for (const [least, greatest] of [
    [1, 1],
    [2, 1],
    [Number.NaN, 1],
  ])
    expect(() => kernel.codeRange(least, greatest, "text", range)).toThrow("expected low < high");
});
