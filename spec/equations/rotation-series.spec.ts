import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as definitions from "../../src/definitions/rotation-series.js";
import * as kernels from "../../src/kernels/rotation-series.js";
import { type Big, big, type Dual, dual, ulp, ulpError } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { lastDigit } from "./big-truth.js";
import { longAngles } from "./rotation-draws.js";

const squares = longAngles.map((theta) => theta * theta);
const definition = { ...definitions };
const kernel = { ...kernels };
const names = Object.keys(kernel) as (keyof typeof kernel)[];
const pairs = [
  ["seriesA", "seriesASlope"],
  ["seriesB", "seriesBSlope"],
  ["seriesC", "seriesCSlope"],
  ["seriesD", "seriesDSlope"],
] as const;

describe.each(names)("%s(s)", (name) => {
  it("is the definition at 64 digits, to 16 ulp of itself or of what rounding s moves it by", () =>
    fc.assert(
      fc.property(squares, (s) => {
        const truth = definition[name](big(s));
        // A vanishes at the half turn and D has a pole at 2π: there, moving θ by its rounding moves
        // them by more than their own last place.
        const slope = definition[name](dual(big(s), 1)).b.toNumber();
        const scale = Math.max(Math.abs(truth.toNumber()), Math.abs(slope * s));
        expect(ulpError(kernel[name](s), truth, scale)).toBeLessThanOrEqual(ulpTarget.generic);
      }),
      { seed: 1959, numRuns: 150 },
    ));

  it("is continuous where the series hands over to the closed form", () => {
    for (const seam of [1, 10]) {
      const below = seam - ulp(seam / 2);
      const step = Math.abs(kernel[name](below) - kernel[name](seam));
      // One step in s changes the quantity by less than a unit of the value at 0, where it is largest.
      expect(step).toBeLessThanOrEqual(ulpTarget.generic * ulp(Math.abs(kernel[name](0))));
      const gap = definition[name](big(seam)).minus(definition[name](big(below)));
      expect(Math.abs(gap.toNumber())).toBeLessThanOrEqual(ulp(seam));
    }
  });
});

it.each(pairs)(
  "%sSlope(s) is the derivative that its definition carries on duals",
  (value, slope) =>
    fc.assert(
      fc.property(squares, (s) => {
        const onDuals = definition[value](dual(big(s), 1)).b;
        // Just above s = 1 the closed form of D′ is a sixtieth of its terms, and no other cancels more.
        const [cancellation, operations] = [60, 40];
        const gap = onDuals
          .over(definition[slope](big(s)))
          .minus(1)
          .toNumber();
        expect(Math.abs(gap)).toBeLessThanOrEqual(cancellation * operations * lastDigit);
      }),
      { seed: 1960, numRuns: 60 },
    ),
);

it("the series satisfy 1 − s B = cos θ, 1 − s C = A and 2B (1 − s D) = A", () =>
  fc.assert(
    fc.property(squares, (s) => {
      const [S, A, B, C, D] = [
        big(s),
        definition.seriesA(big(s)),
        definition.seriesB(big(s)),
        definition.seriesC(big(s)),
        definition.seriesD(big(s)),
      ];
      const defects = [
        S.times(B).plus(S.sqrt().cos()).minus(1),
        S.times(C).plus(A).minus(1),
        S.times(D).negated().plus(1).times(B).times(2).minus(A),
      ];
      // s ≤ 36, and D grows as 1 / (4π² − s) towards the pole: up to 40 times 1/12.
      for (const defect of defects)
        expect(Math.abs(defect.toNumber())).toBeLessThanOrEqual(100 * (1 + s) * lastDigit);
    }),
    { seed: 1961, numRuns: 60 },
  ));

it("the second derivatives on second-order duals meet at the crossover s = 1 of the definitions", () => {
  const below = 1 - 2 ** -53;
  const second = (f: (s: Dual<Dual<Big>>) => Dual<Dual<Big>>, s: number) =>
    f(dual(dual(big(s), 1), dual(big(1), 0))).b.b;
  for (const [value] of pairs) {
    const gap = second(definition[value], 1).over(second(definition[value], below)).minus(1);
    // Third derivatives are no larger than second ones here.
    expect(Math.abs(gap.toNumber())).toBeLessThanOrEqual(2 * (1 - below));
  }
});

it("every series at s = 0 is its first coefficient", () => {
  expect([kernel.seriesA(0), kernel.seriesB(0), kernel.seriesC(0)]).toEqual([1, 1 / 2, 1 / 6]);
  const slopes = [kernel.seriesASlope(0), kernel.seriesBSlope(0), kernel.seriesCSlope(0)];
  expect(slopes).toEqual([(1 / 6 - 1 / 2) / 2, -1 / 24, -1 / 120]);
  // D's pole is summed apart from the rest.
  expect(Math.abs(kernel.seriesD(0) - 1 / 12)).toBeLessThanOrEqual(2 * ulp(1 / 12));
  expect(Math.abs(kernel.seriesDSlope(0) - 1 / 720)).toBeLessThanOrEqual(2 * ulp(1 / 720));
});
