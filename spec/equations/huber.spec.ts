import fc from "fast-check";
import { expect, it } from "vitest";
import * as definition from "../../src/definitions/huber.js";
import * as kernel from "../../src/kernels/huber.js";
import { big, double, dual, hyperDual, parts } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { worstUlp } from "./big-truth.js";

const ε = Number.EPSILON;
const pixels = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const nearOne = fc.integer({ min: -15, max: 15 }).map((k) => 1 + Math.sign(k) / 10 ** Math.abs(k));
/** Half the draws [n, δ] are generic; half lie on the kink or 10⁻¹ … 10⁻¹⁵ to either side. */
const draws = fc.oneof(
  fc.tuple(pixels, pixels),
  fc.tuple(nearOne, pixels).map(([r, delta]): [number, number] => [r * delta, delta]),
  pixels.map((delta): [number, number] => [0, delta]),
);
const forAll = (law: (n: number, delta: number) => void, numRuns = 1000) =>
  fc.assert(
    fc.property(draws, ([n, delta]) => law(n, delta)),
    { seed: 1964, numRuns },
  );

it("huber(n, δ) and its slopes are the definition on duals, bit for bit", () =>
  forAll((n, delta) => {
    const along = (dn: number, dd: number) =>
      parts(definition.huber(hyperDual(double(n), dn, dn), hyperDual(double(delta), dd, dd)));
    const [inN, inDelta] = [along(1, 0), along(0, 1)];
    expect([
      kernel.huber(n, delta),
      kernel.huberSlope(n, delta),
      kernel.huberCurvature(n, delta),
    ]).toEqual([inN.value.value, inN.first1.value, inN.second.value]);
    // δ enters as δ n − δ²/2, whose slope in parts rounds once more than n − δ does.
    const gap = Math.abs(kernel.huberThresholdSlope(n, delta) - inDelta.first1.value);
    expect(gap).toBeLessThanOrEqual(2 * ε * (n + delta));
  }));

it("squaredHuber(s, δ), its slopes and robustScale(s, δ) keep the definition's 64 digits", () =>
  forAll((n, delta) => {
    const s = n * n;
    const [S, D] = [big(s), big(delta)];
    // On the kink the definition squares δ exactly and the kernel rounds: either branch is right there.
    fc.pre(s <= delta * delta === S.atMost(D.times(D)));
    for (const [value, truth] of [
      [kernel.squaredHuber(s, delta), definition.squaredHuber(S, D)],
      [kernel.squaredHuberSlope(s, delta), definition.squaredHuberSlope(S, D)],
      [kernel.squaredHuberCurvature(s, delta), definition.squaredHuberCurvature(S, D)],
      [kernel.robustScale(s, delta), definition.robustScale(S, D)],
    ] as const)
      expect(worstUlp([value], truth)).toBeLessThan(ulpTarget.generic);
    // 2(√s − δ) cancels beside the kink: its unit is that of its terms.
    const slope = kernel.squaredHuberThresholdSlope(s, delta);
    const truth = definition.squaredHuberThresholdSlope(S, D);
    expect(worstUlp([slope], truth, delta)).toBeLessThan(ulpTarget.seam * Math.max(1, n / delta));
  }));

it("squaredHuberSlope, …Curvature, …ThresholdSlope are derivatives on duals, s = 0 included", () =>
  forAll((n, delta) => {
    const [s, d] = [big(n * n), big(delta)];
    const along = (ds: number, dd: number) =>
      parts(definition.squaredHuber(hyperDual(s, ds, ds), hyperDual(d, dd, dd)));
    const [inS, inDelta] = [along(1, 0), along(0, 1)];
    const close = (a: number, b: number) =>
      expect(Math.abs(a - b)).toBeLessThanOrEqual(ε * Math.abs(b));
    close(definition.squaredHuberSlope(s, d).toNumber(), inS.first1.toNumber());
    close(definition.squaredHuberCurvature(s, d).toNumber(), inS.second.toNumber());
    close(definition.squaredHuberThresholdSlope(s, d).toNumber(), inDelta.first1.toNumber());
  }, 200));

it("huber(n, δ) is the least value of (n − u)²/2 + δ|u|, reached at u = max(n − δ, 0)", () =>
  forAll((n, delta) => {
    const objective = (u: number) => 0.5 * (n - u) ** 2 + delta * Math.abs(u);
    // The minimum is flat in u, so rounding u costs nothing: 4ε covers the sums on both sides.
    const least = objective(Math.max(n - delta, 0));
    expect(kernel.huber(n, delta)).toBeGreaterThanOrEqual(least * (1 - 4 * ε));
    for (const u of [-n, 0, n / 3, n - delta, n, 2 * n])
      expect(kernel.huber(n, delta)).toBeLessThanOrEqual(objective(u) * (1 + 4 * ε));
  }));

it("squaredHuber(n², δ) is twice huber(n, δ), at most n², and n² without a threshold", () =>
  forAll((n, delta) => {
    const twice = kernel.squaredHuber(n * n, delta);
    // √(n²) rounds once, and both sides round a product and a difference.
    expect(Math.abs(twice - 2 * kernel.huber(n, delta))).toBeLessThanOrEqual(
      8 * ε * n * delta + 8 * ε * twice,
    );
    expect(twice).toBeLessThanOrEqual(n * n * (1 + 2 * ε));
    expect(kernel.squaredHuber(n * n, Number.POSITIVE_INFINITY)).toBe(n * n);
  }));

it("robustScale(s, δ)² is ρ′: the rescaled residual has the gradient of the Huber cost", () =>
  forAll((n, delta) => {
    const [scale, slope] = [
      kernel.robustScale(n * n, delta),
      kernel.squaredHuberSlope(n * n, delta),
    ];
    expect(Math.abs(scale * scale - slope)).toBeLessThanOrEqual(4 * ε * slope);
    // √ρ′ n · √ρ′ is the slope of huber in n; squares and roots round four times.
    expect(Math.abs(scale * scale * n - kernel.huberSlope(n, delta))).toBeLessThanOrEqual(
      8 * ε * n,
    );
  }));

it("huberSlope(n, δ) matches central differences on either side of the kink", () =>
  forAll((n, delta) => {
    const h = Math.min(n, Math.abs(n - delta)) / 2;
    const [up, down] = [n + h, n - h];
    fc.pre(down < up);
    const secant = (kernel.huber(up, delta) - kernel.huber(down, delta)) / (up - down);
    // ρ is at most quadratic, so the secant has no truncation error: what is left is rounding.
    const rounding = 4 * ε * (kernel.huber(up, delta) / (up - down) + n);
    expect(Math.abs(secant - kernel.huberSlope(n, delta))).toBeLessThanOrEqual(rounding);
  }));

it("squaredHuber(s, 0) is 0 with slope 0: a threshold of zero silences every residual", () => {
  for (const s of [0, 1e-300, 4]) expect(kernel.squaredHuber(s, 0)).toBe(0);
  expect([kernel.squaredHuberSlope(4, 0), kernel.robustScale(4, 0)]).toEqual([0, 0]);
  expect(definition.squaredHuber(dual(double(4), 1), dual(double(0))).b.value).toBe(0);
});
