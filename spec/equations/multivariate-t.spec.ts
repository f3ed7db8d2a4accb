import { expect, it } from "vitest";
import * as definition from "../../src/definitions/multivariate-t.js";
import * as kernel from "../../src/kernels/multivariate-t.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { growth, logSize, scaleTrils } from "./density-draws.js";
import { jacobianOnDuals } from "./on-duals.js";

const ε = Number.EPSILON;
const draws = [...scaleTrils("spec/multivariate-t", 3, 15)];
const L = Float64Array.of(0.7, 0, 0, -0.4, 1.3, 0, 0.9, 0.2, 0.5);
const mean = Float64Array.of(0.3, -2, 5);

it("multivariateTLogDensity(value, mean, L) and its gradients keep the definition's 64 digits", () => {
  const [inValue, inL] = [new Float64Array(3), new Float64Array(9)];
  for (const [label, value, centre, tril] of draws) {
    const exact = [bigs(value), bigs(centre), bigRows(tril, 3)] as const;
    const offset = value.map((x, i) => x - centre[i]);
    const { pulled, whitened, squared, forward, back } = growth(3, tril, offset);
    const slope = 2 / (1 + squared / 3);
    const ours = kernel.multivariateTLogDensity(value, centre, tril);
    const truth = definition.multivariateTLogDensity(...exact);
    expect(worstUlp([ours], truth, logSize(3, tril) + 6 * forward), label).toBeLessThan(
      ulpTarget.generic,
    );
    kernel.multivariateTGradient(value, centre, tril, inValue);
    const scale = slope * pulled * (back + 2 * forward);
    expect(
      worstUlp(inValue, definition.multivariateTGradient(...exact), scale),
      label,
    ).toBeLessThan(ulpTarget.generic);
    kernel.multivariateTScaleGradient(value, centre, tril, inL);
    const inverse = Math.max(1 / tril[0], 1 / tril[4], 1 / tril[8]);
    expect(
      worstUlp(
        inL,
        definition.multivariateTScaleGradient(...exact),
        slope * pulled * whitened * (back + 3 * forward) + inverse,
      ),
      label,
    ).toBeLessThan(ulpTarget.generic);
  }
});

it("multivariateTGradient and …ScaleGradient are derivatives on duals, by μ with the sign turned", () => {
  for (const [label, value, centre, tril] of draws) {
    const [v, m, rows] = [bigs(value), bigs(centre), bigRows(tril, 3)];
    const [slopes] = jacobianOnDuals(
      (x) => [
        definition.multivariateTLogDensity(
          x.slice(0, 3),
          x.slice(3, 6),
          [6, 9, 12].map((i) => x.slice(i, i + 3)),
        ),
      ],
      [...v, ...m, ...rows.flat()],
    );
    const gradient = definition.multivariateTGradient(v, m, rows);
    // Λ = L Lᵀ is solved with: its conditioning, at most 1e18 here, costs that many digits.
    const digits = 1e20 * lastDigit;
    expect(worstGap(slopes.slice(0, 3), gradient), label).toBeLessThan(digits);
    expect(
      worstGap(
        slopes.slice(3, 6),
        gradient.map((x) => x.negated()),
      ),
    ).toBeLessThan(digits);
    const below = [0, 3, 4, 6, 7, 8];
    const closed = definition.multivariateTScaleGradient(v, m, rows).flat();
    expect(
      worstGap(
        below.map((i) => slopes[6 + i]),
        below.map((i) => closed[i]),
      ),
      label,
    ).toBeLessThan(digits);
    for (const i of [1, 2, 5]) expect(closed[i].toNumber()).toBe(0);
  }
});

it("exp(multivariateTLogDensity(μ + r L d, mean, L)) integrates to 1 over r, along every direction d", () => {
  // r = tan φ makes the integrand a trigonometric polynomial in φ of degree 8, after division by one
  // analytic to Im φ = ½ log((√3 + 1)/(√3 − 1)): 60 nodes leave out e^(−120 · 0.65).
  const count = 60;
  const determinant = L[0] * L[4] * L[8];
  const t = new Float64Array(3);
  for (let i = 0; i < 20; i++) {
    const d = stream("spec/multivariate-t/directions").at(i).sphere();
    let total = 0;
    for (let j = 0; j < count; j++) {
      const phi = (Math.PI * (j + 0.5)) / count - Math.PI / 2;
      const r = Math.tan(phi);
      for (let k = 0; k < 3; k++)
        t[k] = mean[k] + r * (L[3 * k] * d[0] + L[3 * k + 1] * d[1] + L[3 * k + 2] * d[2]);
      // Half of 4π r² dr, since r and −r are both taken.
      const volume = (determinant * 2 * Math.PI * r * r) / Math.cos(phi) ** 2;
      total += volume * Math.exp(kernel.multivariateTLogDensity(t, mean, L));
    }
    // t − μ rounds like μ, in units of the least of L, and then six-fold in the exponent.
    expect(Math.abs((total * Math.PI) / count - 1)).toBeLessThan(6 * 10 * 10 * 4 * ε);
  }
});

it("multivariateTLogDensity falls by −6 log far out, and stays finite where ‖L⁻¹(t − μ)‖² overflows", () => {
  const at = (size: number) =>
    kernel.multivariateTLogDensity(Float64Array.of(size, 0, 0), new Float64Array(3), L);
  const gap = at(1e200) - at(1e100);
  expect(Math.abs(gap + 600 * Math.log(10))).toBeLessThan(16 * ε * 600 * Math.log(10));
  const gradient = new Float64Array(3);
  kernel.multivariateTGradient(Float64Array.of(1e200, 0, 0), new Float64Array(3), L, gradient);
  // t·∂/∂t log q tends to −6 for a density of degree −6.
  expect(Math.abs(1e200 * gradient[0] + 6)).toBeLessThan(64 * ε * 6);
});

it("multivariateTLogDensity(A t, A μ, A L) is smaller by log det A for lower-triangular A", () => {
  const A = [2, 0, 0, 1, 3, 0, -1, 4, 0.5];
  const times = (v: ArrayLike<number>) =>
    Float64Array.from(
      [0, 1, 2],
      (i) => A[3 * i] * v[0] + A[3 * i + 1] * v[1] + A[3 * i + 2] * v[2],
    );
  const columns = [0, 1, 2].map((j) => times([L[j], L[3 + j], L[6 + j]]));
  const AL = Float64Array.from({ length: 9 }, (_, k) => columns[k % 3][Math.floor(k / 3)]);
  for (const [, value] of draws.slice(0, 20)) {
    const before = kernel.multivariateTLogDensity(value, mean, L);
    const after = kernel.multivariateTLogDensity(times(value), times(mean), AL);
    // A and L are known to 10² in conditioning, and every product rounds.
    expect(Math.abs(before - after - Math.log(3))).toBeLessThan(1e2 * 16 * ε * 10);
  }
});

it("multivariateTLogDensity(rows, mean, L, at) reads the value from entry `at`", () => {
  const row = Float64Array.of(9, 9, 1, 2, 3, 9);
  const alone = kernel.multivariateTLogDensity(Float64Array.of(1, 2, 3), mean, L);
  expect(kernel.multivariateTLogDensity(row, mean, L, 2)).toBe(alone);
});

it("multivariateTLogDensity refuses a factor of no positive definite matrix, NaN and infinities", () => {
  const gradient = new Float64Array(9);
  for (const [name, run] of [
    ["multivariateTLogDensity", kernel.multivariateTLogDensity],
    ["multivariateTGradient", (t, m, l) => kernel.multivariateTGradient(t, m, l, gradient)],
    [
      "multivariateTScaleGradient",
      (t, m, l) => kernel.multivariateTScaleGradient(t, m, l, gradient),
    ],
  ] as const satisfies readonly [
    string,
    (t: Float64Array, m: Float64Array, l: Float64Array) => unknown,
  ][]) {
    for (const bad of [0, -1, Number.NaN]) {
      const message = `${name}: expected scaleTril with a positive diagonal, got ${bad}`;
      expect(() => run(mean, mean, L.with(4, bad))).toThrow(message);
    }
    const finite = `${name}: expected a finite L^-1 (value - mean)`;
    expect(() => run(mean, mean, L.with(3, Number.NaN))).toThrow(finite);
    expect(() => run(mean.with(1, Number.NaN), mean, L)).toThrow(finite);
    expect(() => run(mean, mean.with(2, Infinity), L)).toThrow(finite);
  }
  const flat = bigRows(L.with(4, 0), 3);
  const message = "expected scaleTril with a positive diagonal, got 0";
  expect(() =>
    definition.multivariateTLogDensity([big(1), big(1), big(1)], bigs(mean), flat),
  ).toThrow(message);
});
