import { expect, it } from "vitest";
import * as definition from "../../src/definitions/spatial-softmax.js";
import { exponentials } from "../../src/kernels/exponential.js";
import * as kernel from "../../src/kernels/spatial-softmax.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { expectGradient } from "./expect-gradient.js";
import { normals, uniforms } from "./head-draws.js";
import { asMap, bigMap, cells, logitsAt, total } from "./map-draws.js";

const exponential = (x: number) =>
  exponentials(0, 1, Float64Array.of(x), 0, 1, new Float64Array(1));
const ε = Number.EPSILON;
const softmax = (logits: Float64Array, temperature = 1) => {
  const p = new Float64Array(logits.length).fill(Number.NaN);
  kernel.spatialSoftmax(logits.length, logits, temperature, p);
  return p;
};

it("exponentials(x) are e^x to two units in the last place, and 0 where it is next to nothing", () => {
  const x = [
    ...uniforms("exponential", 0, 300, -30, 0),
    ...uniforms("exponential", 1, 60, -708, 0),
  ];
  for (const value of [...x, 0, -1e-300, -1e-9, -Math.LN2 / 128, -Math.LN2])
    expect(worstUlp([exponential(value)], [big(value).exp()])).toBeLessThanOrEqual(2);
  expect([exponential(-709), exponential(-1e9), exponential(Number.NEGATIVE_INFINITY)]).toEqual([
    0, 0, 0,
  ]);
  expect(exponential(Number.NaN)).toBeNaN();
});

it("spatialSoftmax(…) and its vjp are their definitions, and those on duals", () => {
  for (let k = 0; k < 10; k++) {
    const logits = logitsAt("softmax", k);
    const [temperature] = uniforms("softmax/temperature", k, 1, 0.5, 3);
    const v = normals("softmax/v", k, cells);
    const [L, τ] = [bigMap(logits), big(temperature)];
    const p = softmax(logits, temperature);
    // A logit's rounding by its own size is the map's.
    const spread = 1 + Math.max(...logits) - Math.min(...logits);
    expect(worstUlp(p, definition.spatialSoftmax(L, τ))).toBeLessThanOrEqual(
      ulpTarget.generic + spread / temperature,
    );
    const stated = definition.spatialSoftmaxVjp(L, τ, bigMap(v));
    const slopes = new Float64Array(cells);
    const byTemperature = kernel.spatialSoftmaxVjp(cells, logits, temperature, p, v, slopes);
    const size = (3 * spread) / temperature;
    expect(worstUlp(slopes, stated.logits, size)).toBeLessThanOrEqual(ulpTarget.generic);
    const scale = (size * spread * 3) / temperature;
    expect(worstUlp([byTemperature], stated.temperature, scale)).toBeLessThanOrEqual(
      ulpTarget.generic,
    );
    if (k < 5)
      expectGradient(
        (z) => total(definition.spatialSoftmax(asMap(z.slice(1)), z[0]), v),
        bigs([temperature, ...logits]),
        [stated.temperature, ...stated.logits.flat()],
        scale,
      );
  }
});

it("spatialSoftmax(…) sums to 1, keeps a shift of the logits, and sharpens with 1/τ", () => {
  const logits = logitsAt("softmax/shift", 2);
  const p = softmax(logits);
  expect(Math.abs(p.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(cells * ε);
  // Powers of two: the shift and its removal are exact where the logits have no last digits.
  const whole = logits.map((l) => Math.round(l * 64) / 64);
  expect(softmax(whole.map((l) => l + 1024))).toEqual(softmax(whole));
  expect(softmax(whole.map((l) => 4 * l))).toEqual(softmax(whole, 1 / 4));
});

it("equal logits give the uniform map; one cell gives 1; −∞ gives 0 and no gradient", () => {
  expect(softmax(new Float64Array(cells).fill(-7)).every((p) => p === 1 / cells)).toBe(true);
  expect([...softmax(Float64Array.of(123))]).toEqual([1]);
  const masked = Float64Array.of(1, Number.NEGATIVE_INFINITY, 1);
  const p = softmax(masked);
  expect([...p]).toEqual([0.5, 0, 0.5]);
  const slopes = new Float64Array(3);
  const v = Float64Array.of(1, Number.NEGATIVE_INFINITY, 0);
  expect(Math.abs(kernel.spatialSoftmaxVjp(3, masked, 1, p, v, slopes))).toBe(0);
  expect([...slopes]).toEqual([0.25, 0, -0.25]);
});

it("logits that are NaN, infinite or all −∞ give no map", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(softmax(Float64Array.of(0, bad, 1)).every(Number.isNaN)).toBe(true);
  expect(softmax(new Float64Array(3).fill(Number.NEGATIVE_INFINITY)).every(Number.isNaN)).toBe(
    true,
  );
});
