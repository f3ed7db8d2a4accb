import { expect, it } from "vitest";
import * as definition from "../../src/definitions/keypoint-likelihood.js";
import * as kernel from "../../src/kernels/keypoint-likelihood.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, rows, uniforms, written } from "./head-draws.js";

const draw = (k: number) => {
  const n = 1 + (k % 4);
  const x = normals("keypoints/x", k, 2 * n, 5);
  const u = normals("keypoints/u", k, 2 * n, 5);
  const sigma = uniforms("keypoints/sigma", k, 2 * n, -3, 3).map(Math.exp);
  // Every other draw lies beside the minimum over sigma.
  if (k % 2)
    sigma.forEach((_, i) => {
      sigma[i] = Math.abs(x[i] - u[i]) * (1 + 10 ** -k);
    });
  return { n, x, u, sigma };
};

it("the loss and its gradient are their definitions, and those on duals", () => {
  for (let k = 0; k < 16; k++) {
    const { n, x, u, sigma } = draw(k);
    const [X, U, σ] = [x, u, sigma].map((flat) => bigRows(flat, 2));
    const loss = kernel.keypointLikelihoodLoss(n, x, u, sigma);
    const size = Math.max(
      1,
      ...sigma.map((s, i) => Math.abs(Math.log(s)) + Math.abs(x[i] - u[i]) / s),
    );
    expect(worstUlp([loss], definition.keypointLikelihoodLoss(X, U, σ), size)).toBeLessThanOrEqual(
      ulpTarget.generic,
    );
    const stated = definition.keypointLikelihoodLossGradient(X, U, σ);
    const both = [...entries(stated.x2d), ...entries(stated.sigma)];
    const ours = new Float64Array(4 * n);
    kernel.keypointLikelihoodLossGradient(
      n,
      x,
      u,
      sigma,
      ours.subarray(0, 2 * n),
      ours.subarray(2 * n),
    );
    expect(worstUlp(ours, both)).toBeLessThanOrEqual(ulpTarget.generic);
    const m = 2 * n;
    const scale = Math.max(...both.map((g) => Math.abs(g.toNumber())), 1 / Math.min(...sigma));
    expectGradient(
      (y) =>
        definition.keypointLikelihoodLoss(
          rows(y.slice(0, m), 2),
          rows(
            [...u].map((value) => y[0].of(value)),
            2,
          ),
          rows(y.slice(m), 2),
        ),
      bigs([...x, ...sigma]),
      both,
      scale,
    );
  }
});

it("the loss is least over σ at σ = |x − u|, where it is 1 + ln |x − u| (card S-20, 2)", () => {
  for (let k = 0; k < 10; k++) {
    const [error] = uniforms("keypoints/error", k, 1, 0.01, 20);
    const at = (sigma: number) =>
      kernel.keypointLikelihoodLoss(
        1,
        Float64Array.of(error, -error),
        new Float64Array(2),
        new Float64Array(2).fill(sigma),
      );
    expect(Math.abs(at(error) - 1 - Math.log(error))).toBeLessThanOrEqual(
      8 * Number.EPSILON * (1 + Math.abs(Math.log(error))),
    );
    for (const factor of [0.5, 0.9, 1.1, 2]) expect(at(error * factor)).toBeGreaterThan(at(error));
    // Descent along σ alone comes to rest there: the fixed point is exact.
    const slopes = new Float64Array(2);
    const e = Float64Array.of(error, -error);
    kernel.keypointLikelihoodLossGradient(
      1,
      e,
      new Float64Array(2),
      new Float64Array(2).fill(error),
      new Float64Array(2),
      slopes,
    );
    expect([...slopes]).toEqual([0, 0]);
  }
});

it("keypointWeights(σ) and their slope are 1/σ and −1/σ²", () => {
  for (let k = 0; k < 10; k++) {
    const { n, sigma } = draw(2 * k);
    const σ = bigRows(sigma, 2);
    const w = written(2 * n, (out) => kernel.keypointWeights(n, sigma, out));
    expect(worstUlp(w, definition.keypointWeights(σ))).toBeLessThanOrEqual(1);
    const slopes = written(2 * n, (out) => kernel.keypointWeightsSlope(n, sigma, out));
    const stated = definition.keypointWeightsSlope(σ);
    expect(worstUlp(slopes, stated)).toBeLessThanOrEqual(2);
    expectGradient(
      (y) => definition.keypointWeights([y])[0].reduce((a, b) => a.plus(b)),
      bigs(sigma),
      entries(stated),
      Math.max(...slopes.map(Math.abs)),
    );
  }
  // The floor of the heat map's deviation, √1e-6.
  expect(written(2, (w) => kernel.keypointWeights(1, Float64Array.of(1e-3, 1e-3), w))[0]).toBe(
    1000,
  );
});

it("equal points pull nothing; no points cost nothing; σ must be positive", () => {
  const x = Float64Array.of(3, 4);
  const [pull, slopes] = [new Float64Array(2), new Float64Array(2)];
  kernel.keypointLikelihoodLossGradient(1, x, x, Float64Array.of(1, 2), pull, slopes);
  expect([...pull]).toEqual([0, 0]);
  expect([...slopes]).toEqual([0.5, 0.25]);
  const stated = definition.keypointLikelihoodLossGradient(
    bigRows(x, 2),
    bigRows(x, 2),
    bigRows([1, 2], 2),
  );
  expect(entries(stated.x2d).map((g) => g.toNumber())).toEqual([0, 0]);
  const none = new Float64Array(0);
  expect(kernel.keypointLikelihoodLoss(0, none, none, none)).toBe(0);
  for (const bad of [0, -1, Number.NaN])
    expect(() => kernel.keypointLikelihoodLoss(1, x, x, Float64Array.of(1, bad))).toThrow(
      `keypointLikelihoodLoss: expected sigma > 0, got ${bad} at 1`,
    );
});
