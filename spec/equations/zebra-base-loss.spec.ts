import { expect, it } from "vitest";
import * as definition from "../../src/definitions/zebra-base-loss.js";
import * as kernel from "../../src/kernels/zebra-base-loss.js";
import { type Big, big } from "../../src/scalar/index.js";
import type { Real } from "../../src/scalar/real.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, rows, uniforms, written } from "./head-draws.js";

const ε = Number.EPSILON;
const B = 3;
const draw = (k: number, P = 2 + (k % 4)) => ({
  bitLogits: normals("zebra/bits", k, P * B, 3),
  targets: uniforms("zebra/targets", k, P * B).map(Math.round),
  maskLogits: normals("zebra/mask", k, P, 2).map((x, p) => (p === 0 ? Math.abs(x) : x)),
  visible: uniforms("zebra/visible", k, P).map(Math.round),
});
const lifted = <S extends Real<S>>(map: kernel.CodeMap, lift: (x: number) => S) => ({
  bitLogits: rows(Array.from(map.bitLogits, lift), B),
  targets: rows(Array.from(map.targets, lift), B),
  maskLogits: Array.from(map.maskLogits, lift),
  visible: Array.from(map.visible, lift),
});
const exact = (x: number): Big => big(x);
const rates = (map: kernel.CodeMap) =>
  written(B, (q) => kernel.bitErrorRates(map.maskLogits.length, B, map, q));
const weights = (h: Float64Array) => written(h.length, (nu) => kernel.bitWeights(h.length, h, nu));
const gradientOf = (map: kernel.CodeMap, nu: Float64Array) => {
  const P = map.maskLogits.length;
  const out = [P * B, P].map((n) => new Float64Array(n).fill(Number.NaN));
  kernel.zebraBaseLossGradient(P, B, map, nu, 3, out[0], out[1]);
  return out.flatMap((x) => [...x]);
};

it("zebraBaseLoss(…) and its gradient are their definitions, and those on duals with i and ν held", () => {
  for (let k = 0; k < 10; k++) {
    const map = draw(k);
    const P = map.maskLogits.length;
    const h = uniforms("zebra/rates", k, B);
    const [nu, truth] = [weights(h), lifted(map, exact)];
    const exactNu = definition.bitWeights(bigs(h));
    expect(worstUlp(nu, exactNu)).toBeLessThanOrEqual(ulpTarget.generic);
    const loss = kernel.zebraBaseLoss(P, B, map, nu, 3);
    const defined = definition.zebraBaseLoss(truth, exactNu, big(3));
    expect(worstUlp([loss], defined)).toBeLessThanOrEqual(ulpTarget.generic);
    const by = definition.zebraBaseLossGradient(truth, exactNu, big(3));
    const stated = [...entries(by.bitLogits), ...entries(by.maskLogits)];
    expect(worstUlp(gradientOf(map, nu), stated)).toBeLessThanOrEqual(ulpTarget.generic);
    if (k >= 4) continue;
    const fixed = definition.zebraBaseLossGradient(truth, bigs(nu), big(3));
    expectGradient(
      (y) =>
        definition.zebraBaseLoss(
          {
            ...lifted(map, (x) => y[0].of(x)),
            bitLogits: rows(y.slice(0, P * B), B),
            maskLogits: y.slice(P * B),
          },
          Array.from(nu, (x) => y[0].of(x)),
          y[0].of(3),
        ),
      bigs([...map.bitLogits, ...map.maskLogits]),
      [...entries(fixed.bitLogits), ...entries(fixed.maskLogits)],
      3,
    );
  }
});

it("bitErrorRates(…) counts wrong bits inside the predicted mask, over its area and one", () => {
  const map = {
    bitLogits: Float64Array.of(2, -2, 2, -1, 1, 0, 5, 5, 5),
    targets: Float64Array.of(1, 1, 1, 1, 1, 1, 0, 0, 0),
    maskLogits: Float64Array.of(1, 0.5, -1),
    visible: new Float64Array(3),
  };
  // Inside: pixels 0 and 1. A logit of zero reads as 0.
  expect([...rates(map)]).toEqual([1 / 3, 1 / 3, 1 / 3]);
  for (let k = 0; k < 10; k++) {
    const drawn = draw(k);
    const stated = definition.bitErrorRates(lifted(drawn, exact));
    expect([...rates(drawn)]).toEqual(stated.map((q) => q.toNumber()));
    const inside = written(drawn.maskLogits.length, (i) =>
      kernel.insideMask(drawn.maskLogits.length, drawn.maskLogits, i),
    );
    const statedInside = definition.insideMask(bigs(drawn.maskLogits));
    expect([...inside]).toEqual(statedInside.map((i) => i.toNumber()));
  }
  expect([...rates({ ...map, maskLogits: Float64Array.of(0, -1, -2) })]).toEqual([0, 0, 0]);
});

it("bitWeights(h) sum to 1, are greatest at h = 0.255 and symmetric about it, and defined above 0.51", () => {
  for (let k = 0; k < 10; k++) {
    const h = uniforms("zebra/weights", k, 16);
    const total = weights(h).reduce((a, b) => a + b);
    // Each of 16 weights is rounded four times, and their sum 15 times.
    expect(Math.abs(total - 1)).toBeLessThanOrEqual(20 * ε);
  }
  for (const away of [0.01, 0.1, 0.2, 0.255]) {
    const [low, most, high] = weights(Float64Array.of(0.255 - away, 0.255, 0.255 + away));
    expect(Math.abs(low - high)).toBeLessThanOrEqual(8 * ε);
    expect(low).toBeLessThan(most);
    expect(Math.abs(most / low - Math.exp(3 * away))).toBeLessThanOrEqual(16 * ε);
  }
  const [none, all] = weights(Float64Array.of(0, 1));
  expect(Math.abs(all / none - Math.exp(3 * -0.49))).toBeLessThanOrEqual(8 * ε);
  expect([...weights(new Float64Array(4).fill(0.5))]).toEqual([0.25, 0.25, 0.25, 0.25]);
});

it("a pixel outside the predicted mask adds ln 2 to every bit, and teaches none", () => {
  for (let k = 0; k < 6; k++) {
    const map = {
      ...draw(k),
      maskLogits: normals("zebra/outside", k, 2 + (k % 4)).map((x) => -Math.abs(x)),
    };
    const nu = weights(uniforms("zebra/any", k, B));
    const P = map.maskLogits.length;
    const loss = kernel.hierarchicalLoss(P, B, map, nu);
    expect(Math.abs(loss - Math.LN2)).toBeLessThanOrEqual(16 * ε);
    const gradient = written(P * B, (g) => kernel.hierarchicalLossGradient(P, B, map, nu, g));
    expect(gradient.every((g) => g === 0)).toBe(true);
  }
  const none = new Float64Array(0);
  const nothing = { bitLogits: none, targets: none, maskLogits: none, visible: none };
  expect(kernel.zebraBaseLoss(0, B, nothing, weights(new Float64Array(B)), 3)).toBe(0);
});

it("on two pixels of two bits zebraBaseLoss is what a hand computes", () => {
  const map = {
    bitLogits: Float64Array.of(0, Math.log(3), 7, 7),
    targets: Float64Array.of(1, 1, 0, 0),
    maskLogits: Float64Array.of(Math.log(3), -Math.log(3)),
    visible: Float64Array.of(1, 1),
  };
  const nu = Float64Array.of(0.25, 0.75);
  // σ = ¾ and ¼ against 1; bits ln 2 and ln 4/3 inside, ln 2 twice outside.
  const code = (0.25 * 2 * Math.LN2 + 0.75 * (Math.log(4 / 3) + Math.LN2)) / 2;
  const wanted = (0.25 + 0.75) / 2 + 3 * code;
  expect(Math.abs(kernel.zebraBaseLoss(2, 2, map, nu, 3) - wanted)).toBeLessThanOrEqual(16 * ε);
});
