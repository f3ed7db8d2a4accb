import { expect, it } from "vitest";
import * as definition from "../../src/definitions/log-bessel.js";
import * as kernel from "../../src/kernels/log-bessel.js";
import { type Big, big, dual } from "../../src/scalar/index.js";
import { lastDigit, worstUlp } from "./big-truth.js";
import { concentrations } from "./density-draws.js";

const kappas = [...concentrations("spec/log-bessel", 30)].map(([, kappa]) => kappa);

/** I_ν(κ) e^−κ by the trapezoidal rule on e^(κ (cos θ − 1)) cos νθ over M points of the circle. */
function byTrapezoid(kappa: number, order: 0 | 1, points: number): Big {
  const step = big(0).atan2(-1).times(2).over(points);
  let sum = big(0);
  for (let j = 0; j < points; j++) {
    const cos = step.times(j).cos();
    const height = cos.minus(1).times(kappa).exp();
    sum = sum.plus(order ? height.times(cos) : height);
  }
  return sum.over(points);
}

it.each([
  [0.01, 40],
  [0.99, 50],
  [1, 50],
  [7, 80],
  [79, 250],
  [80, 250],
  [120, 300],
])(
  "logBesselI0(%d) and besselRatio are what %d points of the trapezoidal rule say, in 64 digits",
  (kappa, points) => {
    const [even, odd] = ([0, 1] as const).map((order) => byTrapezoid(kappa, order, points));
    // The rule adds I_M + …, below 1e-60 of I₀ here; κ and the sum are rounded in their own digits.
    const gap = (a: Big, b: Big) => Math.abs(a.minus(b).toNumber());
    const rounding = 1e2 * (1 + kappa) * lastDigit;
    expect(gap(definition.logBesselI0Scaled(big(kappa)), even.log())).toBeLessThan(rounding);
    expect(gap(definition.logBesselI0(big(kappa)), even.log().plus(kappa))).toBeLessThan(rounding);
    expect(gap(definition.besselRatio(big(kappa)), odd.over(even))).toBeLessThan(rounding);
    expect(
      gap(definition.besselRatioComplement(big(kappa)).plus(odd.over(even)), big(1)),
    ).toBeLessThan(rounding);
  },
);

it("logBesselI0(κ) keeps 1e-14 of its size for κ from 0 to 1e8, and so do its slope and the rest", () => {
  for (const kappa of kappas) {
    const κ = big(kappa);
    for (const [value, truth] of [
      [kernel.logBesselI0(kappa), definition.logBesselI0(κ)],
      [kernel.logBesselI0Scaled(kappa), definition.logBesselI0Scaled(κ)],
      [kernel.besselRatio(kappa), definition.besselRatio(κ)],
      [kernel.besselRatioComplement(kappa), definition.besselRatioComplement(κ)],
    ] as const)
      expect(worstUlp([value], truth), `κ = ${kappa}`).toBeLessThan(1e-14 / Number.EPSILON);
  }
});

it("besselRatio(κ) is the slope of logBesselI0, and −besselRatioComplement(κ) of the scaled one, on duals", () => {
  for (const kappa of kappas.filter((_, i) => i % 5 === 0)) {
    const κ = big(kappa);
    const slope = definition.logBesselI0(dual(κ, 1)).b;
    const scaled = definition.logBesselI0Scaled(dual(κ, 1)).b;
    const ratio = definition.besselRatio(κ);
    // log I₀ ≈ κ²/4 near zero has a slope of κ/2, of which the series keeps all digits.
    expect(worstGap(slope, ratio)).toBeLessThan(1e3 * lastDigit);
    expect(worstGap(scaled, definition.besselRatioComplement(κ).negated())).toBeLessThan(
      1e3 * lastDigit * (1 + kappa),
    );
  }
});

it("besselRatio(κ) solves A′ = 1 − A/κ − A², the equation of Bessel", () => {
  for (const kappa of [1e-6, 0.3, 1, 12, 79.9, 80, 1e4]) {
    const A = definition.besselRatio(dual(big(kappa), 1));
    const right = A.a.over(kappa).plus(A.a.times(A.a)).negated().plus(1);
    expect(Math.abs(A.b.minus(right).toNumber())).toBeLessThan(1e3 * lastDigit);
  }
});

it("logBesselI0(0) and besselRatio(0) are 0, and besselRatioComplement(0) is 1, exactly", () => {
  expect([
    kernel.logBesselI0(0),
    Math.abs(kernel.logBesselI0Scaled(0)),
    kernel.besselRatio(0),
    kernel.besselRatioComplement(0),
  ]).toEqual([0, 0, 0, 1]);
  expect(definition.logBesselI0(big(0)).toNumber()).toBe(0);
  expect(kernel.logBesselI0(1e-170)).toBe(0);
});

it("logBesselI0(κ) ≈ κ − ½ log 2πκ without end: κ = 1e300 overflows nowhere", () => {
  expect(kernel.logBesselI0(1e300)).toBe(1e300);
  const scaled = -0.5 * (Math.log(2 * Math.PI) + 300 * Math.log(10));
  expect(Math.abs(kernel.logBesselI0Scaled(1e300) - scaled)).toBeLessThan(
    4 * Number.EPSILON * Math.abs(scaled),
  );
  expect(kernel.besselRatio(1e300)).toBe(1);
  expect(Math.abs(kernel.besselRatioComplement(1e300) / 5e-301 - 1)).toBeLessThan(
    4 * Number.EPSILON,
  );
});

it.each([-1, Number.NaN, Infinity, -Infinity])(
  "logBesselI0(%d) is refused by name, in both halves",
  (kappa) => {
    for (const [name, run, defined] of [
      ["logBesselI0", kernel.logBesselI0, definition.logBesselI0],
      ["logBesselI0Scaled", kernel.logBesselI0Scaled, definition.logBesselI0Scaled],
      ["besselRatio", kernel.besselRatio, definition.besselRatio],
      ["besselRatioComplement", kernel.besselRatioComplement, definition.besselRatioComplement],
    ] as const) {
      const message = `expected a finite concentration >= 0, got ${kappa}`;
      expect(() => run(kappa)).toThrow(`${name}: ${message}`);
      if (!Number.isNaN(kappa)) expect(() => defined(big(kappa))).toThrow(message);
    }
  },
);

const worstGap = (a: Big, b: Big): number => {
  const size = Math.abs(b.toNumber());
  const gap = Math.abs(a.minus(b).toNumber());
  return gap === 0 ? 0 : gap / size;
};
