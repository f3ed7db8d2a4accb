import { expect, it } from "vitest";
import * as defined from "../../src/definitions/proposal-fit.js";
import * as kernel from "../../src/kernels/proposal-fit.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs, worstUlp } from "./big-truth.js";

/** Poses [count, width] and weights of sum 1, concentrated by 10^(−i). */
function weighted(i: number, width: 7 | 4) {
  const draw = stream("spec/proposal-fit").child(`${width}`).at(i);
  const count = 12;
  const spread = 10 ** -(i % 4);
  const poses = Float64Array.from({ length: width * count }, () => spread * draw.normal());
  for (let j = 0; j < count; j++) {
    poses[width * j + 2] += 5;
    if (width === 7) draw.unitQuaternion(poses.subarray(7 * j + 3, 7 * j + 7));
  }
  const v = Float64Array.from({ length: count }, () => draw.uniform());
  const total = v.reduce((sum, x) => sum + x, 0);
  return { draw, count, poses, v: v.map((x) => x / total) };
}
const columns = (poses: Float64Array, width: number, from: number, to: number) =>
  bigRows(poses, width).map((row) => row.slice(from, to));

// Sums of twelve terms, and for matrices three rounds of a 4 × 4 inverse whose condition is about ten.
const sums = 12;
const inverses = 3 * 4 * 10;

it("weightedMean and weightedCovariance are their definitions, far from the origin too", () => {
  for (let i = 0; i < 12; i++) {
    const { count, poses, v } = weighted(i, 7);
    const [mean, S] = [new Float64Array(3), new Float64Array(9)];
    kernel.weightedMean(count, 7, poses, v, mean);
    kernel.weightedCovariance(count, 7, poses, v, S);
    const t = columns(poses, 7, 0, 3);
    expect(worstUlp(mean, defined.weightedMean(t, bigs(v)))).toBeLessThan(sums);
    // The mean is rounded, at a depth 10³ times the spread at most: that enters squared, and the sum of the weights.
    expect(worstUlp(S, defined.weightedCovariance(t, bigs(v)))).toBeLessThan(sums * 1e3);
  }
});

it("weightedYaw is its definition, near agreement and without any", () => {
  const fit = new Float64Array(2);
  for (let i = 0; i < 12; i++) {
    const { count, poses, v } = weighted(i, 4);
    kernel.weightedYaw(count, poses, v, undefined, undefined, fit);
    const exact = defined.weightedYaw(
      columns(poses, 4, 3, 4).map(([b]) => b),
      bigs(v),
    );
    // Yaws are near zero by up to 10⁻³, of which an angle of order one is the unit.
    expect(worstUlp([fit[0]], [exact.mean], 1)).toBeLessThan(sums);
    // 1 − r² of spread 10⁻³ is 10⁻⁶: the weights' sum, off one in the last place, costs its inverse.
    expect(worstUlp([fit[1]], [exact.kappa])).toBeLessThan(sums * 1e6);
  }
  kernel.weightedYaw(
    2,
    Float64Array.of(0, 0, 0, 0, 0, 0, 0, Math.PI),
    Float64Array.of(0.5, 0.5),
    undefined,
    undefined,
    fit,
  );
  expect(fit[1]).toBeCloseTo(0.33 * 1e-5 * 2, 12);
});

it("initialRotationScale, dispersedScale and weightedRotationScale are their definitions", () => {
  for (let i = 0; i < 12; i++) {
    const { draw, count, poses, v } = weighted(i, 7);
    const Λ = new Float64Array(16);
    const q = draw.unitQuaternion(new Float64Array(4));
    const A = Float64Array.from({ length: 9 }, () => draw.normal());
    const size = 10 ** -(i % 5);
    const S = Float64Array.from({ length: 9 }, (_, k) => {
      const [a, b] = [Math.floor(k / 3), k % 3];
      const gram = A[3 * a] * A[3 * b] + A[3 * a + 1] * A[3 * b + 1] + A[3 * a + 2] * A[3 * b + 2];
      return size * (gram + (a === b ? 1 : 0));
    });
    expect(kernel.initialRotationScale(q, S, Λ)).toBe(true);
    const first = defined.initialRotationScale(bigs(q), bigRows(S, 3));
    expect(worstUlp(Λ, first)).toBeLessThan(inverses);
    const given = bigRows(Λ, 4);
    // The determinant of a thin Λ is conditioned like its inverse: 1/size.
    expect(kernel.dispersedScale(Λ, undefined, Λ)).toBe(true);
    expect(worstUlp(Λ, defined.dispersedScale(given))).toBeLessThan(inverses / size);
    const refit = [count, poses, v, undefined, undefined, undefined, Λ] as const;
    expect(kernel.weightedRotationScale(...refit)).toBe(true);
    const exact = defined.weightedRotationScale(columns(poses, 7, 3, 7), bigs(v));
    expect(worstUlp(Λ, exact)).toBeLessThan(inverses);
  }
});

it("initialConcentration is a third of the inverse variance, capped by the floor", () => {
  expect(kernel.initialConcentration(0.5)).toBe(0.66);
  expect(kernel.initialConcentration(0)).toBe(0.33 / 1e-5);
  expect(kernel.initialConcentration(Infinity)).toBe(0);
  const exact = defined.initialConcentration(big(0.3));
  expect(worstUlp([kernel.initialConcentration(0.3)], [exact])).toBeLessThan(1);
});

it("initialRotationScale refuses a covariance that is not positive definite", () => {
  const S = Float64Array.of(-1, 0, 0, 0, 1, 0, 0, 0, 1);
  const q = Float64Array.of(1, 0, 0, 0);
  expect(kernel.initialRotationScale(q, S, new Float64Array(16))).toBe(false);
});
