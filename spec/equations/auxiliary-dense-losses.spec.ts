import { expect, it } from "vitest";
import * as definition from "../../src/definitions/auxiliary-dense-losses.js";
import * as kernel from "../../src/kernels/auxiliary-dense-losses.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, rows, uniforms, written } from "./head-draws.js";

const ε = Number.EPSILON;
const CAP = 1e4;
const mixture = (k: number) => {
  const M = 1 + (k % 4);
  return [2 * M, 2 * M, M].map((n, j) => normals(`mixture/${j}`, k, n));
};

it("relativeReprojectionError(…) is e Z/(0.2 mean d f), its definition, with a least distance", () => {
  for (let k = 0; k < 10; k++) {
    const e = normals("relative/e", k, 2, 5);
    const d = uniforms("relative/d", k, 3, 0.5, 5);
    const Z = 0.05 + 10 * k;
    const relative = written(2, (out) => kernel.relativeReprojectionError(e, Z, d, 1266, 0.1, out));
    const truth = definition.relativeReprojectionError(
      bigs(e),
      big(Z),
      bigs(d),
      big(1266),
      big(0.1),
    );
    expect(worstUlp(relative, truth)).toBeLessThanOrEqual(8);
    const size = (0.2 * (d[0] + d[1] + d[2])) / 3;
    // A fifth of the object's mean size, seen from its distance, is an error of 1.
    const seen = Float64Array.of((1266 * size) / Math.max(Z, 0.1), 0);
    kernel.relativeReprojectionError(seen, Z, d, 1266, 0.1, seen);
    expect(Math.abs(seen[0] - 1)).toBeLessThanOrEqual(16 * ε);
  }
  expect(() =>
    kernel.relativeReprojectionError(
      new Float64Array(2),
      1,
      new Float64Array(3),
      1,
      1,
      new Float64Array(2),
    ),
  ).toThrow("expected mean dimension x f > 0, got 0");
});

it("mixtureLoss(…) and its gradient are their definitions, the gradient the derivative", () => {
  for (let k = 0; k < 12; k++) {
    const [delta, deviation, share] = mixture(k);
    const M = share.length;
    // Two in three caps hold for about half of the deviations.
    const cap = k % 3 ? 1 : CAP;
    const exact = [bigRows(delta, 2), bigRows(deviation, 2), bigs(share), big(cap)] as const;
    const loss = kernel.mixtureLoss(M, delta, deviation, share, cap);
    const stated = definition.mixtureLossGradient(...exact);
    const all = [...entries(stated.error), ...entries(stated.logDeviation), ...stated.logShare];
    // Exponents are sums of squares of size 1 to 100; the loss is held to the digits of the largest.
    const size = Math.max(1, ...all.map((x) => Math.abs(x.toNumber())));
    expect(worstUlp([loss], definition.mixtureLoss(...exact), size)).toBeLessThanOrEqual(16);
    const out = [2 * M, 2 * M, M].map((n) => new Float64Array(n));
    kernel.mixtureLossGradient(M, delta, deviation, share, cap, out[0], out[1], out[2]);
    expect(
      worstUlp(
        out.flatMap((x) => [...x]),
        all,
        size,
      ),
    ).toBeLessThanOrEqual(ulpTarget.seam);
    expectGradient(
      (x) =>
        definition.mixtureLoss(
          rows(x.slice(0, 2 * M), 2),
          rows(x.slice(2 * M, 4 * M), 2),
          x.slice(4 * M),
          x[0].of(cap),
        ),
      bigs([...delta, ...deviation, ...share]),
      all,
      100 * size,
    );
    // Responsibilities are shares of one.
    expect(Math.abs(out[2].reduce((sum, r) => sum + r, 0) + 1)).toBeLessThanOrEqual(2 * M * ε);
  }
});

it("one component is a Gaussian: its loss ½ ‖Δ/σ‖² + Σ ln σ, less ln 2π, least at σ = |Δ|", () => {
  for (let k = 0; k < 20; k++) {
    const [delta, deviation] = [normals("one/delta", k, 2), normals("one/sigma", k, 2)];
    const share = Float64Array.of(0);
    const loss = kernel.mixtureLoss(1, delta, deviation, share, CAP);
    const squares = delta.map((x, a) => 0.5 * (x / Math.exp(deviation[a])) ** 2);
    const parts = [...squares, ...deviation];
    const size = parts.reduce((sum, x) => sum + Math.abs(x), 0);
    expect(Math.abs(loss - parts.reduce((sum, x) => sum + x, 0))).toBeLessThanOrEqual(
      16 * ε * size,
    );
    const best = delta.map((x) => Math.log(Math.abs(x)));
    const out = [2, 2, 1].map((n) => new Float64Array(n));
    kernel.mixtureLossGradient(1, delta, best, share, 1e9, out[0], out[1], out[2]);
    out[1].forEach((slope, a) => {
      expect(Math.abs(slope)).toBeLessThanOrEqual(8 * ε * (1 + Math.abs(best[a])));
    });
  }
});

it("equal components in shares that sum to 1 are one component; far or shareless ones are none", () => {
  const [delta, deviation] = [normals("equal/delta", 0, 2), normals("equal/sigma", 0, 2)];
  const one = kernel.mixtureLoss(1, delta, deviation, Float64Array.of(0), CAP);
  const twice = (x: Float64Array) => Float64Array.of(...x, ...x);
  const shares = Float64Array.of(Math.log(0.3), Math.log(0.7));
  const two = kernel.mixtureLoss(2, twice(delta), twice(deviation), shares, CAP);
  expect(Math.abs(two - one)).toBeLessThanOrEqual(16 * ε * (1 + Math.abs(one)));
  for (const [far, share] of [
    [1e200, 0],
    [0, -Infinity],
  ]) {
    const moved = Float64Array.of(...delta, far, far);
    const loss = kernel.mixtureLoss(2, moved, twice(deviation), Float64Array.of(0, share), CAP);
    expect(loss).toBe(one);
    const out = [4, 4, 2].map((n) => new Float64Array(n));
    kernel.mixtureLossGradient(
      2,
      moved,
      twice(deviation),
      Float64Array.of(0, share),
      CAP,
      out[0],
      out[1],
      out[2],
    );
    for (const row of out) expect(row.every(Number.isFinite)).toBe(true);
    expect(Math.abs(out[2][1])).toBe(0);
  }
  const none = new Float64Array(2);
  for (const [delta1, share] of [
    [none, -Infinity],
    [Float64Array.of(Number.NaN, 0), 0],
  ] as const)
    expect(() => kernel.mixtureLoss(1, delta1, none, Float64Array.of(share), CAP)).toThrow(
      "mixtureLoss: expected a component of finite density",
    );
});

it("a cap bounds the square alone: beyond it the loss falls with ln σ, with slope 1 an axis", () => {
  const [delta, share] = [Float64Array.of(1e-3, 2e-3), Float64Array.of(0)];
  const at = (log: number) =>
    kernel.mixtureLoss(1, delta, Float64Array.of(log, log), share, 1 / 0.01);
  const floor = 0.5 * (0.1 ** 2 + 0.2 ** 2);
  for (const log of [-5, -10, -50]) expect(at(log)).toBeCloseTo(floor + 2 * log, 12);
  const out = [2, 2, 1].map((n) => new Float64Array(n));
  const logs = Float64Array.of(-10, -10);
  kernel.mixtureLossGradient(1, delta, logs, share, 100, out[0], out[1], out[2]);
  expect([...out[1]]).toEqual([1, 1]);
  expect(Math.abs(out[0][0] / (1e4 * delta[0]) - 1)).toBeLessThanOrEqual(4 * ε);
});

it("meanInverseDeviation(…) is its definition, and 1/σ where all deviations are σ", () => {
  for (let k = 0; k < 12; k++) {
    const [, deviation, share] = mixture(k);
    const cap = k % 2 ? 1 : CAP;
    const mean = kernel.meanInverseDeviation(share.length, deviation, share, cap, 1e-4);
    const exact = [bigRows(deviation, 2), bigs(share), big(cap), big(1e-4)] as const;
    expect(worstUlp([mean], definition.meanInverseDeviation(...exact))).toBeLessThanOrEqual(16);
    const same = new Float64Array(2 * share.length).fill(Math.log(0.25));
    const four = kernel.meanInverseDeviation(share.length, same, share, CAP, 1e-4);
    expect(Math.abs(four - 4)).toBeLessThanOrEqual(64 * ε);
  }
  const none = new Float64Array(0);
  expect(kernel.meanInverseDeviation(0, none, none, CAP, 1e-4)).toBe(0);
  expect(definition.meanInverseDeviation([], [], big(CAP), big(1e-4)).toNumber()).toBe(0);
  // Shares that underflow leave the floor to divide.
  const far = Float64Array.of(-1000);
  expect(kernel.meanInverseDeviation(1, new Float64Array(2), far, CAP, 1e-4)).toBe(0);
});

it("caps and floors that are none, and mixtures of nothing, throw", () => {
  const none = new Float64Array(2);
  const gradient = (cap: number, count = 1) =>
    kernel.mixtureLossGradient(count, none, none, none, cap, none, none, none);
  for (const cap of [0, -1, Number.NaN]) {
    const said = `expected a cap > 0, got ${cap}`;
    expect(() => kernel.mixtureLoss(1, none, none, none, cap)).toThrow(`mixtureLoss: ${said}`);
    expect(() => gradient(cap)).toThrow(`mixtureLossGradient: ${said}`);
    expect(() => kernel.meanInverseDeviation(1, none, none, cap, 1)).toThrow(
      `meanInverseDeviation: ${said}`,
    );
    expect(() => kernel.meanInverseDeviation(1, none, none, 1, cap)).toThrow(
      `expected a floor > 0, got ${cap}`,
    );
  }
  expect(() => kernel.mixtureLoss(0, none, none, none, CAP)).toThrow(
    "mixtureLoss: expected M >= 1 components, got 0",
  );
  expect(() => gradient(CAP, 0)).toThrow("expected M >= 1 components, got 0");
  for (const run of [definition.mixtureLoss, definition.mixtureLossGradient])
    expect(() => run([], [], [], big(CAP))).toThrow("expected M >= 1 components, got 0");
});

it("coordinateRegression(…) and its gradient are their definitions, the gradient the derivative", () => {
  for (let k = 0; k < 12; k++) {
    const N = 1 + (k % 4);
    const z = normals("regression/z", k, 3 * N);
    // Offsets far from, beside and on the joint of the two branches, and beside zero.
    const offset = [1, 0.05 * 2, 0.01, 1e-9][k % 4];
    const target = z.map((x, i) => x - (offset * normals("regression/o", k, 3 * N)[i]) / 2);
    const a = uniforms("regression/a", k, N, 0, k % 3 ? 1 : 1e-6);
    const [D, β, floor] = [2, 0.05, 1e-4];
    const scalars = [big(D), big(β), big(floor)] as const;
    const exact = [bigRows(z, 3), bigRows(target, 3), bigs(a), ...scalars] as const;
    const loss = kernel.coordinateRegression(N, z, target, a, D, β, floor);
    expect(worstUlp([loss], definition.coordinateRegression(...exact))).toBeLessThanOrEqual(32);
    const stated = definition.coordinateRegressionGradient(...exact);
    const [points, slopes] = [new Float64Array(3 * N), new Float64Array(N)];
    kernel.coordinateRegressionGradient(N, z, target, a, D, β, floor, points, slopes);
    expect(worstUlp(points, stated.points)).toBeLessThanOrEqual(ulpTarget.generic);
    const divisor = Math.max(
      a.reduce((s, x) => s + x, 0),
      floor,
    );
    const size = Math.max(loss, offset) / divisor;
    expect(worstUlp(slopes, stated.attention, size)).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      (x) =>
        definition.coordinateRegression(
          rows(x.slice(0, 3 * N), 3),
          rows(
            [...target].map((y) => x[0].of(y)),
            3,
          ),
          x.slice(3 * N),
          x[0].of(D),
          x[0].of(β),
          x[0].of(floor),
        ),
      bigs([...z, ...a]),
      [...entries(stated.points), ...stated.attention],
      1 / floor / β,
    );
    // A weighted mean: above the floor, weights in proportion are the same weights.
    if (divisor > floor) {
      const scaled = kernel.coordinateRegression(
        N,
        z,
        target,
        a.map((x) => 8 * x),
        D,
        β,
        floor,
      );
      expect(scaled).toBe(loss);
    }
  }
});

it("coordinateRegression(…) is 0 with slope 0 on its targets and without points, and throws on scales", () => {
  const z = normals("regression/z", 0, 6);
  const [points, slopes, none] = [new Float64Array(6), new Float64Array(2), new Float64Array(0)];
  const a = Float64Array.of(1, 0);
  expect(kernel.coordinateRegression(2, z, z, a, 2, 0.05, 1e-4)).toBe(0);
  kernel.coordinateRegressionGradient(2, z, z, a, 2, 0.05, 1e-4, points, slopes);
  expect([...points, ...slopes]).toEqual(new Array(8).fill(0));
  expect(kernel.coordinateRegression(0, none, none, none, 2, 0.05, 1e-4)).toBe(0);
  const empty = definition.coordinateRegression([], [], [], big(2), big(0.05), big(1e-4));
  expect(empty.toNumber()).toBe(0);
  for (const [D, β, floor] of [
    [0, 1, 1],
    [1, -1, 1],
    [1, 1, Number.NaN],
  ]) {
    const said = `expected D, beta, floor > 0, got ${D}, ${β}, ${floor}`;
    expect(() => kernel.coordinateRegression(0, none, none, none, D, β, floor)).toThrow(said);
    expect(() =>
      kernel.coordinateRegressionGradient(0, none, none, none, D, β, floor, none, none),
    ).toThrow(said);
  }
});
