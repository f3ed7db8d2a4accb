import { expect, it } from "vitest";
import * as definition from "../../src/definitions/feed-forward.js";
import * as kernel from "../../src/kernels/feed-forward.js";
import type { Real } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, rows, written } from "./head-draws.js";

const [N, D, F] = [3, 2, 5];
const sizes = { W1: F * D, b1: F, W2: D * F, b2: D };
const draws = (k: number) => {
  const [W1, b1, W2, b2] = Object.entries(sizes).map(([name, n]) => normals(`ffn/${name}`, k, n));
  return {
    x: normals("ffn/x", k, N * D),
    v: normals("ffn/v", k, N * D),
    layers: { W1, b1, W2, b2 },
  };
};
const exactly = ({ W1, b1, W2, b2 }: kernel.FeedForwardLayers) => ({
  ...{ W1: bigRows(W1, D), b1: bigs(b1), W2: bigRows(W2, F), b2: bigs(b2) },
});
const nested = <S extends Real<S>>(flat: readonly S[]) => {
  const [a, b, c] = [sizes.W1, sizes.W1 + F, sizes.W1 + F + sizes.W2];
  return {
    W1: rows(flat.slice(0, a), D),
    b1: flat.slice(a, b),
    W2: rows(flat.slice(b, c), F),
    b2: flat.slice(c),
  };
};
const passed = (x: Float64Array, layers: kernel.FeedForwardLayers) => {
  const hidden = new Float64Array((x.length / D) * F);
  const y = written(x.length, (out) =>
    kernel.feedForward(x.length / D, D, F, x, layers, hidden, out),
  );
  return { hidden, y };
};
const pulledBack = (x: Float64Array, layers: kernel.FeedForwardLayers, v: Float64Array) => {
  const { hidden } = passed(x, layers);
  const [scratch, input] = [new Float64Array(hidden.length), new Float64Array(x.length)];
  const [W1, b1, W2, b2] = Object.values(sizes).map((n) => new Float64Array(n));
  const gradient = { W1, b1, W2, b2 };
  kernel.feedForwardVjp(x.length / D, D, F, x, layers, hidden, v, scratch, input, gradient);
  return [input, W1, b1, W2, b2].flatMap((part) => [...part]);
};

it("feedForward(…) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 6; k++) {
    const { x, v, layers } = draws(k);
    const exact = exactly(layers);
    // Sums of up to six products of normals, of products of normals.
    const scale = 20;
    const truth = definition.feedForward(bigRows(x, D), exact);
    expect(worstUlp(passed(x, layers).y, truth, scale)).toBeLessThanOrEqual(16);
    const { input, layers: by } = definition.feedForwardVjp(bigRows(x, D), exact, bigRows(v, D));
    const all = [input, by.W1, by.b1, by.W2, by.b2].flatMap((part) => entries(part));
    expect(worstUlp(pulledBack(x, layers, v), all, scale)).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      pulled(
        (u) => definition.feedForward(rows(u.slice(0, N * D), D), nested(u.slice(N * D))).flat(),
        bigs(v),
      ),
      bigs([...x, ...layers.W1, ...layers.b1, ...layers.W2, ...layers.b2]),
      all,
      100,
    );
  }
});

it("without a hidden unit awake the layer is x + b₂; each point is passed alone", () => {
  const { x, v, layers } = draws(0);
  const asleep = { ...layers, b1: layers.b1.map(() => -1e3) };
  expect(passed(x, asleep).y).toEqual(x.map((e, k) => layers.b2[k % D] + e));
  const gradient = pulledBack(x, asleep, v);
  expect(gradient.slice(0, N * D)).toEqual([...v]);
  expect(gradient.slice(N * D, N * D + sizes.W1 + F).every((g) => g === 0)).toBe(true);
  const { y } = passed(x, layers);
  for (let n = 0; n < N; n++)
    expect(passed(x.slice(n * D, n * D + D), layers).y).toEqual(y.slice(n * D, n * D + D));
});

it("a hidden unit at zero passes no slope, in either half", () => {
  const { x, v, layers } = draws(1);
  const still = { ...layers, W1: layers.W1.map(() => 0), b1: layers.b1.map(() => 0) };
  const gradient = pulledBack(x, still, v);
  const { layers: by } = definition.feedForwardVjp(bigRows(x, D), exactly(still), bigRows(v, D));
  for (const part of [gradient.slice(N * D, N * D + sizes.W1 + F), [...entries(by.W1), ...by.b1]])
    expect(
      part.every((g) => Number(g) === 0 || (typeof g !== "number" && g.toNumber() === 0)),
    ).toBe(true);
});
