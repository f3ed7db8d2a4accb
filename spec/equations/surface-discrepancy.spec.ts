import { expect, it } from "vitest";
import * as defined from "../../src/definitions/surface-discrepancy.js";
import * as kernel from "../../src/kernels/surface-discrepancy.js";
import { type Stream, stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs, worstUlp } from "./big-truth.js";

const [height, width] = [4, 6];
const K = Float64Array.of(50, 2, 3, 0, 48, 2, 0, 0, 1);
const taus = Float64Array.of(0.01, 0.05, 0.2);
const map = (depth: (k: number) => number) =>
  Float64Array.from({ length: height * width }, (_, k) => depth(k));
const run = (
  maps: readonly Float64Array[],
  cost: kernel.DiscrepancyCost,
  delta = 0.015,
  single = false,
) => {
  const errors = new Float64Array(3);
  kernel.surfaceDiscrepancy(width, maps[0], maps[1], maps[2], K, delta, taus, cost, errors, single);
  return errors;
};
/** Surfaces about 1 m away that overlap in part, and a sensor that misses some of it and is hidden from some. */
const drawn = (draw: Stream) => {
  const truth = map(() => (draw.uniform() < 0.3 ? 0 : 1 + 0.1 * draw.uniform()));
  const estimate = truth.map((d) => (draw.uniform() < 0.2 ? 0 : d + 0.1 * draw.normal()));
  const test = truth.map((d) => (draw.uniform() < 0.3 ? 0 : draw.uniform() < 0.2 ? 0.5 : d || 2));
  return [test, estimate, truth];
};

it("surfaceDiscrepancy(test, estimate, truth) is its definition, at every tolerance and of both costs", () => {
  for (let i = 0; i < 6; i++) {
    const maps = drawn(stream("surface-discrepancy").at(i));
    const [test, estimate, truth] = maps.map((depth) => bigRows(depth, width));
    for (const cost of ["step", "linear"] as const) {
      const exact = defined.surfaceDiscrepancy(
        test,
        estimate,
        truth,
        bigRows(K, 3),
        big(0.015),
        bigs(taus),
        cost,
      );
      // Up to 24 costs are added; a linear one is a difference of distances near 1 over 0.01.
      expect(worstUlp(run(maps, cost), exact, cost === "step" ? 1 : 100)).toBeLessThan(24);
    }
    const distance = new Float64Array(height * width);
    kernel.distanceMap(width, maps[2], K, distance);
    expect(worstUlp(distance, defined.distanceMap(truth, bigRows(K, 3)))).toBeLessThan(4);
  }
});

it("it is 0 for the true surface, 1 if nothing is visible, and 1 for surfaces side by side", () => {
  const truth = map((k) => (k % 6 < 3 ? 1 : 0));
  const beside = map((k) => (k % 6 < 3 ? 0 : 1));
  const nothing = map(() => 0);
  const far = map(() => 9);
  expect([...run([far, truth, truth], "step")]).toEqual([0, 0, 0]);
  expect([...run([far, truth, truth], "linear")]).toEqual([0, 0, 0]);
  expect([...run([far, nothing, nothing], "step")]).toEqual([1, 1, 1]);
  expect([...run([map(() => 0.2), truth, truth], "step")]).toEqual([1, 1, 1]);
  expect([...run([far, beside, truth], "step")]).toEqual([1, 1, 1]);
});

it("by hand: four pixels, one of which agrees, one is off by more than τ, and two are in one surface only", () => {
  const [E, T] = [new Float64Array(24), new Float64Array(24)];
  // On the optical axis's column and row a distance is longer than its depth by the skew alone.
  E.set([1, 1, 1, 0]);
  T.set([1, 1.1, 0, 1]);
  const [tight, wide, wider] = run([new Float64Array(24), E, T], "step");
  expect([tight, wide, wider]).toEqual([0.75, 0.75, 0.5]);
});

it("a sensor that saw nothing hides nothing, one that saw something nearer by more than δ does", () => {
  const surface = map(() => 1);
  const shifted = map(() => 1.5);
  expect([...run([map(() => 0), shifted, surface], "step")]).toEqual([1, 1, 1]);
  // The truth is hidden behind 0.97, and so is the estimate: nothing is visible.
  expect([...run([map(() => 0.97), surface, surface], "step")]).toEqual([1, 1, 1]);
  // An estimate that is hidden counts as visible where the truth is.
  expect([...run([surface, shifted, surface], "step", 0.1)]).toEqual([1, 1, 1]);
  expect([...run([surface, surface, surface], "step")]).toEqual([0, 0, 0]);
});

it("single precision moves a pixel whose gap is δ to within its own rounding, and no other", () => {
  const axis = Float64Array.of(50, 0, 0, 0, 50, 0, 0, 0, 1);
  const errors = [false, true].map((single) => {
    const out = new Float64Array(1);
    const one = (d: number) => Float64Array.of(d);
    kernel.surfaceDiscrepancy(
      1,
      one(1000),
      one(1015 + 1e-6),
      one(1015 + 1e-6),
      axis,
      15,
      one(1),
      "step",
      out,
      single,
    );
    return out[0];
  });
  expect(errors).toEqual([1, 0]);
});
