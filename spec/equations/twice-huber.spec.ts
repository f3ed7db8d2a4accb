import fc from "fast-check";
import { expect, it } from "vitest";
import * as definition from "../../src/definitions/twice-huber.js";
import { huber, squaredHuber } from "../../src/kernels/huber.js";
import * as kernel from "../../src/kernels/twice-huber.js";
import { type Double, double, hyperDual, parts } from "../../src/scalar/index.js";

const ε = Number.EPSILON;
const lengths = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const nearOne = fc.integer({ min: -15, max: 15 }).map((k) => 1 + Math.sign(k) / 10 ** Math.abs(k));
const draws = fc.oneof(
  fc.tuple(lengths, lengths),
  fc.tuple(nearOne, lengths).map(([r, delta]): [number, number] => [r * delta, delta]),
  lengths.map((delta): [number, number] => [0, delta]),
);
const forAll = (law: (v: number, delta: number) => void) =>
  fc.assert(
    fc.property(draws, ([v, delta]) => law(v, delta)),
    { seed: 1973, numRuns: 1000 },
  );

it("twiceHuber(v, δ), its slope and curvature are the definition on duals, bit for bit", () =>
  forAll((v, delta) => {
    const h = parts(definition.twiceHuber(hyperDual(double(v), 1, 1), hyperDual(double(delta))));
    expect([
      kernel.twiceHuber(v, delta),
      kernel.twiceHuberSlope(v, delta),
      kernel.twiceHuberCurvature(v, delta),
    ]).toEqual([h.value.value, h.first1.value, h.second.value]);
    const inDelta = parts(definition.twiceHuber(hyperDual(double(v)), hyperDual(double(delta), 1)));
    const gap = Math.abs(kernel.twiceHuberThresholdSlope(v, delta) - inDelta.first1.value);
    expect(gap).toBeLessThanOrEqual(4 * ε * (v + delta));
  }));

it("the slopes the definition states are those duals carry, on the kink too", () =>
  forAll((v, delta) => {
    const [V, D] = [double(v), double(delta)];
    const h = parts(definition.twiceHuber(hyperDual(V, 1, 1), hyperDual(D)));
    expect(definition.twiceHuberSlope(V, D).value).toBe(h.first1.value);
    expect(definition.twiceHuberCurvature(V, D).value).toBe(h.second.value);
    expect(definition.twiceHuberThresholdSlope(V, D).value).toBe(
      kernel.twiceHuberThresholdSlope(v, delta),
    );
  }));

it("twiceHuber(v, δ) is 2 huber(v, δ) and squaredHuber(v², δ)", () =>
  forAll((v, delta) => {
    const h = kernel.twiceHuber(v, delta);
    expect(Math.abs(h - 2 * huber(v, delta))).toBeLessThanOrEqual(4 * ε * (h + delta * v));
    expect(Math.abs(h - squaredHuber(v * v, delta))).toBeLessThanOrEqual(4 * ε * (h + delta * v));
  }));

it("twiceHuber(−1, δ) throws, naming what it expected and what it got", () => {
  for (const [inDoubles, inAny] of [
    [kernel.twiceHuber, definition.twiceHuber<Double>],
    [kernel.twiceHuberSlope, definition.twiceHuberSlope<Double>],
    [kernel.twiceHuberCurvature, definition.twiceHuberCurvature<Double>],
    [kernel.twiceHuberThresholdSlope, definition.twiceHuberThresholdSlope<Double>],
  ] as const) {
    const message = `${inDoubles.name}: expected v >= 0, got -1`;
    expect(() => inDoubles(-1, 1)).toThrow(message);
    expect(() => inAny(double(-1), double(1))).toThrow(message);
  }
});
