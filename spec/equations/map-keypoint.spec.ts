import { expect, it } from "vitest";
import * as definition from "../../src/definitions/map-keypoint.js";
import { centreOfMass, centreOfMassVjp } from "../../src/kernels/centre-of-mass.js";
import * as kernel from "../../src/kernels/map-keypoint.js";
import { mapVariance } from "../../src/kernels/map-spread.js";
import { spatialSoftmax, spatialSoftmaxVjp } from "../../src/kernels/spatial-softmax.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, uniforms } from "./head-draws.js";
import { asMap, bigMap, cells, constants, gx, gy, H, logitsAt, W, X, Y } from "./map-draws.js";

const decoded = (logits: Float64Array, temperature: number) => {
  const [powers, mean, variance] = [cells, 2, 2].map((n) => new Float64Array(n));
  const total = kernel.logitKeypoint(H, W, logits, temperature, gx, gy, powers, mean, variance);
  return { powers, mean, variance, total };
};

it("logitKeypoint(…) and its vjp are their definitions, and those on duals", () => {
  for (let k = 0; k < 10; k++) {
    const logits = logitsAt("keypoint", k);
    const [temperature] = uniforms("keypoint/temperature", k, 1, 0.5, 3);
    const [v, s] = [normals("keypoint/v", k, 2), normals("keypoint/s", k, 2)];
    const [L, τ] = [bigMap(logits), big(temperature)];
    const { powers, mean, variance, total } = decoded(logits, temperature);
    const truth = definition.logitKeypoint(L, τ, X, Y);
    // Shares are as good as their logits' rounding; moments of them up to 3² in size.
    const spread = 1 + (Math.max(...logits) - Math.min(...logits)) / temperature;
    expect(
      worstUlp([...mean, ...variance], [...truth.mean, ...truth.variance], 9 * spread),
    ).toBeLessThanOrEqual(ulpTarget.generic);
    const stated = definition.logitKeypointVjp(L, τ, X, Y, bigs(v), bigs(s)).flat();
    const ours = new Float64Array(cells);
    kernel.logitKeypointVjp(
      ...([H, W, powers, total, temperature, gx, gy, mean, variance, v, s, ours] as const),
    );
    const size = (9 * spread * 4) / temperature;
    expect(worstUlp(ours, stated, size)).toBeLessThanOrEqual(ulpTarget.generic);
    if (k < 4)
      expectGradient(
        pulled(
          (z) => {
            const [A, B, t] = [constants(gx, z), constants(gy, z), z[0].of(temperature)];
            const at = definition.logitKeypoint(asMap(z), t, A, B);
            return [...at.mean, ...at.variance];
          },
          bigs([...v, ...s]),
        ),
        bigs(logits),
        stated,
        size,
      );
  }
});

it("its gradient is that of the softmax after that of the centre of mass", () => {
  const logits = logitsAt("keypoint/chain", 1);
  const v = Float64Array.of(0.7, -1.3);
  const { powers, mean, variance, total } = decoded(logits, 2);
  const [p, byMap, chained, fused] = [0, 1, 2, 3].map(() => new Float64Array(cells));
  spatialSoftmax(cells, logits, 2, p);
  centreOfMassVjp(H, W, gx, gy, "divided", mean, 1, v, byMap);
  spatialSoftmaxVjp(cells, logits, 2, p, byMap, chained);
  kernel.logitKeypointVjp(
    ...([H, W, powers, total, 2, gx, gy, mean, variance, v, new Float64Array(2), fused] as const),
  );
  for (let i = 0; i < cells; i++)
    expect(Math.abs(fused[i] - chained[i])).toBeLessThan(64 * Number.EPSILON);
});

it("a gradient of logits sums to zero: a shift of all moves nothing", () => {
  for (let k = 0; k < 5; k++) {
    const { powers, mean, variance, total } = decoded(logitsAt("keypoint/shift", k), 1);
    const out = new Float64Array(cells);
    const [v, s] = [Float64Array.of(1, -2), Float64Array.of(0.5, 3)];
    kernel.logitKeypointVjp(
      ...([H, W, powers, total, 1, gx, gy, mean, variance, v, s, out] as const),
    );
    expect(Math.abs(out.reduce((a, b) => a + b, 0))).toBeLessThan(64 * 27 * Number.EPSILON);
  }
});

it("logits without a map give NaN, and a total that is NaN", () => {
  const logits = new Float64Array(cells);
  logits[3] = Number.NaN;
  const { mean, variance, total } = decoded(logits, 1);
  expect([total, ...mean, ...variance].every(Number.isNaN)).toBe(true);
});

it("maps of any number of rows and columns have the moments of their softmax", () => {
  for (const [h, w] of [
    [1, 1],
    [2, 5],
    [4, 3],
    [7, 6],
    [8, 9],
  ]) {
    const n = h * w;
    const logits = normals("keypoint/sizes", n, n, 2);
    const [p, powers] = [new Float64Array(n), new Float64Array(n)];
    const axes = [w, h].map((length) => Float64Array.from({ length }, (_, u) => u));
    const [mean, variance, centre, spread] = [0, 1, 2, 3].map(() => new Float64Array(2));
    kernel.logitKeypoint(h, w, logits, 1, axes[0], axes[1], powers, mean, variance);
    spatialSoftmax(n, logits, 1, p);
    const total = centreOfMass(h, w, p, axes[0], axes[1], "divided", centre);
    mapVariance(h, w, p, axes[0], axes[1], "divided", centre, total, spread);
    for (let a = 0; a < 2; a++) {
      // Sums of n shares, each up to a few ulp, at coordinates below 9.
      expect(Math.abs(mean[a] - centre[a])).toBeLessThan(n * 9 * 4 * Number.EPSILON);
      expect(Math.abs(variance[a] - spread[a])).toBeLessThan(n * 81 * 4 * Number.EPSILON);
    }
  }
});
