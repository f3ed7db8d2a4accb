import { expect, it } from "vitest";
import * as definition from "../../src/definitions/heat-map-grid.js";
import * as kernel from "../../src/kernels/heat-map-grid.js";
import { big } from "../../src/scalar/index.js";
import { bigs, worstUlp } from "./big-truth.js";
import { gridOf } from "./map-draws.js";

const grids = ["cells", "unit", "symmetric", "centres"] as const;
const sizes = [1, 2, 3, 60, 80];

it.each(grids)("cellCoordinates(%s, n) and cellAt are their definitions", (grid) => {
  for (const n of sizes) {
    const g = gridOf(grid, n);
    const truth = definition.cellCoordinates(grid, n, big(0));
    // One quotient of whole numbers.
    expect(worstUlp(g, truth, Math.max(1, n * Number(grid === "cells")))).toBeLessThanOrEqual(1);
    const places = [-2.5, 0, 0.3, 7];
    const cells = bigs(places).map((c) => definition.cellAt(grid, n, c));
    const ours = places.map((c) => kernel.cellAt(grid, n, c));
    expect(worstUlp(ours, cells, 9 * n)).toBeLessThanOrEqual(4);
  }
});

it.each(grids)("cellAt(%s, n, …) undoes cellCoordinates", (grid) => {
  for (const n of sizes)
    definition.cellCoordinates(grid, n, big(0)).forEach((g, u) => {
      const gap = definition.cellAt(grid, n, g).minus(u).toNumber();
      // An inclusive axis of one cell has no scale: every coordinate is in it.
      if (n > 1 || grid === "cells" || grid === "centres")
        expect(Math.abs(gap)).toBeLessThan(1e-60);
      else expect(definition.cellAt(grid, n, g).toNumber()).toBe(0);
    });
});

it("cellCoordinates(…) has the ends that its name says, and one cell in the middle", () => {
  expect([...gridOf("cells", 3)]).toEqual([0, 1, 2]);
  expect([...gridOf("unit", 3)]).toEqual([0, 0.5, 1]);
  expect([...gridOf("symmetric", 3)]).toEqual([-1, 0, 1]);
  expect([...gridOf("centres", 4)]).toEqual([-0.75, -0.25, 0.25, 0.75]);
  expect(grids.map((grid) => gridOf(grid, 1)[0])).toEqual([0, 0.5, 0, 0]);
});

it("the grids all name the same cells", () => {
  for (const n of [2, 5, 80])
    for (const grid of grids)
      gridOf(grid, n).forEach((g, u) => {
        // A product, a sum and the quotient that made g, each rounded at size n.
        expect(Math.abs(kernel.cellAt(grid, n, g) - u)).toBeLessThan(4 * n * Number.EPSILON);
      });
});
