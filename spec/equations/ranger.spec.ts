import { expect, it } from "vitest";
import * as definition from "../../src/definitions/ranger.js";
import * as kernel from "../../src/kernels/ranger.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, worstUlp } from "./big-truth.js";

it("smaLength(β₂, t) and rectification keep the definition's digits from the first step on", () => {
  for (const beta2 of [0.9, 0.99, 0.999])
    for (const t of [1, 2, 5, 6, 7, 20, 300, 1999, 2001, 2500]) {
      const length = definition.smaLength(big(0), beta2, t);
      expect(worstUlp([kernel.smaLength(beta2, t)], [length])).toBeLessThan(ulpTarget.generic);
      // ρ_t − 4 and ρ_t − 2 lose what they cancel.
      const ρ = length.toNumber();
      if (ρ <= 4.5) continue;
      const lost = 1 + ρ / (ρ - 4);
      expect(
        worstUlp([kernel.rectification(beta2, t)], [definition.rectification(big(0), beta2, t)]),
      ).toBeLessThan(ulpTarget.generic * lost);
    }
});

it("smaLength(β₂, 1) is 1, it grows with t, and its limit is 2/(1 − β₂) − 1", () => {
  for (const beta2 of [0.9, 0.999]) {
    expect(kernel.smaLength(beta2, 1)).toBe(1);
    for (let t = 1; t < 60; t++)
      expect(kernel.smaLength(beta2, t + 1)).toBeGreaterThan(kernel.smaLength(beta2, t));
    expect(kernel.smaLength(beta2, 1e5)).toBe(2 / (1 - beta2) - 1);
    // An old v needs no rectification.
    expect(kernel.rectification(beta2, 1e5)).toBe(1);
  }
});

it("rectifiedUpdate keeps the definition's digits across the threshold", () => {
  const [rate, beta1, beta2, epsilon, decay] = [0.1, 0.95, 0.999, 1e-5, 0.01];
  for (const size of [1e-6, 1, 1e4]) {
    const draw = stream(`spec/ranger/${size}`);
    let truth = { theta: big(0.5), m: big(0), v: big(0) };
    const [theta, m, v] = [Float64Array.of(0.5), new Float64Array(1), new Float64Array(1)];
    const steps = 15;
    let path = 0.5;
    for (let t = 1; t <= steps; t++) {
      const g = Float64Array.of(size * draw.normal());
      const before = theta[0];
      const constants = { rate, beta1, beta2, epsilon, decay };
      truth = definition.rectifiedUpdate(truth, big(g[0]), t, constants);
      kernel.rectifiedUpdate(1, t, rate, beta1, beta2, epsilon, decay, 5, g, m, v, theta);
      path += Math.abs(theta[0] - before);
    }
    // The first rectified step, ρ = 6, cancels threefold in ρ − 4.
    expect(worstUlp(theta, [truth.theta], path)).toBeLessThan(3 * ulpTarget.generic * steps);
    expect(worstUlp(v, [truth.v])).toBeLessThan(4 * steps);
  }
});

it("rectifiedUpdate is descent with a bias-corrected mean while ρ_t ≤ 5: five steps at β₂ = 0.999", () => {
  const [theta, m, v] = [Float64Array.of(0), new Float64Array(1), new Float64Array(1)];
  for (let t = 1; t <= 6; t++) {
    const before = theta[0];
    const g = Float64Array.of(10);
    kernel.rectifiedUpdate(1, t, 0.1, 0.95, 0.999, 1e-5, 0, 5, g, m, v, theta);
    // Equal gradients have the mean 10 and √v = 10 √(1 − β₂ᵗ): a step of η · 10, then one of η r_t.
    const root = 10 * Math.sqrt(1 - 0.999 ** 6);
    const late = (0.1 * kernel.rectification(0.999, 6) * root) / (root + 1e-5);
    // A step is the difference of two parameters as large as 5.
    const rounding = (16 * 5 * Number.EPSILON) / (t <= 5 ? 1 : late);
    expect(Math.abs((before - theta[0]) / (t <= 5 ? 1 : late) - 1)).toBeLessThan(rounding);
  }
});

it("centredGradient leaves rows whose sums vanish, keeps differences, and changes nothing twice", () => {
  const draw = stream("spec/centred");
  const rows = Float64Array.from({ length: 12 }, () => draw.normal());
  const centred = rows.slice();
  kernel.centredGradient(3, 4, centred);
  expect(worstUlp(centred, definition.centredGradient(bigRows(rows, 4)), 4)).toBeLessThan(4);
  for (let row = 0; row < 3; row++) {
    const part = centred.subarray(4 * row, 4 * row + 4);
    expect(Math.abs(part.reduce((a, b) => a + b))).toBeLessThan(16 * Number.EPSILON);
    const gap = part[0] - part[3] - (rows[4 * row] - rows[4 * row + 3]);
    expect(Math.abs(gap)).toBeLessThan(16 * Number.EPSILON);
  }
  const again = centred.slice();
  kernel.centredGradient(3, 4, again);
  again.forEach((g, i) => {
    expect(Math.abs(g - centred[i])).toBeLessThan(16 * Number.EPSILON);
  });
});

it("lookAhead takes both copies α of the way: 0 to where the slow one was, 1 to where the fast one is", () => {
  for (const alpha of [0, 0.5, 1]) {
    const [slow, fast] = [Float64Array.of(1, 2), Float64Array.of(5, -2)];
    kernel.lookAhead(2, alpha, slow, fast);
    expect(slow).toEqual(Float64Array.of(1 + 4 * alpha, 2 - 4 * alpha));
    expect(fast).toEqual(slow);
    expect(definition.lookAhead(big(1), big(5), alpha).toNumber()).toBe(slow[0]);
  }
});
