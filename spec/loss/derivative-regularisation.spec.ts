import { expect, it } from "vitest";
import { poseJacobian } from "../../src/differentiate/index.js";
import { gaussNewtonStepJacobian } from "../../src/kernels/derivative-regularisation.js";
import { rowChart, rowRotation } from "../../src/kernels/pose-row.js";
import {
  derivativeRegularisation,
  gaussNewtonGap,
  headGradient,
  type RegularisationOptions,
} from "../../src/loss/index.js";
import { type Correspondences, correspondences, poseOf } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { rows } from "../equations/bpnp-clouds.js";
import { gradientArrays, type RowOptions, rowProblem } from "../equations/row-draws.js";

function problemAt(
  name: string,
  options: RowOptions = {},
): { given: Correspondences; y: Float64Array } {
  const { flat, y } = rowProblem(stream(name), { n: 7, ...options });
  const given = correspondences({
    x2d: rows(flat.x2d, 2, Number),
    x3d: rows(flat.x3d, 3, Number),
    w2d: rows(flat.w2d, 2, Number),
    K: rows(flat.K, 3, Number),
  });
  return { given, y };
}

/** A pose some centimetres and a tenth of a radian away. */
function beside(y: Float64Array): Float64Array {
  const away = y.map((v, k) => v + 0.03 * Math.sin(1 + 2 * k));
  const length = Math.hypot(...away.subarray(3));
  return away.map((v, k) => (y.length === 7 && k > 2 ? v / length : v));
}

/** y moved by the problem's own steps until they are rounding. */
function atRest(given: Correspondences, from: Float64Array): Float64Array {
  let y = from;
  for (let k = 0; k < 60; k++)
    y = derivativeRegularisation(given, y, from, { epsilon: 0 }).posePlus;
  return y;
}

/** ‖∂Δy/∂x − ∂y⋆/∂x‖ / ‖∂y⋆/∂x‖ of translation rows and of rotation rows. */
function relativeRows(given: Correspondences, y: Float64Array, epsilon: number): number[] {
  const d = y.length === 7 ? 6 : 4;
  const R = new Float64Array(9);
  rowRotation(y, R);
  const pose = poseOf(R, y.slice(0, 3));
  const exact = poseJacobian(given, pose, { chart: rowChart(y.length) }).x2d.data;
  const step = gradientArrays(given.n, d);
  const problem = { ...given, delta: Number.POSITIVE_INFINITY, epsilon, clamps: null };
  gaussNewtonStepJacobian(problem, y, step);
  const split = (3 * exact.length) / d;
  return [
    [0, split],
    [split, exact.length],
  ].map(([from, to]) => {
    const size = Math.hypot(...exact.subarray(from, to));
    return Math.hypot(...step.x2d.subarray(from, to).map((v, k) => v - exact[from + k])) / size;
  });
}

for (const chart of ["Q7", "YAW"] as const) {
  it(`the gradient of the loss is its central difference with y held fixed, ${chart}`, () => {
    const { given, y } = problemAt(`spec/loss/${chart}`, { chart });
    const truth = beside(y);
    for (const delta of [4, Infinity, { relative: 0.05 }]) {
      const options: RegularisationOptions = { delta, beta: 0.02, orientationWeight: 0.3 };
      const { gradient } = derivativeRegularisation(given, y, truth, options);
      for (const name of ["x2d", "x3d", "w2d"] as const) {
        const direction = given[name].map((_, k) => Math.cos(3 * k + 1));
        // Rounding of the loss over h against h² of its third derivative: best near ε^⅓ of a pixel.
        const h = (name === "x3d" ? 1e-3 : 1) * Number.EPSILON ** (1 / 3);
        const at = (step: number) =>
          derivativeRegularisation(
            { ...given, [name]: given[name].map((v, k) => v + step * direction[k]) },
            y,
            truth,
            options,
          ).loss;
        const secant = (at(h) - at(-h)) / (2 * h);
        const slope = direction.reduce((sum, u, k) => sum + u * gradient[name][k], 0);
        const size = Math.hypot(...gradient[name]);
        const sharp = (100 * Number.EPSILON * at(0)) / h + 1e4 * size * Number.EPSILON ** (2 / 3);
        expect(Math.abs(slope - secant), `${name} ${delta}`).toBeLessThan(sharp);
      }
    }
  });

  it(`a perfect fit at the true pose has no loss and no gradient, ${chart}`, () => {
    const { given, y } = problemAt(`spec/perfect/${chart}`, { chart, noise: 0 });
    const far = derivativeRegularisation(given, y, beside(y));
    const { status, loss, gradient } = derivativeRegularisation(given, y, y);
    expect(status).toBe("ok");
    // Pixels are rounded, so the step is one rounding of a pixel times a condition number below 1e4.
    const step = 1e4 * Number.EPSILON;
    expect(loss).toBeLessThan(far.loss * step);
    for (const name of ["x2d", "x3d", "w2d"] as const)
      expect(Math.hypot(...gradient[name])).toBeLessThanOrEqual(
        1e3 * step * Math.hypot(...far.gradient.x3d),
      );
  });

  it(`gaussNewtonGap grows in proportion to the noise, and with ε, ${chart}`, () => {
    const gaps = [0.001, 0.01].map((noise) => {
      const { given, y } = problemAt(`spec/gap/${chart}`, { chart, noise });
      return gaussNewtonGap(given, atRest(given, y), { epsilon: 0 });
    });
    for (const name of ["x2d", "x3d", "w2d"] as const) {
      expect(gaps[1][name]).toBeGreaterThan(0);
      // The second order in the noise bends the ratio by about the noise itself over the pixels' spread.
      expect(Math.abs(gaps[1][name] / gaps[0][name] / 10 - 1)).toBeLessThan(0.1);
    }
    const { given, y } = problemAt(`spec/gap/${chart}`, { chart, noise: 0.001 });
    const rest = atRest(given, y);
    const withRidge = [1, 10].map((epsilon) => gaussNewtonGap(given, rest, { epsilon }).x2d);
    expect(withRidge[1]).toBeGreaterThan(2 * withRidge[0]);
    expect(gaps[0].standing.status).toBe("ok");
    // The ridge holds back one kind of row more than the other: the gap is the worse of both.
    const exact = relativeRows(given, rest, 10);
    // Both are roots of the same 42 squares, summed in another order.
    expect(Math.abs(withRidge[1] / Math.max(...exact) - 1)).toBeLessThan(42 * Number.EPSILON);
    expect(Math.min(...exact)).toBeLessThan(Math.max(...exact) * (1 - 1e3 * Number.EPSILON));
  });
}

it("a detached threshold changes w's gradient by ∂L/∂δ ∂δ/∂w and x's by ∂L/∂δ ∂δ/∂x", () => {
  const { given, y } = problemAt("spec/detached");
  const truth = beside(y);
  const at = (through?: readonly ("x2d" | "w2d")[]) =>
    derivativeRegularisation(given, y, truth, { delta: { relative: 0.03, through } }).gradient;
  const [whole, dense, none] = [at(), at(["w2d"]), at([])];
  expect([...dense.x2d]).toEqual([...none.x2d]);
  expect([...dense.w2d]).toEqual([...whole.w2d]);
  expect([...whole.x3d]).toEqual([...none.x3d]);
  expect(whole.delta).not.toBe(0);
  // δ is homogeneous of degree one in w and in the spread of x.
  const along = (g: Float64Array, v: Float64Array) => g.reduce((sum, x, k) => sum + x * v[k], 0);
  const shift = (of: keyof typeof none & ("w2d" | "x2d")) =>
    along(whole[of], given[of]) - along(none[of], given[of]);
  // Each of four sums of 14 products rounds in units of its largest.
  const sizes = ["w2d", "x2d"] as const;
  const size = Math.max(...sizes.map((of) => Math.hypot(...whole[of]) * Math.hypot(...given[of])));
  const allowed = 4 * 14 * Number.EPSILON * size;
  expect(Math.abs(shift("w2d"))).toBeGreaterThan(1e3 * allowed);
  expect(Math.abs(shift("w2d") - shift("x2d"))).toBeLessThan(allowed);
});

it("headGradient(gradient, factors, detached) is the chain rule with detached factors constant", () => {
  const { given, y } = problemAt("spec/head");
  const { gradient } = derivativeRegularisation(given, y, beside(y));
  const [dimensions, scale] = [Float64Array.of(2, 3, 5), Float64Array.of(0.5, 4)];
  const factors = {
    unitPoints: given.x3d.map((v, k) => v / dimensions[k % 3]),
    dimensions,
    unitWeights: given.w2d.map((v, k) => v / scale[k % 2]),
    scale,
  };
  const whole = headGradient(gradient, factors);
  const detached = headGradient(gradient, factors, ["dimensions", "scale"]);
  expect([...detached.unitPoints]).toEqual([...whole.unitPoints]);
  expect([...detached.unitWeights]).toEqual([...whole.unitWeights]);
  expect([...detached.dimensions, ...detached.scale]).toEqual([0, 0, 0, 0, 0]);
  // Growing a factor by a share is growing its products by that share.
  const total = (g: Float64Array, v: Float64Array) => g.reduce((sum, x, k) => sum + x * v[k], 0);
  for (const [unit, factor] of [
    ["unitPoints", "dimensions"],
    ["unitWeights", "scale"],
  ] as const) {
    const size = Math.hypot(...whole[unit]) * Math.hypot(...factors[unit]);
    const gap = total(whole[factor], factors[factor]) - total(whole[unit], factors[unit]);
    expect(Math.abs(gap)).toBeLessThan(21 * 4 * Number.EPSILON * size);
  }
  const message = "headGradient: expected unitPoints of 21 numbers and a factor of 3, got 20 and 3";
  const short = { ...factors, unitPoints: new Float64Array(20) };
  expect(() => headGradient(gradient, short)).toThrow(message);
});

it("no points give no gradient, a lost rank NaN with its status, and misuse a RangeError", () => {
  const { given, y } = problemAt("spec/edges");
  const empty = {
    ...given,
    n: 0,
    x2d: new Float64Array(),
    x3d: new Float64Array(),
    w2d: new Float64Array(),
  };
  const nothing = derivativeRegularisation(empty, y, beside(y), { delta: { relative: 0.1 } });
  expect(nothing.status).toBe("empty");
  expect([...nothing.step]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(nothing.loss).toBeGreaterThan(0);
  const weightless = { ...given, w2d: new Float64Array(given.w2d.length) };
  const lost = derivativeRegularisation(weightless, y, y, { epsilon: 0 });
  expect(lost.status).toBe("singular");
  expect(lost.loss).toBeNaN();
  expect(lost.gradient.x3d.every(Number.isNaN)).toBe(true);
  const call =
    (options: RegularisationOptions, pose = y) =>
    () =>
      derivativeRegularisation(given, pose, y, options);
  expect(call({ epsilon: -1 })).toThrow("derivativeRegularisation: expected epsilon >= 0, got -1");
  expect(call({ delta: NaN })).toThrow("derivativeRegularisation: expected delta >= 0, got NaN");
  expect(call({}, new Float64Array(7))).toThrow("expected a quaternion in y other than 0");
  expect(call({}, y.subarray(0, 4))).toThrow("expected truth of length 4, got 7");
  expect(
    call(
      {},
      y.map(() => NaN),
    ),
  ).toThrow("expected a finite y");
});
