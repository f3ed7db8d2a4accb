import { expect, it } from "vitest";
import * as definition from "../../src/definitions/loss-weights.js";
import * as kernel from "../../src/kernels/loss-weights.js";
import { big } from "../../src/scalar/index.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, uniforms } from "./head-draws.js";

const ε = Number.EPSILON;

it("weightedTotal(L, λ) is its definition, has slope λ, and is linear", () => {
  for (let k = 0; k < 20; k++) {
    const n = 1 + (k % 9);
    const [losses, weights] = [normals("total/losses", k, n), uniforms("total/weights", k, n)];
    const total = kernel.weightedTotal(n, losses, weights);
    const truth = definition.weightedTotal(bigs(losses), bigs(weights));
    expect(worstUlp([total], truth, n)).toBeLessThanOrEqual(16);
    expectGradient(
      (x) =>
        definition.weightedTotal(
          x,
          [...weights].map((w) => x[0].of(w)),
        ),
      bigs(losses),
      bigs(weights),
      1,
    );
    expect(
      kernel.weightedTotal(
        n,
        losses.map((x) => 4 * x),
        weights,
      ),
    ).toBe(4 * total);
  }
  expect(kernel.weightedTotal(0, new Float64Array(0), new Float64Array(0))).toBe(0);
});

it("runningMean(n, m, μ) comes closer to a constant m by the factor 1 − μ (EPRO-33)", () => {
  let n = 1;
  for (let t = 1; t <= 500; t++) {
    n = kernel.runningMean(n, 7, 0.01);
    expect(Math.abs(n - 7 + 6 * 0.99 ** t)).toBeLessThanOrEqual(7 * 4 * t * ε);
  }
  const once = definition.runningMean(big(2), big(5), big(0.1));
  expect(worstUlp([kernel.runningMean(2, 5, 0.1)], once)).toBeLessThanOrEqual(2);
  expect([0, 1].map((μ) => kernel.runningMean(2, 5, μ))).toEqual([2, 5]);
  for (const μ of [-0.1, 1.1, Number.NaN])
    expect(() => kernel.runningMean(1, 1, μ)).toThrow(`momentum in [0, 1], got ${μ}`);
});

it("normalisedLoss(L, n, n₀) is L/n, and L/n₀ where n is below the floor", () => {
  expect(kernel.normalisedLoss(6, 3, 1e-4)).toBe(2);
  expect(kernel.normalisedLoss(6, 0, 0.5)).toBe(12);
  for (const n of [3, 0.1])
    expect(
      worstUlp(
        [kernel.normalisedLoss(7, n, 0.5)],
        definition.normalisedLoss(big(7), big(n), big(0.5)),
      ),
    ).toBeLessThanOrEqual(1);
  expect(kernel.normalisedLoss(6, Number.NaN, 0.5)).toBeNaN();
  expect(() => kernel.normalisedLoss(1, 1, 0)).toThrow("expected a floor > 0, got 0");
});
