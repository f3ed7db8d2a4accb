import { expect, it } from "vitest";
import { yawRotation } from "../../src/kernels/yaw.js";
import { givenSamplesPoseLoss, monteCarloPoseLoss } from "../../src/loss/index.js";
import type { Correspondences } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { amis, type PosteriorSample } from "../../src/sample/amis.js";
import { laplaceEvidence } from "../../src/sample/evidence.js";
import { yawPosterior } from "../sample/quadrature.js";
import { car, mirrored, type YawProblem } from "../sample/yaw-problems.js";

const inputs = ["x3d", "x2d", "w2d"] as const;
type Direction = Record<(typeof inputs)[number], Float64Array>;
/** Standard errors that a mean may be off: declared before any seed was drawn. */
const z = 4;

/** A change of all points, pixels and weights, each by some hundredth of its size. */
function direction(of: Correspondences, name: string): Direction {
  const draw = stream(`spec/loss/quadrature/${name}`);
  const normals = (values: Float64Array, size: number) =>
    // A weight of zero cannot fall: the plate without left and right keeps its own.
    values.map((x) => (x === 0 ? 0 : size * draw.normal()));
  return { x3d: normals(of.x3d, 0.02), x2d: normals(of.x2d, 0.5), w2d: normals(of.w2d, 0.003) };
}

const moved = (of: Correspondences, u: Direction, h: number): Correspondences => ({
  ...of,
  x3d: of.x3d.map((x, k) => x + h * u.x3d[k]),
  x2d: of.x2d.map((x, k) => x + h * u.x2d[k]),
  w2d: of.w2d.map((x, k) => x + h * u.w2d[k]),
});

/** c(y_gt) [weighted px²], written out. */
function targetCost({ n, x2d, x3d, w2d, K }: Correspondences, y: Float64Array): number {
  let cost = 0;
  for (const residual of residuals({ n, x2d, x3d, w2d, K }, y)) cost += 0.5 * residual ** 2;
  return cost;
}

/** w ∘ (x − π) [2N] at (t, β). */
function residuals({ n, x2d, x3d, w2d, K }: Correspondences, y: ArrayLike<number>): number[] {
  const [c, s] = [Math.cos(y[3]), Math.sin(y[3])];
  return Array.from({ length: 2 * n }, (_, k) => {
    const i = k >> 1;
    const depth = c * x3d[3 * i + 2] - s * x3d[3 * i] + y[2];
    const side = k % 2 === 0 ? c * x3d[3 * i] + s * x3d[3 * i + 2] + y[0] : x3d[3 * i + 1] + y[1];
    return w2d[k] * (x2d[k] - K[k % 2 === 0 ? 2 : 5] - (K[k % 2 === 0 ? 0 : 4] * side) / depth);
  });
}

/** d/dh of c(y_gt) + log Z, log Z by quadrature: five-point differences. */
function quadratureSlope(problem: YawProblem, y: Float64Array, u: Direction): number {
  const { correspondences, near, far } = problem;
  const loss = (h: number) => {
    const at = moved(correspondences, u, h);
    return targetCost(at, y) + yawPosterior(at, { near, far }).logEvidence;
  };
  // Rounding of some 1e-13 over h, and a fifth derivative times h⁴: both far below sampling.
  const h = 1e-2;
  return (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h);
}

function sampled(problem: YawProblem, index: number, samples: number, iterations: number) {
  const { correspondences, yaw, t } = problem;
  const R = new Float64Array(9);
  yawRotation(yaw, R);
  const { covariance } = laplaceEvidence(correspondences, R, t, { chart: "YAW" });
  const seed = `spec/loss/quadrature/${problem.name}/${index}`;
  const start = Float64Array.of(...t, yaw);
  return amis(correspondences, start, covariance as Float64Array, { samples, iterations, seed });
}

const slopeAlong = (
  of: Correspondences,
  y: Float64Array,
  sample: PosteriorSample,
  u: Direction,
) => {
  const { status, slopes } = givenSamplesPoseLoss(of, y, sample);
  expect(status).toBe("ok");
  return along(slopes, u);
};

const along = (slopes: Direction, u: Direction): number => {
  const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, k) => sum + x * b[k], 0);
  return product(slopes.x3d, u.x3d) + product(slopes.x2d, u.x2d) + product(slopes.w2d, u.w2d);
};

it("the slopes of givenSamplesPoseLoss have the quadrature's for their mean, by z-tests at 4 standard errors", () => {
  for (const problem of [car(0), car(1.8), mirrored()]) {
    const { correspondences: of, t, yaw } = problem;
    const y = Float64Array.of(t[0] + 0.05, t[1] - 0.03, t[2] + 0.4, yaw + 0.1);
    const us = [0, 1, 2].map((k) => direction(of, `${problem.name}/${k}`));
    const runs = Array.from({ length: 30 }, (_, index) => sampled(problem, index, 4096, 1));
    for (const u of us) {
      const truth = quadratureSlope(problem, y, u);
      const found = runs.map((sample) => slopeAlong(of, y, sample, u));
      const mean = found.reduce((sum, x) => sum + x, 0) / found.length;
      const square = found.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (found.length - 1);
      // A ratio of means is biased by 1/ESS of its deviation over posteriors, here below 1/150 of √ESS
      // standard errors of one run: √30/√150 of those of the mean.
      const bias = Math.sqrt(square / 150);
      expect(Math.abs(mean - truth), problem.name).toBeLessThan(
        z * Math.sqrt(square / found.length) + bias,
      );
      // The test is sharp: its width is a small share of what it tests.
      expect(Math.sqrt(square / found.length)).toBeLessThan(0.05 * (1 + Math.abs(truth)));
    }
  }
});

it("the slopes of monteCarloPoseLoss, yaw and position found from each seed, have the quadrature's for their mean", () => {
  const problem = car(1.8);
  const { correspondences: of, t, yaw } = problem;
  const y = Float64Array.of(t[0] + 0.05, t[1] - 0.03, t[2] + 0.4, yaw + 0.1);
  const u = direction(of, `${problem.name}/seeded`);
  const truth = quadratureSlope(problem, y, u);
  const found = Array.from({ length: 30 }, (_, k) => {
    const seed = `spec/loss/quadrature/seeded/${k}`;
    const { status, slopes } = monteCarloPoseLoss(of, y, { seed, samples: 4096, iterations: 1 });
    expect(status).toBe("ok");
    return along(slopes, u);
  });
  const mean = found.reduce((sum, x) => sum + x, 0) / found.length;
  const square = found.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (found.length - 1);
  // The bias of a ratio of means, as above.
  expect(Math.abs(mean - truth)).toBeLessThan(
    z * Math.sqrt(square / found.length) + Math.sqrt(square / 150),
  );
  expect(Math.sqrt(square / found.length)).toBeLessThan(0.05 * (1 + Math.abs(truth)));
});

it("∂L/∂w is w ∘ (r²(y_gt) − E r²) to 1e-12, E over the weighted samples, in plain squares", () => {
  for (const problem of [car(0), mirrored()]) {
    const { correspondences: of, t, yaw } = problem;
    const y = Float64Array.of(...t, yaw + 0.05);
    const sample = sampled(problem, 0, 512, 4);
    const { slopes, weights } = givenSamplesPoseLoss(of, y, sample);
    const unit = { ...of, w2d: new Float64Array(of.w2d.length).fill(1) };
    const expected = residuals(unit, y).map((r) => r * r);
    const largest = [...expected];
    for (let j = 0; j < sample.count; j++)
      residuals(unit, sample.poses.subarray(4 * j, 4 * j + 4)).forEach((r, k) => {
        expected[k] -= weights[j] * r * r;
        largest[k] += weights[j] * r * r;
      });
    expected.forEach((gap, k) => {
      const scale = Math.max(...largest) * Math.max(...of.w2d);
      expect(Math.abs(slopes.w2d[k] - of.w2d[k] * gap)).toBeLessThan(1e-12 * scale);
    });
  }
});
