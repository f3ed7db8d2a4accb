import { expect, it } from "vitest";
import * as definition from "../../src/definitions/degeneracy.js";
import { poseDerivativesAt } from "../../src/definitions/pose-jacobian.js";
import { reprojectionNormal } from "../../src/definitions/reprojection-cost.js";
import * as kernel from "../../src/kernels/degeneracy.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { cloud, problemOf } from "./bpnp-clouds.js";

/** A camera, a pose, and 3n object coordinates that show the camera points it is given. */
function scene(camera: number[][], weights?: number[]) {
  const draw = stream("spec/degeneracy/pose");
  const R = draw.rotation(new Float64Array(9));
  const t = Float64Array.of(0.1, -0.2, 2.5);
  const x3d = Float64Array.from(
    camera.flatMap((X) =>
      [0, 1, 2].map((j) => [0, 1, 2].reduce((sum, i) => sum + R[3 * i + j] * (X[i] - t[i]), 0)),
    ),
  );
  const w2d = Float64Array.from(weights ?? camera.flatMap(() => [1, 1]));
  return {
    n: camera.length,
    x3d,
    w2d,
    K: Float64Array.of(600, 0, 320, 0, 600, 240, 0, 0, 1),
    R,
    t,
  };
}
function rankOf({ n, x3d, w2d, K, R, t }: ReturnType<typeof scene>): number {
  const sigma = new Float64Array(6);
  kernel.poseSingularValues(n, x3d, w2d, K, R, t, sigma);
  // The object points above are rounded: some ten roundings each, beside those of J.
  return kernel.numericalRank(sigma, 20 * Math.max(2 * n, 6) * Number.EPSILON);
}
const box = [
  [0.3, 0.1, 2.2],
  [-0.4, 0.3, 2.7],
  [0.2, -0.5, 3.1],
  [-0.1, -0.2, 2.4],
  [0.6, 0.4, 2.9],
];

it("poseSingularValues(n, …) keeps the digits of the largest, down to the smallest", () => {
  const sigma = new Float64Array(6);
  for (let i = 0; i < 8; i++) {
    const { n, x3d, w2d, K, R, t } = cloud(stream("spec/degeneracy").at(i), {
      n: 3 + (i % 4),
      relief: 10 ** -(2 * i),
    });
    kernel.poseSingularValues(n, x3d, w2d, K, R, t, sigma);
    const truth = definition.poseSingularValues(
      bigRows(x3d, 3),
      bigRows(w2d, 2),
      bigRows(K, 3),
      bigRows(R, 3),
      bigs(t),
    );
    expect(worstUlp(sigma, truth)).toBeLessThan(ulpTarget.generic);
  }
});

it("σ² are the eigenvalues of the scaled normal matrix: same trace, same determinant", () => {
  const c = cloud(stream("spec/degeneracy/trace"), { n: 5 });
  const data = problemOf(c, (x) => big(x));
  const [R, t] = [bigRows(c.R, 3), bigs(c.t)];
  const N = reprojectionNormal(data, poseDerivativesAt("LEFT", R, t));
  const scaled = N.map((row, i) => row.map((x, j) => x.over(N[i][i].times(N[j][j]).sqrt())));
  const sigma = definition.poseSingularValues(data.x3d, data.w2d, data.K, R, t);
  const trace = sigma.reduce((sum, s) => sum.plus(s.times(s)), big(0));
  expect(worstGap(trace, big(6))).toBeLessThan(1e3 * lastDigit);
  const product = sigma.reduce((all, s) => all.times(s).times(s), big(1));
  expect(worstGap(product, determinant(scaled))).toBeLessThan(1e20 * lastDigit);
});

it("numericalRank is 6 for three points or more in general position", () => {
  for (const n of [3, 4, 5]) expect(rankOf(scene(box.slice(0, n)))).toBe(6);
});

it("numericalRank is 2 N for fewer than three points, and counts axes of positive weight", () => {
  expect(rankOf(scene(box.slice(0, 1)))).toBe(2);
  expect(rankOf(scene(box.slice(0, 2)))).toBe(4);
  expect(rankOf(scene(box, [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]))).toBe(5);
  expect(rankOf(scene(box, [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]))).toBe(5);
});

it("numericalRank is 5 for collinear points: they may turn about their line", () => {
  const line = [0, 1, 2, 3, 4].map((k) => [0.3 - 0.2 * k, 0.1 * k, 2 + 0.3 * k]);
  expect(rankOf(scene(line))).toBe(5);
});

it("numericalRank is 4 for points on one ray of the camera, and 2 where they coincide", () => {
  const ray = [1, 1.5, 2, 2.5].map((depth) => [0.2 * depth, -0.1 * depth, depth]);
  expect(rankOf(scene(ray))).toBe(4);
  expect(rankOf(scene(ray.map(() => ray[0])))).toBe(2);
});

it("pointSpread tells a plane, a line and a point, and skips points without weight", () => {
  const spread = new Float64Array(3);
  const dimension = (points: number[][], weights: number[]) => {
    kernel.pointSpread(
      points.length,
      Float64Array.from(points.flat()),
      Float64Array.from(weights),
      spread,
    );
    const truth = definition.pointSpread(bigRows(points.flat(), 3), bigRows(weights, 2));
    const largest = Math.max(spread[0], 1);
    expect(worstUlp(spread, truth, largest)).toBeLessThan(ulpTarget.generic);
    return kernel.numericalRank(spread, 2 * points.length * Number.EPSILON);
  };
  const ones = box.flatMap(() => [1, 1]);
  expect(dimension(box, ones)).toBe(3);
  expect(
    dimension(
      box.map(([x, y]) => [x, y, 2]),
      ones,
    ),
  ).toBe(2);
  expect(
    dimension(
      box.map((_, k) => [k, 2 * k, -k]),
      ones,
    ),
  ).toBe(1);
  expect(
    dimension(
      box.map(() => box[0]),
      ones,
    ),
  ).toBe(0);
  expect(dimension(box, [1, 1, 0, 2, 1, 0, 0, 0, 0, 0])).toBe(2);
  expect(
    dimension(
      box,
      ones.map(() => 0),
    ),
  ).toBe(0);
});

it("effectivePoints counts points with a positive weight on some axis", () => {
  const w = [1, 0, 0, 0, 0, 2, 3, 4];
  expect(kernel.effectivePoints(4, Float64Array.from(w))).toBe(3);
  expect(definition.effectivePoints(bigRows(w, 2))).toBe(3);
});

it("conditionNumber is σ₁/σ₆, infinite where σ₆ is zero; ranks of both halves agree", () => {
  expect(kernel.conditionNumber(Float64Array.of(4, 2))).toBe(2);
  expect(kernel.conditionNumber(Float64Array.of(4, 0))).toBe(Number.POSITIVE_INFINITY);
  expect(definition.conditionNumber(bigs([4, 2])).toNumber()).toBe(2);
  expect(definition.conditionNumber(bigs([4, 0])).toNumber()).toBe(Number.POSITIVE_INFINITY);
  expect(definition.numericalRank(bigs([4, 1, 1e-9]), 1e-6)).toBe(2);
});

/** det A by elimination without pivoting: A is positive definite. */
function determinant(A: readonly (readonly Big[])[]): Big {
  const [first, ...rest] = A;
  if (rest.length === 0) return first[0];
  const schur = rest.map((row) =>
    row.slice(1).map((x, j) => x.minus(row[0].over(first[0]).times(first[j + 1]))),
  );
  return first[0].times(determinant(schur));
}
