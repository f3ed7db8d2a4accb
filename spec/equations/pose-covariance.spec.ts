import { expect, it } from "vitest";
import * as definition from "../../src/definitions/pose-covariance.js";
import { poseDerivativesAt } from "../../src/definitions/pose-jacobian.js";
import { reprojectionNormal } from "../../src/definitions/reprojection-cost.js";
import * as kernel from "../../src/kernels/pose-covariance.js";
import { reprojectionNormal as flatNormal } from "../../src/kernels/reprojection-cost.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, dual } from "../../src/scalar/index.js";
import { identity, multiply } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { type Cloud, cloud, problemOf } from "./bpnp-clouds.js";

const clouds = Array.from({ length: 12 }, (_, i) =>
  cloud(stream("spec/pose-covariance").at(i), { n: 8, noise: 2, relief: 10 ** -(i % 4) }),
);
function normalOf({ n, x2d, x3d, w2d, K, R, t }: Cloud): Float64Array {
  const N = new Float64Array(36);
  flatNormal(n, x2d, x3d, w2d, K, R, t, Number.POSITIVE_INFINITY, new Float64Array(6), N);
  return N;
}

it("poseCovariance(6, N, ε, Σ) loses no more digits than the scaled N is ill-conditioned", () => {
  const covariance = new Float64Array(36);
  for (const c of clouds)
    for (const ridge of [0, 1e-5]) {
      const N = normalOf(c);
      expect(kernel.poseCovariance(6, N, ridge, covariance)).toBe(true);
      const truth = definition.poseCovariance(bigRows(N, 6), ridge);
      // ‖D N D‖ ‖(D N D)⁻¹‖ with D making the diagonal 1: at most 6 times the diagonal of N∘Σ.
      const condition = 6 * truth.reduce((sum, row, i) => sum + row[i].toNumber() * N[7 * i], 0);
      expect(worstUlp(covariance, truth)).toBeLessThan(ulpTarget.generic * condition);
      const inPlace = N.slice();
      kernel.poseCovariance(6, inPlace, ridge, inPlace);
      expect(inPlace).toEqual(covariance);
    }
});

it("poseCovariance(N, ε) inverts N + ε I in every chart", () => {
  for (const chart of ["LEFT", "Q7", "YAW"] as const) {
    const c = clouds[0];
    const pose = poseDerivativesAt(chart, bigRows(c.R, 3), bigs(c.t));
    const N = reprojectionNormal(
      problemOf(c, (x) => big(x)),
      pose,
    );
    const shifted = N.map((row, i) => row.map((x, j) => (i === j ? x.plus(1e-5) : x)));
    const product = multiply(shifted, definition.poseCovariance(N, 1e-5));
    // κ of some 1e8 in front of the last digit.
    expect(worstGap(product, identity(N.length, N[0][0]))).toBeLessThan(1e10 * lastDigit);
  }
});

it("poseCovarianceSlope(Σ, ∂N) is the derivative of the inverse on duals", () => {
  const slope = new Float64Array(36);
  for (const c of clouds.slice(0, 4)) {
    const N = normalOf(c);
    const draw = stream("spec/pose-covariance/slope");
    const half = Float64Array.from({ length: 36 }, () => 1e3 * draw.normal());
    const dN = half.map((x, k) => x + half[6 * (k % 6) + Math.floor(k / 6)]);
    const moved = bigRows(N, 6).map((row, i) => row.map((x, j) => dual(x, big(dN[6 * i + j]))));
    const truth = definition.poseCovariance(moved).map((row) => row.map((x) => x.b));
    const sigma = definition.poseCovariance(bigRows(N, 6));
    const stated = definition.poseCovarianceSlope(sigma, bigRows(dN, 6));
    expect(worstGap(stated, truth)).toBeLessThan(1e20 * lastDigit);
    const flat = Float64Array.from(entries(sigma), (x: Big) => x.toNumber());
    kernel.poseCovarianceSlope(6, flat, dN, slope);
    // 36 products an entry, whose sum may be smaller than they are.
    const size = definition.poseCovarianceSlope(
      bigRows(flat.map(Math.abs), 6),
      bigRows(dN.map(Math.abs), 6),
    );
    expect(
      worstGap(
        bigs(slope),
        entries(definition.poseCovarianceSlope(bigRows(flat, 6), bigRows(dN, 6))),
        1,
      ),
    ).toBeLessThan(40 * Number.EPSILON * Math.max(...entries(size).map((x) => -x.toNumber())));
  }
});

it("a pose that is not held in place has no covariance, and Σ is left alone", () => {
  const covariance = new Float64Array(36).fill(7);
  const N = normalOf(clouds[0]);
  N[0] = -N[0];
  expect(kernel.poseCovariance(6, N, 0, covariance)).toBe(false);
  expect(kernel.poseCovariance(6, new Float64Array(36), 0, covariance)).toBe(false);
  expect(kernel.poseCovariance(6, new Float64Array(36).fill(NaN), 0, covariance)).toBe(false);
  expect([...covariance].every((x) => x === 7)).toBe(true);
  // The published ridge makes it positive definite, with variances 1/ε that say so.
  expect(kernel.poseCovariance(6, new Float64Array(36), 1e-5, covariance)).toBe(true);
  expect(covariance[0]).toBeCloseTo(1e5, 6);
});
