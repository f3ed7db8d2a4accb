import { expect, it } from "vitest";
import { denseLossWeights, detectorLossWeights, totalLoss } from "../../src/loss/total-loss.js";

it("totalLoss(…) of the dense network is L_rot + 0.02 L_MC + 0.1 L_t + 0.1 L_r (EPRO-36)", () => {
  const losses = { coordinates: 2, monteCarlo: 50, position: 3, orientation: 5 };
  const { total, leftOut } = totalLoss(losses, denseLossWeights);
  expect(Math.abs(total - 3.8)).toBeLessThan(8 * Number.EPSILON * 3.8);
  expect(leftOut).toEqual([]);
});

it("the detector's weights are those of its configuration (EPRO-41)", () => {
  const ones = Object.fromEntries(Object.keys(detectorLossWeights).map((name) => [name, 1]));
  // 0.15 + 0.5 + 1 + 1 + 3 · 0.05 + 0.5 + 0.25, and 3 of the one-stage part.
  const { total } = totalLoss(ones, detectorLossWeights);
  expect(Math.abs(total - 6.55)).toBeLessThan(16 * Number.EPSILON * 6.55);
});

it("totalLoss(…) leaves out what is absent, and by name what is not finite", () => {
  const weights = { a: 2, b: 3, c: 0 };
  expect(totalLoss({ a: 1, b: undefined }, weights)).toEqual({ total: 2, leftOut: [] });
  expect(totalLoss({ a: 1, b: Number.NaN, c: Infinity }, weights)).toEqual({
    total: 2,
    leftOut: ["b", "c"],
  });
  expect(totalLoss({}, weights)).toEqual({ total: 0, leftOut: [] });
});

it("totalLoss(…) throws where a loss has no weight, or none that counts", () => {
  expect(() => totalLoss({ toString: 1 }, {})).toThrow("weight >= 0 of toString, got NaN");
  for (const weight of [-1, Infinity, Number.NaN])
    expect(() => totalLoss({ a: 1 }, { a: weight })).toThrow(`of a, got ${weight}`);
});
