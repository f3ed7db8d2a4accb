import { expect, it } from "vitest";
import * as definition from "../../src/definitions/detection-score.js";
import * as kernel from "../../src/kernels/detection-score.js";
import { stream } from "../../src/random/index.js";
import { big } from "../../src/scalar/index.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { uniforms } from "./head-draws.js";

const ε = Number.EPSILON;
const logits = [...Array(20).keys()].flatMap((k) => [
  3 * stream("score/logit").at(k).normal(),
  10 ** -k * (k % 2 ? 1 : -1),
  40 * stream("score/far").at(k).normal(),
]);

it("scoreTarget(e) is 1 up to 2^-1.5 m, 0 from 2^2.5 m, and a quarter less for each doubling", () => {
  for (const e of [0, 1e-300, 0.1, 2 ** -1.5 * (1 - ε)]) expect(kernel.scoreTarget(e)).toBe(1);
  for (const e of [2 ** 2.5 * (1 + ε), 100, Infinity]) expect(kernel.scoreTarget(e)).toBe(0);
  expect(definition.scoreTarget(big(0)).toNumber()).toBe(1);
  for (let k = 0; k < 30; k++) {
    const e = 2 ** (-1.4 + 2.8 * stream("score/error").at(k).uniform());
    const s = kernel.scoreTarget(e);
    expect(worstUlp([s], definition.scoreTarget(big(e)), 1)).toBeLessThanOrEqual(4);
    expect(Math.abs(s - kernel.scoreTarget(2 * e) - 0.25)).toBeLessThanOrEqual(4 * ε);
  }
  for (const e of [-1, Number.NaN])
    expect(() => kernel.scoreTarget(e)).toThrow(`expected an error >= 0, got ${e}`);
});

it("scoreLoss(x, s) and its slope are their definitions, the slope the derivative", () => {
  logits.forEach((x, k) => {
    const s = [0, 1, stream("score/target").at(k).uniform()][k % 3];
    const [X, S] = [big(x), big(s)];
    const loss = kernel.scoreLoss(x, s);
    expect(worstUlp([loss], definition.scoreLoss(X, S))).toBeLessThanOrEqual(16);
    const slope = definition.scoreLossSlope(X, S);
    const size = Math.max(Math.abs(slope.toNumber()), s % 1 === 0 ? 0 : 1);
    expect(worstUlp([kernel.scoreLossSlope(x, s)], slope, size)).toBeLessThanOrEqual(16);
    expectGradient(([y]) => definition.scoreLoss(y, y.of(s)), [X], [slope], 1);
  });
});

it("scoreLoss(x, s) is the cross entropy of σ(x), least at σ(x) = s, and symmetric", () => {
  for (const x of logits) {
    const s = 0.3;
    const p = definition.scoreProbability(big(x));
    const entropy = p
      .log()
      .times(s)
      .plus(
        p
          .negated()
          .plus(1)
          .log()
          .times(1 - s),
      )
      .negated();
    expect(worstUlp([kernel.scoreLoss(x, s)], entropy)).toBeLessThanOrEqual(16);
    expect(Math.abs(kernel.scoreLoss(-x, 0.7) - kernel.scoreLoss(x, s))).toBeLessThanOrEqual(
      16 * ε * (1 + Math.abs(x)),
    );
  }
  const least = Math.log(0.3 / 0.7);
  expect(Math.abs(kernel.scoreLossSlope(least, 0.3))).toBeLessThanOrEqual(2 * ε);
});

it("scoreProbability(x) is its definition, and detectionScore its product with the class's", () => {
  for (const x of logits) {
    const p = kernel.scoreProbability(x);
    expect(worstUlp([p], definition.scoreProbability(big(x)))).toBeLessThanOrEqual(4);
    const score = kernel.detectionScore(0.9, x);
    expect(worstUlp([score], definition.detectionScore(big(0.9), big(x)))).toBeLessThanOrEqual(4);
  }
  expect([-Infinity, 0, Infinity].map(kernel.scoreProbability)).toEqual([0, 0.5, 1]);
});

it("monteCarloScore(v̄, e) lies between the least and greatest score, and is theirs if they agree", () => {
  for (let k = 0; k < 20; k++) {
    const raw = uniforms("score/weights", k, 12);
    const total = raw.reduce((sum, w) => sum + w, 0);
    const weights = raw.map((w) => w / total);
    const e = uniforms("score/deviations", k, 12, 0, 8);
    const score = kernel.monteCarloScore(12, weights, e);
    const truth = definition.monteCarloScore(bigs(weights), bigs(e));
    expect(worstUlp([score], truth, 1)).toBeLessThanOrEqual(16);
    const all = [...e].map(kernel.scoreTarget);
    expect(score).toBeGreaterThanOrEqual(Math.min(...all) - 16 * ε);
    expect(score).toBeLessThanOrEqual(Math.max(...all) + 16 * ε);
    const same = kernel.monteCarloScore(12, weights, new Float64Array(12).fill(e[0]));
    expect(Math.abs(same - all[0])).toBeLessThanOrEqual(16 * ε);
  }
});

it("logits and targets at the ends have losses: zero where right, infinite where wrong", () => {
  expect(kernel.scoreLoss(Infinity, 1)).toBe(0);
  expect(kernel.scoreLoss(-Infinity, 0)).toBe(0);
  expect(kernel.scoreLoss(Infinity, 0)).toBe(Infinity);
  expect(kernel.scoreLoss(1000, 1)).toBe(0);
  for (const s of [-0.1, 1.1, Number.NaN])
    expect(() => kernel.scoreLoss(0, s)).toThrow(`expected a target in [0, 1], got ${s}`);
});

it("mixedScore(s, s_MC, r) is its definition, either score at the ends of r, and between them inside", () => {
  for (let k = 0; k < 40; k++) {
    const [s, mc, r] = uniforms("score/mixed", k, 3);
    const mixed = kernel.mixedScore(s, mc, r);
    const truth = definition.mixedScore(big(s), big(mc), big(r));
    expect(worstUlp([mixed], truth)).toBeLessThanOrEqual(16);
    expect(mixed).toBeGreaterThanOrEqual(Math.min(s, mc) * (1 - 16 * ε));
    expect(mixed).toBeLessThanOrEqual(Math.max(s, mc) * (1 + 16 * ε));
    expect(kernel.mixedScore(s, mc, 0)).toBe(s);
    expect(kernel.mixedScore(s, mc, 1)).toBe(mc);
  }
  for (const [s, mc, r, mixed] of [
    [0, 0.5, 1, 0.5],
    [0.5, 0, 0, 0.5],
    [0, 1, 0.5, 0],
    [1, 0, 0.5, 0],
  ]) {
    expect(kernel.mixedScore(s, mc, r)).toBe(mixed);
    expect(definition.mixedScore(big(s), big(mc), big(r)).toNumber()).toBe(mixed);
  }
  for (const [a, b, c, said] of [
    [-1, 0, 0, "a score in [0, 1], got -1"],
    [0, 2, 0, "a Monte Carlo score in [0, 1], got 2"],
    [0, 0, 1.5, "a ratio in [0, 1], got 1.5"],
  ] as const) {
    expect(() => kernel.mixedScore(a, b, c)).toThrow(`mixedScore: expected ${said}`);
    expect(() => definition.mixedScore(big(a), big(b), big(c))).toThrow(`expected ${said}`);
  }
});
