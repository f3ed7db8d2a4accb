import { expect, it } from "vitest";
import * as optimise from "../../src/optimise/index.js";

const { adam, adamW, definedLosses, gradientDescent, ranger, rmsprop } = optimise;
const makers = { adam, adamW, rmsprop, gradientDescent, ranger };

const parameter = (...values: number[]) => ({ values: Float64Array.from(values) });

it("every optimiser counts its steps, leaves gradients alone and repeats itself bit for bit", () => {
  for (const [name, make] of Object.entries(makers)) {
    const runs = [0, 1].map(() => {
      const parameters = [{ ...parameter(1, -2, 3, 4), shape: [2, 2] }, parameter(5)];
      const optimiser = make(parameters, { rate: 0.1 });
      const gradients = [Float64Array.of(1, 2, -3, 0.5), Float64Array.of(-1)];
      for (let t = 0; t < 9; t++) optimiser.step(gradients, 1 / (1 + t));
      expect(gradients[0], name).toEqual(Float64Array.of(1, 2, -3, 0.5));
      expect(optimiser.steps).toBe(9);
      return parameters.map(({ values }) => values);
    });
    expect(runs[0], name).toEqual(runs[1]);
    expect(runs[0][1][0], name).toBeGreaterThan(5);
  }
});

it("every optimiser lowers a stretched quadratic from 17 to a hundredth of it", () => {
  for (const [name, make] of Object.entries(makers)) {
    const values = Float64Array.of(1, 4);
    const optimiser = make([{ values }], { rate: 0.05, decay: 0 });
    const loss = () => 0.5 * (2 * values[0] ** 2 + 20 * values[1] ** 2);
    const before = loss();
    for (let t = 0; t < 400; t++) optimiser.step([Float64Array.of(2 * values[0], 20 * values[1])]);
    expect(loss(), name).toBeLessThan(before / 100);
  }
});

it("ranger centres the rows of a matrix, never a vector: a uniform gradient moves only the vector", () => {
  const matrix = { ...parameter(1, 1, 1, 1), shape: [2, 2] };
  const vector = { ...parameter(1, 1), shape: [2] };
  ranger([matrix, vector], { rate: 0.1 }).step([
    Float64Array.of(3, 3, 3, 3),
    Float64Array.of(3, 3),
  ]);
  expect(matrix.values).toEqual(Float64Array.of(1, 1, 1, 1));
  expect(vector.values[0]).toBeLessThan(1);
  const uncentred = { ...parameter(1, 1), shape: [1, 2] };
  ranger([uncentred], { centralise: false }).step([Float64Array.of(3, 3)]);
  expect(uncentred.values[0]).toBeLessThan(1);
});

it("rateFactor slows one tensor down, and a factor of 0 stops all but the averages", () => {
  const [fast, slow] = [parameter(0), { ...parameter(0), rateFactor: 0.1 }];
  const optimiser = gradientDescent([fast, slow], { rate: 1 });
  optimiser.step([Float64Array.of(1), Float64Array.of(1)]);
  expect([fast.values[0], slow.values[0]]).toEqual([-1, -0.1]);
  optimiser.step([Float64Array.of(1), Float64Array.of(1)], 0);
  expect([fast.values[0], slow.values[0]]).toEqual([-1, -0.1]);
});

it("a gradient with NaN skips the step and says so; Infinity too, unless only NaN is to be skipped", () => {
  for (const bad of [Number.NaN, Infinity]) {
    const target = parameter(1, 2);
    const optimiser = adam([target, parameter(3)]);
    const report = optimiser.step([Float64Array.of(0, 1), Float64Array.of(bad)]);
    expect(report).toEqual({ status: "skipped", norm: bad });
    expect([target.values[0], target.values[1], optimiser.steps]).toEqual([1, 2, 0]);
  }
  const published = gradientDescent([parameter(1)], { notFinite: "skip-nan" });
  expect(published.step([Float64Array.of(Number.NaN)]).status).toBe("skipped");
  expect(published.step([Float64Array.of(Infinity)]).status).toBe("stepped");
  expect(published.parameters[0].values[0]).toBe(-Infinity);
});

it("notFinite: zero takes the gradient as none at all: adamW's decay acts and every tensor stands still besides", () => {
  const [one, two] = [parameter(1), parameter(2)];
  const optimiser = adamW([one, two], { rate: 0.5, decay: 0.5, notFinite: "zero" });
  const report = optimiser.step([Float64Array.of(Number.NaN), Float64Array.of(7)]);
  expect(report.status).toBe("zeroed");
  expect([one.values[0], two.values[0], optimiser.steps]).toEqual([0.75, 1.5, 1]);
  const plain = gradientDescent([parameter(1)], { notFinite: "use" });
  plain.step([Float64Array.of(Number.NaN)]);
  expect(plain.parameters[0].values[0]).toBeNaN();
});

it("maxNorm holds the gradient of all tensors together to its limit", () => {
  const [one, two] = [parameter(0), parameter(0)];
  const optimiser = gradientDescent([one, two], { rate: 1, maxNorm: 5 });
  expect(optimiser.step([Float64Array.of(30), Float64Array.of(40)])).toEqual({
    status: "clipped",
    norm: 50,
  });
  const factor = 5 / (50 + 1e-6);
  expect([one.values[0], two.values[0]]).toEqual([-30 * factor, -40 * factor]);
  expect(optimiser.step([Float64Array.of(3), Float64Array.of(0)]).status).toBe("stepped");
});

it("definedLosses takes NaN as 0, names the objects, and keeps Infinity", () => {
  expect(definedLosses(Float64Array.of(1, Number.NaN, Infinity))).toEqual({
    losses: Float64Array.of(1, 0, Infinity),
    undefinedAt: [1],
  });
});

it("optimisers refuse parameters, gradients and options that do not fit, by name", () => {
  expect(() => adam([{ values: [1] as unknown as Float64Array }])).toThrow(
    "adam: expected parameters[0].values a Float64Array, got object",
  );
  expect(() => adam([parameter(1, Number.NaN)])).toThrow("got NaN at 1");
  expect(() => ranger([{ ...parameter(1, 2), shape: [3, 1] }])).toThrow(
    "ranger: expected parameters[0].shape of 2 entries, got [3,1]",
  );
  expect(() => adam([{ ...parameter(1), rateFactor: -1 }])).toThrow("rateFactor");
  const optimiser = adam([parameter(1, 2)]);
  expect(() => optimiser.step([])).toThrow("adam: expected 1 gradients, got 0");
  expect(() => optimiser.step([Float64Array.of(1)])).toThrow("a Float64Array of 2, got 1");
  expect(() => optimiser.step([Float64Array.of(1, 2)], -1)).toThrow("factor");
  expect(() => adam([], { rate: -1 })).toThrow("adam: expected rate in [0, ∞), got -1");
  expect(() => adamW([], { beta2: 1 })).toThrow("adamW: expected beta2 in [0, 1), got 1");
  expect(() => adam([], { epsilon: 0 })).toThrow("epsilon");
  expect(() => rmsprop([], { alpha: -0.1 })).toThrow("alpha");
  expect(() => gradientDescent([], { momentum: 1 })).toThrow("momentum");
  expect(() => ranger([], { threshold: 3 })).toThrow("threshold");
  expect(() => ranger([], { lookAheadSteps: 0 })).toThrow("lookAheadSteps");
  expect(() => adam([], { maxNorm: 0 })).toThrow("maxNorm");
  expect(() => adam([], { notFinite: "hope" as "skip" })).toThrow(
    "expected notFinite one of skip, skip-nan, zero, use, got hope",
  );
});
