import { describe, expect, it } from "vitest";
import * as definition from "../../src/definitions/von-mises.js";
import { logBesselI0Scaled } from "../../src/kernels/log-bessel.js";
import * as kernel from "../../src/kernels/von-mises.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { lastDigit, worstUlp } from "./big-truth.js";
import { exponentSize, yaws } from "./density-draws.js";
import { jacobianOnDuals } from "./on-duals.js";

const ε = Number.EPSILON;
const draws = [...yaws("spec/von-mises", 25)].map(([, draw]) => draw);
const gradientAt = (beta: number, mean: number, kappa: number, share: number) => {
  const out = new Float64Array(3);
  kernel.vonMisesMixtureGradient(beta, mean, kappa, share, out);
  return out;
};

it("vonMisesMixtureLogDensity(β, μ, κ, share) keeps the definition's 64 digits", () => {
  for (const draw of draws) {
    const [beta, mean, kappa] = draw;
    const [b, m, k, s] = draw.map((x) => big(x));
    const truth = definition.vonMisesMixtureLogDensity(b, m, k, s);
    // Its terms: log 2π, the exponent, and what rounding β − μ moves in it.
    const scale = 2 + exponentSize(beta, mean, kappa);
    const ours = kernel.vonMisesMixtureLogDensity(...draw);
    expect(worstUlp([ours], truth, scale), `${draw}`).toBeLessThan(ulpTarget.generic);
    const given = kernel.vonMisesMixtureLogDensity(...draw, logBesselI0Scaled(kappa));
    expect(given).toBe(ours);
  }
});

it("vonMisesMixtureGradient is the derivative of the log-density on duals, and ∂/∂μ is −∂/∂β", () => {
  for (const draw of draws) {
    const [beta, mean, kappa, share] = draw.map((x) => big(x));
    const [[inBeta, inMean, inKappa, inShare]] = jacobianOnDuals(
      ([b, m, k, s]) => [definition.vonMisesMixtureLogDensity(b, m, k, s)],
      [beta, mean, kappa, share],
    );
    const closed = definition.vonMisesMixtureGradient(beta, mean, kappa, share);
    const scale = (1 + draw[2]) * Math.max(1, ...closed.map((x) => Math.abs(x.toNumber())));
    [inBeta, inKappa, inShare].forEach((slope, i) => {
      expect(Math.abs(slope.minus(closed[i]).toNumber())).toBeLessThan(1e4 * lastDigit * scale);
    });
    expect(Math.abs(inMean.plus(inBeta).toNumber())).toBeLessThan(1e4 * lastDigit * scale);
  }
});

describe.each([0, 0.25, 0.6, 1])("with a uniform share of %d", (share) => {
  // The trapezoidal rule on M points is exact to I_M/I₀, nothing for M = 12 (1 + √κ) + 40.
  const rule = (kappa: number) => {
    const points = Math.ceil(12 * (1 + Math.sqrt(kappa))) + 40;
    return Array.from({ length: points }, (_, j) => ({
      beta: -Math.PI + (2 * Math.PI * (j + 0.3)) / points,
      weight: (2 * Math.PI) / points,
    }));
  };

  it.each([0, 1e-9, 0.5, 3, 19.99, 20, 300, 33000])(
    "exp(vonMisesMixtureLogDensity(β, μ, %d)) integrates to 1",
    (kappa) => {
      let total = 0;
      let absolute = 0;
      const score = [0, 0, 0];
      const size = [0, 0, 0];
      for (const { beta, weight } of rule(kappa)) {
        const mass = weight * Math.exp(kernel.vonMisesMixtureLogDensity(beta, 2.9, kappa, share));
        // The exponent's own terms, and what rounding the node of the rule moves in it.
        const node = kappa * Math.abs(beta * Math.sin(beta - 2.9));
        const terms = 1 + exponentSize(beta, 2.9, kappa) + node;
        total += mass;
        absolute += mass * terms;
        gradientAt(beta, 2.9, kappa, share).forEach((slope, i) => {
          if (mass > 0) {
            score[i] += mass * slope;
            size[i] += mass * Math.abs(slope) * terms;
          }
        });
      }
      // Each mass is rounded like its exponent.
      expect(Math.abs(total - 1)).toBeLessThan(16 * ε * absolute);
      // Since the integral is 1 whatever the parameters, the expected gradient vanishes. At m = 0 the
      // entry of m has 1/q under the integral: masses that underflow leave its integral short.
      for (const i of share === 0 ? [0, 1] : [0, 1, 2])
        expect(Math.abs(score[i])).toBeLessThan(16 * ε * size[i] + 1e-300);
    },
  );
});

it("vonMisesMixtureLogDensity(β, μ, 0) is −log 2π at every β", () => {
  for (const share of [0, 0.25, 1])
    for (const beta of [-3, 0, 0.1, 3])
      expect(
        Math.abs(kernel.vonMisesMixtureLogDensity(beta, 1, 0, share) + Math.log(2 * Math.PI)),
      ).toBeLessThan(4 * ε);
});

it("vonMisesMixtureLogDensity(β, μ, κ) is even about μ and repeats after a turn", () => {
  for (const [, mean, kappa] of draws)
    for (const gap of [1e-3, 0.5, 3]) {
      const at = (beta: number) => kernel.vonMisesMixtureLogDensity(beta, mean, kappa);
      // β is rounded on the way out, by as much as a turn's last digit.
      const moved = 8 * ε * (2 + kappa * (1 + Math.abs(gap)));
      expect(Math.abs(at(mean + gap) - at(mean - gap))).toBeLessThan(moved);
      expect(Math.abs(at(mean + gap) - at(mean + gap + 2 * Math.PI))).toBeLessThan(8 * moved);
    }
});

it("vonMisesMixtureLogDensity(μ + z/√κ, μ, κ, 0) tends to a normal density as κ grows", () => {
  for (const kappa of [1e4, 1e6, 1e8, 1e12, 1e300])
    for (const z of [0, 0.5, -2]) {
      const ours = kernel.vonMisesMixtureLogDensity(z / Math.sqrt(kappa), 0, kappa, 0);
      const normal = 0.5 * Math.log(kappa / (2 * Math.PI)) - 0.5 * z * z;
      // The next terms of I₀ and of the cosine are 1/(8κ) and z⁴/(24κ).
      const limit = (1 / 8 + z ** 4 / 24) / kappa;
      expect(Math.abs(ours - normal)).toBeLessThan(2 * limit + 8 * ε * (1 + Math.abs(normal)));
    }
});

it("vonMisesMixtureLogDensity far off the mode is the uniform share, and −2κ − … without one", () => {
  expect(kernel.vonMisesMixtureLogDensity(Math.PI, 0, 1e8)).toBe(
    Math.log(0.25) - Math.log(2 * Math.PI),
  );
  expect(kernel.vonMisesMixtureLogDensity(Math.PI, 0, 1e8, 0)).toBeLessThan(-1.99e8);
  // The slope stays that of the von Mises density even where that underflows.
  expect(gradientAt(1, 0, 1e8, 0)[0]).toBeCloseTo(-1e8 * Math.sin(1), 4);
});

it.each([
  [[0, 0, -1, 0.25], "expected a finite concentration >= 0, got -1"],
  [[0, 0, Number.NaN, 0.25], "expected a finite concentration >= 0, got NaN"],
  [[0, 0, Infinity, 0.25], "expected a finite concentration >= 0, got Infinity"],
  [[Number.NaN, 0, 1, 0.25], "expected finite angles, got NaN and 0"],
  [[0, Infinity, 1, 0.25], "expected finite angles, got 0 and Infinity"],
  [[0, 0, 1, 1.5], "expected a uniform share in [0, 1], got 1.5"],
  [[0, 0, 1, Number.NaN], "expected a uniform share in [0, 1], got NaN"],
] satisfies [[number, number, number, number], string][])(
  "vonMisesMixtureLogDensity(…%j) is refused: %s",
  (input, message) => {
    // The default of the last argument is taken first, so κ may be refused by I₀'s name.
    expect(() => kernel.vonMisesMixtureLogDensity(...input)).toThrow(message);
    expect(() => gradientAt(...input)).toThrow(`vonMisesMixtureGradient: ${message}`);
  },
);
