import { expect, it } from "vitest";
import { yawRotation } from "../../src/kernels/yaw.js";
import { correspondences, scene } from "../../src/problem/index.js";
import { amis, type PosteriorSample } from "../../src/sample/amis.js";
import { laplaceEvidence } from "../../src/sample/evidence.js";
import { evidenceError } from "../../src/sample/evidence-error.js";
import { posterior } from "../../src/sample/posterior.js";
import { yawMassWithin, yawPosterior } from "./quadrature.js";
import { car, mirrored, slender, type YawProblem } from "./yaw-problems.js";

/** Half width of a 95 % interval, in standard errors. */
const nominal = 1.96;
/** Least probability of a fixed sequence of seeds that a z-test here may refuse: two-sided at 4. */
const z = 4;

function* samples(of: YawProblem, count: number, budget: number, iterations: number) {
  const R = new Float64Array(9);
  yawRotation(of.yaw, R);
  const { covariance } = laplaceEvidence(of.correspondences, R, of.t, { chart: "YAW" });
  const start = Float64Array.of(...of.t, of.yaw);
  for (let k = 0; k < count; k++)
    yield amis(of.correspondences, start, covariance as Float64Array, {
      samples: budget,
      iterations,
      seed: `spec/sample/posterior/${of.name}/${k}`,
    });
}

const truth = (of: YawProblem) => yawPosterior(of.correspondences, of);
const problems = [car(0), car(1.8), mirrored(), slender()];
const spread = (values: readonly number[]) => {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, deviation: Math.sqrt(square), error: Math.sqrt(square / values.length) };
};
const massWithin = ({ poses, weights }: PosteriorSample, centre: number, half: number) =>
  weights.reduce((sum, w, j) => {
    const gap = poses[4 * j + 3] - centre;
    return Math.abs(Math.atan2(Math.sin(gap), Math.cos(gap))) <= half ? sum + w : sum;
  }, 0);

it("one-shot exp(log Z) is unbiased against the quadrature, by a z-test declared at 4 standard errors", () => {
  for (const problem of problems) {
    const { logEvidence } = truth(problem);
    const ratios = [...samples(problem, 300, 512, 1)].map((s) =>
      Math.exp(s.logEvidence - logEvidence),
    );
    const { mean, error } = spread(ratios);
    expect(Math.abs(mean - 1) / error, problem.name).toBeLessThan(z);
  }
});

it("evidenceError(sample).unbiasedLogEvidence is unbiased after adaptation, where AMIS itself is low", () => {
  for (const problem of problems) {
    const { logEvidence } = truth(problem);
    const found = [...samples(problem, 300, 512, 4)];
    const own = spread(
      found.map((s) => Math.exp(evidenceError(s).unbiasedLogEvidence - logEvidence)),
    );
    expect(Math.abs(own.mean - 1) / own.error, problem.name).toBeLessThan(z);
    const mixed = spread(found.map((s) => Math.exp(s.logEvidence - logEvidence)));
    // The band in which docs/posterior.md states the bias of 4 × 128: 1 % to 9 % low.
    expect(mixed.mean, problem.name).toBeLessThan(1 - 0.01 + z * mixed.error);
    expect(mixed.mean, problem.name).toBeGreaterThan(1 - 0.09 - z * mixed.error);
  }
});

it("log Z ± 1.96 errors holds the quadrature for at least 90 % of seeds at 512 samples, two modes or one", () => {
  for (const problem of problems) {
    const { logEvidence } = truth(problem);
    let held = 0;
    let bare = 0;
    const count = 400;
    for (const sample of samples(problem, count, 512, 4)) {
      const gap = Math.abs(sample.logEvidence - logEvidence);
      if (gap <= nominal * evidenceError(sample).error) held++;
      if (gap <= nominal * sample.standardError) bare++;
    }
    expect(held / count, problem.name).toBeGreaterThanOrEqual(0.9);
    // The standard error of independent weights alone promises too much.
    expect(bare, problem.name).toBeLessThan(held);
  }
});

it("AMIS on the flat D4 finds each mass to 0.15 and log Z to 0.35 in at least 38 of 40 seeds", () => {
  const flat = car(0);
  const exact = truth(flat);
  const found = [...samples(flat, 400, 512, 4)];
  const within = (gaps: number[], most: number) => gaps.filter((gap) => Math.abs(gap) <= most);
  // Ten times forty, so that chance does not decide: each holds for some 97 %, all three for 93 %.
  const least = 380;
  const gaps = found.map((sample) => sample.logEvidence - exact.logEvidence);
  expect(within(gaps, 0.35).length).toBeGreaterThanOrEqual(least);
  for (const yaw of [0.6, -0.6]) {
    const mass = yawMassWithin(exact, yaw, 0.5);
    const masses = found.map((sample) => massWithin(sample, yaw, 0.5) - mass);
    expect(within(masses, 0.15).length).toBeGreaterThanOrEqual(least);
  }
  // Four times the samples leave a bias of some 0.02: measured −3.505 against −3.499 elsewhere.
  const many = spread([...samples(flat, 40, 2048, 4)].map((s) => s.logEvidence));
  expect(Math.abs(many.mean - exact.logEvidence)).toBeLessThan(0.03 + z * many.error);
});

it("AMIS on the flat D4 with 64 samples is low by one to two in log Z, and its error says so", () => {
  const flat = car(0);
  const { logEvidence } = truth(flat);
  const found = [...samples(flat, 100, 64, 4)];
  const bias = spread(found.map((s) => s.logEvidence - logEvidence));
  // −1.1 was measured elsewhere, with a deviation of 0.6.
  expect(bias.mean).toBeGreaterThan(-2);
  expect(bias.mean).toBeLessThan(-0.8);
  const claimed = spread(found.map((s) => evidenceError(s).error));
  expect(claimed.mean).toBeGreaterThan(-bias.mean / 2);
});

it("AMIS on D4 with its full depth finds one mode, with 0.999 of the mass", () => {
  for (const sample of samples(car(1.8), 20, 512, 4))
    expect(massWithin(sample, 0.6, 0.5)).toBeGreaterThanOrEqual(0.999);
});

it("mean log Z of 300 draws of 512 on D7 is within 0.05 of Laplace, both signs of q counted", () => {
  const { correspondences: problem } = scene("D7");
  const found = Array.from({ length: 300 }, (_, k) => posterior(problem, { seed: `spec/D7/${k}` }));
  const { laplace } = found[0];
  const means = spread(found.map(({ sample }) => sample?.logEvidence ?? Number.NaN));
  expect(Math.abs(means.mean - (laplace as number))).toBeLessThan(0.05);
  const single = spread(
    Array.from({ length: 200 }, (_, k) => {
      const { sample } = posterior(problem, { seed: `spec/D7/once/${k}`, iterations: 1 });
      return Math.exp((sample?.logEvidence ?? Number.NaN) - (laplace as number));
    }),
  );
  // Laplace itself is off by a share of order 1/(weights squared), measured below 2 %.
  expect(Math.abs(single.mean - 1)).toBeLessThan(0.02 + z * single.error);
});

it("posterior(problem) repeats to the bit from its seed, and another seed draws other poses", () => {
  const { correspondences: problem } = car(0);
  const [a, b, c] = ["one", "one", "two"].map((seed) =>
    posterior(problem, { chart: "YAW", seed, samples: 128 }),
  );
  expect(a.status).toBe("ok");
  expect(b).toEqual(a);
  expect(c.sample?.poses).not.toEqual(a.sample?.poses);
  expect(Math.abs((a.pose as Float64Array)[3])).toBeCloseTo(0.6, 6);
});

it("posterior(problem) of too few points, no weights or no points is a status without numbers", () => {
  const { correspondences: problem } = car(1.8);
  const { x2d, x3d, w2d, K } = problem;
  const none = { sample: null, accuracy: null, laplace: null };
  const flat = { K, x3d, x2d, w2d: new Float64Array(w2d.length) };
  for (const chart of ["Q7", "YAW"] as const) {
    expect(posterior(correspondences(flat), { chart })).toMatchObject({
      status: "zero-weights",
      ...none,
    });
    const empty = correspondences({ K, x3d: [], x2d: [], w2d: [] });
    expect(posterior(empty, { chart })).toMatchObject({ status: "empty", ...none });
  }
  expect(() => posterior(problem, { samples: 10 })).toThrow("expected samples a multiple of 4");
});
