import { expect, it } from "vitest";
import * as definition from "../../src/definitions/map-resizing.js";
import * as kernel from "../../src/kernels/map-resizing.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, rows } from "./head-draws.js";
import { bigMap, cells, H, total, W } from "./map-draws.js";

const ε = Number.EPSILON;
/** Rows and columns after: twice, half, odd, one, and the same. */
const sizes = [
  [6, 8],
  [2, 2],
  [5, 7],
  [1, 1],
  [3, 4],
  [1, 9],
] as const;
const resized = (map: Float64Array, [r, c]: readonly [number, number], [h, w] = [H, W]) => {
  const out = new Float64Array(r * c);
  kernel.resizedMap(h, w, map, r, c, 1, out);
  return out;
};
const adjoint = (v: Float64Array, [r, c]: readonly [number, number]) => {
  const out = new Float64Array(cells);
  kernel.resizedMapVjp(r, c, v, H, W, 1, out);
  return out;
};

it.each(sizes)("resizedMap(map, %i, %i) and its vjp are their definitions", (r, c) => {
  for (let k = 0; k < 3; k++) {
    const map = normals("resizing/map", k, cells);
    const v = normals("resizing/v", k, r * c);
    const truth = definition.resizedMap(bigMap(map), r, c);
    expect(worstUlp(resized(map, [r, c]), truth, 3)).toBeLessThanOrEqual(ulpTarget.generic);
    const stated = definition.resizedMapVjp(bigRows(v, c), H, W);
    // Up to nine new cells take a share of an old one.
    expect(worstUlp(adjoint(v, [r, c]), stated, 9)).toBeLessThanOrEqual(ulpTarget.generic);
    if (k === 0)
      expectGradient(
        (z) => total(definition.resizedMap(rows(z, W), r, c), v),
        bigs(map),
        stated.flat(),
        9,
      );
  }
});

it("resizedMap(…) and its vjp are adjoint: ⟨v, A m⟩ = ⟨Aᵀ v, m⟩", () => {
  for (const size of sizes) {
    const [map, v] = [normals("adjoint/m", 0, cells), normals("adjoint/v", 0, size[0] * size[1])];
    const dot = (a: Float64Array, b: Float64Array) => a.reduce((s, x, i) => s + x * b[i], 0);
    const gap = dot(v, resized(map, size)) - dot(adjoint(v, size), map);
    expect(Math.abs(gap)).toBeLessThan(cells * v.length * 9 * ε);
  }
});

it("a constant map stays constant, and a map at its own size stays as it is", () => {
  const map = normals("resizing/same", 0, cells);
  expect(resized(map, [H, W])).toEqual(map);
  for (const size of sizes)
    for (const x of resized(new Float64Array(cells).fill(0.3), size))
      expect(Math.abs(x - 0.3)).toBeLessThan(4 * ε);
});

it("a linear ramp is upsampled exactly inside the border, and held at the edge outside", () => {
  const ramp = Float64Array.from({ length: cells }, (_, i) => (i % W) + 10 * Math.floor(i / W));
  const twice = resized(ramp, [2 * H, 2 * W]);
  twice.forEach((value, i) => {
    const held = (u: number, n: number) => Math.min(Math.max((u + 0.5) / 2 - 0.5, 0), n - 1);
    const at = held(i % (2 * W), W) + 10 * held(Math.floor(i / (2 * W)), H);
    // Four products with quarters, which are exact.
    expect(value).toBe(at);
  });
});

it("one cell becomes a map of itself, and takes the whole gradient", () => {
  expect([...resized(Float64Array.of(7), [2, 3], [1, 1])]).toEqual([7, 7, 7, 7, 7, 7]);
  const out = new Float64Array(1);
  kernel.resizedMapVjp(2, 2, Float64Array.of(1, 2, 3, 4), 1, 1, 0.5, out);
  expect(out[0]).toBe(5);
});

it("outputs are added to, times the weight", () => {
  const map = normals("resizing/weight", 0, cells);
  const twice = new Float64Array(6 * 8).fill(1);
  kernel.resizedMap(H, W, map, 6, 8, 0.5, twice);
  resized(map, [6, 8]).forEach((x, i) => {
    expect(Math.abs(twice[i] - (1 + 0.5 * x))).toBeLessThan(16 * ε);
  });
});
