import { expect, it } from "vitest";
import { type Correspondences, scene } from "../../src/problem/index.js";
import { amis, type PosteriorSample } from "../../src/sample/amis.js";
import { evidenceError } from "../../src/sample/evidence-error.js";
import { evidenceEstimate } from "../../src/sample/log-weights.js";
import { posterior } from "../../src/sample/posterior.js";
import { yawPosterior } from "./quadrature.js";
import { car, mirrored, slender, type YawProblem } from "./yaw-problems.js";

/** Half width of a 95 % interval, in errors. */
const nominal = 1.96;

/** `heavy` weights of 1 among `count`, and none besides, from one proposal of density 1. */
function twoValued(count: number, heavy: number) {
  const costs = Float64Array.from({ length: count }, (_, j) => (j < heavy ? 0 : Infinity));
  const estimate = evidenceEstimate(
    count,
    costs.map((c) => -c),
  );
  const logDensities = new Float64Array(count);
  return { ...estimate, count, costs, logDensities, proposals: [{}] };
}

/** P(T < x) of Student's t with ν degrees of freedom, by Simpson's rule on its density. */
function student(x: number, ν: number): number {
  const density = (t: number) => (1 + (t * t) / ν) ** (-(ν + 1) / 2);
  const simpson = (f: (u: number) => number, from: number, to: number, cells: number) => {
    const h = (to - from) / cells;
    let sum = f(from) + f(to);
    for (let k = 1; k < cells; k++) sum += (k % 2 === 1 ? 4 : 2) * f(from + k * h);
    return (sum * h) / 3;
  };
  // t = tan θ takes the tail to a finite interval.
  const half = simpson((θ) => density(Math.tan(θ)) / Math.cos(θ) ** 2, 0, Math.PI / 2 - 1e-9, 4096);
  return 0.5 + simpson(density, 0, x, 512) / (2 * half);
}

it("evidenceError of one proposal is its standard error, times Student's quantile over the normal one", () => {
  for (const [count, heavy, off] of [
    // Cornish and Fisher's expansion of the quantile is short by that share of 5 % at so few degrees.
    [4096, 3, 0.03],
    [4096, 6, 0.003],
    [4096, 20, 1e-4],
    [512, 200, 1e-6],
  ] as const) {
    const sample = twoValued(count, heavy);
    const { error, freedom, unbiasedLogEvidence, unbiasedStandardError } = evidenceError(sample);
    const rounding = count * Number.EPSILON;
    const p = heavy / count;
    // The moments of a coin that falls on its heavy side with chance p.
    const expected = (count * p * (1 - p)) / (1 - 3 * p * (1 - p));
    expect(Math.abs(freedom / expected - 1)).toBeLessThan(4 * rounding);
    expect(Math.abs(unbiasedLogEvidence - sample.logEvidence)).toBeLessThan(rounding);
    expect(Math.abs(unbiasedStandardError / sample.standardError - 1)).toBeLessThan(rounding);
    const quantile = (1.959963984540054 * error) / sample.standardError;
    expect(Math.abs(40 * (1 - student(quantile, freedom)) - 1)).toBeLessThan(off);
  }
});

it("evidenceError of equal weights is zero, and of a sample without mass Infinity", () => {
  expect(evidenceError(twoValued(64, 64))).toEqual({
    unbiasedLogEvidence: 0,
    unbiasedStandardError: 0,
    freedom: Number.POSITIVE_INFINITY,
    error: 0,
  });
  const lost = { ...twoValued(64, 1), logEvidence: Number.NEGATIVE_INFINITY };
  expect(evidenceError(lost)).toEqual({
    unbiasedLogEvidence: Number.NEGATIVE_INFINITY,
    unbiasedStandardError: Number.POSITIVE_INFINITY,
    freedom: 0,
    error: Number.POSITIVE_INFINITY,
  });
});

/** Share of `seeds` whose interval log Z ± 1.96 errors holds the truth, and of bare standard errors. */
function coverage(
  name: string,
  of: Correspondences,
  chart: "Q7" | "YAW",
  truth: number,
  seeds: number,
): { held: number; bare: number } {
  const { pose, covariance } = posterior(of, { chart, seed: `spec/coverage/${name}` });
  if (!pose || !covariance) throw new Error(`coverage: expected a pose of ${name}, got none`);
  const gaps = Array.from({ length: seeds }, (_, k): [number, PosteriorSample] => {
    const sample = amis(of, pose, covariance, { seed: `spec/coverage/${name}/${k}` });
    return [Math.abs(sample.logEvidence - truth), sample];
  });
  const share = (error: (s: PosteriorSample) => number) =>
    gaps.filter(([gap, sample]) => gap <= nominal * error(sample)).length / seeds;
  return { held: share((s) => evidenceError(s).error), bare: share((s) => s.standardError) };
}

const weighted = (of: YawProblem, factor: number): YawProblem => ({
  ...of,
  correspondences: {
    ...of.correspondences,
    w2d: of.correspondences.w2d.map((w) => factor * w),
  },
});

it("log Z ± 1.96 errors of 4 × 128 samples holds the quadrature for 90 % of seeds on problems drawn afresh", () => {
  for (const problem of [
    car(0, 12, 1),
    car(0.4, 11, 1),
    weighted(car(0, 12, 1), 4),
    weighted(car(0, 13, 1), 0.5),
    mirrored(12),
    weighted(mirrored(12), 2),
    slender(13),
  ]) {
    const { correspondences } = problem;
    const { logEvidence } = yawPosterior(correspondences, problem);
    const { held, bare } = coverage(problem.name, correspondences, "YAW", logEvidence, 200);
    expect(held, problem.name).toBeGreaterThanOrEqual(0.9);
    expect(bare, problem.name).toBeLessThanOrEqual(held);
  }
});

it("log Z ± 1.96 errors of 4 × 128 samples holds the truth for 90 % of seeds among all rotations", () => {
  for (const [kind, n, weight] of [
    ["generic", 8, 0.5],
    ["planar", 8, 0.3],
  ] as const) {
    const { correspondences } = scene(kind, { n, noise: 2, seed: 21 });
    const of = { ...correspondences, w2d: correspondences.w2d.map(() => weight) };
    const { pose, covariance } = posterior(of, { seed: "spec/coverage/truth" });
    if (!pose || !covariance) throw new Error(`expected a pose of ${kind}, got none`);
    // A hundred times as many samples: a twentieth of the errors at 512, bias and all.
    const long = Array.from({ length: 4 }, (_, k) =>
      evidenceError(
        amis(of, pose, covariance, { samples: 51_200, seed: `spec/coverage/truth/${k}` }),
      ),
    );
    const truth = Math.log(
      long.reduce((sum, e) => sum + Math.exp(e.unbiasedLogEvidence) / long.length, 0),
    );
    for (const e of long) expect(e.unbiasedStandardError).toBeLessThan(0.02);
    const { held } = coverage(kind, of, "Q7", truth, 300);
    expect(held, kind).toBeGreaterThanOrEqual(0.9);
  }
});
