import { expect, it } from "vitest";
import { projection, rigidTransform } from "../../src/kernels/projection.js";
import { reprojectionNormal } from "../../src/kernels/reprojection-cost.js";
import { rotationVector } from "../../src/kernels/rodrigues.js";
import { type Scene, scene } from "../../src/problem/index.js";
import { ransac } from "../../src/solve/ransac.js";

/** δᵀHδ over the noise's variance: χ² with 6 degrees of freedom for the best unbiased estimate. */
function chiSquared(truth: Scene, R: Float64Array, t: Float64Array, sigma: number): number {
  const { n, x2d, x3d, K } = truth.correspondences;
  const w2d = Float64Array.from({ length: 2 * n }, (_, j) => truth.inliers[j >> 1]);
  const [g, H] = [new Float64Array(6), new Float64Array(36)];
  reprojectionNormal(n, x2d, x3d, w2d, K, truth.R, truth.t, Infinity, g, H);
  const turn = new Float64Array(9);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 3; k++) turn[3 * i + j] += R[3 * i + k] * truth.R[3 * j + k];
  const delta = new Float64Array(6);
  rotationVector(turn, delta.subarray(0, 3));
  for (let k = 0; k < 3; k++) delta[3 + k] = t[k] - truth.t[k];
  let sum = 0;
  for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) sum += delta[i] * H[6 * i + j] * delta[j];
  return sum / sigma ** 2;
}

/** The 1 − 1e-4 quantile of χ² with 6 degrees of freedom: the threshold of VER-5. */
const CHI_SQUARED_6 = 27.856;

for (const minimal of ["p3p", "epnp"] as const)
  it(`ransac(problem, { minimal: "${minimal}" }) finds the pose within the noise under 50 % outliers`, () => {
    for (let seed = 0; seed < (minimal === "p3p" ? 60 : 15); seed++) {
      const truth = scene("outliers", { seed });
      const found = ransac(truth.correspondences, { minimal });
      expect(found.status).toBe("ok");
      expect(chiSquared(truth, found.R, found.t, 1)).toBeLessThan(CHI_SQUARED_6);
      // 3σ of the noise keeps all but exp(−9/2) of 32 inliers: 28 or fewer has chance below 1e-4.
      expect(
        found.inliers.filter((inlier, i) => inlier && truth.inliers[i]).length,
      ).toBeGreaterThan(27);
    }
  });

it("ransac(problem) gives the same bits whatever the weights", () => {
  const plain = ransac(scene("outliers", { seed: 5 }).correspondences);
  for (const weights of ["uniform", "log-normal", "one-hot", "zero-axis", "zeros"] as const)
    expect(ransac(scene("outliers", { seed: 5, weights }).correspondences)).toEqual(plain);
});

it("ransac(problem, { seed }) repeats itself; another seed draws otherwise and agrees", () => {
  const { correspondences } = scene("outliers", { seed: 9 });
  const first = ransac(correspondences, { seed: "a" });
  expect(ransac(correspondences, { seed: "a" })).toEqual(first);
  const other = ransac(correspondences, { seed: "b" });
  const one = (seed: string) =>
    ransac(correspondences, { seed, maxIterations: 1, threshold: 50 }).R;
  expect(one("a")).not.toEqual(one("b"));
  expect(other.inliers).toEqual(first.inliers);
});

it("ransac(problem, { threshold }) marks exactly the points within it at its pose", () => {
  const { correspondences } = scene("outliers", { seed: 2 });
  const { n, x2d, x3d, K } = correspondences;
  for (const threshold of [1, 2, 3, 8]) {
    const { R, t, inliers, inlierCount } = ransac(correspondences, { threshold });
    const [X, pixel] = [new Float64Array(3), new Float64Array(2)];
    let count = 0;
    for (let i = 0; i < n; i++) {
      rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
      projection(X, K, pixel);
      const distance = Math.hypot(x2d[2 * i] - pixel[0], x2d[2 * i + 1] - pixel[1]);
      expect(inliers[i]).toBe(distance <= threshold ? 1 : 0);
      count += inliers[i];
    }
    expect(inlierCount).toBe(count);
  }
});

it("ransac(problem, { confidence }) draws as many samples as the inlier ratio asks for", () => {
  // Without outliers the first sample decides; at a ratio of ½ the bound is ln 1e-4 / ln(1 − ⅛) = 69.
  const exact = scene("generic", { noise: 0 });
  expect(ransac(exact.correspondences).iterations).toBe(1);
  const { correspondences } = scene("outliers", { n: 200, noise: 0, seed: 3 });
  const { iterations, inlierCount } = ransac(correspondences);
  const bound = Math.ceil(Math.log(1e-4) / Math.log(1 - (inlierCount / 200) ** 3));
  expect(iterations).toBeLessThanOrEqual(bound + 60);
  expect(iterations).toBeGreaterThanOrEqual(bound);
  expect(ransac(correspondences, { maxIterations: 7 }).iterations).toBeLessThanOrEqual(7);
});

it("ransac(problem) says why it has no pose, and gives none", () => {
  const three = ransac(scene("three").correspondences);
  expect([three.status, three.pose, three.iterations]).toEqual(["too-few-points", null, 0]);
  for (const name of ["collinear", "coincident"] as const) {
    const lost = ransac(scene(name).correspondences, { maxIterations: 50 });
    expect([lost.status, lost.pose, lost.inlierCount]).toEqual(["no-consensus", null, 0]);
    expect(lost.R.every((entry) => entry === 0)).toBe(true);
  }
  const noise = scene("generic", { n: 30, outliers: 1 }).correspondences;
  expect(ransac(noise, { minimumInliers: 12, maxIterations: 300 }).status).toBe("no-consensus");
});

it("ransac(problem, options) throws, naming what it expected and what it got", () => {
  const { correspondences } = scene("generic");
  const cases = [
    [{ threshold: 0 }, "expected a finite threshold > 0, got 0"],
    [{ confidence: 1 }, "expected confidence within (0, 1), got 1"],
    [{ maxIterations: 0 }, "expected a whole maxIterations >= 1, got 0"],
    [{ minimumInliers: 3 }, "expected minimumInliers >= 4, got 3"],
    [{ minimal: "p5p" as "p3p" }, 'expected minimal "p3p" or "epnp", got p5p'],
  ] as const;
  for (const [options, message] of cases)
    expect(() => ransac(correspondences, options)).toThrow(`ransac: ${message}`);
});
