import { expect, it } from "vitest";
import * as definition from "../../src/definitions/point-head.js";
import * as kernel from "../../src/kernels/point-head.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, rows, uniforms, written } from "./head-draws.js";

const ε = Number.EPSILON;
const [H, N, D, O] = [2, 6, 3, 5];

/** Pixels spread by many, by about and by less than one, and far from zero. */
const pixels = (k: number) =>
  normals("head/x", k, 2 * N, [30, 1, 0.1][k % 3]).map((x) => x + [0, 0, 900][k % 3]);

it("normalisedPixels(x) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 9; k++) {
    const [x, v] = [pixels(k), normals("head/v", k, 2 * N)];
    const coded = written(2 * N, (out) => kernel.normalisedPixels(N, x, out));
    // Differences from the mean have the rounding of the mean.
    const lost = 1 + [0, 0, 900][k % 3];
    const truth = definition.normalisedPixels(bigRows(x, 2));
    expect(worstUlp(coded, truth, 2 + lost)).toBeLessThanOrEqual(16);
    const slopes = written(2 * N, (out) => kernel.normalisedPixelsVjp(N, x, v, out));
    const stated = definition.normalisedPixelsVjp(bigRows(x, 2), bigRows(v, 2));
    expect(worstUlp(slopes, stated, 4)).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      pulled((u) => definition.normalisedPixels(rows(u, 2)).flat(), bigs(v)),
      bigs(x),
      entries(stated),
      100,
    );
  }
});

it("coded pixels have mean 0 and deviation 1 or less, and forget where an object is and, if large, its size", () => {
  for (let k = 0; k < 12; k++) {
    const x = pixels(k);
    const coded = written(2 * N, (out) => kernel.normalisedPixels(N, x, out));
    const moved = written(2 * N, (out) =>
      kernel.normalisedPixels(
        N,
        x.map((e) => e + 512),
        out,
      ),
    );
    for (const a of [0, 1]) {
      const axis = [...coded].filter((_, i) => i % 2 === a);
      expect(Math.abs(axis.reduce((s, e) => s + e, 0))).toBeLessThanOrEqual(8 * N * 1500 * ε);
      const square = axis.reduce((s, e) => s + e * e, 0) / (N - 1);
      expect(square).toBeLessThanOrEqual(1 + 64 * ε);
      if (k % 3 === 0) expect(square).toBeGreaterThan(1 - 64 * ε);
    }
    for (const [i, e] of moved.entries())
      expect(Math.abs(e - coded[i])).toBeLessThanOrEqual(8 * 1500 * ε);
    if (k % 3 > 0) continue;
    const larger = written(2 * N, (out) =>
      kernel.normalisedPixels(
        N,
        x.map((e) => 4 * e),
        out,
      ),
    );
    expect(larger).toEqual(coded);
  }
});

it("one point is coded as zero, none as nothing, in either half", () => {
  const one = written(2, (out) => kernel.normalisedPixels(1, Float64Array.of(7, 8), out));
  expect([...one]).toEqual([0, 0]);
  const slopes = written(2, (out) =>
    kernel.normalisedPixelsVjp(1, one, Float64Array.of(1, 2), out),
  );
  expect([...slopes]).toEqual([0, 0]);
  const exact = bigRows([7, 8], 2);
  expect(entries(definition.normalisedPixels(exact)).map((x) => x.toNumber())).toEqual([0, 0]);
  expect(entries(definition.normalisedPixelsVjp(exact, exact)).map((x) => x.toNumber())).toEqual([
    0, 0,
  ]);
  expect(definition.normalisedPixels([])).toEqual([]);
  expect(definition.normalisedPixelsVjp([], [])).toEqual([]);
  kernel.normalisedPixels(0, new Float64Array(0), new Float64Array(0));
});

it("queriedPoints(v, q, λ) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 4; k++) {
    const [v, q, u] = [N * D, H * D, N * D].map((n, j) => normals(`head/query/${j}`, k, n));
    const mix = [0.1, 0, -2, 1][k];
    const exact = [bigRows(v, D), bigRows(q, D), big(mix)] as const;
    const f = written(N * D, (out) => kernel.queriedPoints(N, H, D, v, q, mix, out));
    expect(worstUlp(f, definition.queriedPoints(...exact))).toBeLessThanOrEqual(4);
    const queries = new Float64Array(H * D).fill(Number.NaN);
    const byMix = kernel.queriedPointsVjp(N, H, D, q, mix, u, queries);
    const stated = definition.queriedPointsVjp(exact[1], exact[2], bigRows(u, D));
    const all = [...entries(stated.queries), stated.mix];
    expect(worstUlp([...queries, byMix], all, N)).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      pulled(
        (x) =>
          definition
            .queriedPoints(
              rows(
                [...v].map((e) => x[0].of(e)),
                D,
              ),
              rows(x.slice(0, -1), D),
              x[H * D],
            )
            .flat(),
        bigs(u),
      ),
      bigs([...q, mix]),
      all,
      100,
    );
  }
});

it("headwiseLinear(f, W, b) and its vjp are their definitions, the vjp the derivative", () => {
  const [wide, all] = [H * O * D, N * D + H * O * D];
  for (let k = 0; k < 4; k++) {
    const [f, W, b, v] = [N * D, wide, H * O, N * O].map((n, j) => normals(`head/wise/${j}`, k, n));
    const exact = [bigRows(f, D), rows(bigRows(W, D), O), bigRows(b, O)] as const;
    const y = written(N * O, (out) => kernel.headwiseLinear(N, H, D, O, f, W, b, out));
    expect(worstUlp(y, definition.headwiseLinear(...exact), D)).toBeLessThanOrEqual(8);
    const out = [N * D, wide, H * O].map((n) => new Float64Array(n).fill(Number.NaN));
    kernel.headwiseLinearVjp(N, H, D, O, f, W, v, out[0], out[1], out[2]);
    const stated = definition.headwiseLinearVjp(exact[0], exact[1], bigRows(v, O));
    const truth = [stated.features, stated.weights, stated.bias].flatMap((part) => entries(part));
    expect(
      worstUlp(
        out.flatMap((x) => [...x]),
        truth,
        O,
      ),
    ).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      pulled(
        (x) =>
          definition
            .headwiseLinear(
              rows(x.slice(0, N * D), D),
              rows(rows(x.slice(N * D, all), D), O),
              rows(x.slice(all), O),
            )
            .flat(),
        bigs(v),
      ),
      bigs([...f, ...W, ...b]),
      truth,
      100,
    );
  }
});

it("pointWeights(s, g, μ) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 6; k++) {
    const [s, g, v] = [2 * N, 2, 2 * N].map((n, j) =>
      normals(`head/weights/${j}`, k, n, k % 2 ? 5 : 1),
    );
    const mask = uniforms("head/mask", k, N);
    const exact = [bigRows(s, 2), bigs(g), bigs(mask)] as const;
    const w = written(2 * N, (out) => kernel.pointWeights(N, s, g, mask, out));
    expect(worstUlp(w, definition.pointWeights(...exact))).toBeLessThanOrEqual(16);
    const out = [2 * N, 2, N].map((n) => new Float64Array(n).fill(Number.NaN));
    kernel.pointWeightsVjp(N, s, g, mask, v, out[0], out[1], out[2]);
    const stated = definition.pointWeightsVjp(...exact, bigRows(v, 2));
    const all = [...entries(stated.logits), ...stated.scale, ...stated.mask];
    // Products of scales, weights and slopes: e^g v is the largest.
    const size = Math.exp(Math.max(...g)) * Math.max(...v.map(Math.abs));
    expect(
      worstUlp(
        out.flatMap((x) => [...x]),
        all,
        size,
      ),
    ).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      pulled(
        (x) =>
          definition
            .pointWeights(rows(x.slice(0, 2 * N), 2), x.slice(2 * N, 2 * N + 2), x.slice(2 * N + 2))
            .flat(),
        bigs(v),
      ),
      bigs([...s, ...g, ...mask]),
      all,
      1000 * size,
    );
  }
});

it("point weights sum to e^g or less, e^g with every location in the image, over all heads at once", () => {
  for (let k = 0; k < 10; k++) {
    const [s, g] = [normals("head/sums", k, 2 * N, 10), normals("head/sums/g", k, 2)];
    for (const mask of [new Float64Array(N).fill(1), uniforms("head/mask", k, N)]) {
      const w = written(2 * N, (out) => kernel.pointWeights(N, s, g, mask, out));
      const bound = 2 * N * ε * Math.exp(Math.max(...g));
      for (const a of [0, 1]) {
        const total = w.reduce((sum, x, i) => sum + (i % 2 === a ? x : 0), 0);
        expect(total).toBeLessThanOrEqual(Math.exp(g[a]) + bound);
        if (mask[0] === 1) expect(Math.abs(total - Math.exp(g[a]))).toBeLessThanOrEqual(bound);
      }
    }
  }
  const none = written(2 * N, (out) =>
    kernel.pointWeights(N, new Float64Array(2 * N), new Float64Array(2), new Float64Array(N), out),
  );
  expect([...none]).toEqual(new Array(2 * N).fill(0));
});

it("points that do not fill the heads evenly throw, in either half", () => {
  const [x, y] = [new Float64Array(9), bigRows(new Float64Array(9), 3)];
  const said = "expected points in equal numbers in 2 heads, got 3";
  const two = y.slice(0, 2);
  for (const run of [
    () => kernel.queriedPoints(3, 2, 3, x, x, 1, x),
    () => kernel.queriedPointsVjp(3, 2, 3, x, 1, x, x),
    () => kernel.headwiseLinear(3, 2, 3, 1, x, x, x, x),
    () => kernel.headwiseLinearVjp(3, 2, 3, 1, x, x, x, x, x, x),
    () => definition.queriedPoints(y, two, big(1)),
    () => definition.queriedPointsVjp(two, big(1), y),
    () => definition.headwiseLinear(y, [y, y], y),
    () => definition.headwiseLinearVjp(y, [y, y], y),
  ])
    expect(run).toThrow(said);
});
