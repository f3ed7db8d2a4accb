import { expect, it } from "vitest";
import * as definition from "../../src/definitions/adaptive-threshold.js";
import * as kernel from "../../src/kernels/adaptive-threshold.js";
import { reprojectionCost } from "../../src/kernels/reprojection-cost.js";
import { stream } from "../../src/random/stream.js";
import { big, type Dual, dual } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { cloud } from "./bpnp-clouds.js";
import { jacobianOnDuals } from "./on-duals.js";

/** Pixels and weights of n points spread by 10² … 10⁻⁷ px about an image point. */
function draw(i: number): { n: number; x: Float64Array; w: Float64Array } {
  const from = stream("spec/adaptive-threshold").at(i);
  const n = 2 + from.integer(6);
  const spread = 100 * 10 ** -(i % 10);
  const x = Float64Array.from({ length: 2 * n }, () => 300 + spread * from.normal());
  return { n, x, w: Float64Array.from({ length: 2 * n }, () => from.uniform()) };
}
const pairs = <S>(flat: readonly S[]): S[][] =>
  flat.flatMap((_, k) => (k % 2 === 0 ? [flat.slice(k, k + 2)] : []));

it("adaptiveThreshold(n, x, w, δ_rel) and its slopes keep the definition's digits", () => {
  for (let i = 0; i < 30; i++) {
    const { n, x, w } = draw(i);
    const [X, W] = [bigRows(x, 2), bigRows(w, 2)];
    const delta = definition.adaptiveThreshold(X, W, 0.1);
    expect(worstUlp([kernel.adaptiveThreshold(n, x, w, 0.1)], delta)).toBeLessThan(
      ulpTarget.generic,
    );
    const slope = definition.adaptiveThresholdWeightSlope(X, 0.1);
    const got = kernel.adaptiveThresholdWeightSlope(n, x, 0.1);
    expect(worstUlp([got], slope)).toBeLessThan(ulpTarget.generic);
    const inX = new Float64Array(2 * n);
    kernel.adaptiveThresholdPointSlope(n, x, w, 0.1, inX);
    const truth = definition.adaptiveThresholdPointSlope(X, W, 0.1);
    expect(worstUlp(inX, truth)).toBeLessThan(ulpTarget.generic);
  }
});

it("the slopes of adaptiveThreshold(x, w, δ_rel) are those that duals carry", () => {
  for (let i = 0; i < 10; i++) {
    const { x, w } = draw(i);
    // Pixels of 300 cancel down to a spread of 100 / 10ⁱ, in σ² and in its slope.
    const few = 1e3 * lastDigit * (3 * 10 ** i) ** 2;
    const constants = (flat: Float64Array) => pairs(bigs(flat).map((v) => dual(v)));
    const delta = (xs: Dual<ReturnType<typeof big>>[][], ws: typeof xs) => [
      definition.adaptiveThreshold(xs, ws, 0.5),
    ];
    const [inX] = jacobianOnDuals((v) => delta(pairs(v), constants(w)), bigs(x));
    const stated = definition.adaptiveThresholdPointSlope(bigRows(x, 2), bigRows(w, 2), 0.5);
    expect(worstGap(stated.flat(), inX)).toBeLessThan(few);
    const [inW] = jacobianOnDuals((v) => delta(constants(x), pairs(v)), bigs(w));
    const slope = definition.adaptiveThresholdWeightSlope(bigRows(x, 2), 0.5);
    expect(
      worstGap(
        inW.map(() => slope),
        inW,
      ),
    ).toBeLessThan(few);
  }
});

it("the cost with adaptiveThreshold is homogeneous of degree 2 in the weights", () => {
  for (let i = 0; i < 20; i++) {
    const { n, x2d, x3d, w2d, K, R, t } = cloud(stream("spec/adaptive-cost").at(i), { noise: 30 });
    const cost = (w: Float64Array) =>
      reprojectionCost(n, x2d, x3d, w, K, R, t, kernel.adaptiveThreshold(n, x2d, w, 0.1));
    // Doubling is exact all the way through; tripling rounds each weight, threshold and term.
    expect(cost(w2d.map((w) => 2 * w))).toBe(4 * cost(w2d));
    const tripled = cost(w2d.map((w) => 3 * w)) / 9;
    expect(Math.abs(tripled / cost(w2d) - 1)).toBeLessThan(4 * n * Number.EPSILON);
  }
});

it("adaptiveThreshold is 0 with slope 0 where all points coincide, and throws for one point", () => {
  const x = Float64Array.of(3, 4, 3, 4, 3, 4);
  const [w, slope] = [new Float64Array(6).fill(1), new Float64Array(6).fill(NaN)];
  expect(kernel.adaptiveThreshold(3, x, w, 0.5)).toBe(0);
  kernel.adaptiveThresholdPointSlope(3, x, w, 0.5, slope);
  expect([...slope]).toEqual([0, 0, 0, 0, 0, 0]);
  const rows = definition.adaptiveThresholdPointSlope(bigRows(x, 2), bigRows(w, 2), 0.5);
  expect(rows.flat().map((v) => v.toNumber())).toEqual([0, 0, 0, 0, 0, 0]);
  const message = "adaptiveThreshold: expected at least 2 points, got 1";
  expect(() => kernel.adaptiveThreshold(1, x, w, 0.5)).toThrow(message);
  expect(() => definition.adaptiveThreshold([bigs([1, 2])], [bigs([1, 1])], big(1))).toThrow(
    message,
  );
});
