import { expect, it } from "vitest";

/** Columns ADD 0.02d, 0.05d, 0.1d, printed area; then 2°2cm, 5°5cm, 10°10cm, printed mean over n = 1 … 10. */
const backbones = {
  ResNet: [32.99, 73.28, 92.59, 61.83],
} as const;

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

it("the mean that [EProPnP2022] prints for its first row of Monte Carlo training is that of its three columns", () =>
  // Three printed numbers are each off by half of their last digit, and so is the mean.
  expect(Math.abs(mean([32.14, 72.83, 92.66]) - 65.88)).toBeLessThanOrEqual(0.01));

it("the mean that [BackboneStudy] prints is not that of its columns: it is an area of the accuracy curve", () => {
  const [a, b, c, printed] = backbones.ResNet;
  expect(mean([a, b, c])).toBeCloseTo(66.29, 2);
  expect(printed).toBe(61.83);
  // The curve rises from 0 through the three columns: a trapezoid under it is far nearer to what is printed.
  const trapezoid = (0.02 * (a / 2) + 0.03 * ((a + b) / 2) + 0.05 * ((b + c) / 2)) / 0.1;
  expect(Math.abs(trapezoid - printed)).toBeLessThan(Math.abs(mean([a, b, c]) - printed));
});
