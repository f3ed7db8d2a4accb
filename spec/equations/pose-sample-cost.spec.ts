import { expect, it } from "vitest";
import * as defined from "../../src/definitions/pose-sample-cost.js";
import * as kernel from "../../src/kernels/pose-sample-cost.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, type Dual, dual } from "../../src/scalar/index.js";
import { bigRows, bigs, entries, worstGap, worstUlp } from "./big-truth.js";
import { bigPoints, type SampleProblem, sampleProblem } from "./sample-draws.js";

/** Huber threshold and clamps [5] of every kind of cost. */
const kinds: readonly [string, number, Float64Array | null][] = [
  ["plain", Infinity, null],
  ["robust", 20, null],
  ["clamped", 20, Float64Array.of(4, 250, 200, 330, 290)],
];
const clampsOf = (clamps: Float64Array | null) =>
  clamps === null
    ? {}
    : {
        zMin: big(clamps[0]),
        lower: bigs(clamps.slice(1, 3)),
        upper: bigs(clamps.slice(3)),
      };
const huberOf = (delta: number) => (delta < Infinity ? big(delta) : undefined);

function fused(problem: SampleProblem, delta: number, clamps: Float64Array | null) {
  const { n, x2d, x3d, w2d, K, width, count, poses, v } = problem;
  const P = new Float64Array(12 * count);
  const costs = new Float64Array(count);
  const slopes = {
    x3d: new Float64Array(3 * n),
    x2d: new Float64Array(2 * n),
    w2d: new Float64Array(2 * n),
    delta: new Float64Array(1),
  };
  kernel.poseProjections(count, width, poses, K, P);
  kernel.poseSampleCosts(n, x2d, x3d, w2d, 0, count, P, delta, clamps, costs);
  kernel.poseSampleSlopes(n, x2d, x3d, w2d, count, P, v, delta, clamps, slopes);
  return { costs, slopes };
}

// A pixel of 300 leaves a residual of some 50 and an error of its own last places in it; each slope adds
// three poses, and each cost five points.
const ulps = 16 * 6;

for (const [kind, delta, clamps] of kinds)
  for (const width of [7, 4] as const) {
    it(`poseSampleCosts and poseSampleSlopes, ${kind} poses of ${width} numbers, are their definitions`, () => {
      for (let i = 0; i < 8; i++) {
        const problem = sampleProblem(stream("spec/pose-sample-cost").child(kind).at(i), width);
        const { costs, slopes } = fused(problem, delta, clamps);
        const [points, poses] = [bigPoints(problem), bigRows(problem.poses, width)];
        const [huber, box] = [huberOf(delta), clampsOf(clamps)];
        const truth = defined.poseSampleCosts(points, poses, huber, box);
        expect(worstUlp(costs, truth)).toBeLessThan(ulps);
        const exact = defined.poseSampleSlopes(points, poses, bigs(problem.v), huber, box);
        for (const key of ["x3d", "x2d", "w2d"] as const)
          expect(worstUlp(slopes[key], exact[key])).toBeLessThan(ulps);
        const size = Math.max(1, ...truth.map((c) => c.toNumber() / Math.min(delta, 1e9)));
        expect(worstUlp(slopes.delta, [exact.delta], size)).toBeLessThan(ulps);
      }
    });

    it(`poseSampleSlopes of ${kind} poses of ${width} numbers are the duals of the weighted costs`, () => {
      const problem = sampleProblem(stream("spec/pose-sample-duals").child(kind).at(0), width);
      const points = bigPoints(problem);
      const [poses, v] = [bigRows(problem.poses, width), bigs(problem.v)];
      const [huber, box] = [huberOf(delta), clampsOf(clamps)];
      const exact = defined.poseSampleSlopes(points, poses, v, huber, box);
      const lift = (rows: readonly (readonly Big[])[], at = -1) =>
        rows.map((row, i) =>
          row.map((x, a): Dual<Big> => dual(x, i * row.length + a === at ? 1 : 0)),
        );
      const slope = (key: "x3d" | "x2d" | "w2d" | "delta", at: number): Big => {
        const data = {
          x2d: lift(points.x2d, key === "x2d" ? at : -1),
          x3d: lift(points.x3d, key === "x3d" ? at : -1),
          w2d: lift(points.w2d, key === "w2d" ? at : -1),
          K: lift(points.K),
        };
        const threshold = huber && dual(huber, key === "delta" ? 1 : 0);
        const limits = box.zMin
          ? {
              zMin: dual(box.zMin, 0),
              lower: box.lower.map((x) => dual(x, 0)),
              upper: box.upper.map((x) => dual(x, 0)),
            }
          : {};
        const costs = defined.poseSampleCosts(data, lift(poses), threshold, limits);
        return costs.map((c, s) => c.times(dual(v[s], 0))).reduce((a, b) => a.plus(b)).b;
      };
      for (const key of ["x3d", "x2d", "w2d"] as const) {
        const all = entries(exact[key]);
        const duals = all.map((_, at) => slope(key, at));
        // 64 digits, fewer what sums of some ten terms lose.
        expect(worstGap(duals, all)).toBeLessThan(1e-60);
      }
      if (huber) expect(worstGap([slope("delta", 0)], [exact.delta])).toBeLessThan(1e-60);
    });
  }

it("poseSampleSlopes leaves poses of weight zero out, whatever their cost", () => {
  const problem = sampleProblem(stream("spec/pose-sample-zero"), 7);
  problem.v[1] = 0;
  const { slopes } = fused(problem, 5, null);
  problem.poses.fill(Number.NaN, 7, 14);
  expect([...fused(problem, 5, null).slopes.x3d]).toEqual([...slopes.x3d]);
});

it("poseProjections refuses poses of 5 numbers and arrays too short", () => {
  const [y, K, P] = [new Float64Array(7), new Float64Array(9), new Float64Array(12)];
  expect(() => kernel.poseProjections(1, 5, y, K, P)).toThrow(RangeError);
  expect(() => kernel.poseProjections(2, 7, y, K, P)).toThrow(RangeError);
});
