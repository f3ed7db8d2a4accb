import { expect, it } from "vitest";
import * as definition from "../../src/definitions/adam.js";
import * as kernel from "../../src/kernels/adam.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, double, dual } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { worstUlp } from "./big-truth.js";

const constants = { rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.01 };
const { rate, beta1, beta2, epsilon, decay } = constants;

for (const [name, defined, update] of [
  ["adamUpdate", definition.adamUpdate, kernel.adamUpdate],
  ["adamWUpdate", definition.adamWUpdate, kernel.adamWUpdate],
] as const)
  it(`${name} keeps the definition's digits over 25 steps, whatever the gradients' size`, () => {
    for (const size of [1e-9, 1, 1e6]) {
      const draw = stream(`spec/${name}`).child(`${size}`);
      let truth = { theta: big(0.5), m: big(0), v: big(0) };
      const [theta, m, v] = [Float64Array.of(0.5), new Float64Array(1), new Float64Array(1)];
      const steps = 25;
      for (let t = 1; t <= steps; t++) {
        const g = size * draw.normal();
        truth = defined(truth, big(g), t, constants);
        const gradient = Float64Array.of(g);
        update(1, t, rate, beta1, beta2, epsilon, decay, gradient, m, v, theta);
      }
      // A step rounds each mean twice and adds a product; a step's share of θ is at most η, twice.
      const rounding = 4 * steps;
      expect(worstUlp(theta, [truth.theta], 0.5 + 2 * steps * rate)).toBeLessThan(rounding);
      const pull = size + decay;
      expect(worstUlp(m, [truth.m], pull)).toBeLessThan(rounding);
      expect(worstUlp(v, [truth.v], pull * pull)).toBeLessThan(rounding);
    }
  });

it("seenShare(β, t) keeps the definition's digits from the first step to the millionth", () => {
  for (const beta of [0, 0.5, 0.9, 0.95, 0.99, 0.999])
    for (const t of [1, 2, 3, 10, 1000])
      expect(
        worstUlp([kernel.seenShare(beta, t)], [definition.seenShare(big(0), beta, t)]),
      ).toBeLessThan(ulpTarget.generic);
  expect(kernel.seenShare(0.999, 1e6)).toBe(1);
});

it("adamUpdate moves by η against the sign at first, and not at all without a gradient", () => {
  const plain = { ...constants, decay: 0 };
  for (const g of [-3, 1e-3, 2e5]) {
    const { theta } = definition.adamUpdate(start(1), big(g), 1, plain);
    // m̂ = g and √v̂ = |g|: the step is η |g|/(|g| + ε).
    const expected = 1 - (Math.sign(g) * rate) / (1 + epsilon / Math.abs(g));
    expect(Math.abs(theta.toNumber() - expected)).toBeLessThan(4 * Number.EPSILON);
  }
  expect(definition.adamUpdate(start(1), big(0), 1, plain).theta.toNumber()).toBe(1);
});

it("adamWUpdate without a gradient shrinks θ by exactly 1 − ηλ; adamUpdate moves it by its own pull", () => {
  const { theta } = definition.adamWUpdate(start(2), big(0), 1, constants);
  expect(theta.minus(big(rate).times(decay).negated().plus(1).times(2)).toNumber()).toBe(0);
  const coupled = definition.adamUpdate(start(2), big(0), 1, constants);
  expect(Math.abs(coupled.theta.toNumber() - (2 - rate))).toBeLessThan(epsilon * 100);
});

it("adamUpdate's first step answers to the gradient's size through ε alone, on duals", () => {
  const g = 1e-3;
  const { theta } = definition.adamUpdate(
    { theta: dual(double(0)), m: dual(double(0)), v: dual(double(0)) },
    dual(double(g), double(g)),
    1,
    { ...constants, decay: 0 },
  );
  const expected = (-rate * epsilon * g) / (g + epsilon) ** 2;
  // The slope is what is left of two terms of size η.
  expect(Math.abs(theta.b.value - expected)).toBeLessThan(8 * Number.EPSILON * rate);
});

const start = (theta: number): definition.AdamState<Big> => ({
  theta: big(theta),
  m: big(0),
  v: big(0),
});
