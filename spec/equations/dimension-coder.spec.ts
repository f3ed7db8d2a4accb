import { expect, it } from "vitest";
import * as definition from "../../src/definitions/dimension-coder.js";
import * as kernel from "../../src/kernels/dimension-coder.js";
import { stream } from "../../src/random/index.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";

const ε = Number.EPSILON;
/** Dimensions [d, μ, σ]: generic, beside the mean at every scale, and on it. */
function* draws(count: number): Generator<[number, number, number]> {
  for (let k = 0; k < count; k++) {
    const draw = stream("dimension").at(k);
    const mean = 0.4 + 12 * draw.uniform();
    const deviation = (0.05 + 0.4 * draw.uniform()) * mean;
    yield [mean * Math.exp(draw.normal()), mean, deviation];
    yield [mean * (1 + 10 ** -(k % 15)), mean, deviation];
    yield [mean, mean, deviation];
  }
}

it("both codes and their slopes are their definitions within 16 ulp, and on duals their derivatives", () => {
  for (const [d, mean, deviation] of draws(10)) {
    const [D, μ, σ] = [d, mean, deviation].map((x) => big(x));
    const code = kernel.encodedDimension(d, mean, deviation);
    // On the mean the code is zero, and exactly so.
    const truth = definition.encodedDimension(D, μ, σ);
    if (d === mean) expect(code).toBe(0);
    else expect(worstUlp([code], truth)).toBeLessThanOrEqual(ulpTarget.generic);
    const slope = definition.encodedDimensionSlope(D, μ, σ);
    const at = kernel.encodedDimensionSlope(d, mean, deviation);
    expect(worstUlp([at], slope)).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      ([x]) => definition.encodedDimension(x, x.of(mean), x.of(deviation)),
      [D],
      [slope],
      Math.abs(at),
    );
    const back = kernel.decodedDimension(code, mean, deviation);
    const exact = definition.decodedDimension(big(code), μ, σ);
    expect(worstUlp([back], exact)).toBeLessThanOrEqual(ulpTarget.generic);
    const rise = definition.decodedDimensionSlope(big(code), μ, σ);
    const risen = kernel.decodedDimensionSlope(code, mean, deviation);
    expect(worstUlp([risen], rise)).toBeLessThanOrEqual(ulpTarget.generic);
    expectGradient(
      ([x]) => definition.decodedDimension(x, x.of(mean), x.of(deviation)),
      [big(code)],
      [rise],
      risen,
    );
  }
});

it("decodedDimension inverts encodedDimension, and their slopes are reciprocal", () => {
  for (const [d, mean, deviation] of draws(100)) {
    const code = kernel.encodedDimension(d, mean, deviation);
    const back = kernel.decodedDimension(code, mean, deviation);
    // The code is off by 4 ε of itself; the power multiplies that by ln(d/μ).
    const bound = 8 * ε * (1 + Math.abs(Math.log(d / mean)));
    expect(Math.abs(back / d - 1)).toBeLessThanOrEqual(bound);
    const product =
      kernel.encodedDimensionSlope(d, mean, deviation) *
      kernel.decodedDimensionSlope(code, mean, deviation);
    expect(Math.abs(product - 1)).toBeLessThanOrEqual(bound);
  }
});

it("a code of ±1 is a factor e^(±σ/μ): a car's length of 4.62 ± 0.46 m", () => {
  expect(kernel.decodedDimension(1, 4.62, 0.46)).toBe(4.62 * Math.exp(0.46 / 4.62));
  expect(kernel.encodedDimension(4.62, 4.62, 0.46)).toBe(0);
});

it("sizes that no box has throw", () => {
  for (const bad of [0, -1, Infinity, Number.NaN]) {
    for (const run of [kernel.encodedDimension, kernel.encodedDimensionSlope]) {
      expect(() => run(bad, 1, 1)).toThrow(`expected a finite d > 0, got ${bad}`);
      expect(() => run(1, bad, 1)).toThrow(`expected a finite mean > 0, got ${bad}`);
      expect(() => run(1, 1, bad)).toThrow(`expected a finite deviation > 0, got ${bad}`);
    }
    expect(() => kernel.decodedDimension(0, bad, 1)).toThrow(`finite mean > 0, got ${bad}`);
    expect(() => kernel.decodedDimensionSlope(0, 1, bad)).toThrow(`deviation > 0, got ${bad}`);
  }
  for (const code of [1e5, -1e5, Number.NaN])
    expect(() => kernel.decodedDimension(code, 1, 1)).toThrow(`dimension > 0, got ${code}`);
});
