import { expect, it } from "vitest";
import * as definition from "../../src/definitions/layer-normalisation.js";
import * as kernel from "../../src/kernels/layer-normalisation.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, size, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, rows, written } from "./head-draws.js";

const ε = Number.EPSILON;
const [N, D] = [3, 5];
const EPSILON = 1e-5;
const draws = (k: number) => ({
  // Rows of size 1, far from zero, and varying by less than √ε.
  x: normals("norm/x", k, N * D, [1, 1, 1e-3][k % 3]).map((e) => e + [0, 1e3, 1][k % 3]),
  gain: normals("norm/gain", k, D),
  shift: normals("norm/shift", k, D),
  v: normals("norm/v", k, N * D),
});
const normalised = (x: Float64Array, gain: Float64Array, shift: Float64Array) =>
  written(x.length, (y) => kernel.layerNormalisation(x.length / D, D, x, gain, shift, EPSILON, y));

it("layerNormalisation(…) and its vjp are their definitions, the vjp the derivative", () => {
  for (let k = 0; k < 6; k++) {
    const { x, gain, shift, v } = draws(k);
    const exact = [bigRows(x, D), bigs(gain), bigs(shift), big(EPSILON)] as const;
    // A row's differences lose the digits that its mean has before them: half an ulp of that.
    const lost = 1 + [0, 1e3, 1e3][k % 3];
    const y = normalised(x, gain, shift);
    expect(worstUlp(y, definition.layerNormalisation(...exact), 3)).toBeLessThanOrEqual(16 * lost);
    const out = [N * D, D, D].map((n) => new Float64Array(n).fill(Number.NaN));
    kernel.layerNormalisationVjp(N, D, x, gain, EPSILON, v, out[0], out[1], out[2]);
    const stated = definition.layerNormalisationVjp(exact[0], exact[1], exact[3], bigRows(v, D));
    for (const [values, truth] of [
      [out[0], stated.input],
      [out[1], stated.gain],
      [out[2], stated.shift],
    ] as const)
      expect(worstUlp(values, truth)).toBeLessThanOrEqual(ulpTarget.generic * lost);
    const all = [...entries(stated.input), ...stated.gain, ...stated.shift];
    expectGradient(
      (u) => {
        const found = definition.layerNormalisation(
          rows(u.slice(0, N * D), D),
          u.slice(N * D, N * D + D),
          u.slice(N * D + D),
          u[0].of(EPSILON),
        );
        return found
          .flat()
          .map((e, i) => e.times(v[i]))
          .reduce((a, b) => a.plus(b));
      },
      bigs([...x, ...gain, ...shift]),
      all,
      // Slopes of slopes grow as 1/s does, cubed in what differences leave out.
      10 * size(all) ** 3,
    );
  }
});

it("rows come out with mean 0 and variance just below 1, whatever their size and place", () => {
  const ones = new Float64Array(D).fill(1);
  for (let k = 0; k < 20; k++) {
    const x = normals("norm/law", k, D, 2 ** (k % 9)).map((e) => e + 7 * k);
    const y = normalised(x, ones, new Float64Array(D));
    const mean = y.reduce((s, e) => s + e, 0) / D;
    const variance = y.reduce((s, e) => s + e * e, 0) / D;
    // 7 k over the row's deviation, which is at least a tenth of its spread here.
    expect(Math.abs(mean)).toBeLessThanOrEqual(16 * ε * (1 + 70 * k));
    const rough = x.reduce((s, e) => s + (e - x[0]) ** 2, 0);
    expect(variance).toBeLessThan(1 + 64 * ε * (1 + 70 * k));
    expect(1 - variance).toBeLessThan((2 * D * D * EPSILON) / rough + 64 * ε * (1 + 70 * k));
  }
});

it("a slope along the ones, or along the row itself, is one that the output hardly feels", () => {
  for (let k = 0; k < 6; k++) {
    const { gain, v } = draws(k);
    const x = normals("norm/still", k, N * D);
    const out = [N * D, D, D].map((n) => new Float64Array(n));
    kernel.layerNormalisationVjp(N, D, x, gain, EPSILON, v, out[0], out[1], out[2]);
    for (let n = 0; n < N; n++) {
      const row = out[0].subarray(n * D, n * D + D);
      const largest = Math.max(...row.map(Math.abs));
      expect(Math.abs(row.reduce((s, e) => s + e, 0))).toBeLessThanOrEqual(16 * D * ε * largest);
    }
  }
});

it("a row of equal entries comes out as the shift, exactly; an empty batch as nothing", () => {
  const shift = normals("norm/flat", 0, D);
  const y = normalised(new Float64Array(D).fill(0.1), normals("norm/gain", 0, D), shift);
  expect(y).toEqual(shift);
  // 0.1 + 0.1 + 0.1 over 3 is not 0.1: the mean needs what is left of it, and no more.
  const [three, none] = [new Float64Array(3).fill(0.1), new Float64Array(3)];
  const gain = new Float64Array(3).fill(1e20);
  kernel.layerNormalisation(1, 3, three, gain, none, EPSILON, three);
  expect(three).toEqual(none);
  expect(normalised(new Float64Array(0), shift, shift)).toEqual(new Float64Array(0));
});

it("layerNormalisation(…) throws without channels or an epsilon", () => {
  const one = new Float64Array(1);
  for (const [depth, epsilon, said] of [
    [0, 1e-5, "D >= 1 channels, got 0"],
    [1, 0, "a finite epsilon > 0, got 0"],
    [1, Number.NaN, "a finite epsilon > 0, got NaN"],
  ] as const) {
    expect(() => kernel.layerNormalisation(1, depth, one, one, one, epsilon, one)).toThrow(
      `layerNormalisation: expected ${said}`,
    );
    expect(() =>
      kernel.layerNormalisationVjp(1, depth, one, one, epsilon, one, one, one, one),
    ).toThrow(`layerNormalisationVjp: expected ${said}`);
  }
});
