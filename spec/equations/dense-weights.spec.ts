import { describe, expect, it } from "vitest";
import * as definition from "../../src/definitions/dense-weights.js";
import * as kernel from "../../src/kernels/dense-weights.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { expectGradient, pulled } from "./expect-gradient.js";
import { normals, rows, written } from "./head-draws.js";

const forms = ["softmax", "geometric", "exponential"] as const;
const ε = Number.EPSILON;
const weights = (form: kernel.DenseWeightForm, s: Float64Array, g: Float64Array) =>
  written(s.length, (w) => kernel.denseWeights(form, s.length / 2, s, g, w));
const sumOf = (w: Float64Array, a: number) =>
  w.reduce((total, x, i) => total + (i % 2 === a ? x : 0), 0);

describe.each(forms)("%s", (form) => {
  it("denseWeights(…) is its definition within 16 ulp, logits spread by 1e-8 … 10", () => {
    for (let k = 0; k < 20; k++) {
      const s = normals(`weights/${form}`, k, 2 * (1 + (k % 7)), 10 ** (1 - (k % 10)));
      const g = normals("weights/scale", k, 2);
      const truth = definition.denseWeights(form, bigRows(s, 2), bigs(g));
      expect(worstUlp(weights(form, s, g), truth)).toBeLessThanOrEqual(ulpTarget.generic);
    }
  });

  it("denseWeightsVjp(…) is vᵀ times the Jacobian on duals, and the kernel is it within 16 ulp", () => {
    for (let k = 0; k < 8; k++) {
      const n = 1 + (k % 4);
      const [s, g, v] = [2 * n, 2, 2 * n].map((m, j) => normals(`vjp/${form}/${j}`, k, m));
      const stated = definition.denseWeightsVjp(form, bigRows(s, 2), bigs(g), bigRows(v, 2));
      const w = weights(form, s, g);
      const scale = Math.max(...w.map((x, i) => x * Math.abs(v[i])));
      const both = [...entries(stated.logits), ...stated.scale];
      expectGradient(
        pulled(
          (x) => definition.denseWeights(form, rows(x.slice(0, 2 * n), 2), x.slice(2 * n)).flat(),
          bigs(v),
        ),
        bigs([...s, ...g]),
        both,
        scale,
      );
      const gradient = new Float64Array(2 * n + 2);
      kernel.denseWeightsVjp(form, n, w, v, gradient.subarray(0, 2 * n), gradient.subarray(2 * n));
      expect(worstUlp(gradient, both, scale)).toBeLessThanOrEqual(ulpTarget.generic);
    }
  });
});

it("denseWeights('softmax', …) sums to e^g over the points of either axis (card S-10, 1)", () => {
  for (let k = 0; k < 50; k++) {
    const n = [1, 2, 64, 512, 4096][k % 5];
    const s = normals("S-10/softmax", k, 2 * n, 10 ** ((k % 4) - 1));
    const g = normals("S-10/scale", k, 2);
    const before = weights("softmax", s, new Float64Array(2));
    const w = weights("softmax", s, g);
    // Each term rounds thrice, and a sum of n terms n times at worst.
    for (const a of [0, 1]) {
      expect(Math.abs(sumOf(before, a) - 1)).toBeLessThanOrEqual((n + 3) * ε);
      expect(Math.abs(sumOf(w, a) / Math.exp(g[a]) - 1)).toBeLessThanOrEqual((n + 6) * ε);
    }
  }
});

it("∂w/∂g is w, against central differences in doubles (card S-10, 1)", () => {
  const h = 2 ** -17;
  for (const form of forms)
    for (let k = 0; k < 10; k++) {
      const s = normals("S-10/logits", k, 40);
      const g = normals("S-10/scales", k, 2);
      const moved = (step: number) => weights(form, s, Float64Array.of(g[0] + step, g[1]));
      const [up, down, w] = [moved(h), moved(-h), weights(form, s, g)];
      const v = normals("S-10/v", k, 40);
      const [gradient, scale] = [new Float64Array(40), new Float64Array(2)];
      kernel.denseWeightsVjp(form, 20, w, v, gradient, scale);
      let [secant, size] = [0, 0];
      for (let i = 0; i < 40; i++) {
        secant += (v[i] * (up[i] - down[i])) / (2 * h);
        size += Math.abs(v[i] * w[i]);
        if (i % 2) expect(up[i]).toBe(w[i]);
      }
      // Truncation h²/6, and 8 ε of rounding in each weight over the step.
      expect(Math.abs(secant - scale[0])).toBeLessThanOrEqual(size * (h * h + (8 * ε) / h));
    }
});

it("a common shift of the logits changes no weight, except of 'exponential': there by its power", () => {
  for (let k = 0; k < 20; k++) {
    const s = normals("shift", k, 24);
    const g = normals("shift/scale", k, 2);
    // A multiple of 2⁻²⁰ about 1000 costs each logit up to ulp(1000)/2 = 256 ε.
    const shifted = s.map((x) => x + 1000);
    for (const form of ["softmax", "geometric"] as const) {
      const [w, moved] = [weights(form, s, g), weights(form, shifted, g)];
      w.forEach((x, i) => {
        expect(Math.abs(moved[i] / x - 1)).toBeLessThanOrEqual(4 * 512 * ε);
      });
    }
    const half = s.map((x) => x + 0.5);
    const [w, moved] = [weights("exponential", s, g), weights("exponential", half, g)];
    w.forEach((x, i) => {
      expect(Math.abs(moved[i] / x / Math.exp(0.5) - 1)).toBeLessThanOrEqual(16 * ε);
    });
  }
});

it("the geometric form sums to e^g or more, equal only for equal logits; there it is the softmax", () => {
  for (let k = 0; k < 20; k++) {
    const s = normals("geometric/sum", k, 24, 10 ** -(k % 5));
    const g = normals("geometric/scale", k, 2);
    const w = weights("geometric", s, g);
    // Σw e^{−g} = 1 + Var(s)/2 + …, far above rounding at these spreads.
    for (const a of [0, 1]) expect(sumOf(w, a)).toBeGreaterThan(Math.exp(g[a]) * (1 + 32 * ε));
    const equal = new Float64Array(24).fill(s[0]);
    weights("geometric", equal, g).forEach((x, i) => {
      expect(Math.abs(x / weights("softmax", equal, g)[i] - 1)).toBeLessThanOrEqual(8 * ε);
    });
  }
});

it("denseWeights(…) takes any finite logits under softmax, −∞ as no weight, and no points", () => {
  const wide = Float64Array.of(-1e308, 1e308, 1e308, -1e308);
  expect([...weights("softmax", wide, new Float64Array(2))]).toEqual([0, 1, 1, 0]);
  const masked = Float64Array.of(-Infinity, 0, 0, 0);
  expect([...weights("softmax", masked, new Float64Array(2))]).toEqual([0, 0.5, 1, 0.5]);
  for (const form of forms) {
    expect(weights(form, new Float64Array(0), new Float64Array(2))).toHaveLength(0);
    const scale = written(2, (out) =>
      kernel.denseWeightsVjp(form, 0, new Float64Array(0), new Float64Array(0), out, out),
    );
    expect([...scale]).toEqual([0, 0]);
  }
});

it("denseWeights(…) throws where weights overflow or are undefined", () => {
  const none = new Float64Array(2);
  for (const [form, s, g] of [
    ["geometric", [2000, 0, 0, 0], [0, 0]],
    ["exponential", [0, 710], [0, 0]],
    ["softmax", [0, 0], [0, 800]],
    ["softmax", [-Infinity, 0], [0, 0]],
    ["geometric", [-Infinity, 0], [0, 0]],
    ["softmax", [Number.NaN, 0], [0, 0]],
    ["softmax", [Infinity, 0], [0, 0]],
    ["exponential", [0, 0], [Number.NaN, 0]],
  ] as const)
    expect(() => weights(form, Float64Array.from(s), Float64Array.from(g))).toThrow(
      "denseWeights: expected finite logits and weights below",
    );
  expect(() => weights("softmax", none, none)).not.toThrow();
});

const joint = (s: Float64Array, g: number) =>
  written(s.length, (w) => kernel.jointWeights(s.length / 2, s, g, w));

it("jointWeights(s, g) and their products are their definitions, and those on duals (LC-29)", () => {
  for (let k = 0; k < 12; k++) {
    const n = 1 + (k % 4);
    const s = normals("joint", k, 2 * n, 10 ** (1 - (k % 8)));
    const [[g], v] = [normals("joint/scale", k, 1), normals("joint/v", k, 2 * n)];
    const w = joint(s, g);
    const truth = definition.jointWeights(bigRows(s, 2), big(g));
    expect(worstUlp(w, truth)).toBeLessThanOrEqual(ulpTarget.generic);
    const stated = definition.jointWeightsVjp(bigRows(s, 2), big(g), bigRows(v, 2));
    const both = [...entries(stated.logits), stated.scale];
    const scale = Math.max(...w.map((x, i) => x * Math.abs(v[i])));
    const gradient = new Float64Array(2 * n + 1);
    gradient[2 * n] = kernel.jointWeightsVjp(n, w, v, gradient.subarray(0, 2 * n));
    expect(worstUlp(gradient, both, scale)).toBeLessThanOrEqual(ulpTarget.generic);
    if (k < 6)
      expectGradient(
        pulled((x) => definition.jointWeights(rows(x.slice(0, -1), 2), x[2 * n]).flat(), bigs(v)),
        bigs([...s, g]),
        both,
        scale,
      );
  }
});

it("jointWeights(s, g) sum to e^g over both axes, and to the softmax of each where their masses are equal", () => {
  for (let k = 0; k < 20; k++) {
    const n = [1, 64, 1024][k % 3];
    const s = normals("joint/sum", k, 2 * n, 3);
    const [g] = normals("joint/scale", k, 1);
    const w = joint(s, g);
    // Each term rounds thrice, and a sum of 2n terms 2n times at worst.
    const total = w.reduce((a, b) => a + b);
    expect(Math.abs(total / Math.exp(g) - 1)).toBeLessThanOrEqual((2 * n + 6) * ε);
    // Both axes alike: half of e^g each.
    const twice = s.map((_, i) => s[i - (i % 2)]);
    const alone = weights("softmax", twice, Float64Array.of(g, g));
    joint(twice, g).forEach((x, i) => {
      expect(Math.abs(2 * x - alone[i])).toBeLessThanOrEqual((2 * n + 12) * ε * alone[i]);
    });
    // A multiple of 2⁻²⁰ about 1000 costs each logit up to 256 ε.
    const shifted = joint(
      s.map((x) => x + 1000),
      g,
    );
    shifted.forEach((x, i) => {
      expect(Math.abs(x / w[i] - 1)).toBeLessThanOrEqual(4 * 512 * ε);
    });
  }
});

it("jointWeights(s, g) may leave an axis nothing, takes any finite logits, and throws where undefined", () => {
  expect([...joint(Float64Array.of(0, 1e308, 0, 1e308), 0)]).toEqual([0, 0.5, 0, 0.5]);
  expect([...joint(Float64Array.of(3, -Infinity, 3, -Infinity), 0)]).toEqual([0.5, 0, 0.5, 0]);
  expect(joint(new Float64Array(0), 0)).toHaveLength(0);
  const none = new Float64Array(0);
  expect(kernel.jointWeightsVjp(0, none, none, none)).toBe(0);
  expect(
    kernel.jointWeightsVjp(1, new Float64Array(2), Float64Array.of(1, 2), new Float64Array(2)),
  ).toBe(0);
  for (const [s, g] of [
    [[0, 0], 800],
    [[-Infinity, -Infinity], 0],
    [[Number.NaN, 0], 0],
    [[Infinity, 0], 0],
    [[0, 0], Number.NaN],
  ] as const)
    expect(() => joint(Float64Array.from(s), g)).toThrow(
      "jointWeights: expected finite logits and weights below",
    );
});
