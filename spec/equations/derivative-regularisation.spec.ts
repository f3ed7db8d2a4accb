import { expect, it } from "vitest";
import * as definition from "../../src/definitions/derivative-regularisation.js";
import { poseDerivativesAt } from "../../src/definitions/pose-jacobian.js";
import { rowChart, rowRotation } from "../../src/definitions/pose-row.js";
import {
  reprojectionGradient,
  reprojectionNormal,
} from "../../src/definitions/reprojection-cost.js";
import { poseJacobian } from "../../src/differentiate/index.js";
import * as kernel from "../../src/kernels/derivative-regularisation.js";
import { movedRow, rowRotation as writeRotation } from "../../src/kernels/pose-row.js";
import { correspondences, poseOf } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, dual } from "../../src/scalar/index.js";
import { solve } from "../../src/scalar/matrix.js";
import { secondDerivativeTarget, ulpTarget } from "../certify/case.js";
import { bigs, entries, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { rows } from "./bpnp-clouds.js";
import { jacobianOnDuals } from "./on-duals.js";
import {
  gradientArrays,
  lifted,
  type RowOptions,
  type RowProblem,
  rowProblem,
  rowProblems,
  stepScales,
} from "./row-draws.js";

const lift = (x: number): Big => big(x);
const blocks = [
  ["x2d", 2],
  ["x3d", 3],
  ["w2d", 2],
] as const;
/** Pixel coordinates are below this. */
const pixel = 1000;
const largestOf = (J: Big[][][]) => Math.max(...J.flat(2).map((x) => Math.abs(x.toNumber())));
const tangent = ({ y }: RowProblem) => (y.length === 7 ? 6 : 4);

it("gaussNewtonStep(problem, y) and its derivatives keep the digits of the definition", () => {
  for (const problem of rowProblems("spec/derivative-regularisation", 2)) {
    const { y, flat } = problem;
    const d = tangent(problem);
    const exact = definition.gaussNewtonStep(lifted(problem, lift), bigs(y));
    const J = definition.gaussNewtonStepJacobian(lifted(problem, lift), bigs(y));
    const { condition, step: size } = stepScales(problem, J);
    const step = new Float64Array(d);
    expect(kernel.gaussNewtonStep(flat, y, step)).toBe(true);
    expect(worstUlp(step, exact, size)).toBeLessThan(ulpTarget.seam);
    const got = gradientArrays(flat.n, d);
    expect(kernel.gaussNewtonStepJacobian(flat, y, got)).toBe(true);
    for (const name of ["x2d", "x3d", "w2d"] as const) {
      const wanted = exact.flatMap((_, p) => J[name].flatMap((point) => point[p]));
      const largest = Math.max(...wanted.map((x) => Math.abs(x.toNumber())));
      // By a weight only a residual pulls, which is the difference of two pixel coordinates.
      const scale = condition * (name === "w2d" ? pixel * largestOf(J.x2d) : largest);
      expect(worstUlp(got[name], wanted, scale)).toBeLessThan(secondDerivativeTarget / 2 ** -53);
    }
    // Terms of ∂Δy/∂δ may cancel: each is some part of the step over δ.
    const byDelta = (condition * size) / flat.delta || Number.MIN_VALUE;
    expect(worstUlp(got.delta, J.delta, byDelta)).toBeLessThan(secondDerivativeTarget / 2 ** -53);
  }
});

it("gaussNewtonStepJacobian(problem, y) is what duals carry through the step", () => {
  for (const problem of rowProblems("spec/regularisation-duals", 1, 2)) {
    const still = lifted(problem, (v) => dual(big(v)));
    const Y = bigs(problem.y).map((v) => dual(v));
    const J = definition.gaussNewtonStepJacobian(lifted(problem, lift), bigs(problem.y));
    for (const [name, width] of blocks) {
      const flat = problem.flat[name];
      const truth = jacobianOnDuals((v) => {
        const moved = still.x2d.map((_, i) => v.slice(width * i, width * (i + 1)));
        return definition.gaussNewtonStep({ ...still, [name]: moved }, Y);
      }, bigs(flat));
      const stated = truth.map((_, p) => J[name].flatMap((point) => point[p]));
      expect(worstGap(stated, truth), `${problem.label} ${name}`).toBeLessThan(conditioned);
    }
    if (!still.delta) continue;
    const byDelta = jacobianOnDuals(
      ([delta]) => definition.gaussNewtonStep({ ...still, delta }, Y),
      [lift(problem.flat.delta)],
    );
    expect(worstGap(J.delta, byDelta.flat())).toBeLessThan(conditioned);
  }
});
/** Digits that solving twice with a matrix of condition up to 1e9, two points and ε, leaves of 64. */
const conditioned = 1e20 * lastDigit;

it("gaussNewtonStepVjp(problem, y, v) is vᵀ times gaussNewtonStepJacobian", () => {
  for (const problem of rowProblems("spec/regularisation-vjp", 1)) {
    const { flat, y } = problem;
    const d = tangent(problem);
    const v = Float64Array.from({ length: d }, (_, p) => Math.sin(1 + 3 * p));
    const [dense, got] = [gradientArrays(flat.n, d), gradientArrays(flat.n)];
    kernel.gaussNewtonStepJacobian(flat, y, dense);
    kernel.gaussNewtonStepVjp(flat, y, v, got);
    const wanted = definition.gaussNewtonStepVjp(lifted(problem, lift), bigs(y), bigs(v));
    for (const name of ["x2d", "x3d", "w2d", "delta"] as const) {
      const width = got[name].length;
      const sums = got[name].map((_, k) =>
        v.reduce((s, vp, p) => s + vp * dense[name][width * p + k], 0),
      );
      const largest = Math.max(...dense[name === "x3d" ? "x3d" : "x2d"].map(Math.abs));
      // By w and δ only residuals pull, which are differences of pixel coordinates, and may cancel.
      const share = { x2d: 1, x3d: 1, w2d: pixel, delta: pixel / flat.delta };
      const size = share[name] * largest || Number.MIN_VALUE;
      // d products and sums, and a solve each that rounds with the condition number.
      const allowed = 1e6 * d * Number.EPSILON * size;
      for (let k = 0; k < width; k++)
        expect(Math.abs(got[name][k] - sums[k])).toBeLessThanOrEqual(allowed);
      const truth = entries(wanted[name] as never);
      expect(worstGap(bigs(got[name]), truth, size)).toBeLessThan(1e6 * d * Number.EPSILON);
    }
  }
});

/** The problem with its pose where its own steps come to rest. */
function atRest(problem: RowProblem): RowProblem {
  const flat = { ...problem.flat, epsilon: 0 };
  const y = problem.y.slice();
  const step = new Float64Array(tangent(problem));
  for (let k = 0; k < 400; k++) {
    expect(kernel.gaussNewtonStep(flat, y, step)).toBe(true);
    movedRow(y, step, y);
  }
  return { ...problem, y };
}
const resting = (name: string, options: RowOptions = {}): RowProblem[] =>
  [0, 1, 2, 3].map((k) =>
    atRest(
      rowProblem(stream(name).at(k), { n: 6, noise: 1, chart: k % 2 ? "YAW" : "Q7", ...options }),
    ),
  );

/** Points enough to hold a pose: each more is as many more digits of 64. */
const few = { n: 4 };

it("at rest ∂Δy/∂θ is −(JᵀJ + εI)⁻¹ ∂²c/∂y∂θ, with Huber weights and without", () => {
  for (const problem of [
    ...resting("spec/at-rest", few),
    ...resting("spec/robust", { ...few, kink: 0.6 }),
  ]) {
    const data = lifted(problem, lift);
    const y = bigs(problem.y);
    const [chart, R, t] = [rowChart(y.length), rowRotation(y), y.slice(0, 3)];
    const A = reprojectionNormal(data, poseDerivativesAt(chart, R, t));
    for (let p = 0; p < A.length; p++) A[p][p] = A[p][p].plus(data.epsilon);
    const still = lifted(problem, (v) => dual(big(v)));
    const constant = (v: Big) => dual(v);
    const there = poseDerivativesAt(
      chart,
      R.map((row) => row.map(constant)),
      t.map(constant),
    );
    const J = definition.gaussNewtonStepJacobian(data, y);
    for (const [name, width] of blocks) {
      const mixed = jacobianOnDuals((v) => {
        const moved = still.x2d.map((_, i) => v.slice(width * i, width * (i + 1)));
        return reprojectionGradient({ ...still, [name]: moved }, there);
      }, bigs(problem.flat[name]));
      const implicit = solve(A, mixed).map((row) => row.map((v) => v.negated()));
      const stated = implicit.map((_, p) => J[name].flatMap((point) => point[p]));
      for (const half of [(p: number) => p < 3, (p: number) => p >= 3]) {
        const rows = (of: Big[][]) => of.filter((_, p) => half(p));
        expect(worstGap(rows(stated), rows(implicit)), name).toBeLessThan(1e-12);
      }
    }
  }
});

it("without ε it is the implicit derivative with the Gauss–Newton Hessian (BPNP-4)", () => {
  for (const problem of resting("spec/bpnp-4", { kink: 0.6 })) {
    const rows = implicitRows(problem, "gauss-newton");
    const d = tangent(problem);
    const got = gradientArrays(problem.flat.n, d);
    kernel.gaussNewtonStepJacobian({ ...problem.flat, epsilon: 0 }, problem.y, got);
    // Two factorisations of matrices with condition numbers up to 1e5 (see stepScales).
    for (const [name] of blocks)
      expect(apart(got[name], rows[name].data, d)).toBeLessThan(conditioned5);
    // Dropped coefficient derivatives are nothing to x, but something to z.
    const dropped = implicitRows(problem, "faster");
    expect(apart(dropped.x2d.data, rows.x2d.data, d)).toBeLessThan(conditioned5);
    expect(apart(dropped.x3d.data, rows.x3d.data, d)).toBeGreaterThan(1e-5);
  }
});
const conditioned5 = 1e5 * Number.EPSILON;

function implicitRows({ flat, y, cloud }: RowProblem, variant: "gauss-newton" | "faster") {
  const { x2d, x3d, w2d, K, delta } = flat;
  const given = correspondences({
    x2d: rows(x2d, 2, Number),
    x3d: rows(x3d, 3, Number),
    w2d: rows(w2d, 2, Number),
    K: rows(K, 3, Number),
  });
  const R = new Float64Array(9);
  writeRotation(y, R);
  expect(cloud.n).toBe(flat.n);
  return poseJacobian(given, poseOf(R, y.slice(0, 3)), {
    variant,
    chart: rowChart(y.length),
    delta,
  });
}

/** ‖a − b‖ / ‖b‖ of translation rows or of rotation rows, the worse. */
function apart(a: Float64Array, b: Float64Array, d: number): number {
  const split = (3 * a.length) / d;
  return Math.max(
    ...[
      [0, split],
      [split, a.length],
    ].map(([from, to]) => {
      const gap = a.subarray(from, to).map((v, k) => v - b[from + k]);
      return Math.hypot(...gap) / Math.hypot(...b.subarray(from, to));
    }),
  );
}

it("gaussNewtonStep is the same when w and δ are doubled and ε is fourfold", () => {
  for (const { flat, y } of rowProblems("spec/regularisation-scale", 1)) {
    const d = y.length === 7 ? 6 : 4;
    const [step, other] = [new Float64Array(d), new Float64Array(d)];
    kernel.gaussNewtonStep(flat, y, step);
    const doubled = {
      ...flat,
      w2d: flat.w2d.map((w) => 2 * w),
      delta: 2 * flat.delta,
      epsilon: 4 * flat.epsilon,
    };
    kernel.gaussNewtonStep(doubled, y, other);
    expect([...other]).toEqual([...step]);
  }
});

it("gaussNewtonStep is false where JᵀJ + εI has no inverse, and zero without points", () => {
  const { flat, y } = rowProblem(stream("spec/regularisation-edges"), { n: 2 });
  const step = new Float64Array(6).fill(7);
  expect(kernel.gaussNewtonStep({ ...flat, epsilon: 0, w2d: new Float64Array(4) }, y, step)).toBe(
    false,
  );
  expect(kernel.gaussNewtonStepVjp({ ...flat, epsilon: -1e9 }, y, step, gradientArrays(2))).toBe(
    false,
  );
  expect(kernel.gaussNewtonStep(flat, new Float64Array(7), step)).toBe(false);
  expect([...step]).toEqual(new Array(6).fill(7));
  expect(kernel.gaussNewtonStep({ ...flat, n: 0 }, y, step)).toBe(true);
  expect(step.every((v) => v === 0)).toBe(true);
});

it("a threshold of zero leaves no pull: the step and its derivatives by x, z and w are zero", () => {
  const { flat, y } = rowProblem(stream("spec/regularisation-zero"));
  const step = new Float64Array(6).fill(7);
  const got = gradientArrays(flat.n);
  expect(kernel.gaussNewtonStep({ ...flat, delta: 0 }, y, step)).toBe(true);
  expect(step.every((v) => v === 0)).toBe(true);
  kernel.gaussNewtonStepVjp({ ...flat, delta: 0 }, y, Float64Array.of(1, 2, 3, 4, 5, 6), got);
  for (const [name] of blocks)
    expect(
      got[name].every((v) => v === 0),
      name,
    ).toBe(true);
  expect(Math.abs(got.delta[0])).toBeGreaterThan(0);
});
