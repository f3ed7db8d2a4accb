import { describe, expect, it } from "vitest";
import * as definition from "../../src/definitions/bilinear-sampling.js";
import * as kernel from "../../src/kernels/bilinear-sampling.js";
import { stream } from "../../src/random/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, rows, written } from "./head-draws.js";

const ε = Number.EPSILON;
const [H, W, C] = [4, 5, 2];
const cells = H * W * C;
const asMap = <S>(flat: readonly S[]) => rows(rows(flat, C), W);
/** Locations inside, beside each edge, beyond it, and on and beside lines between cells. */
function* locations(count: number): Generator<[number, number]> {
  for (let k = 0; k < count; k++) {
    const draw = stream("bilinear/location").at(k);
    yield [-2 + (W + 3) * draw.uniform(), -2 + (H + 3) * draw.uniform()];
    const gap = (k % 3) - 1;
    yield [(k % (W + 1)) + gap * 10 ** -(k % 12), draw.integer(H) - gap * 1e-9];
  }
}
const sample = (map: Float64Array, x: number, y: number, padding: kernel.Padding) =>
  written(C, (out) => kernel.bilinearSample(H, W, C, map, x, y, padding, out));
const jacobian = (map: Float64Array, x: number, y: number, padding: kernel.Padding) =>
  written(2 * C, (out) => kernel.bilinearLocationJacobian(H, W, C, map, x, y, padding, out));

describe.each(["zeros", "border"] as const)("padding with %s", (padding) => {
  it("bilinearSample, its location Jacobian and its map vjp are their definitions", () => {
    let k = 0;
    for (const [x, y] of locations(12)) {
      const map = normals("bilinear/map", k, cells);
      const v = normals("bilinear/v", k++, C);
      const [M, at] = [asMap(bigs(map)), bigs([x, y])];
      const truth = definition.bilinearSample(M, at, padding);
      expect(worstUlp(sample(map, x, y, padding), truth, 2)).toBeLessThanOrEqual(16);
      const slopes = definition.bilinearLocationJacobian(M, at, padding);
      expect(worstUlp(jacobian(map, x, y, padding), slopes, 2)).toBeLessThanOrEqual(16);
      const gradient = new Float64Array(cells);
      kernel.bilinearMapVjp(H, W, C, x, y, padding, v, gradient);
      const stated = definition.bilinearMapVjp(H, W, at, padding, bigs(v));
      expect(worstUlp(gradient, stated, 2)).toBeLessThanOrEqual(ulpTarget.generic);
    }
  });

  it("both derivatives are those of the sample, on duals and by differences", () => {
    let k = 0;
    for (const [x, y] of locations(4)) {
      const map = normals("bilinear/map", k, cells);
      const v = bigs(normals("bilinear/v", k++, C));
      const at = bigs([x, y]);
      const J = definition.bilinearLocationJacobian(asMap(bigs(map)), at, padding);
      const f = pulled((z) => definition.bilinearSample(asMap(constant(map, z)), z, padding), v);
      const stated = [0, 1].map((a) => J[0][a].times(v[0]).plus(J[1][a].times(v[1])));
      // On a line between cells the slope jumps, and differences straddle it.
      if (Number.isInteger(x) || Number.isInteger(y)) continue;
      expectGradient(f, at, stated, 10);
      const g = pulled((z) => definition.bilinearSample(asMap(z), constant([x, y], z), padding), v);
      const share = definition.bilinearMapVjp(H, W, at, padding, v);
      expectGradient(g, bigs(map), entries(share), 10);
    }
  });

  it("bilinearLocationJacobian(…) is the difference quotient in doubles (card S-11, 1)", () => {
    for (let k = 0; k < 20; k++) {
      const map = normals("bilinear/secant", k, cells);
      const draw = stream("bilinear/inside").at(k);
      const x = draw.integer(W) - 1 + 0.1 + 0.8 * draw.uniform();
      const y = draw.integer(H) - 1 + 0.1 + 0.8 * draw.uniform();
      const h = 2 ** -10;
      const J = jacobian(map, x, y, padding);
      for (let a = 0; a < 2; a++) {
        const [dx, dy] = a ? [0, h] : [h, 0];
        const [up, down] = [1, -1].map((s) => sample(map, x + s * dx, y + s * dy, padding));
        for (let c = 0; c < C; c++)
          // Linear within a cell: only rounding over the step is left, 16 ε of values of size 4.
          expect(Math.abs((up[c] - down[c]) / (2 * h) - J[2 * c + a])).toBeLessThan((64 * ε) / h);
      }
    }
  });
});

/** Constants in the scalars of z. */
const constant = <S extends { of(n: number): S }>(values: ArrayLike<number>, z: readonly S[]) =>
  Array.from(values, (value) => z[0].of(value));

it("a map that is linear in row and column is sampled exactly, and has its slopes everywhere", () => {
  const map = Float64Array.from({ length: cells }, (_, i) => {
    const [r, c] = [Math.floor(i / C / W), Math.floor(i / C) % W];
    return i % C ? 3 - c + 2 * r : 5 * c;
  });
  for (let k = 0; k < 50; k++) {
    const draw = stream("bilinear/linear").at(k);
    const [x, y] = [(W - 1) * draw.uniform(), (H - 1) * draw.uniform()];
    for (const padding of ["zeros", "border"] as const) {
      const m = sample(map, x, y, padding);
      expect(Math.abs(m[0] - 5 * x)).toBeLessThan(20 * 8 * ε);
      expect(Math.abs(m[1] - (3 - x + 2 * y))).toBeLessThan(20 * 8 * ε);
      const J = jacobian(map, x, y, padding);
      [5, 0, -1, 2].forEach((slope, i) => {
        expect(Math.abs(J[i] - slope)).toBeLessThan(20 * 8 * ε);
      });
    }
  }
});

it("the shares that bilinearMapVjp hands out sum to v, but beyond the edge of zeros to less", () => {
  const total = (x: number, y: number, padding: kernel.Padding) => {
    const gradient = new Float64Array(cells);
    kernel.bilinearMapVjp(H, W, C, x, y, padding, Float64Array.of(1, 0), gradient);
    return gradient.reduce((sum, g) => sum + g, 0);
  };
  for (const [x, y] of locations(20)) {
    expect(Math.abs(total(x, y, "border") - 1)).toBeLessThan(8 * ε);
    const inside = x >= 0 && x <= W - 1 && y >= 0 && y <= H - 1;
    const zeros = total(x, y, "zeros");
    if (inside) expect(Math.abs(zeros - 1)).toBeLessThan(8 * ε);
    else expect(zeros).toBeLessThanOrEqual(1);
  }
  expect(total(-1, 0, "zeros")).toBe(0);
  expect(total(-0.5, 0, "zeros")).toBe(0.5);
});

it("on whole locations the sample is the cell, with the slope to the right and below", () => {
  const map = normals("bilinear/whole", 0, cells);
  for (let r = 0; r < H - 1; r++)
    for (let c = 0; c < W - 1; c++)
      for (const padding of ["zeros", "border"] as const) {
        const at = (row: number, column: number) => map[(row * W + column) * C];
        expect(sample(map, c, r, padding)[0]).toBe(at(r, c));
        const J = jacobian(map, c, r, padding);
        expect(J[0]).toBe(at(r, c + 1) - at(r, c));
        expect(J[1]).toBe(at(r + 1, c) - at(r, c));
        const slopes = definition.bilinearLocationJacobian(asMap(bigs(map)), bigs([c, r]), padding);
        expect(worstUlp(J, slopes, 2)).toBeLessThanOrEqual(1);
      }
});

it("beyond the border no slope is left; a location that is no number gives none, and no gradient", () => {
  const map = normals("bilinear/beyond", 0, cells);
  expect([...sample(map, -7, 99, "border")]).toEqual([
    ...map.subarray((H - 1) * W * C).subarray(0, C),
  ]);
  expect(jacobian(map, -7, 99, "border").every((x) => x === 0)).toBe(true);
  expect([...sample(map, 1e300, 0, "zeros")]).toEqual([0, 0]);
  for (const x of [Number.NaN, Infinity]) {
    expect(sample(map, x, 1, "zeros")).toEqual(new Float64Array(C).fill(Number.NaN));
    const gradient = new Float64Array(cells);
    kernel.bilinearMapVjp(H, W, C, x, 1, "zeros", Float64Array.of(1, 1), gradient);
    expect(gradient).toEqual(new Float64Array(cells));
  }
  const single = Float64Array.of(7);
  const out = new Float64Array(2);
  kernel.bilinearSample(1, 1, 1, single, 0.3, -4, "border", out);
  expect(out[0]).toBe(7);
  kernel.bilinearLocationJacobian(1, 1, 1, single, 0, 0, "border", out);
  expect(out.every((slope) => Math.abs(slope) === 0)).toBe(true);
});
