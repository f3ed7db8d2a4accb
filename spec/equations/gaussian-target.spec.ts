import { expect, it } from "vitest";
import * as definition from "../../src/definitions/gaussian-target.js";
import * as kernel from "../../src/kernels/gaussian-target.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, uniforms, written } from "./head-draws.js";
import { bigMap, cells, constants, gx, gy, H, total, W, X, Y } from "./map-draws.js";

const forms: Record<string, kernel.TargetForm> = {
  peak: { density: false, guard: null, reach: Number.POSITIVE_INFINITY },
  truncated: { density: false, guard: null, reach: 1.4 },
  density: { density: true, guard: null, reach: Number.POSITIVE_INFINITY },
  "unit sum": { density: false, guard: 0, reach: Number.POSITIVE_INFINITY },
  "guarded sum": { density: true, guard: 1e-2, reach: Number.POSITIVE_INFINITY },
};
const draw = (k: number) => ({
  mean: Float64Array.of(uniforms("target/x", k, 1, -1, 3)[0], uniforms("target/y", k, 1, -1, 4)[0]),
  sigma: uniforms("target/sigma", k, 2, 0.4, 2),
});
const target = (mean: Float64Array, sigma: Float64Array, form: kernel.TargetForm) =>
  written(cells, (T) => kernel.gaussianTarget(H, W, gx, gy, mean, sigma, form, T));

it.each(Object.keys(forms))("gaussianTarget(…) and its vjp are their definitions: %s", (name) => {
  const form = forms[name];
  for (let k = 0; k < 6; k++) {
    const { mean, sigma } = draw(k);
    const [M, S] = [bigs(mean), bigs(sigma)];
    const truth = definition.gaussianTarget(X, Y, M, S, form);
    expect(worstUlp(target(mean, sigma, form), truth)).toBeLessThanOrEqual(ulpTarget.generic);
    const v = normals("target/v", k, cells);
    const stated = definition.gaussianTargetVjp(X, Y, M, S, form, bigMap(v));
    const ours = [new Float64Array(2), new Float64Array(2)];
    kernel.gaussianTargetVjp(H, W, gx, gy, mean, sigma, form, v, ours[0], ours[1]);
    // Terms of either sign: as large as v, the slopes and the map's greatest entry together.
    const peak = Math.max(...truth.flat().map((t) => t.toNumber()));
    const size = (peak * 12 * 9) / Math.min(...sigma) ** 3;
    expect(
      worstUlp([...ours[0], ...ours[1]], [...stated.mean, ...stated.sigma], size),
    ).toBeLessThanOrEqual(ulpTarget.generic);
    if (k < 2)
      expectGradient(
        (z) => {
          const [A, B] = [constants(gx, z), constants(gy, z)];
          const T = definition.gaussianTarget(A, B, z.slice(0, 2), z.slice(2), form);
          return total(T, v);
        },
        [...M, ...S],
        [...stated.mean, ...stated.sigma],
        size,
      );
  }
});

it("a unit sum is 1 and a peak is 1, wherever the centre is", () => {
  const narrow = Float64Array.of(0.01, 0.02);
  for (const mean of [
    [0.3, 1.1],
    [900, -700],
    [-1e6, 2e5],
  ].map((m) => Float64Array.from(m)))
    for (const sigma of [Float64Array.of(0.5, 0.7), narrow]) {
      const T = target(mean, sigma, forms["unit sum"]);
      expect(Math.abs(T.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(cells * Number.EPSILON);
    }
  const at = Float64Array.of(gx[2], gy[1]);
  expect(target(at, narrow, forms.peak)[W + 2]).toBe(1);
});

it("as sigma vanishes the target is the nearest cell, and a centre between two is shared", () => {
  const sharp = Float64Array.of(1e-9, 1e-9);
  const near = target(Float64Array.of(gx[1] + 0.2, gy[2] - 0.3), sharp, forms["unit sum"]);
  expect([...near]).toEqual(Array.from({ length: cells }, (_, i) => Number(i === 2 * W + 1)));
  const between = target(Float64Array.of((gx[1] + gx[2]) / 2, gy[0]), sharp, forms["unit sum"]);
  expect([between[1], between[2]]).toEqual([0.5, 0.5]);
});

it("a reach beyond every cell leaves zeros, or no map at all where a sum divides", () => {
  const far = Float64Array.of(50, 50);
  const one = Float64Array.of(1, 1);
  expect(target(far, one, forms.truncated).every((t) => t === 0)).toBe(true);
  const form = { density: false, guard: 0, reach: 2 };
  const T = new Float64Array(cells);
  expect(kernel.gaussianTarget(H, W, gx, gy, far, one, form, T)).toBe(false);
  expect(T.every(Number.isNaN)).toBe(true);
});
