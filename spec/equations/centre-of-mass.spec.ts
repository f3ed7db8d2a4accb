import { expect, it } from "vitest";
import * as definition from "../../src/definitions/centre-of-mass.js";
import * as kernel from "../../src/kernels/centre-of-mass.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, uniforms } from "./head-draws.js";
import { asMap, bigMap, cells, constants, gridOf, gx, gy, H, W, X, Y } from "./map-draws.js";

const centreOf = (
  map: Float64Array,
  mass: kernel.Mass,
  [a, b]: readonly Float64Array[] = [gx, gy],
) => {
  const centre = new Float64Array(2).fill(Number.NaN);
  const total = kernel.centreOfMass(b.length, a.length, map, a, b, mass, centre);
  return { centre, total };
};

it.each(["divided", "given"] as const)(
  "centreOfMass(…, %s) and its vjp are their definitions, and those on duals",
  (mass) => {
    for (let k = 0; k < 8; k++) {
      const map = uniforms("centre", k, cells, 0, 10 ** (k - 4));
      const v = normals("centre/v", k, 2);
      const { centre, total } = centreOf(map, mass);
      const truth = definition.centreOfMass(bigMap(map), X, Y, mass);
      // Coordinates up to 3, whose products with the map may cancel.
      const size = 3 * (mass === "given" ? total : 1);
      expect(worstUlp(centre, truth, size)).toBeLessThanOrEqual(ulpTarget.generic);
      const stated = definition.centreOfMassVjp(bigMap(map), X, Y, mass, bigs(v)).flat();
      const ours = new Float64Array(cells);
      kernel.centreOfMassVjp(H, W, gx, gy, mass, centre, total, v, ours);
      const slopes = (9 * Math.max(...v.map(Math.abs))) / (mass === "given" ? 1 : total);
      expect(worstUlp(ours, stated, slopes)).toBeLessThanOrEqual(ulpTarget.generic);
      if (k === 4)
        expectGradient(
          pulled(
            (z) => definition.centreOfMass(asMap(z), constants(gx, z), constants(gy, z), mass),
            bigs(v),
          ),
          bigs(map),
          stated,
          slopes,
        );
    }
  },
);

it("a map of one lit cell has its centre there, to the last digit", () => {
  for (let i = 0; i < cells; i++) {
    const map = new Float64Array(cells);
    map[i] = 0.375;
    expect([...centreOf(map, "divided").centre]).toEqual([gx[i % W], gy[Math.floor(i / W)]]);
  }
});

it("a map that is moved by a cell moves its centre by a cell", () => {
  const [w, h] = [9, 8];
  const grid = [gridOf("cells", w), gridOf("cells", h)];
  const patch = uniforms("centre/patch", 0, 9);
  const at = (du: number, dv: number) => {
    const map = new Float64Array(w * h);
    patch.forEach((p, i) => {
      map[(2 + dv + Math.floor(i / 3)) * w + 2 + du + (i % 3)] = p;
    });
    return centreOf(map, "divided", grid).centre;
  };
  const [x, y] = at(0, 0);
  for (const [du, dv] of [
    [1, 0],
    [3, 2],
    [-2, -1],
  ]) {
    const moved = at(du, dv);
    // Nine products and their quotient, at coordinates below 9.
    expect(Math.abs(moved[0] - x - du)).toBeLessThan(16 * 9 * Number.EPSILON);
    expect(Math.abs(moved[1] - y - dv)).toBeLessThan(16 * 9 * Number.EPSILON);
  }
});

it("the mean in DSNT's coordinates and that in cells are the same place (HM-4)", () => {
  const map = uniforms("centre/dsnt", 0, 6 * 5);
  const [a, b] = ["cells", "centres"].map((grid) => {
    const kind = grid as "cells" | "centres";
    return centreOf(map, "divided", [gridOf(kind, 6), gridOf(kind, 5)]).centre;
  });
  [6, 5].forEach((n, axis) => {
    const cell = 0.5 * ((b[axis] + 1) * n - 1);
    expect(Math.abs(cell - a[axis])).toBeLessThan(16 * n * Number.EPSILON);
  });
});

it("a flat map has its centre in the middle; one that is zero, or of no finite sum, has none", () => {
  const flat = centreOf(new Float64Array(cells).fill(0.2), "divided").centre;
  expect(Math.abs(flat[0] - (gx[0] + gx[W - 1]) / 2)).toBeLessThan(8 * Number.EPSILON);
  expect(Math.abs(flat[1] - (gy[0] + gy[H - 1]) / 2)).toBeLessThan(8 * 3 * Number.EPSILON);
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect([...centreOf(new Float64Array(cells).fill(value), "divided").centre]).toEqual([
      Number.NaN,
      Number.NaN,
    ]);
  expect([...centreOf(new Float64Array(cells), "given").centre]).toEqual([0, 0]);
});
