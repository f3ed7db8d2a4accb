import { describe, expect, it } from "vitest";
import { angularCentralGaussianLogDensity } from "../../src/kernels/angular-central-gaussian.js";
import { multivariateTLogDensity } from "../../src/kernels/multivariate-t.js";
import { vonMisesMixtureLogDensity } from "../../src/kernels/von-mises.js";
import { stableArctangent } from "../../src/random/elementary.js";
import { stream } from "../../src/random/stream.js";
import {
  angularCentralGaussianDraws,
  angularCentralGaussianSample,
  multivariateTDraws,
  multivariateTSample,
  publishedLeastNorm,
  vonMisesDraw,
  vonMisesMixtureDraws,
} from "../../src/sample/draws.js";
import { type Proposal, proposalLogDensities } from "../../src/sample/proposal.js";

// Declared before any draw: 20 000 of each, and one chance in 10⁴ of a false alarm per test.
const count = 20_000;
const kolmogorovLimit = Math.sqrt(Math.log(2 / 1e-4) / 2);
const normalLimit = 3.8906;
/** Upper 1e-4 point of χ² with 35 degrees of freedom. */
const chiSquareLimit = 74.93;

/** √n sup |F_n − F| of draws against their distribution function. */
function kolmogorov(draws: ArrayLike<number>, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(draws).sort();
  const n = sorted.length;
  let worst = 0;
  sorted.forEach((x, i) => {
    const F = distribution(x);
    worst = Math.max(worst, F - i / n, (i + 1) / n - F);
  });
  return worst * Math.sqrt(n);
}

/** Mean over its standard error, of values that should average to zero. */
function zScore(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return mean / Math.sqrt(square / values.length);
}

const rows = (values: Float64Array, stride: number) => ({ values, at: 0, stride });
const L3 = Float64Array.of(0.7, 0, 0, -0.4, 1.3, 0, 0.9, 0.2, 0.5);
const L4 = Float64Array.of(1, 0, 0, 0, 0.4, 0.6, 0, 0, -0.3, 0.2, 0.8, 0, 0.1, 0.5, -0.2, 0.9);
const mean = Float64Array.of(0.3, -2, 5);

describe("multivariateTDraws(stream, n, μ, L, rows)", () => {
  const t = new Float64Array(3 * count);
  multivariateTDraws(stream("spec/draws/t"), count, mean, L3, rows(t, 3));
  const whitened = Array.from({ length: count }, (_, i) => {
    const u0 = (t[3 * i] - mean[0]) / L3[0];
    const u1 = (t[3 * i + 1] - mean[1] - L3[3] * u0) / L3[4];
    return [u0, u1, (t[3 * i + 2] - mean[2] - L3[6] * u0 - L3[7] * u1) / L3[8]];
  });

  it("has ‖L⁻¹(t − μ)‖²/3 ~ F(3, 3)", () => {
    // y = x/(1 + x) is Beta(3/2, 3/2): with y = sin² θ its distribution is (2θ − ½ sin 4θ)/π.
    const F = (x: number) => {
      const theta = Math.atan(Math.sqrt(x));
      return (2 * theta - Math.sin(4 * theta) / 2) / Math.PI;
    };
    const ratios = whitened.map((u) => u.reduce((sum, x) => sum + x * x, 0) / 3);
    expect(kolmogorov(ratios, F)).toBeLessThan(kolmogorovLimit);
  });

  it("points L⁻¹(t − μ) everywhere alike: each coordinate of the direction is uniform on [−1, 1]", () => {
    for (const k of [0, 1, 2]) {
      const heights = whitened.map((u) => u[k] / Math.hypot(...u));
      expect(kolmogorov(heights, (x) => (1 + x) / 2)).toBeLessThan(kolmogorovLimit);
    }
  });

  it("has marginals t₃ along any line a, of scale ‖Lᵀa‖", () => {
    const F = (x: number) =>
      0.5 + (x / Math.sqrt(3) / (1 + (x * x) / 3) + Math.atan(x / Math.sqrt(3))) / Math.PI;
    for (const a of [
      [1, 0, 0],
      [0, 0, 1],
      [0.5, -1, 2],
    ]) {
      const scale = Math.hypot(
        L3[0] * a[0] + L3[3] * a[1] + L3[6] * a[2],
        L3[4] * a[1] + L3[7] * a[2],
        L3[8] * a[2],
      );
      const along = whitened.map((_, i) =>
        a.reduce((sum, x, k) => sum + (x * (t[3 * i + k] - mean[k])) / scale, 0),
      );
      expect(kolmogorov(along, F)).toBeLessThan(kolmogorovLimit);
    }
  });

  it("averages p/q to 1 for another t density p", () => {
    const other = L3.map((x) => 0.5 * x);
    const ratios = whitened.map((_, i) =>
      Math.exp(
        multivariateTLogDensity(t, mean, other, 3 * i) -
          multivariateTLogDensity(t, mean, L3, 3 * i),
      ),
    );
    expect(Math.abs(zScore(ratios.map((x) => x - 1)))).toBeLessThan(normalLimit);
  });
});

describe("angularCentralGaussianDraws(stream, n, L, rows)", () => {
  const q = new Float64Array(4 * count);
  angularCentralGaussianDraws(stream("spec/draws/acg"), count, L4, rows(q, 4));

  it("is uniform on S³ after L⁻¹: each coordinate has density (2/π) √(1 − x²)", () => {
    const F = (x: number) => 0.5 + (x * Math.sqrt(1 - x * x) + Math.asin(x)) / Math.PI;
    const directions = Array.from({ length: count }, (_, i) => {
      const u: number[] = [];
      for (let r = 0; r < 4; r++) {
        let rest = q[4 * i + r];
        for (let c = 0; c < r; c++) rest -= L4[4 * r + c] * u[c];
        u.push(rest / L4[5 * r]);
      }
      return u.map((x) => x / Math.hypot(...u));
    });
    for (const k of [0, 1, 2, 3])
      expect(
        kolmogorov(
          directions.map((u) => u[k]),
          F,
        ),
      ).toBeLessThan(kolmogorovLimit);
  });

  it("averages 1/(2π² q(q)) to 1, and its draws are of length 1", () => {
    const ratios = Array.from({ length: count }, (_, i) =>
      Math.exp(-Math.log(2 * Math.PI ** 2) - angularCentralGaussianLogDensity(q, L4, 4 * i)),
    );
    expect(Math.abs(zScore(ratios.map((x) => x - 1)))).toBeLessThan(normalLimit);
    for (let i = 0; i < count; i++)
      expect(Math.abs(Math.hypot(...q.subarray(4 * i, 4 * i + 4)) - 1)).toBeLessThan(
        4 * Number.EPSILON,
      );
  });
});

describe.each([0, 1e-3, 0.5, 4, 50, 33000, 1e8])("vonMisesDraw(stream, %d)", (kappa) => {
  it("has the distribution of e^(κ cos θ), integrated", () => {
    const draws = Array.from({ length: count }, () => 0).map(
      (
        (draw) => () =>
          vonMisesDraw(draw, kappa)
      )(stream("spec/draws/von-mises")),
    );
    // Trapezoidal sums on a grid of 10⁻³ of the density's width, its tails below e⁻⁷² left out.
    const reach = Math.min(Math.PI, 12 / Math.sqrt(kappa));
    const cells = 8000;
    const density = (theta: number) => Math.exp(-2 * kappa * Math.sin(theta / 2) ** 2);
    const sums = new Float64Array(cells + 1);
    for (let j = 1; j <= cells; j++) {
      const [left, right] = [j - 1, j].map((k) => density(reach * ((2 * k) / cells - 1)));
      sums[j] = sums[j - 1] + (left + right) / 2;
    }
    const F = (theta: number) => {
      const cell = Math.max(0, Math.min(cells, ((theta / reach + 1) * cells) / 2));
      const k = Math.min(cells - 1, Math.floor(cell));
      return (sums[k] + (cell - k) * (sums[k + 1] - sums[k])) / sums[cells];
    };
    expect(kolmogorov(draws, F)).toBeLessThan(kolmogorovLimit);
  });
});

describe.each([false, true])("vonMisesMixtureDraws(…, { stratified: %s })", (stratified) => {
  it.each([0, 2, 30])(
    "fills 36 bins of the circle as its density says, κ = %d about a mean by the cut",
    (kappa) => {
      const [at, bins, perBin] = [3.0, 36, 200];
      const beta = new Float64Array(count);
      vonMisesMixtureDraws(stream("spec/draws/mixture"), count, at, kappa, rows(beta, 1), {
        stratified,
      });
      const found = new Float64Array(bins);
      for (const b of beta) {
        expect(b >= -Math.PI && b < Math.PI).toBe(true);
        found[Math.floor(((b + Math.PI) / (2 * Math.PI)) * bins)]++;
      }
      let chiSquare = 0;
      found.forEach((observed, k) => {
        let expected = 0;
        // The midpoint rule of a bin leaves out 10⁻⁶ of it, far below its noise.
        for (let j = 0; j < perBin; j++) {
          const b = -Math.PI + (2 * Math.PI * (k + (j + 0.5) / perBin)) / bins;
          expected += Math.exp(vonMisesMixtureLogDensity(b, at, kappa));
        }
        expected *= (count * 2 * Math.PI) / bins / perBin;
        chiSquare += (observed - expected) ** 2 / expected;
      });
      expect(chiSquare).toBeLessThan(chiSquareLimit);
    },
  );
});

it("vonMisesMixtureDraws(…, { stratified: true }) makes the first round(n share) draws uniform, half to even", () => {
  for (const [n, uniforms] of [
    [128, 32],
    [2, 0],
    [6, 2],
    [10, 2],
  ]) {
    const beta = new Float64Array(n);
    const options = { stratified: true };
    vonMisesMixtureDraws(stream("spec/draws/strata"), n, 1, 1e8, rows(beta, 1), options);
    // κ = 1e8 is narrower than 10⁻² by a hundred standard deviations.
    expect([...beta].slice(uniforms).every((b) => Math.abs(b - 1) < 1e-2)).toBe(true);
    expect([...beta].slice(0, uniforms).filter((b) => Math.abs(b - 1) < 1e-2)).toEqual([]);
  }
});

it("…Draws repeat themselves, write every `stride` entries from `at`, and touch nothing else", () => {
  const poses = new Float64Array(7 * 5 + 3).fill(7);
  const draw = () => stream("spec/draws/rows");
  multivariateTDraws(draw(), 5, mean, L3, { values: poses, at: 3, stride: 7 });
  angularCentralGaussianDraws(draw(), 5, L4, { values: poses, at: 6, stride: 7 });
  const [t, q] = [new Float64Array(15), new Float64Array(20)];
  multivariateTDraws(draw(), 5, mean, L3, rows(t, 3));
  angularCentralGaussianDraws(draw(), 5, L4, rows(q, 4));
  expect([...poses.subarray(0, 3)]).toEqual([7, 7, 7]);
  for (let i = 0; i < 5; i++) {
    expect(poses.slice(3 + 7 * i, 6 + 7 * i)).toEqual(t.slice(3 * i, 3 * i + 3));
    expect(poses.slice(6 + 7 * i, 10 + 7 * i)).toEqual(q.slice(4 * i, 4 * i + 4));
  }
});

it("angularCentralGaussianSample(L, 0) is (1, 0, 0, 0) and says so; near zero only as published", () => {
  const out = new Float64Array(4);
  expect(angularCentralGaussianSample(L4, new Float64Array(4), out)).toBe(false);
  expect([...out]).toEqual([1, 0, 0, 0]);
  const small = Float64Array.of(0, 1e-8, 0, 0);
  expect(angularCentralGaussianSample(L4, small, out, 0, publishedLeastNorm)).toBe(false);
  expect(angularCentralGaussianSample(L4, small, out)).toBe(true);
  expect(out[1]).toBeGreaterThan(0);
});

it("stableArctangent(y, x) is within 4 units in the last place of the angle, at every size", () => {
  const draw = stream("spec/draws/arctangent");
  for (let i = 0; i < 5000; i++) {
    const [y, x] = [draw.normal() * 10 ** -(i % 17), draw.uniform() * 10 ** -((3 * i) % 13)];
    const angle = Math.atan2(y, x);
    expect(Math.abs(stableArctangent(y, x) - angle)).toBeLessThanOrEqual(
      4 * Number.EPSILON * Math.abs(angle),
    );
  }
  expect([stableArctangent(0, 1), stableArctangent(-1, 0)]).toEqual([0, -Math.PI / 2]);
});

it("…Draws and …Sample refuse what has no density, by name", () => {
  const [draw, out] = [stream("spec/draws/refused"), new Float64Array(8)];
  const to = rows(out, 4);
  for (const bad of [0, -1, Number.NaN]) {
    expect(() => multivariateTDraws(draw, 1, mean, L3.with(4, bad), to)).toThrow(
      "multivariateTDraws: expected scaleTril with a diagonal in",
    );
    expect(() => angularCentralGaussianDraws(draw, 1, L4.with(5, bad), to)).toThrow(
      "angularCentralGaussianDraws: expected scaleTril with a diagonal in",
    );
    expect(() => multivariateTSample(mean, L3, mean, bad, out)).toThrow(
      `multivariateTSample: expected chi-square > 0, got ${bad}`,
    );
  }
  expect(() => multivariateTDraws(draw, 1, mean.with(0, Number.NaN), L3, to)).toThrow(
    "multivariateTSample: expected finite inputs, got NaN",
  );
  expect(() => angularCentralGaussianDraws(draw, 1, L4.with(4, Number.NaN), to)).toThrow(
    "angularCentralGaussianSample: expected a finite |L n|, got NaN",
  );
  for (const kappa of [-1, Number.NaN, Infinity])
    expect(() => vonMisesMixtureDraws(draw, 9, 0, kappa, rows(new Float64Array(9), 1))).toThrow(
      `vonMisesDraw: expected a finite concentration >= 0, got ${kappa}`,
    );
  expect(() => vonMisesMixtureDraws(draw, 1, Number.NaN, 1, to)).toThrow("a finite mean, got NaN");
  expect(() => vonMisesMixtureDraws(draw, 1, 0, 1, to, { uniformShare: 2 })).toThrow(
    "vonMisesMixtureDraws: expected a uniform share in [0, 1], got 2",
  );
});

it("proposalLogDensities(…) of a product of densities is the sum of their logarithms", () => {
  const factors = { mean, scaleTril: L3, rotationTril: L4, yaw: 3, kappa: 8, uniformShare: 0.25 };
  const pose = Float64Array.of(1, 2, 3, 0.5, -0.5, 0.5, 0.5);
  const position = multivariateTLogDensity(pose, mean, L3);
  for (const [width, turn] of [
    [7, angularCentralGaussianLogDensity(pose, L4, 3)],
    [4, vonMisesMixtureLogDensity(pose[3], 3, 8)],
  ] as const) {
    const product: Proposal = { width, ...factors, standIn: { position: false, rotation: false } };
    const out = new Float64Array(1);
    proposalLogDensities(product, 0, 1, pose, out);
    expect(out[0]).toBe(position + turn);
  }
});
