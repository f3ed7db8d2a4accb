import { expect, it } from "vitest";
import { eigenvector } from "../../src/definitions/eigenvector.js";
import * as definition from "../../src/definitions/epnp.js";
import * as kernel from "../../src/kernels/epnp.js";
import { stream } from "../../src/random/index.js";
import { type Big, big } from "../../src/scalar/big.js";
import { type Double, double } from "../../src/scalar/double.js";
import { type Dual, dual } from "../../src/scalar/dual.js";
import { apply, dot } from "../../src/scalar/matrix.js";
import {
  dataDirection,
  definedPose,
  kernelMotion,
  kernelPose,
  kinds,
  lifted,
  tangentOf,
  weightedScene,
} from "./epnp-problems.js";

const ε = Number.EPSILON;
const largest = (a: ArrayLike<number>) => Math.max(...Array.from(a, Math.abs));
const scenes = [
  ["generic", 8],
  ["generic", 32],
  ["cube", 8],
  ["D1", 9],
  ["deep", 12],
] as const;

/** Problems with noise, in which every candidate has a pose and the root of none is clipped or at zero. */
function* smoothCandidates(count: number) {
  for (const [index, [name, n]] of scenes.entries())
    for (let seed = 0; seed < count; seed++) {
      const problem = weightedScene(name, n, 0.3, seed);
      for (const kind of kinds)
        for (let candidate = 0; candidate < 4; candidate++) {
          const made = kernelPose(problem, kind, candidate);
          if (!made.found || (candidate > 1 && made.work.beta[1] === 0)) continue;
          yield { problem, kind, candidate, seed: 10 * index + seed, ...made };
        }
    }
}

it("epnpPose(work, candidate, …) is the definition's in doubles", () => {
  let checked = 0;
  for (const { problem, kind, candidate, R, t, seed, blur } of smoothCandidates(3)) {
    const exact = definedPose(problem, dataDirection(problem, seed), kind, candidate, double);
    // The definition forms MᵀM, so that its own vectors lose the square of the blur.
    const allowed = 64 * ε * blur * blur;
    const difference = [...exact.R.flat(), ...exact.t].map(
      ({ value }, i) => value - (i < 9 ? R[i] : t[i - 9]),
    );
    expect(largest(difference)).toBeLessThan(allowed * Math.max(1, largest(t)));
    checked++;
  }
  expect(checked).toBeGreaterThan(100);
});

it("epnpVjp(n, x2d, …) is the derivative of the definition on duals, for every candidate and step", () => {
  let checked = 0;
  for (const { problem, kind, candidate, seed, blur, work } of smoothCandidates(2)) {
    const direction = dataDirection(problem, seed);
    const pose = definedPose(problem, direction, kind, candidate, (x, dx) => dual(double(x), dx));
    const motion = values(tangentOf(...numbers(pose)));
    // A root multiplies its own rounding by how near to zero it is.
    const root = candidate > 1 ? Math.abs(work.monomials[0] / work.monomials[2]) : 1;
    const error = kernelMotion(problem, kind, candidate, direction).map((x, j) => x - motion[j]);
    expect(largest(error)).toBeLessThan(
      2 ** 10 * ε * blur * blur * Math.max(1, root) * largest(motion),
    );
    checked++;
  }
  expect(checked).toBeGreaterThan(60);
});

const values = (x: readonly Double[]) => x.map(({ value }) => value);
const numbers = <S>({ R, t }: { R: { a: S; b: S }[][]; t: { a: S; b: S }[] }): [S[], S[], S[]] => [
  R.flat().map(({ a }) => a),
  R.flat().map(({ b }) => b),
  t.map(({ b }) => b),
];

it("epnpPose and epnpVjp hold their digits against 64 of them", () => {
  for (let candidate = 0; candidate < 4; candidate++) {
    const problem = weightedScene("generic", 6, 1, 4 + candidate);
    const direction = dataDirection(problem, candidate);
    const { R, t, blur, found, work } = kernelPose(problem, "deviations", candidate);
    expect(found).toBe(true);
    const lift = (x: number, dx: number) => dual(big(x), dx);
    const pose = definedPose<Dual<Big>>(problem, direction, "deviations", candidate, lift);
    const error = [...pose.R.flat(), ...pose.t].map(({ a }, i) =>
      a.minus(i < 9 ? R[i] : t[i - 9]).toNumber(),
    );
    // Six rows of pixels, each rounded to a few ε, and a hundred rotations of them.
    expect(largest(error)).toBeLessThan(64 * ε * blur);
    const motion = tangentOf(...numbers(pose));
    const kernels = kernelMotion(problem, "deviations", candidate, direction);
    const root = candidate > 1 ? Math.abs(work.monomials[0] / work.monomials[2]) : 1;
    const slip = motion.map((x, j) => x.minus(kernels[j]).toNumber());
    expect(largest(slip)).toBeLessThan(64 * ε * blur * Math.max(1, root) * largest(kernels));
  }
});

it("reprojectionDistance(n, x2d, …) is the definition's", () => {
  for (let seed = 0; seed < 5; seed++) {
    const problem = weightedScene("generic", 8, 3, seed);
    const { n, x2d, x3d, w2d, K } = problem;
    const { R, t } = kernelPose(problem, "unit", 0);
    const lift = (flat: Float64Array) => Array.from(flat, double);
    const [a, b, c] = [0, 3, 6].map((i) => lift(R.subarray(i, i + 3)));
    const exact = definition.reprojectionDistance(
      lifted(problem, dataDirection(problem, seed), double),
      [a, b, c],
      lift(t),
    );
    // Coordinates of up to a thousand pixels cancel in every residual.
    expect(
      Math.abs(kernel.reprojectionDistance(n, x2d, x3d, w2d, K, R, t) - exact.value),
    ).toBeLessThan(16 * n * ε * 1000);
  }
});

it("eigenvector(A, index) solves A v = λ v, and its dual is Σ v_j (v_j·dA v)/(λ − λ_j)", () => {
  const n = 5;
  const draw = stream("spec/equations/eigenvector");
  const symmetric = () => {
    const entries = Array.from({ length: n * n }, () => draw.normal());
    return (i: number, j: number) => entries[n * Math.min(i, j) + Math.max(i, j)];
  };
  const [A, dA] = [symmetric(), symmetric()];
  const matrix = <S>(lift: (i: number, j: number) => S) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => lift(i, j)));
  const fixed = matrix((i, j) => double(A(i, j)));
  const all = Array.from({ length: n }, (_, k) => eigenvector(fixed, k));
  const lambda = all.map((v) => dot(v, apply(fixed, v)).value);
  const gap = Math.min(...lambda.slice(1).map((l, k) => l - lambda[k]));
  expect(gap).toBeGreaterThan(0);
  const slope = matrix((i, j) => double(dA(i, j)));
  for (let k = 0; k < n; k++) {
    const v = eigenvector(
      matrix((i, j) => dual(double(A(i, j)), dA(i, j))),
      k,
    );
    const sign = Math.sign(
      dot(
        v.map(({ a }) => a),
        all[k],
      ).value,
    );
    const pull = apply(slope, all[k]);
    for (let m = 0; m < n; m++) {
      const terms = all.map((u, j) =>
        j === k ? 0 : (u[m].value * dot(u, pull).value) / (lambda[k] - lambda[j]),
      );
      const expected = sign * terms.reduce((sum, x) => sum + x, 0);
      expect(Math.abs(v[m].b.value - expected)).toBeLessThan(
        (64 * n * ε * largest(lambda)) / gap ** 2,
      );
    }
  }
});

it("eigenvector(A, index) keeps 60 digits of its equations, and of their derivatives", () => {
  // Repeated steps from a start in doubles: value and derivative alike have to get there.
  const entries = [4, 1, -2, 1, 3, 0.5, -2, 0.5, 1];
  const A = [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => dual(big(entries[3 * i + j]), i === j ? i : 1)),
  );
  for (let index = 0; index < 3; index++) {
    const v = eigenvector(A, index);
    const lambda = dot(v, apply(A, v));
    const left = apply(A, v).map((x, i) => x.minus(lambda.times(v[i])));
    for (const { a, b } of [...left, dot(v, v).minus(1)])
      for (const part of [a, b]) expect(Math.abs(part.toNumber())).toBeLessThan(1e-60);
  }
});
