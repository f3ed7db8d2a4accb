import { expect, it } from "vitest";
import * as averaging from "../../src/definitions/averaging-loss.js";
import * as laplace from "../../src/definitions/laplace-likelihood.js";
import * as defined from "../../src/definitions/linear-covariance-robust.js";
import * as flatAveraging from "../../src/kernels/averaging-loss.js";
import * as flatLaplace from "../../src/kernels/laplace-likelihood.js";
import * as kernel from "../../src/kernels/linear-covariance-robust.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, Dual } from "../../src/scalar/index.js";
import { bigRows, bigs, worstUlp } from "./big-truth.js";

const n = 7;
const draw = stream("robust");
const r = Float64Array.from({ length: 2 * n }, (_, k) => (k < 4 ? 60 : 5) * draw.normal());
const w = Float64Array.from({ length: 2 * n }, () => draw.uniform());
const squares = w.map((x) => x * x);
const valid = Float64Array.of(1, 0, 1, 0.5, 1, 1, 0);
const like = big(0);

it("every step of a robustification is the definition's", () => {
  for (const mask of [null, valid]) {
    const counts = [...(mask ?? new Float64Array(n).fill(1))];
    const e = new Float64Array(2 * n);
    kernel.shortenedResidual(n, r, 32, 1e-6, e);
    const exactE = bigRows(r, 2).map((row) => defined.shortenedResidual(row, 32, 1e-6));
    expect(worstUlp(e, exactE)).toBeLessThanOrEqual(8);
    const deltaE = new Float64Array(2);
    kernel.residualThreshold(n, e, mask, 3, deltaE);
    const exactDeltaE = defined.residualThreshold(bigRows(e, 2), counts, 3, like);
    expect(worstUlp(deltaE, exactDeltaE)).toBeLessThanOrEqual(n + 2);
    const M = new Float64Array(2 * n);
    kernel.residualVariance(n, e, deltaE, M);
    expect(worstUlp(M, defined.residualVariance(bigRows(e, 2), bigs(deltaE)))).toBeLessThanOrEqual(
      4,
    );
    const deltaW = new Float64Array(2 * n);
    kernel.weightThreshold(n, squares, M, mask, 4, 1e-6, deltaW);
    const exactDeltaW = defined.weightThreshold(
      bigRows(squares, 2),
      bigRows(M, 2),
      counts,
      4,
      1e-6,
      like,
    );
    expect(worstUlp(deltaW, exactDeltaW)).toBeLessThanOrEqual(n + 4);
    const omega = new Float64Array(2 * n);
    kernel.limitedWeight(n, squares, deltaW, omega);
    expect(
      worstUlp(omega, defined.limitedWeight(bigRows(squares, 2), bigRows(deltaW, 2))),
    ).toBeLessThanOrEqual(4);
    // Both branches of both were taken.
    expect(e.some((x, k) => x !== r[k]) && e.some((x, k) => x === r[k])).toBe(true);
    expect(omega.some((x, k) => x < squares[k]) && omega.some((x, k) => x === squares[k])).toBe(
      true,
    );
    const mean = new Float64Array(2);
    kernel.validMean(n, e, mask, mean);
    expect(worstUlp(mean, defined.validMean(bigRows(e, 2), counts, like), 32)).toBeLessThanOrEqual(
      n,
    );
  }
});

it("shortenedResidual is never longer than its bound, and its Jacobian is what duals say", () => {
  for (let i = 0; i < n; i++) {
    const at = r.slice(2 * i, 2 * i + 2);
    const e = new Float64Array(2);
    kernel.shortenedResidual(1, at, 32, 1e-6, e);
    expect(Math.hypot(e[0], e[1])).toBeLessThanOrEqual(32);
    const jacobian = new Float64Array(4);
    kernel.shortenedResidualJacobian(at, 32, 1e-6, jacobian);
    const exact = defined.shortenedResidualJacobian(bigs(at), 32, 1e-6);
    expect(worstUlp(jacobian, exact)).toBeLessThanOrEqual(16);
    for (const k of [0, 1]) {
      const dual = [0, 1].map((j) => new Dual(big(at[j]), big(j === k ? 1 : 0)));
      const slope = defined.shortenedResidual(dual, 32, 1e-6).map((x) => x.b);
      slope.forEach((x, j) => {
        expect(Math.abs(x.minus(exact[j][k]).toNumber())).toBeLessThanOrEqual(1e-60);
      });
    }
  }
  const zero = new Float64Array(4);
  kernel.shortenedResidualJacobian(Float64Array.of(0, 0), 32, 1e-6, zero);
  expect([...zero]).toEqual([1, 0, 0, 1]);
});

it("a robustification without outliers changes nothing, and without valid points leaves nothing", () => {
  const same = Float64Array.from({ length: 2 * n }, (_, k) => (k & 1 ? 2 : -3));
  const delta = new Float64Array(2);
  kernel.residualThreshold(n, same, null, 3, delta);
  const M = new Float64Array(2 * n);
  kernel.residualVariance(n, same, delta, M);
  expect(M).toEqual(same.map((x) => x * x));
  const threshold = new Float64Array(2 * n);
  const ones = new Float64Array(2 * n).fill(1);
  kernel.weightThreshold(n, ones, M, null, 4, 1e-6, threshold);
  const omega = new Float64Array(2 * n);
  kernel.limitedWeight(n, ones, threshold, omega);
  expect(omega).toEqual(ones);
  const none = new Float64Array(n);
  kernel.residualThreshold(n, same, none, 3, delta);
  kernel.weightThreshold(n, ones, M, none, 4, 1e-6, threshold);
  expect([...delta, ...threshold].every((x) => x === 0)).toBe(true);
});

it("laplaceLikelihood(e, b) is least at b = |e|, by duals and by value", () => {
  for (const [e, b] of [
    [2, 3],
    [-2, 0.5],
    [0, 1],
    [1e-3, 1e-3],
  ]) {
    const exact = [
      laplace.laplaceLikelihood(big(e), big(b)),
      laplace.laplaceLikelihoodSlope(big(e), big(b)),
      laplace.laplaceLikelihoodScaleSlope(big(e), big(b)),
    ];
    const got = [
      flatLaplace.laplaceLikelihood(e, b),
      flatLaplace.laplaceLikelihoodSlope(e, b),
      flatLaplace.laplaceLikelihoodScaleSlope(e, b),
    ];
    got.forEach((x, k) => {
      expect(worstUlp([x], [exact[k]], Math.max(1, Math.abs(x)))).toBeLessThanOrEqual(4);
    });
    const along = (dx: number, db: number): Big =>
      laplace.laplaceLikelihood(new Dual(big(e), big(dx)), new Dual(big(b), big(db))).b;
    expect(along(0, 1).minus(exact[2]).toNumber()).toBeCloseTo(0, 15);
    if (e !== 0) expect(along(1, 0).minus(exact[1]).toNumber()).toBeCloseTo(0, 15);
  }
  expect(flatLaplace.laplaceLikelihood(0.5, 0.5)).toBe(1 + Math.log(0.5));
  expect(flatLaplace.laplaceLikelihoodScaleSlope(-0.5, 0.5)).toBe(0);
  for (const half of [
    laplace.laplaceLikelihood(big(1), big(1)).toNumber(),
    flatLaplace.laplaceLikelihood(1, 1),
  ])
    expect(half).toBe(1);
  expect(() => flatLaplace.laplaceLikelihood(1, 0)).toThrow(
    "laplaceLikelihood: expected b > 0, got 0",
  );
  expect(() => laplace.laplaceLikelihoodSlope(big(1), big(-1))).toThrow(
    "laplaceLikelihoodSlope: expected b > 0, got -1",
  );
});

it("averagingLoss pushes one of two measurements away if the truth lies between them", () => {
  const measured = Float64Array.of(1, 4);
  const [value, slope] = [
    flatAveraging.averagingLoss(measured, 2),
    flatAveraging.averagingLossSlope(measured, 2),
  ];
  expect([value, slope]).toEqual([0.5, 0.5]);
  expect(averaging.averagingLoss(bigs(measured), big(2)).toNumber()).toBe(value);
  expect(averaging.averagingLossSlope(bigs(measured), big(2)).toNumber()).toBe(slope);
  for (const i of [0, 1]) {
    const duals = [...measured].map((x, j) => new Dual(big(x), big(i === j ? 1 : 0)));
    expect(averaging.averagingLoss(duals, new Dual(big(2), big(0))).b.toNumber()).toBe(slope);
  }
  // Down the slope the first leaves 2, and the second comes nearer.
  expect(Math.abs(1 - slope - 2)).toBeGreaterThan(1);
  expect(Math.abs(4 - slope - 2)).toBeLessThan(2);
  expect(flatAveraging.averagingLossSlope(measured, 2.5)).toBe(0);
  expect(averaging.averagingLossSlope(bigs(measured), big(2.5)).toNumber()).toBe(0);
  const none = new Float64Array(0);
  expect(() => flatAveraging.averagingLoss(none, 1)).toThrow(
    "averagingLoss: expected measurements, got none",
  );
  expect(() => averaging.averagingLoss([], big(1))).toThrow(
    "averagingLoss: expected measurements, got none",
  );
});
