import { expect, it } from "vitest";
import * as definition from "../../src/definitions/map-spread.js";
import { centreOfMass } from "../../src/kernels/centre-of-mass.js";
import * as kernel from "../../src/kernels/map-spread.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, uniforms } from "./head-draws.js";
import { asMap, bigMap, cells, constants, gridOf, gx, gy, H, W, X, Y } from "./map-draws.js";

const spreadOf = (
  map: Float64Array,
  mass: "divided" | "given",
  [a, b]: readonly Float64Array[] = [gx, gy],
) => {
  const [centre, variance] = [new Float64Array(2), new Float64Array(2)];
  const total = centreOfMass(b.length, a.length, map, a, b, mass, centre);
  kernel.mapVariance(b.length, a.length, map, a, b, mass, centre, total, variance);
  return { centre, variance, total };
};

it.each(["divided", "given"] as const)(
  "mapVariance(…, %s) and its vjp are their definitions, and those on duals",
  (mass) => {
    for (let k = 0; k < 8; k++) {
      // Near a sum of 1, and far from it.
      const map = uniforms("spread", k, cells, 0, k % 2 ? 2 / cells : 1);
      const v = normals("spread/v", k, 2);
      const { centre, variance, total } = spreadOf(map, mass);
      const truth = definition.mapVariance(bigMap(map), X, Y, mass);
      const given = mass === "given";
      const reach = 3 * (given ? 1 + total : 1);
      const size = reach ** 2 * (given ? total : 1);
      expect(worstUlp(variance, truth, size)).toBeLessThanOrEqual(ulpTarget.generic);
      const stated = definition.mapVarianceVjp(bigMap(map), X, Y, mass, bigs(v)).flat();
      const ours = new Float64Array(cells);
      kernel.mapVarianceVjp(H, W, gx, gy, mass, centre, total, variance, v, ours);
      const slopes = (2 * reach ** 2 * (1 + total) * 3) / (given ? 1 : total);
      expect(worstUlp(ours, stated, slopes)).toBeLessThanOrEqual(ulpTarget.generic);
      if (k < 2)
        expectGradient(
          pulled(
            (z) => definition.mapVariance(asMap(z), constants(gx, z), constants(gy, z), mass),
            bigs(v),
          ),
          bigs(map),
          stated,
          slopes,
        );
    }
  },
);

it("mapDeviation(…) and its slope are their definitions, on both sides of the floor's seam", () => {
  for (const floored of [false, true])
    for (const guard of [0, 1e-6])
      for (const variance of [1e-9, 0.3, 1 - 1e-6, 1, 1 + 1e-9, 40]) {
        const ours = [
          kernel.mapDeviation(variance, guard, floored),
          kernel.mapDeviationSlope(variance, guard, floored),
        ];
        const s = big(variance);
        const slope = definition.mapDeviationSlope(s, guard, floored);
        expect(worstUlp([ours[0]], definition.mapDeviation(s, guard, floored))).toBeLessThanOrEqual(
          4,
        );
        expect(worstUlp([ours[1]], slope)).toBeLessThanOrEqual(4);
        expectGradient(
          ([z]) => definition.mapDeviation(z, guard, floored),
          [s],
          [slope],
          slope.toNumber() + 1 / variance ** 2,
        );
      }
});

it("a lit cell has variance 0 and σ = 1e-3 under the published guard; a uniform axis (n² − 1)/12", () => {
  const lit = new Float64Array(cells);
  lit[5] = 1;
  const { variance } = spreadOf(lit, "divided");
  expect([...variance]).toEqual([0, 0]);
  expect(kernel.mapDeviation(variance[0], 1e-6, false)).toBe(1e-3);
  expect(kernel.mapDeviationSlope(0, 0, false)).toBe(Number.POSITIVE_INFINITY);
  for (const [w, h] of [
    [7, 4],
    [80, 60],
    [1, 3],
  ]) {
    const grid = [gridOf("cells", w), gridOf("cells", h)];
    const flat = spreadOf(new Float64Array(w * h).fill(1 / (w * h)), "divided", grid).variance;
    [w, h].forEach((n, axis) => {
      // Sums over rows and columns, each of n² terms of size n².
      const rounding = (w + h) * Number.EPSILON * n * n;
      expect(Math.abs(flat[axis] - (n * n - 1) / 12)).toBeLessThanOrEqual(rounding);
    });
  }
});

it("a discretised Gaussian has its own σ, up to what the grid and the border leave out", () => {
  const [w, h, sigma] = [41, 31, 2];
  const map = Float64Array.from({ length: w * h }, (_, i) => {
    const [x, y] = [(i % w) - 20.3, Math.floor(i / w) - 14.8];
    return Math.exp((-0.5 * (x * x + y * y)) / sigma ** 2);
  });
  const { variance } = spreadOf(map, "divided", [gridOf("cells", w), gridOf("cells", h)]);
  // Aliasing e^{−2π²σ²} is below 1e-34; the nearest border is 7σ away, beyond which e^{−49/2}·σ² · 16 lies.
  const beyond = 16 * sigma ** 2 * Math.exp(-49 / 2);
  for (const s2 of variance) expect(Math.abs(s2 - sigma ** 2)).toBeLessThan(beyond);
});
