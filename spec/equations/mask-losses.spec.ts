import { expect, it } from "vitest";
import * as definition from "../../src/definitions/mask-losses.js";
import * as kernel from "../../src/kernels/mask-losses.js";
import type { Real } from "../../src/scalar/real.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, written } from "./head-draws.js";

const ε = Number.EPSILON;
const forms = ["cross-entropy", "difference"] as const;
/** Logits of every size beside masks of zeros, ones and, for a resized mask, what lies between. */
const draw = (k: number) => {
  const P = 1 + (k % 5);
  const x = normals("mask/logits", k, P, 10 ** (1 - (k % 4)));
  const m = Float64Array.from({ length: P }, (_, p) => [0, 1, 0.25][(k + p) % 3]);
  return { P, x, m };
};

const constants = <S extends Real<S>>(m: Float64Array, like: S) => Array.from(m, (v) => like.of(v));

it("maskLoss(form, x, m) and its gradient are their definitions, and those on duals", () => {
  for (const form of forms)
    for (let k = 0; k < 10; k++) {
      const { P, x, m } = draw(k);
      const [X, M] = [bigs(x), bigs(m)];
      const loss = kernel.maskLoss(form, P, x, m);
      expect(worstUlp([loss], definition.maskLoss(form, X, M))).toBeLessThanOrEqual(
        ulpTarget.generic,
      );
      const stated = definition.maskLossGradient(form, X, M);
      const gradient = written(P, (out) => kernel.maskLossGradient(form, P, x, m, out));
      expect(worstUlp(gradient, stated)).toBeLessThanOrEqual(ulpTarget.generic);
      if (k < 5)
        expectGradient((y) => definition.maskLoss(form, y, constants(m, y[0])), X, stated, 1);
    }
});

it("maskLoss('cross-entropy', x, m) is |x| at a far logit on the wrong side, and keeps e^−|x| on the right", () => {
  const at = (x: number, m: number, form: (typeof forms)[number]) =>
    kernel.maskLoss(form, 1, Float64Array.of(x), Float64Array.of(m));
  for (const x of [40, 300, 700]) {
    expect(at(x, 0, "cross-entropy")).toBe(x);
    expect(at(-x, 1, "cross-entropy")).toBe(x);
    for (const [logit, m] of [
      [x, 1],
      [-x, 0],
    ]) {
      // ln(1 + q) and q/(1 + q) are q to q², less than an ulp of it here.
      for (const form of forms)
        expect(Math.abs(at(logit, m, form) / Math.exp(-x) - 1)).toBeLessThanOrEqual(4 * ε);
    }
    expect(at(x, 0, "difference")).toBe(1);
  }
  expect(at(Number.POSITIVE_INFINITY, 1, "cross-entropy")).toBe(0);
  expect(at(Number.NEGATIVE_INFINITY, 1, "cross-entropy")).toBe(Number.POSITIVE_INFINITY);
  expect(at(0, 1, "cross-entropy")).toBe(Math.LN2);
});

it("maskLoss of complements: L(x, m) = L(−x, 1 − m), and the gradients are opposite", () => {
  for (const form of forms)
    for (let k = 0; k < 10; k++) {
      const { P, x, m } = draw(k);
      const [back, rest] = [x.map((v) => -v), m.map((v) => 1 - v)];
      const [a, b] = [kernel.maskLoss(form, P, x, m), kernel.maskLoss(form, P, back, rest)];
      expect(Math.abs(a - b)).toBeLessThanOrEqual(16 * ε * a);
      const [g, h] = [
        [x, m],
        [back, rest],
      ].map(([logits, mask]) =>
        written(P, (out) => kernel.maskLossGradient(form, P, logits, mask, out)),
      );
      g.forEach((v, p) => {
        expect(Math.abs(v + h[p])).toBeLessThanOrEqual((16 * ε) / P);
      });
    }
});

it("maskLoss where σ(x) = m has slope 0; without pixels it is 0; m outside [0, 1] is refused", () => {
  const half = Float64Array.of(0.5);
  const zero = new Float64Array(1);
  for (const form of forms) {
    expect([...written(1, (g) => kernel.maskLossGradient(form, 1, zero, half, g))]).toEqual([0]);
    const stated = definition.maskLossGradient(form, bigs(zero), bigs(half));
    expect(stated.map((g) => g.toNumber())).toEqual([0]);
    expect(kernel.maskLoss(form, 0, zero, zero)).toBe(0);
    for (const m of [-0.1, 1.1, Number.NaN])
      expect(() => kernel.maskLoss(form, 1, zero, Float64Array.of(m))).toThrow(
        `expected a target in [0, 1], got ${m}`,
      );
  }
});

it("resampledMask(m, H′, W′) is its definition, repeats each pixel k² times or keeps every kth", () => {
  for (const [H, W, height, width] of [
    [4, 6, 2, 3],
    [4, 6, 8, 12],
    [5, 7, 3, 4],
    [3, 2, 7, 5],
    [1, 1, 3, 2],
    [64, 64, 64, 64],
  ]) {
    const m = Float64Array.from({ length: H * W }, (_, i) => i);
    const ours = written(height * width, (out) =>
      kernel.resampledMask(H, W, m, height, width, out),
    );
    const rows = Array.from({ length: H }, (_, r) => [...m.subarray(W * r, W * (r + 1))]);
    expect([...ours]).toEqual(definition.resampledMask(rows, height, width).flat());
    if (height % H === 0 && width % W === 0)
      for (let i = 0; i < H * W; i++)
        expect(ours.filter((v) => v === i).length).toBe((height / H) * (width / W));
    if (H % height === 0 && W % width === 0)
      ours.forEach((v, i) => {
        const [r, c] = [Math.floor(i / width), i % width];
        expect(v).toBe((W * r * H) / height + (c * W) / width);
      });
  }
  const untouched = new Float64Array(4).fill(7);
  kernel.resampledMask(0, 0, new Float64Array(0), 2, 2, untouched);
  expect([...untouched]).toEqual([7, 7, 7, 7]);
});
