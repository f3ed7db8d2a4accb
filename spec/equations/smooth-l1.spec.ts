import fc from "fast-check";
import { expect, it } from "vitest";
import * as definition from "../../src/definitions/smooth-l1.js";
import { huber } from "../../src/kernels/huber.js";
import * as kernel from "../../src/kernels/smooth-l1.js";
import { big, dual, hyperDual, parts } from "../../src/scalar/index.js";
import { dot } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";

const ε = Number.EPSILON;
const lengths = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const nearOne = fc.integer({ min: -15, max: 15 }).map((k) => 1 + Math.sign(k) / 10 ** Math.abs(k));
const draws = fc.oneof(
  fc.tuple(lengths, lengths),
  fc.tuple(nearOne, lengths).map(([r, beta]): [number, number] => [r * beta, beta]),
  lengths.map((beta): [number, number] => [0, beta]),
);
const forAll = (law: (d: number, beta: number) => void, numRuns = 500) =>
  fc.assert(
    fc.property(draws, ([d, beta]) => law(d, beta)),
    { seed: 2015, numRuns },
  );

it("smoothL1(d, β), its slope and its curvature keep the digits of the definition on duals", () =>
  forAll((d, beta) => {
    const l = parts(definition.smoothL1(hyperDual(big(d), 1, 1), hyperDual(big(beta))));
    expect(worstUlp([kernel.smoothL1(d, beta)], l.value)).toBeLessThan(ulpTarget.generic);
    expect(worstUlp([kernel.smoothL1Slope(d, beta)], l.first1)).toBeLessThan(ulpTarget.generic);
    expect(worstUlp([kernel.smoothL1Curvature(d, beta)], l.second)).toBeLessThan(ulpTarget.generic);
    const [D, B] = [big(d), big(beta)];
    expect(worstGap(definition.smoothL1Slope(D, B), l.first1, 1)).toBeLessThan(10 * lastDigit);
    const curvature = definition.smoothL1Curvature(D, B);
    expect(worstGap(curvature, l.second, 1 / beta)).toBeLessThan(10 * lastDigit);
  }, 200));

it("β smoothL1(d, β) is huber(d, β)", () =>
  forAll((d, beta) => {
    const rho = huber(d, beta);
    expect(Math.abs(beta * kernel.smoothL1(d, beta) - rho)).toBeLessThanOrEqual(4 * ε * rho);
  }));

it("smoothL1Gradient(v, β) is the derivative of smoothL1(‖v‖, β), and v/β at v = 0", () => {
  const gradient = new Float64Array(3);
  for (let k = -12; k <= 12; k++) {
    const v = Float64Array.of(0.3 * 10 ** k, -0.4 * 10 ** k, 1.2 * 10 ** k);
    kernel.smoothL1Gradient(v, 1, gradient);
    const truth = [0, 1, 2].map(
      (i) =>
        definition.smoothL1(
          dot(
            bigs(v).map((x, j) => dual(x, i === j ? 1 : 0)),
            bigs(v).map((x, j) => dual(x, i === j ? 1 : 0)),
          ).sqrt(),
          dual(big(1)),
        ).b,
    );
    expect(worstUlp(gradient, truth)).toBeLessThan(ulpTarget.generic);
    const stated = definition.smoothL1Gradient(bigs(v), big(1));
    expect(worstGap(stated, truth)).toBeLessThan(100 * lastDigit);
  }
  kernel.smoothL1Gradient(new Float64Array(3), 1, gradient);
  expect([...gradient]).toEqual([0, 0, 0]);
  const zero = definition.smoothL1Gradient([dual(big(0), 1), dual(big(0))], dual(big(4)));
  expect(zero.map((x) => x.b.toNumber())).toEqual([0.25, 0]);
});

it("smoothL1Gradient(v, β) neither overflows nor vanishes at the ends of the range", () => {
  for (const size of [1e-200, 1e200]) {
    const v = Float64Array.of(3 * size, 4 * size);
    kernel.smoothL1Gradient(v, size, v);
    expect(v[0]).toBeCloseTo(0.6, 15);
    expect(v[1]).toBeCloseTo(0.8, 15);
  }
});
