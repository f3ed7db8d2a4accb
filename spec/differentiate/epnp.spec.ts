import { expect, it } from "vitest";
import {
  epnp,
  epnpCounts,
  type epnpGradient,
  epnpJacobian,
  epnpVjp,
  poseVjp,
} from "../../src/differentiate/index.js";
import { rotationVector } from "../../src/kernels/rodrigues.js";
import { tangentTransform } from "../../src/kernels/tangent.js";
import { type Correspondences, poseOf, type SceneName, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { solveCorrespondences } from "../../src/solve/solve-pnp.js";
import {
  type DataParts,
  dataDirection,
  kernelPose,
  kinds,
  weightedScene,
} from "../equations/epnp-problems.js";
import { cosine, drone, exactScene, identityGap, median, projectionSlope } from "./epnp-scenes.js";
import { motionBetween, relativeError } from "./problems.js";

const ε = Number.EPSILON;
const names: readonly SceneName[] = ["generic", "cube", "D1", "D2", "D5", "D7", "deep", "far"];
const poseError = (R: Float64Array, t: Float64Array, to: { R: Float64Array; t: Float64Array }) =>
  Math.max(
    ...R.map((x, i) => Math.abs(x - to.R[i])),
    ...t.map((x, i) => Math.abs(x - to.t[i]) / Math.hypot(...to.t)),
  );

it("epnp(problem) is the true pose of exact correspondences, whatever the control points (S-03 1)", () => {
  for (const name of names)
    for (let seed = 0; seed < 5; seed++)
      for (const controlPoints of kinds) {
        const truth = exactScene(name, seed);
        const { status, R, t } = epnp(truth.correspondences, { controlPoints });
        expect(status).toBe("exact");
        const { blur } = kernelPose(truth.correspondences, controlPoints, 1);
        expect(poseError(R, t, truth)).toBeLessThan(Math.min(ε * blur, 1e-8));
      }
});

it("epnpJacobian(problem).x2d times ∂π/∂y is the identity at exact correspondences (S-03 2)", () => {
  for (const name of names)
    for (let seed = 0; seed < 3; seed++)
      for (const controlPoints of kinds) {
        const { correspondences: problem, R, t } = exactScene(name, seed);
        const { blur } = kernelPose(problem, controlPoints, 1);
        const gap = identityGap(problem, R, t, { controlPoints });
        // Both candidates of the derivative and J round at the pose's own error, over ‖t‖ of the box's size.
        expect(gap).toBeLessThan(Math.min(16 * ε * blur, 1e-6));
      }
});

it("epnpVjp(problem, v) is the difference quotient of epnp away from crossings and switches (S-03 3)", () => {
  let checked = 0;
  for (const name of ["generic", "D1", "D2", "deep"] as const)
    for (let seed = 0; seed < 6; seed++)
      for (const choice of ["cost", "distance"] as const) {
        const problem = weightedScene(name, undefined, 0.3, seed);
        const here = epnp(problem, { choice });
        if (here.status !== "ok") continue;
        const direction = dataDirection(problem, seed);
        const h = 1e-4;
        const [up, down, far, back] = [h, -h, 2 * h, -2 * h].map((s) =>
          epnp(moved(problem, direction, s), { choice }),
        );
        if (
          [up, down, far, back].some(
            ({ candidate, status }) => candidate !== here.candidate || status !== "ok",
          )
        )
          continue;
        const at = (s: typeof up) => motionBetween(poseOf(here.R, here.t), poseOf(s.R, s.t));
        const [a, b, c, d] = [up, down, far, back].map(at);
        // Four points: the error is h⁴ of a fifth derivative, and what is left is rounding over h.
        const quotient = a.map((x, j) => (8 * (x - b[j]) - (c[j] - d[j])) / (12 * h));
        const coarse = a.map((x, j) => (x - b[j]) / (2 * h));
        const motion = a.map((_, j) => {
          const v = Float64Array.from({ length: 6 }, (_, i) => (i === j ? 1 : 0));
          return inner(epnpVjp(problem, v, { choice }), direction);
        });
        // The two quotients differ by h² of a third derivative; its square bounds what h⁴ leaves.
        const slack = relativeError(coarse, quotient);
        expect(relativeError(motion, quotient)).toBeLessThan(Math.max(1e-6, slack ** 1.5));
        if (slack < 1e-4) checked++;
      }
  expect(checked).toBeGreaterThan(16);
});

const inner = (by: ReturnType<typeof epnpGradient>, direction: DataParts) =>
  (["x2d", "x3d", "w2d", "K"] as const).reduce(
    (sum, part) => by[part].data.reduce((s, g, i) => s + g * direction[part][i], sum),
    0,
  );

const moved = (problem: Correspondences, by: DataParts, step: number): Correspondences => ({
  n: problem.n,
  x2d: problem.x2d.map((x, i) => x + step * by.x2d[i]),
  x3d: problem.x3d.map((x, i) => x + step * by.x3d[i]),
  w2d: problem.w2d.map((x, i) => x + step * by.w2d[i]),
  K: problem.K.map((x, i) => x + step * by.K[i]),
});

/** Median cosine of the two gradients of l_proj by keypoints, over 64 views of D1, and how many count. */
function gradientCosine(noise: number): { middle: number; counted: number } {
  const cosines: number[] = [];
  for (let seed = 0; seed < 64; seed++) {
    const { problem, exact, R, t } = drone(seed, noise);
    const here = epnp(problem);
    if (!epnpCounts(here.status)) continue;
    const { pose: best } = solveCorrespondences(problem, { poseInit: poseOf(R, t) });
    if (best === null) continue;
    const v = projectionSlope(problem, exact, here.R, here.t);
    const u = projectionSlope(problem, exact, best.R.data, best.t.data);
    cosines.push(cosine(epnpVjp(problem, v).x2d.data, poseVjp(problem, best, u).x2d.data));
  }
  return { middle: median(cosines), counted: cosines.length };
}

it("epnpVjp of l_proj is not the gradient of the least-squares pose, and less so with noise (S-03 4)", () => {
  // Medians over 200 views: 0.94, 0.76, 0.11, 0.11. A median of 64 strays by an eighth of their spread.
  const bands = [
    [0.01, 0.9, 0.97],
    [0.1, 0.6, 0.88],
    [1, 0, 0.3],
    [3, 0, 0.25],
  ];
  for (const [noise, least, most] of bands) {
    const { middle, counted } = gradientCosine(noise);
    expect(middle, `${noise} px`).toBeGreaterThan(least);
    expect(middle, `${noise} px`).toBeLessThan(most);
    expect(counted).toBeGreaterThan(noise < 1 ? 60 : 40);
  }
});

it("epnpVjp(problem, v) keeps the sums that scales, shifts and weights ask for", () => {
  for (let seed = 0; seed < 12; seed++) {
    const problem = weightedScene("generic", 12, 0.5, seed);
    const { solution, x2d, x3d, w2d, K } = epnpJacobian(problem);
    if (solution.status !== "ok") continue;
    const { R, t } = solution;
    const { n } = problem;
    const { blur } = kernelPose(problem, "deviations", 1);
    for (let j = 0; j < 6; j++) {
      const part = ({ data }: typeof x2d, width: number) =>
        data.subarray(width * j, width * (j + 1));
      const sum = (a: Float64Array, b: Float64Array) => a.reduce((s, x, i) => s + x * b[i], 0);
      const size = (a: Float64Array, b: Float64Array) =>
        a.reduce((s, x, i) => s + Math.abs(x * b[i]), 0);
      const allowed = (a: Float64Array, b: Float64Array) => 64 * ε * blur * size(a, b);
      const byW = part(w2d, 2 * n);
      expect(Math.abs(sum(byW, problem.w2d))).toBeLessThan(allowed(byW, problem.w2d));
      // z → (1 + h) z gives t → (1 + h) t; z → z + h e_k gives t → t − h R e_k.
      const byZ = part(x3d, 3 * n);
      expect(Math.abs(sum(byZ, problem.x3d) - (j < 3 ? 0 : t[j - 3]))).toBeLessThan(
        allowed(byZ, problem.x3d) + ε * blur,
      );
      for (let k = 0; k < 3; k++) {
        const along = byZ.map((_, i) => (i % 3 === k ? 1 : 0));
        expect(Math.abs(sum(byZ, along) + (j < 3 ? 0 : R[3 * (j - 3) + k]))).toBeLessThan(
          allowed(byZ, along) + ε * blur,
        );
      }
      // Pixels and the first two rows of K in another unit, weights in its inverse: nothing moves.
      const byX = part(x2d, 2 * n);
      const byK = part(K, 9);
      const scaled = problem.K.map((x, i) => (i < 6 ? x : 0));
      expect(
        Math.abs(sum(byX, problem.x2d) + sum(byK, scaled) - sum(byW, problem.w2d)),
      ).toBeLessThan(allowed(byX, problem.x2d) + allowed(byK, scaled));
    }
  }
});

it("epnpVjp(problem, v) follows a roll of the camera and an exchange of object axes, noise or not", () => {
  for (let seed = 0; seed < 8; seed++) {
    const { correspondences: given } = scene("generic", { n: 10, noise: 0.5, seed });
    const f = 600;
    const problem = {
      ...given,
      K: Float64Array.of(f, 0, 0, 0, f, 0, 0, 0, 1),
      x2d: given.x2d.map((x, i) => x - [325, 242][i % 2]),
    };
    // A quarter of a turn about the optical axis, and z = P z′ for a cyclic exchange.
    const rolled = problem.x2d.map((_, m) => (m % 2 ? problem.x2d[m - 1] : -problem.x2d[m + 1]));
    const exchanged = problem.x3d.map((_, m) => problem.x3d[m - (m % 3) + ((m + 1) % 3)]);
    const there = { ...problem, x2d: rolled, x3d: exchanged };
    const [here, turned] = [epnp(problem), epnp(there)];
    if (here.status !== "ok" || here.candidate !== turned.candidate) continue;
    const { blur } = kernelPose(problem, "deviations", 1);
    const roll = (v: Float64Array) => Float64Array.of(-v[1], v[0], v[2], -v[4], v[3], v[5]);
    const moved = Float64Array.from({ length: 9 }, (_, m) => {
      const column = Math.floor(m / 3) * 3 + (((m % 3) + 1) % 3);
      return column < 3 ? -here.R[column + 3] : column < 6 ? here.R[column - 3] : here.R[column];
    });
    expect(
      poseError(turned.R, turned.t, {
        R: moved,
        t: Float64Array.of(-here.t[1], here.t[0], here.t[2]),
      }),
    ).toBeLessThan(16 * ε * blur);
    const draw = stream("spec/differentiate/roll").at(seed);
    const v = Float64Array.from({ length: 6 }, () => draw.normal());
    const [a, b] = [epnpVjp(problem, v), epnpVjp(there, roll(v))];
    const back = a.x2d.data.map((_, m) => (m % 2 ? -b.x2d.data[m - 1] : b.x2d.data[m + 1]));
    expect(relativeError(back, a.x2d.data)).toBeLessThan(64 * ε * blur);
    const z = a.x3d.data.map((_, m) => b.x3d.data[m - (m % 3) + ((m + 2) % 3)]);
    expect(relativeError(z, a.x3d.data)).toBeLessThan(64 * ε * blur);
  }
});

it("epnpVjp(problem, v, { chart }) is the same gradient in every free chart", () => {
  const problem = weightedScene("generic", 9, 0.5, 2);
  const { R } = epnp(problem);
  const omega = new Float64Array(3);
  rotationVector(R, omega);
  const v = Float64Array.of(1, -2, 3, 0.5, -0.25, 2);
  const expected = epnpVjp(problem, v).x2d.data;
  for (const chart of ["LEFT", "AA", "RP", "Q7"] as const) {
    // v_chart = Mᵀ v for ξ_LEFT = M ξ_chart.
    const M = new Float64Array(36);
    tangentTransform(chart, "LEFT", R, omega, M);
    const there = v.map((_, j) => v.reduce((sum, x, i) => sum + x * M[6 * i + j], 0));
    expect(relativeError(epnpVjp(problem, there, { chart }).x2d.data, expected)).toBeLessThan(
      2 ** 10 * ε,
    );
  }
});
