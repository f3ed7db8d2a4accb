import { expect, it } from "vitest";
import {
  adam,
  gradientDescent,
  type Optimiser,
  type Parameter,
  ranger,
  rmsprop,
} from "../../src/optimise/index.js";

const ε = Number.EPSILON;

/** θ after each step on ½ h θ², from θ = 1. */
function onQuadratic(
  make: (parameters: readonly Parameter[]) => Optimiser,
  h: number,
  steps: number,
): number[] {
  const values = Float64Array.of(1);
  const optimiser = make([{ values }]);
  return Array.from({ length: steps }, () => {
    optimiser.step([values.map((x) => h * x)]);
    return values[0];
  });
}

/** θ after each step along a slope of `g`, from θ = 0. */
function onSlope(
  make: (parameters: readonly Parameter[]) => Optimiser,
  g: number,
  steps: number,
): number[] {
  const values = Float64Array.of(0);
  const optimiser = make([{ values }]);
  return Array.from({ length: steps }, () => {
    optimiser.step([Float64Array.of(g)]);
    return values[0];
  });
}

it("gradientDescent on a quadratic is at (1 − ηh)ᵗ", () => {
  onQuadratic((p) => gradientDescent(p, { rate: 0.1 }), 3, 40).forEach((θ, i) => {
    expect(Math.abs(θ - 0.7 ** (i + 1))).toBeLessThan(4 * (i + 1) * ε);
  });
});

it("adam along a slope takes steps of η g/(|g| + ε), however steep", () => {
  for (const g of [1e-6, -2, 5e4])
    onSlope((p) => adam(p, { rate: 0.01 }), g, 500).forEach((θ, i) => {
      const t = i + 1;
      const expected = (-t * 0.01 * g) / (Math.abs(g) + 1e-8);
      // Each of t steps rounds its two means, and equal gradients repeat an error up to 1000 times.
      expect(Math.abs(θ / expected - 1)).toBeLessThan(4 * (t + 10) * ε);
    });
});

it("adam without memory descends a quadratic by signs: 1 − tη until it passes the minimum", () => {
  const path = onQuadratic((p) => adam(p, { rate: 1 / 64, beta1: 0, beta2: 0 }), 2, 63);
  path.forEach((θ, i) => {
    const t = i + 1;
    // Each step is short by ε/(h θ) of η, and θ is 1/64 at least before it.
    const short = (t * 1e-8) / 2;
    expect(θ - (1 - t / 64)).toBeGreaterThanOrEqual(-4 * ε);
    expect(θ - (1 - t / 64)).toBeLessThanOrEqual(short);
  });
});

it("rmsprop along a slope has taken η Σ 1/√(1 − αᵗ), the first step ten times the last", () => {
  const path = onSlope((p) => rmsprop(p, { rate: 1e-3, epsilon: 1e-12 }), -5, 1000);
  const firstRoot = 5 * Math.sqrt(0.01);
  let expected = 0;
  path.forEach((θ, i) => {
    expected += 1e-3 / Math.sqrt(-Math.expm1((i + 1) * Math.log(0.99)));
    expect(Math.abs(θ / expected - 1)).toBeLessThan(1e-12 / firstRoot + 4 * (i + 10) * ε);
  });
  expect((path[999] - path[998]) / path[0]).toBeLessThan(0.1001);
});

it("rmsprop with momentum without memory of squares: the sum of geometric series of signs", () => {
  const path = onSlope((p) => rmsprop(p, { rate: 1, alpha: 0, momentum: 0.5 }), 3, 20);
  let expected = 0;
  path.forEach((θ, i) => {
    expected -= (2 - 0.5 ** i) / (1 + 1e-8 / 3);
    expect(Math.abs(θ / expected - 1)).toBeLessThan(4 * (i + 2) * ε);
  });
});

it("ranger on a quadratic, young and without memory of gradients, is descent pulled half way back every 6 steps", () => {
  const rate = 0.05;
  const make = (p: readonly Parameter[]) =>
    ranger(p, { rate, beta1: 0, threshold: Number.MAX_VALUE });
  const path = onQuadratic(make, 2, 60);
  const shrink = 0.5 + 0.5 * (1 - 2 * rate) ** 6;
  path.forEach((θ, i) => {
    const [turns, rest] = [Math.floor((i + 1) / 6), (i + 1) % 6];
    const expected = shrink ** turns * (1 - 2 * rate) ** rest;
    expect(Math.abs(θ / expected - 1)).toBeLessThan(4 * (i + 1) * ε);
  });
});
