import { expect, it } from "vitest";
import * as definition from "../../src/definitions/learning-rate.js";
import * as kernel from "../../src/kernels/learning-rate.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { worstUlp } from "./big-truth.js";

const run = { total: 10_000, warmUpSteps: 1000, warmUpFactor: 1e-3, flatShare: 0.72 };
const pi = big(0).atan2(-1);

it("flatAndAnneal(k) keeps the definition's digits up to the last step before the end", () => {
  for (const k of [0, 1, 500, 999, 1000, 7200, 7201, 8600, 9000, 9990, 9999, 10_000, 12_000]) {
    const value = kernel.flatAndAnneal(k, 10_000, 1000, 1e-3, 0.72);
    const truth = definition.flatAndAnneal(big(k), run, pi);
    // Where annealing starts, 0.72 T is a rounded product: steps beside it are that far off.
    expect(worstUlp([value], [truth], truth.lessThan(1e-30) ? 1 : undefined)).toBeLessThan(
      ulpTarget.generic,
    );
  }
});

it("flatAndAnneal is f at 0, 1 from step w to 0.72 T, ½ half way from there and 0 at T", () => {
  const at = (k: number) => kernel.flatAndAnneal(k, 10_000, 1000, 1e-3, 0.72);
  expect([at(0), at(1000), at(7200), at(10_000), at(20_000)]).toEqual([1e-3, 1, 1, 0, 0]);
  expect(Math.abs(at(8600) - 0.5)).toBeLessThan(2 * Number.EPSILON);
  for (let k = 7200; k < 10_000; k += 100) expect(at(k + 100)).toBeLessThan(at(k));
});

it("flatAndAnneal with a warm-up longer than the run never leaves it; one of no steps is none", () => {
  const at = (k: number) => kernel.flatAndAnneal(k, 100, 1000, 0, 0.72);
  expect([at(0), at(80), at(100)]).toEqual([0, 0.08, 0.1]);
  expect(kernel.flatAndAnneal(0, 100, 0, 0, 0.72)).toBe(1);
});

it("stepDecay passes a milestone at its epoch", () => {
  const at = (epoch: number) => kernel.stepDecay(epoch, [50, 100, 150], 0.5);
  expect([0, 49, 50, 99, 100, 150, 160].map(at)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.125, 0.125]);
  for (const epoch of [0, 50, 120, 200])
    expect(definition.stepDecay(big(epoch), [50, 100, 150], 0.5).toNumber()).toBe(at(epoch));
});
