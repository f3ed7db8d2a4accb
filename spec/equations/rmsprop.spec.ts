import { expect, it } from "vitest";
import * as definition from "../../src/definitions/rmsprop.js";
import * as kernel from "../../src/kernels/rmsprop.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { worstUlp } from "./big-truth.js";

const zero = { v: big(0), mean: big(0), velocity: big(0) };

it("rmspropUpdate keeps the definition's digits, centred or not, with momentum and decay or without", () => {
  for (const centred of [false, true])
    for (const [momentum, decay] of [
      [0, 0],
      [0.9, 0.01],
    ])
      for (const size of [1e-9, 1, 1e6]) {
        const draw = stream(`spec/rmsprop/${centred}/${momentum}/${size}`);
        const constants = { rate: 0.1, alpha: 0.99, epsilon: 1e-8, momentum, decay, centred };
        let truth = { theta: big(0.5), ...zero };
        const theta = Float64Array.of(0.5);
        const [v, mean, velocity] = [0, 0, 0].map((x) => Float64Array.of(x));
        const steps = 25;
        let path = 0.5;
        for (let t = 1; t <= steps; t++) {
          const g = Float64Array.of(size * draw.normal());
          truth = definition.rmspropUpdate(truth, big(g[0]), constants);
          kernel.rmspropUpdate(
            ...([1, 0.1, 0.99, 1e-8, momentum, decay, centred] as const),
            ...([g, v, mean, velocity, theta] as const),
          );
          path += Math.abs(0.1 * velocity[0]);
        }
        // Each step rounds both means, a root and a quotient; centring cancels at most half of v here.
        expect(worstUlp(theta, [truth.theta], path)).toBeLessThan(8 * steps);
        expect(worstUlp(v, [truth.v])).toBeLessThan(4 * steps);
        expect(worstUlp(mean, [truth.mean], size + decay)).toBeLessThan(4 * steps);
      }
});

it("rmspropUpdate's first step is η/√(1 − α) against the sign, and centring makes it η/√(α(1 − α))", () => {
  const at = (centred: boolean, g: number) =>
    definition
      .rmspropUpdate({ theta: big(0), ...zero }, big(g), {
        ...{ rate: 0.1, alpha: 0.99, epsilon: 1e-300, momentum: 0, decay: 0 },
        centred,
      })
      .theta.toNumber();
  const rounding = 16 * Number.EPSILON;
  for (const g of [-4, 1e-5, 300]) {
    const sign = Math.sign(g);
    // 1 − 0.99 is not a hundredth to the last place.
    const rest = 1 - 0.99;
    expect(Math.abs(at(false, g) * sign * -10 * Math.sqrt(rest) - 1)).toBeLessThan(rounding);
    expect(Math.abs(at(true, g) * sign * -10 * Math.sqrt(rest * 0.99) - 1)).toBeLessThan(rounding);
  }
});

it("rmspropUpdate of equal gradients, centred, forgets the mean: v − ḡ² is αᵗ(1 − αᵗ)g², never negative", () => {
  const [v, mean, velocity, theta] = [0, 0, 0, 0].map((x) => Float64Array.of(x));
  const g = Float64Array.of(0.3);
  for (let t = 1; t <= 4000; t++) {
    kernel.rmspropUpdate(1, 1e-3, 0.99, 1e-8, 0, 0, true, g, v, mean, velocity, theta);
    const seen = 1 - 0.99 ** t;
    const expected = (1 - seen) * seen * g[0] * g[0];
    // Means of up to a hundred gradients in effect, each rounded twice.
    const rounding = 200 * Number.EPSILON * g[0] * g[0];
    expect(Math.abs(v[0] - mean[0] * mean[0] - expected)).toBeLessThan(rounding);
    expect(Number.isFinite(theta[0])).toBe(true);
  }
});

it("rmspropUpdate without a gradient from the start moves nothing", () => {
  const [v, mean, velocity, g] = [0, 0, 0, 0].map((x) => Float64Array.of(x));
  const theta = Float64Array.of(7);
  kernel.rmspropUpdate(1, 0.1, 0.99, 1e-8, 0.9, 0, true, g, v, mean, velocity, theta);
  expect([theta[0], velocity[0]]).toEqual([7, 0]);
});
