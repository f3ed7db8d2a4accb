import { expect, it } from "vitest";
import * as definition from "../../src/definitions/affine-crop.js";
import * as kernel from "../../src/kernels/affine-crop.js";
import { big, type Dual, double, dual } from "../../src/scalar/index.js";
import { bigRows, bigs, worstGap, worstUlp } from "./big-truth.js";
import { normals, rows, written } from "./head-draws.js";

const camera = (i: number) => {
  const [f, s, g, c, d] = normals("affine/K", i, 5);
  return Float64Array.of(600 + 50 * f, s, 320 + 9 * c, 0, 600 + 50 * g, 240 + 9 * d, 0, 0, 1);
};
const crop = (i: number) => {
  const [x, y, e, phi] = normals("affine/crop", i, 4);
  return [Float64Array.of(320 + 80 * x, 240 + 80 * y), 100 * 2 ** e, phi] as const;
};
const affine = (i: number) => written(6, (M) => kernel.cropAffine(...crop(i), 64, M));
const trials = [0, 1, 2, 3, 4, 5];

it("cropAffine and affinePixel take the square about c to the map, its centre to the map's", () => {
  for (const i of trials) {
    const [c, e, phi] = crop(i);
    const truth = definition.cropAffine(bigs(c), big(e), big(phi), 64);
    // Terms of size |c| m/e cancel in the shifts.
    const scale = (64 / e) * (Math.abs(c[0]) + Math.abs(c[1])) + 64;
    expect(worstUlp(affine(i), truth, scale)).toBeLessThan(4);
    const moved = written(2, (out) => kernel.affinePixel(affine(i), c, out));
    expect(
      worstUlp(moved, definition.affinePixel(bigRows(affine(i), 3), bigs(c)), scale),
    ).toBeLessThan(4);
    expect(worstGap(bigs(moved), bigs([32, 32]), scale)).toBeLessThan(4 * 2 ** -52);
    // The corner at half a side along the crop's own axes is the map's corner.
    const [cos, sin] = [Math.cos(phi), Math.sin(phi)];
    const corner = Float64Array.of(c[0] + (e / 2) * (cos + sin), c[1] + (e / 2) * (cos - sin));
    kernel.affinePixel(affine(i), corner, corner);
    expect(worstGap(bigs(corner), bigs([64, 64]), scale)).toBeLessThan(16 * 2 ** -52);
  }
});

it("affineCamera projects where affinePixel warps what K projects (EQUATIONS DATA-5)", () => {
  for (const i of trials) {
    const [K, M] = [camera(i), affine(i)];
    const moved = written(9, (out) => kernel.affineCamera(K, M, out));
    expect(worstUlp(moved, definition.affineCamera(bigRows(K, 3), bigRows(M, 3)))).toBeLessThan(4);
    const X = bigs(normals("affine/X", i, 3).map((x, a) => (a === 2 ? 2 + Math.abs(x) : x)));
    const project = (A: readonly (readonly ReturnType<typeof big>[])[]) => {
      const [u, v, w] = A.map((row) =>
        row[0].times(X[0]).plus(row[1].times(X[1])).plus(row[2].times(X[2])),
      );
      return [u.over(w), v.over(w)];
    };
    const exact = definition.affineCamera(bigRows(K, 3), bigRows(M, 3));
    const warped = definition.affinePixel(bigRows(M, 3), project(bigRows(K, 3)));
    expect(worstGap(project(exact), warped)).toBeLessThan(1e-60);
    const inPlace = Float64Array.from(K);
    kernel.affineCamera(inPlace, M, inPlace);
    expect(inPlace).toEqual(moved);
  }
});

it("a turn puts a skew and an entry below the diagonal into K′, a resize alone does not", () => {
  const at = (phi: number) => {
    const M = written(6, (out) => kernel.cropAffine(Float64Array.of(320, 240), 128, phi, 64, out));
    return written(9, (out) =>
      kernel.affineCamera(Float64Array.of(600, 0, 320, 0, 500, 240, 0, 0, 1), M, out),
    );
  };
  expect([...at(0)]).toEqual([300, 0, 32, 0, 250, 32, 0, 0, 1]);
  const turned = at(Math.PI / 6);
  expect(turned[1]).toBeCloseTo(-125, 10);
  expect(turned[3]).toBeCloseTo(150, 10);
});

it("affineCameraVjp is the derivative: at 64 digits, by duals, and by linearity in K and in M", () => {
  for (const i of trials) {
    const [K, M] = [camera(i), affine(i)];
    const G = normals("affine/G", i, 9);
    const [byK, byM] = [new Float64Array(9), new Float64Array(6)];
    kernel.affineCameraVjp(K, M, G, byK, byM);
    const truth = definition.affineCameraVjp(bigRows(K, 3), bigRows(M, 3), bigRows(G, 3));
    expect(worstUlp(byK, truth.K)).toBeLessThan(8);
    expect(worstUlp(byM, truth.M)).toBeLessThan(8);

    const slope = (k: number, which: "K" | "M"): number => {
      const moving = (values: Float64Array, moves: boolean) =>
        rows<Dual<ReturnType<typeof double>>>(
          Array.from(values, (x, j) => dual(double(x), double(moves && j === k ? 1 : 0))),
          3,
        );
      const moved = definition
        .affineCamera(moving(K, which === "K"), moving(M, which === "M"))
        .flat();
      return moved.reduce((total, entry, j) => total + G[j] * entry.b.toNumber(), 0);
    };
    const slopes = [
      ...Array.from(byK, (_, k) => slope(k, "K")),
      ...Array.from(byM, (_, k) => slope(k, "M")),
    ];
    expect(worstGap(bigs([...byK, ...byM]), bigs(slopes))).toBeLessThan(32 * 2 ** -52);

    // K′ is homogeneous in K, so that ⟨∂/∂K, K⟩ = ⟨G, K′⟩.
    const moved = written(9, (out) => kernel.affineCamera(K, M, out));
    const inner = (a: Float64Array, b: Float64Array) =>
      a.reduce((total, x, k) => total + x * b[k], 0);
    const size = G.reduce((total, x, k) => total + Math.abs(x * moved[k]), 0) + 1e4;
    expect(Math.abs(inner(byK, K) - inner(G, moved))).toBeLessThan(32 * 2 ** -52 * size * 10);
  }
});

it("cropAffine refuses a crop or a map of no size", () => {
  const M = new Float64Array(6);
  expect(() => kernel.cropAffine(new Float64Array(2), 0, 0, 64, M)).toThrow("got 0 and 64");
  expect(() => kernel.cropAffine(new Float64Array(2), 9, 0, Number.NaN, M)).toThrow(
    "got 9 and NaN",
  );
});
