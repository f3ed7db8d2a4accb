import { expect, it } from "vitest";
import {
  bestEpoch,
  heatMapTerms,
  mixedTerms,
  poseTerms,
  solverComparisonSchedule,
  termsAt,
  uavaSchedule,
} from "../../src/pipeline/index.js";
import { fieldOfViewMatrix } from "../../src/problem/index.js";

it("the published sums are l_h, l_m = l_h + β l_proj with β = 1e-5, and l_p = l_reg + l_proj", () => {
  expect(heatMapTerms).toEqual({ heatMap: 1 });
  expect(mixedTerms()).toEqual({ heatMap: 1, projection: 1e-5 });
  expect(mixedTerms(2e-4)).toEqual({ heatMap: 1, projection: 2e-4 });
  expect(poseTerms).toEqual({ projection: 1, regularisation: 1 });
  expect(() => mixedTerms(-1e-5)).toThrow("mixedTerms: expected beta >= 0, got -0.00001");
  expect(() => mixedTerms(Number.NaN)).toThrow("mixedTerms: expected beta >= 0, got NaN");
});

it("termsAt(…) has 30 epochs of l_h and 14 of l_m, and 44 of one loss; a run may resume anywhere", () => {
  const losses = Array.from({ length: 44 }, (_, epoch) => termsAt(solverComparisonSchedule, epoch));
  expect(losses.slice(0, 30).every((terms) => terms === heatMapTerms)).toBe(true);
  expect(losses.slice(30).every((terms) => terms.projection === 1e-5)).toBe(true);
  expect(termsAt(uavaSchedule(poseTerms), 43)).toBe(poseTerms);
  for (const epoch of [-1, 44, 0.5])
    expect(() => termsAt(solverComparisonSchedule, epoch)).toThrow(
      `termsAt: expected a whole epoch of 0 … 43, got ${epoch}`,
    );
  expect(() => termsAt([{ epochs: -1, terms: {} }], 0)).toThrow("a whole number of epochs, got -1");
});

it("termsAt(…) passes over a phase of no epochs", () => {
  const schedule = [
    { epochs: 0, terms: heatMapTerms },
    { epochs: 1, terms: poseTerms },
  ];
  expect(termsAt(schedule, 0)).toBe(poseTerms);
});

it("bestEpoch(…) is the first of the least, whatever is no number", () => {
  expect(bestEpoch([3, Number.NaN, 1, 1, 2])).toBe(2);
  expect(() => bestEpoch([Number.NaN])).toThrow("bestEpoch: expected an error that is a number");
});

it("fieldOfViewMatrix(64.69° across 320 x 240) has f = 252.7 and the image's middle (REPRO-L7)", () => {
  const view = { angle: (64.69 * Math.PI) / 180, width: 320, height: 240 };
  const K = fieldOfViewMatrix(view);
  // The printed digits.
  expect(Math.abs(K[0] - 252.7)).toBeLessThan(0.05);
  expect([...K].map((x, i) => (i === 0 || i === 4 ? 0 : x))).toEqual([
    0, 0, 160, 0, 0, 120, 0, 0, 1,
  ]);
  expect(K[4]).toBe(K[0]);
  // The image's right edge is seen at half the angle.
  expect(Math.abs(Math.atan(160 / K[0]) - view.angle / 2)).toBeLessThan(4 * Number.EPSILON);
  expect(fieldOfViewMatrix({ ...view, axis: "vertical" })[0]).toBeCloseTo(K[0] * 0.75, 10);
  for (const change of [{ angle: 0 }, { angle: Math.PI }, { width: 0 }, { axis: "diagonal" }])
    expect(() => fieldOfViewMatrix({ ...view, ...change } as never)).toThrow(
      "fieldOfViewMatrix: expected",
    );
});
