import { expect, it } from "vitest";
import * as definition from "../../src/definitions/gradient-descent.js";
import * as kernel from "../../src/kernels/gradient-descent.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { worstUlp } from "./big-truth.js";

it("descentUpdate keeps the definition's digits with every option", () => {
  for (const nesterov of [false, true])
    for (const momentum of [0, 0.9]) {
      const constants = { rate: 0.1, momentum, decay: 0.01, nesterov };
      const draw = stream(`spec/descent/${nesterov}/${momentum}`);
      let truth = { theta: big(0.5), velocity: big(0) };
      const [theta, velocity] = [Float64Array.of(0.5), new Float64Array(1)];
      const steps = 25;
      let path = 0.5;
      for (let t = 0; t < steps; t++) {
        const g = Float64Array.of(draw.normal());
        truth = definition.descentUpdate(truth, big(g[0]), constants);
        kernel.descentUpdate(1, 0.1, momentum, 0.01, nesterov, g, velocity, theta);
        path += Math.abs(velocity[0]);
      }
      expect(worstUlp(theta, [truth.theta], path)).toBeLessThan(4 * steps);
      expect(worstUlp(velocity, [truth.velocity], path)).toBeLessThan(4 * steps);
    }
});

it("descentUpdate on a quadratic: (1 − ηh)ᵗ, or with momentum the two roots of z² − (1 + μ − ηh)z + μ", () => {
  const [rate, h, momentum] = [0.1, 3, 0.2];
  const [plain, heavy] = [0, momentum].map((μ) => {
    const [theta, velocity] = [Float64Array.of(1), new Float64Array(1)];
    return Array.from({ length: 30 }, () => {
      kernel.descentUpdate(
        1,
        rate,
        μ,
        0,
        false,
        theta.map((x) => h * x),
        velocity,
        theta,
      );
      return theta[0];
    });
  });
  // Complex roots √μ e^{±iφ}; θ_0 = 1 and θ_1 = 1 − ηh set phase and size.
  const middle = (1 + momentum - rate * h) / 2;
  const radius = Math.sqrt(momentum);
  const φ = Math.acos(middle / radius);
  const odd = (1 - rate * h - middle) / (radius * Math.sin(φ));
  expect(Number.isNaN(φ)).toBe(middle > radius);
  for (let t = 1; t <= 30; t++) {
    const rounding = 4 * t * Number.EPSILON;
    expect(Math.abs(plain[t - 1] - (1 - rate * h) ** t)).toBeLessThan(rounding);
    const closed = Number.isNaN(φ)
      ? realRoots(middle, momentum, 1 - rate * h, t)
      : radius ** t * (Math.cos(t * φ) + odd * Math.sin(t * φ));
    expect(Math.abs(heavy[t - 1] - closed)).toBeLessThan(4 * rounding);
  }
});

function realRoots(middle: number, product: number, first: number, t: number): number {
  const half = Math.sqrt(middle * middle - product);
  const [a, b] = [middle + half, middle - half];
  return ((first - b) * a ** t - (first - a) * b ** t) / (a - b);
}

it("descentUpdate lowers a quadratic at every step if 0 < ηh < 2, and raises it beyond", () => {
  for (const [rate, falls] of [
    [1e-5, true],
    [0.9, true],
    [1.99, true],
    [2.01, false],
  ] as const) {
    const [theta, velocity] = [Float64Array.of(3), new Float64Array(1)];
    for (let t = 0; t < 20; t++) {
      const before = theta[0] ** 2;
      kernel.descentUpdate(1, rate, 0, 0, false, theta.slice(), velocity, theta);
      expect(theta[0] ** 2 < before).toBe(falls);
    }
  }
});
