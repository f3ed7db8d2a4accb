import { expect, it } from "vitest";
import { reprojectionCost } from "../../src/kernels/reprojection-cost.js";
import { yawRotation } from "../../src/kernels/yaw.js";
import { type Correspondences, scene } from "../../src/problem/index.js";
import { laplaceEvidence } from "../../src/sample/evidence.js";
import { solveCorrespondences } from "../../src/solve/index.js";
import { lateralLogEvidence, yawMassWithin, yawPosterior } from "./quadrature.js";
import { car, mirrored, slender, type YawProblem } from "./yaw-problems.js";

const turned = (yaw: number) => {
  const R = new Float64Array(9);
  yawRotation(yaw, R);
  return R;
};
const laplace = ({ correspondences, yaw, t }: YawProblem) =>
  laplaceEvidence(correspondences, turned(yaw), t, { chart: "YAW" }).logEvidence ?? Number.NaN;
const weighted = (of: Correspondences, factor: number): Correspondences => ({
  ...of,
  w2d: of.w2d.map((w) => factor * w),
});
const problems = [car(0), car(1.8), mirrored(), slender()];

it("yawPosterior's lateral integral is that of exp(−reprojectionCost), which shares no code with it", () => {
  for (const { correspondences: of, yaw, t } of problems) {
    const { n, x2d, x3d, w2d, K } = of;
    const R = turned(yaw + 0.2);
    const depth = t[2] * 1.01;
    // The exponent is quadratic in t_x and t_y: 1/8 standard deviation leaves e^(−2 (8π)²).
    const curvature = (axis: number) =>
      x3d.reduce((sum, _, k) => {
        if (k % 3 !== 0) return sum;
        const point = R[6] * x3d[k] + R[7] * x3d[k + 1] + R[8] * x3d[k + 2];
        return sum + ((w2d[(2 * k) / 3 + axis] * K[4 * axis]) / (point + depth)) ** 2;
      }, 0);
    const [hx, hy] = [0, 1].map((axis) => 1 / (8 * Math.sqrt(curvature(axis))));
    const logs: number[] = [];
    for (let i = -160; i <= 160; i++)
      for (let j = -160; j <= 160; j++)
        logs.push(
          -reprojectionCost(
            n,
            x2d,
            x3d,
            w2d,
            K,
            R,
            Float64Array.of(t[0] + i * hx, t[1] + j * hy, depth),
            Number.POSITIVE_INFINITY,
          ),
        );
    const top = logs.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
    const sum = logs.reduce((total, x) => total + Math.exp(x - top), 0);
    const brute = top + Math.log(sum * hx * hy);
    // Costs of some 1e2, each of 64 squares, rounded in both.
    expect(Math.abs(lateralLogEvidence(of, R, depth) - brute)).toBeLessThan(
      64 * 100 * Number.EPSILON,
    );
  }
});

it("yawPosterior(problem) has converged: steps half as wide change log Z by its rounding", () => {
  for (const problem of problems) {
    const { correspondences, near, far } = problem;
    const at = (yawCells: number) =>
      yawPosterior(correspondences, { near, far, yawCells, depthCells: 256 });
    const [wide, fine] = [at(512), at(1024)];
    // A sum of 10^5 cells whose logarithms are rounded at some 1e2.
    const rounding = 1e3 * 1e2 * Number.EPSILON;
    expect(fine.error).toBeLessThan(rounding);
    expect(Math.abs(wide.logEvidence - fine.logEvidence)).toBeLessThan(rounding);
  }
});

it("laplaceEvidence(…, YAW) tends to the quadrature like 1/λ² as weights grow by λ, one mode given", () => {
  const { correspondences, yaw, t } = car(1.8);
  const gap = (factor: number) => {
    const sharp = weighted(correspondences, factor);
    const narrow = { near: 40 * 0.8, far: 40 / 0.8, yawCells: 2048, depthCells: 384 };
    const { logEvidence, error } = yawPosterior(sharp, narrow);
    // Yaw cells of 3 mrad under a standard deviation of 60/λ mrad.
    expect(error).toBeLessThan(1e5 * Number.EPSILON);
    const stated = laplaceEvidence(sharp, turned(yaw), t, { chart: "YAW" }).logEvidence;
    return logEvidence - (stated ?? Number.NaN);
  };
  const [near, far] = [gap(4), gap(8)];
  // The next term is another 1/λ² smaller: here a sixteenth of a share of order one.
  expect(far / near).toBeGreaterThan((1 - 1 / 16) / 4);
  expect(far / near).toBeLessThan((1 + 1 / 16) / 4);
});

it("D4 made flat has two modes, with half and nearly two fifths of the mass, and one if it has depth", () => {
  for (let seed = 0; seed < 3; seed++) {
    const flat = car(0, seed);
    const posterior = yawPosterior(flat.correspondences, flat);
    const near = yawMassWithin(posterior, 0.6, 0.5);
    const far = yawMassWithin(posterior, -0.6, 0.5);
    // Measured for other draws of the points: 0.54, 0.38, log Z −3.499.
    expect(near).toBeGreaterThan(0.45);
    expect(near).toBeLessThan(0.63);
    expect(far).toBeGreaterThan(0.3);
    expect(far).toBeLessThan(0.46);
    expect(Math.abs(posterior.logEvidence + 3.5)).toBeLessThan(1);
    // Laplace counts one mode of two: it misses at least the mass of the other.
    expect(posterior.logEvidence - laplace(flat)).toBeGreaterThan(-Math.log(1 - far));
    const deep = car(1.8, seed);
    expect(
      yawMassWithin(yawPosterior(deep.correspondences, deep), 0.6, 0.5),
    ).toBeGreaterThanOrEqual(0.999);
  }
});

it("a plate without left and right has two equal modes, of which Laplace counts one", () => {
  const problem = mirrored();
  const posterior = yawPosterior(problem.correspondences, problem);
  const halves = [0.6, Math.PI - 0.6].map((yaw) => yawMassWithin(posterior, yaw, 0.5));
  // The grid has a symmetric partner for every cell.
  expect(Math.abs(halves[0] - halves[1])).toBeLessThan(1e3 * Number.EPSILON);
  expect(halves[0]).toBeGreaterThan(0.48);
  expect(posterior.logEvidence - laplace(problem)).toBeGreaterThan(Math.log(2));
});

it("laplaceEvidence(…, Q7) is an eighth of LEFT's Gaussian, half angles, twice, for q and −q", () => {
  const { correspondences } = scene("D7");
  const { pose } = solveCorrespondences(correspondences);
  if (!pose) throw new Error("laplaceEvidence: expected a pose");
  const { logEvidence, cost, covariance } = laplaceEvidence(
    correspondences,
    pose.R.data,
    pose.t.data,
  );
  const scaled = covariance?.map((c, k) => c * (k % 6 > 2 ? 2 : 1) * (k > 17 ? 2 : 1));
  expect(scaled).toBeDefined();
  expect(logEvidence).not.toBeNull();
  // log det of the LEFT covariance, by its eigenvalues' product through a fresh elimination.
  const rows = Array.from({ length: 6 }, (_, i) =>
    Array.from((scaled as Float64Array).subarray(6 * i, 6 * i + 6)),
  );
  let logDet = 0;
  for (let k = 0; k < 6; k++) {
    logDet += Math.log(rows[k][k]);
    for (let i = k + 1; i < 6; i++)
      for (let j = 5; j >= k; j--) rows[i][j] -= (rows[i][k] / rows[k][k]) * rows[k][j];
  }
  const left = -cost + 3 * Math.log(2 * Math.PI) + 0.5 * logDet;
  // Half angles divide the volume by 8, two peaks double it; a condition of some 1e4 rounds.
  expect(Math.abs((logEvidence as number) - (left - Math.log(8) + Math.log(2)))).toBeLessThan(
    1e5 * Number.EPSILON,
  );
});

it("laplaceEvidence of a pose that is not held, or at a saddle, is a status and no number", () => {
  const { correspondences, t } = car(1.8);
  const none = laplaceEvidence(weighted(correspondences, 0), turned(0.6), t, { chart: "YAW" });
  expect(none).toMatchObject({ logEvidence: null, covariance: null, cost: 0 });
  expect(none.status).not.toBe("ok");
  // Between the two modes of a flat car the cost has a ridge.
  const flat = car(0);
  const ridge = laplaceEvidence(flat.correspondences, turned(0), flat.t, { chart: "YAW" });
  expect(ridge).toMatchObject({ status: "not-positive-definite", logEvidence: null });
  expect(() => laplaceEvidence(correspondences, turned(0), t, { epsilon: -1 })).toThrow(
    "expected epsilon >= 0",
  );
});
