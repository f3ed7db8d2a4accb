import { expect, it } from "vitest";
import * as definition from "../../src/definitions/object-sampling.js";
import * as kernel from "../../src/kernels/object-sampling.js";
import { stream } from "../../src/random/index.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, worstUlp } from "./big-truth.js";
import { uniforms, written } from "./head-draws.js";

const ε = Number.EPSILON;

it("the probabilities and weights are their definitions within 16 ulp", () => {
  for (let k = 0; k < 20; k++) {
    const F = 1 + (k % 9);
    const [c, η] = [uniforms("sampling/c", k, F), (k % 5) / 4];
    const p = written(F, (out) => kernel.centernessProbabilities(F, c, out));
    expect(worstUlp(p, definition.centernessProbabilities(bigs(c)))).toBeLessThanOrEqual(16);
    const ω = written(F, (out) => kernel.importanceWeights(F, c, η, out));
    expect(worstUlp(ω, definition.importanceWeights(bigs(c), big(η)))).toBeLessThanOrEqual(16);
    const objects = Int32Array.from(c, (_, i) =>
      stream("sampling/objects")
        .at(i + k)
        .integer(3),
    );
    const w = written(F, (out) =>
      kernel.balancedWeights(F, ω, objects, 3, new Float64Array(3), out),
    );
    const truth = definition.balancedWeights(bigs(ω), [...objects]);
    expect(worstUlp(w, truth)).toBeLessThanOrEqual(ulpTarget.generic);
  }
});

it("under the mixture q, importance weights have mean 1, and mean p of anything", () => {
  for (let k = 0; k < 20; k++) {
    const F = 2 + k;
    const c = uniforms("sampling/mean", k, F);
    c[0] = 0;
    const η = 0.05 * k;
    const p = written(F, (out) => kernel.centernessProbabilities(F, c, out));
    const ω = written(F, (out) => kernel.importanceWeights(F, c, η, out));
    const mean = ω.reduce((sum, w, i) => sum + w * (η / F + (1 - η) * p[i]), 0);
    expect(Math.abs(mean - 1)).toBeLessThanOrEqual(8 * F * ε);
    expect(ω[0]).toBe(0);
  }
});

it("balanced weights have mean 1 and give every object that has a weight the same", () => {
  for (let k = 0; k < 20; k++) {
    const n = 10 + k;
    const ω = uniforms("sampling/balance", k, n);
    const objects = Int32Array.from(ω, (_, j) => [0, 2, 3][j % 3]);
    ω.forEach((_, j) => {
      if (objects[j] === 3) ω[j] = 0;
    });
    const present = kernel.balancedWeights(n, ω, objects, 4, new Float64Array(4), ω);
    expect(present).toBe(2);
    const sums = [0, 1, 2, 3].map((o) =>
      ω.reduce((sum, w, j) => sum + (objects[j] === o ? w : 0), 0),
    );
    for (const o of [0, 2]) expect(Math.abs(sums[o] - n / 2)).toBeLessThanOrEqual(4 * n * n * ε);
    expect([sums[1], sums[3]]).toEqual([0, 0]);
  }
});

it("no centerness, shares that are none and no samples have stated outcomes", () => {
  const out = new Float64Array(2);
  for (const c of [
    [0, 0],
    [Number.NaN, 1],
    [Infinity, 1],
  ])
    expect(() => kernel.importanceWeights(2, Float64Array.from(c), 0.5, out)).toThrow(
      "centernessProbabilities: expected a positive finite sum",
    );
  for (const η of [-0.1, 1.5, Number.NaN])
    expect(() => kernel.importanceWeights(2, Float64Array.of(1, 1), η, out)).toThrow(
      `importanceWeights: expected a share in [0, 1], got ${η}`,
    );
  expect(kernel.balancedWeights(0, out, new Int32Array(0), 0, out, out)).toBe(0);
});

it("the definitions refuse what has no probability or weight, and name what they got", () => {
  const p = definition.centernessProbabilities;
  expect(() => p([])).toThrow("centernessProbabilities: expected F >= 1 cells, got 0");
  expect(() => p(bigs([0, 0]))).toThrow("expected a positive sum of centerness, got 0");
  expect(() => p(bigs([1, -0.5]))).toThrow("expected centerness >= 0, got -0.5");
  for (const η of [-0.1, 1.5])
    expect(() => definition.importanceWeights(bigs([1]), big(η))).toThrow(
      `importanceWeights: expected a share in [0, 1], got ${η}`,
    );
  const w = definition.balancedWeights;
  expect(() => w(bigs([1, 0]), [0, 1])).toThrow(
    "balancedWeights: expected a positive sum of weights of object 1, got 0",
  );
  expect(() => w(bigs([1, 1]), [0])).toThrow("balancedWeights: expected 2 objects, got 1");
  expect(w([], [])).toEqual([]);
});
