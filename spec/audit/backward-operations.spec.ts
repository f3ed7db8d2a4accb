import { expect, it } from "vitest";
import { backwardOperations, backwardRoutes } from "../../src/audit/backward-operations.js";
import { Recorded } from "../../src/audit/recorded-number.js";
import { poseVjp } from "../../src/differentiate/implicit.js";
import { rotationVector } from "../../src/kernels/rodrigues.js";
import { poseOf, scene } from "../../src/problem/index.js";
import { double } from "../../src/scalar/double.js";
import { dual } from "../../src/scalar/dual.js";
import type { Real } from "../../src/scalar/real.js";
import { solvedFromTruth } from "../../src/study/cloud.js";

/** A function of two scalars that uses every operation. */
const all = <S extends Real<S>>(a: S, b: S): S => {
  const inner = a.times(b).plus(2).sqrt().sin().minus(b.cos()).over(a.exp());
  const outer = a.plus(b).log().atan2(b.times(0.3)).plus(inner.times(0.2).acos());
  return outer.negated().plus(inner.atan2(a)).times(b.minus(0.5));
};

it("slopesBy(variables) are those of duals, and so are the slopes of slopes", () => {
  const tally = { operations: 0 };
  const at = [0.7, 1.3];
  const [a, b] = at.map((v) => Recorded.variable(v, tally));
  const slopes = all(a, b).slopesBy([a, b]);
  for (const j of [0, 1]) {
    const along = at.map((v, i) => dual(double(v), i === j ? 1 : 0));
    const wanted = all(along[0], along[1]).b.toNumber();
    // Some thirty operations, each rounded, none of which cancels by more than a digit.
    const room = 300 * Number.EPSILON;
    expect(Math.abs(slopes[j].toNumber() - wanted)).toBeLessThan(room * Math.abs(wanted));
    const second = slopes[j].slopesBy([a, b]);
    for (const k of [0, 1]) {
      const twice = at.map((v, i) => dual(dual(double(v), i === k ? 1 : 0), i === j ? 1 : 0));
      const bent = all(twice[0], twice[1]).b.b.toNumber();
      expect(Math.abs(second[k].toNumber() - bent)).toBeLessThan(10 * room * Math.abs(bent));
    }
  }
});

it("a tally counts what had to be computed, and not what was known", () => {
  const tally = { operations: 0 };
  const a = Recorded.variable(3, tally);
  const product = a.times(a).plus(a.of(0)).times(1).plus(a.of(2).times(5));
  expect([product.toNumber(), tally.operations]).toEqual([19, 2]);
  // 2a: a constant of one comes back through two factors, which are added.
  expect([product.slopesBy([a])[0].toNumber(), tally.operations]).toEqual([6, 3]);
  const held = a.times(a).held();
  expect(held.times(a).slopesBy([a])[0].toNumber()).toBe(9);
});

for (const route of backwardRoutes)
  it(`backwardOperations(…, "${route}") counts the gradient that the kernels have (card S-02, 4)`, () => {
    const counts = (["exact", "faster"] as const).map((variant) => {
      const made = scene("generic", { seed: "spec/cost", n: 6, noise: 3 });
      const { R, t } = solvedFromTruth(made.correspondences, made);
      const y = new Float64Array(6);
      rotationVector(R, y.subarray(0, 3));
      y.set(t, 3);
      const v = Float64Array.of(0.3, -0.2, 0.5, 1, -0.7, 0.4);
      const options = { variant, chart: "AA" } as const;
      const { x2d, x3d, K } = poseVjp(made.correspondences, poseOf(R, t), v, options);
      const wanted = [...x2d.data, ...x3d.data, ...K.data];
      const problem = { ...made.correspondences, y };
      const { gradient, operations } = backwardOperations(problem, v, route, variant);
      const size = Math.max(...wanted.map(Math.abs));
      // A few thousand operations, and a Hessian that magnifies what they round off.
      const room = 4e3 * Number.EPSILON * size;
      for (const [k, w] of wanted.entries()) expect(Math.abs(gradient[k] - w)).toBeLessThan(room);
      return operations;
    });
    expect(counts[0]).toBeGreaterThan(1.5 * counts[1]);
  });
