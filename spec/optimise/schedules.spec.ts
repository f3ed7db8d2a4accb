import { expect, it } from "vitest";
import { flatAndAnneal, publishedMilestones, stepDecay } from "../../src/optimise/index.js";

it("flatAndAnneal({ total }) has the published warm-up, plateau and end by default", () => {
  const factor = flatAndAnneal({ total: 50_000 });
  expect([0, 1000, 36_000, 50_000, 60_000].map(factor)).toEqual([1e-3, 1, 1, 0, 0]);
});

it("stepDecay(publishedMilestones) is a tenth after each", () => {
  const factor = stepDecay(publishedMilestones.rmsprop);
  expect([49, 50, 160].map(factor)).toEqual([1, 0.1, 0.1 * 0.1 * 0.1]);
  expect([9, 10, 11].map(stepDecay(publishedMilestones.detector))).toEqual([1, 0.1, 0.1 * 0.1]);
});

it("schedules refuse runs, shares and milestones that make no sense, and negative steps", () => {
  expect(() => flatAndAnneal({ total: 0 })).toThrow(
    "flatAndAnneal: expected total in [1, ∞), got 0",
  );
  expect(() => flatAndAnneal({ total: 9, flatShare: 1.5 })).toThrow("1 - flatShare");
  expect(() => flatAndAnneal({ total: 9, warmUpFactor: Number.NaN })).toThrow("got NaN");
  expect(() => flatAndAnneal({ total: 9, warmUpSteps: -1 })).toThrow("warmUpSteps");
  expect(() => flatAndAnneal({ total: 9 })(-1)).toThrow("expected step in [0, ∞), got -1");
  expect(() => stepDecay([10, 10])).toThrow("expected milestones that increase, got [10,10]");
  expect(() => stepDecay([0])).toThrow("milestones");
  expect(() => stepDecay([1], -1)).toThrow("gamma");
  expect(() => stepDecay([1])(Number.NaN)).toThrow("epoch");
});
