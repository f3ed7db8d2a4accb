import { expect, it } from "vitest";
import * as definition from "../../src/definitions/laplace-evidence.js";
import * as kernel from "../../src/kernels/laplace-evidence.js";
import { big, dual } from "../../src/scalar/index.js";
import { identity, type Matrix, scaleMatrix, solve } from "../../src/scalar/matrix.js";
import { cases } from "../certify/laplace-evidence.js";
import { measure, passes } from "../certify/measure.js";
import { bigRows, bigs, lastDigit, worstGap } from "./big-truth.js";
import { quadratic } from "./gaussian-draws.js";

const draws = Array.from({ length: 6 }, (_, i) => quadratic("spec/laplace-evidence", i, 0.4));
// Entries within 10^±6 and a condition of some 15, a few dozen operations.
const slack = 1e10 * lastDigit;
type Truth = ReturnType<typeof big>;
const inverse = (A: Matrix<Truth>) => solve(A, identity(A.length, A[0][0]));

it("the kernels of laplace-evidence.ts keep the digits of their definitions", () => {
  for (const subject of cases)
    for (const row of measure(subject, 6)) expect(passes(row), JSON.stringify(row)).toBe(true);
});

it("laplaceLogEvidence(c, Σ) is the logarithm of the integral in one dimension, to the quadrature's digits", () => {
  for (const variance of [1e-4, 1, 9]) {
    let sum = 0;
    const h = Math.sqrt(variance) / 8;
    for (let k = -100; k <= 100; k++) sum += h * Math.exp(-0.7 - (k * h) ** 2 / (2 * variance));
    const stated = kernel.laplaceLogEvidence(1, 0.7, Float64Array.of(variance));
    // The trapezoidal rule is exact to e^(−2 (8π)²) there, and 201 terms are rounded.
    expect(Math.abs(stated - Math.log(sum))).toBeLessThan(201 * Number.EPSILON);
    expect(kernel.laplaceLogEvidence(1, 0.7, Float64Array.of(variance), 2) - stated).toBeCloseTo(
      Math.log(2),
      14,
    );
  }
});

it("linearGaussianLoss(e, H) is c(y_gt) + laplaceLogEvidence(c⋆, H⁻¹), whatever c⋆", () => {
  for (const { d, A, error } of draws) {
    const [H, e, least] = [bigRows(A, d), bigs(error), big(0.3)];
    const cost = definition
      .linearGaussianLoss(e, H)
      .minus(definition.laplaceLogEvidence(least, inverse(H)))
      .minus(least);
    const square = e.reduce(
      (sum, x, i) => H[i].reduce((s, h, j) => s.plus(h.times(x).times(e[j])), sum),
      big(0),
    );
    expect(worstGap([cost], [square.over(2)])).toBeLessThan(slack);
  }
});

it("laplaceLogEvidenceSlope(Σ, ∂c, ∂H) is the derivative of laplaceLogEvidence on duals", () => {
  for (const { d, A } of draws) {
    const H = bigRows(A, d);
    const dH = H.map((row, i) => row.map((_, j) => big(1 / (1 + i + j))));
    const moved = H.map((row, i) => row.map((h, j) => dual(h, dH[i][j])));
    const truth = definition.laplaceLogEvidence(
      dual(big(2), big(0.5)),
      solve(moved, identity(d, moved[0][0])),
    ).b;
    expect(
      worstGap([definition.laplaceLogEvidenceSlope(inverse(H), big(0.5), dH)], [truth]),
    ).toBeLessThan(slack);
  }
});

it("linearGaussianLossGradient(e, H) is the derivative of linearGaussianLoss on duals", () => {
  for (const { d, A, error } of draws) {
    const gradient = definition.linearGaussianLossGradient(bigs(error), bigRows(A, d));
    const H = bigRows(A, d).map((row) => row.map((h) => dual(h, big(0))));
    for (let k = 0; k < d; k++) {
      const e = bigs(error).map((x, i) => dual(x, big(i === k ? 1 : 0)));
      expect(worstGap([definition.linearGaussianLoss(e, H).b], [gradient[k]])).toBeLessThan(slack);
    }
  }
});

it("linearGaussianWeightScale(e, H) is where the loss stops falling as all weights grow", () => {
  for (const { d, A, error } of draws) {
    const [e, H] = [bigs(error), bigRows(A, d)];
    const scale = definition.linearGaussianWeightScale(e, H);
    const factor = dual(scale, big(1));
    const scaled = scaleMatrix(
      H.map((row) => row.map((h) => dual(h, big(0)))),
      factor.times(factor),
    );
    const slope = definition.linearGaussianLoss(
      e.map((x) => dual(x, big(0))),
      scaled,
    ).b;
    // Two terms of size d/λ cancel.
    expect(worstGap([slope.times(scale)], [big(0)], d)).toBeLessThan(slack);
  }
  expect(
    kernel.linearGaussianWeightScale(4, new Float64Array(4), quadratic("zero", 1, 0.5).A),
  ).toBe(Number.POSITIVE_INFINITY);
});

it("isotropicGaussianLoss(e, σ) is linearGaussianLoss(e, I/σ²), and least at σ² = ‖e‖²/d", () => {
  for (const { error, d } of draws) {
    const e = bigs(error);
    const sigma = big(0.37);
    const H = scaleMatrix(identity(d, sigma), big(1).over(sigma.times(sigma)));
    const loss = definition.isotropicGaussianLoss(e, sigma);
    expect(worstGap([loss], [definition.linearGaussianLoss(e, H)])).toBeLessThan(slack);
    const best = e
      .reduce((sum, x) => sum.plus(x.times(x)), big(0))
      .over(d)
      .sqrt();
    const slope = definition.isotropicGaussianLoss(
      e.map((x) => dual(x, big(0))),
      dual(best, big(1)),
    ).b;
    expect(worstGap([slope.times(best)], [big(0)], d)).toBeLessThan(slack);
  }
});

it("a Σ or H that is not positive definite throws in the definition and is NaN in the kernel", () => {
  const flat = Float64Array.of(1, 2, 2, 1);
  expect(kernel.laplaceLogEvidence(2, 0, flat)).toBeNaN();
  expect(kernel.linearGaussianLoss(2, new Float64Array(2), flat)).toBeNaN();
  expect(kernel.laplaceLogEvidence(1, 0, Float64Array.of(0))).toBeNaN();
  expect(() => definition.laplaceLogEvidence(big(0), bigRows(flat, 2))).toThrow(
    "logDeterminant: expected a positive definite matrix, got pivot 1 = -3",
  );
});
