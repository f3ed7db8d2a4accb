import { expect, it } from "vitest";
import * as definition from "../../src/definitions/gradient-norm.js";
import * as kernel from "../../src/kernels/gradient-norm.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { bigs, worstUlp } from "./big-truth.js";

it("gradientNorm keeps the definition's digits at every size that a double has", () => {
  for (const size of [1e-300, 1e-160, 1, 1e160, 1e300]) {
    const draw = stream(`spec/norm/${size}`);
    const parts = [3, 1, 7].map((n) =>
      Float64Array.from({ length: n }, () => size * draw.normal()),
    );
    const truth = definition.gradientNorm(parts.flatMap(bigs));
    // A quotient, a square and a sum for each of 11 entries, half of it after the root.
    expect(worstUlp([kernel.gradientNorm(parts)], [truth])).toBeLessThan(11);
  }
});

it("gradientNorm of NaN is NaN, of an infinite entry Infinity, of nothing 0", () => {
  expect(kernel.gradientNorm([Float64Array.of(1, Infinity), Float64Array.of(NaN)])).toBeNaN();
  expect(kernel.gradientNorm([Float64Array.of(1, -Infinity)])).toBe(Infinity);
  expect(kernel.gradientNorm([])).toBe(0);
  expect(kernel.gradientNorm([new Float64Array(4)])).toBe(0);
});

it("clipFactor(norm, limit) never lets a gradient pass its limit, and leaves a shorter one alone", () => {
  for (const norm of [0, 1, 4.99, 5, 5.01, 1e6]) {
    const factor = kernel.clipFactor(norm, 5);
    expect(factor * norm).toBeLessThanOrEqual(5);
    expect(factor === 1).toBe(norm <= 5 - 1e-6);
    expect(worstUlp([factor], [definition.clipFactor(big(norm), 5)])).toBeLessThan(2);
    expect(kernel.clipFactor(norm, Infinity)).toBe(1);
  }
});
