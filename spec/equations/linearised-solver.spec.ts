import { expect, it } from "vitest";
import * as defined from "../../src/definitions/linearised-solver.js";
import {
  linearCovarianceWorkspace,
  placeRows,
} from "../../src/kernels/linear-covariance-workspace.js";
import * as kernel from "../../src/kernels/linearised-solver.js";
import { linearisedSolver, transportedCovariance } from "../../src/linearise/index.js";
import { poseOf } from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, Dual } from "../../src/scalar/index.js";
import { solvePnP } from "../../src/solve/index.js";
import { bigRows, bigs, entries, worstUlp } from "./big-truth.js";
import { boxCorners, covarianceDraw } from "./covariance-draws.js";

/** J, ω, r of a draw, and what the kernels make of them. */
function linearised(name: string, n = 5) {
  const { flat, corners, cloud } = covarianceDraw(stream(name), { n });
  const at = linearCovarianceWorkspace(n, 24);
  placeRows(flat, Number.NEGATIVE_INFINITY, at);
  const omega = flat.w2d.map((w) => w * w);
  const [H, P, C] = [36, 36, 36].map((size) => new Float64Array(size));
  const A = new Float64Array(12 * n);
  const M = at.r.map((r) => r * r);
  kernel.linearisedHessian(2 * n, at.J, omega, H);
  expect(kernel.priorCovariance(H, P)).toBe(true);
  kernel.solverMatrix(2 * n, P, at.J, omega, A);
  kernel.linearisedCovariance(2 * n, A, M, C);
  return { n, flat, corners, cloud, J: at.J, r: at.r, omega, M, H, P, A, C };
}

/** Condition of H scaled to unit diagonal, at most, of these draws. */
const condition = 1e5;

it("the kernels of a linearised solver are the definition's to what its condition leaves", () => {
  const { n, J, omega, M, H, P, A, C } = linearised("solver truth");
  const [bigJ, bigOmega, bigM] = [bigRows(J, 6), bigs(omega), bigs(M)];
  const truthH = defined.linearisedHessian(bigJ, bigOmega);
  expect(worstUlp(H, truthH)).toBeLessThanOrEqual(2 * n);
  const truthP = defined.priorCovariance(truthH);
  const truthA = defined.solverMatrix(truthP, bigJ, bigOmega);
  expect(worstUlp(P, truthP)).toBeLessThanOrEqual(condition);
  expect(worstUlp(A, truthA)).toBeLessThanOrEqual(condition);
  expect(worstUlp(C, defined.linearisedCovariance(truthA, bigM))).toBeLessThanOrEqual(condition);
  const variance = new Float64Array(n);
  kernel.transportedVariance(n, J, P, variance);
  expect(
    worstUlp(variance, defined.transportedVariance(bigJ.slice(0, n), truthP)),
  ).toBeLessThanOrEqual(condition);
});

it("solverMatrixSlope and the slopes of both covariances are what duals say", () => {
  const { n, J, omega, M, P, A, C } = linearised("solver slopes", 4);
  const k = 3;
  const lift = (x: number) => new Dual(big(x), big(0));
  const dualJ = Array.from({ length: 2 * n }, (_, i) =>
    Array.from({ length: 6 }, (_, p) => lift(J[6 * i + p])),
  );
  const dualOmega = Array.from(omega, (w, i) => new Dual(big(w), big(i === k ? 1 : 0)));
  const dualP = defined.priorCovariance(defined.linearisedHessian(dualJ, dualOmega));
  const dualA = defined.solverMatrix(dualP, dualJ, dualOmega);
  const dualC = defined.linearisedCovariance(dualA, Array.from(M, lift));
  const slopes = (rows: readonly (readonly Dual<Big>[])[]) =>
    rows.map((row) => row.map((x) => x.b));
  const [exactJ, exactOmega] = [bigRows(J, 6), bigs(omega)];
  const exactP = defined.priorCovariance(defined.linearisedHessian(exactJ, exactOmega));
  const pairs = [
    [defined.solverMatrixSlope(exactP, exactJ, exactOmega, k), slopes(dualA)],
    [defined.linearisedCovarianceSlope(exactP, exactJ, exactOmega, bigs(M), k), slopes(dualC)],
    [defined.priorCovarianceSlope(exactP, exactJ[k]), slopes(dualP)],
  ] as const;
  const [dA, dC, dP] = [12 * n, 36, 36].map((size) => new Float64Array(size));
  kernel.solverMatrixSlope(2 * n, P, J, A, k, dA);
  kernel.linearisedCovarianceSlope(2 * n, P, J, A, M, C, k, dC);
  kernel.priorCovarianceSlope(P, J.slice(6 * k, 6 * k + 6), dP);
  for (const [i, got] of [dA, dC, dP].entries()) {
    const [closed, dual] = pairs[i];
    const scale = Math.max(...entries(dual).map((x) => Math.abs(x.toNumber())));
    entries(closed).forEach((x, j) => {
      // 64 digits less the squared condition of an inverse inverted.
      expect(Math.abs(x.minus(entries(dual)[j]).toNumber())).toBeLessThanOrEqual(1e-50 * scale);
    });
    expect(worstUlp(got, dual)).toBeLessThanOrEqual(condition);
  }
});

it("A J = I, A is deaf to w → λw, and C_prior falls as λ⁻²", () => {
  const { n, J, omega, P, A } = linearised("solver laws");
  for (let p = 0; p < 6; p++)
    for (let q = 0; q < 6; q++) {
      let [sum, size] = [0, 0];
      for (let k = 0; k < 2 * n; k++) {
        sum += A[2 * n * p + k] * J[6 * k + q];
        size += Math.abs(A[2 * n * p + k] * J[6 * k + q]);
      }
      expect(Math.abs(sum - (p === q ? 1 : 0))).toBeLessThanOrEqual(
        condition * Number.EPSILON * size,
      );
    }
  const [H, louderP] = [new Float64Array(36), new Float64Array(36)];
  const louder = omega.map((w) => 4 * w);
  kernel.linearisedHessian(2 * n, J, louder, H);
  kernel.priorCovariance(H, louderP);
  const louderA = new Float64Array(12 * n);
  kernel.solverMatrix(2 * n, louderP, J, louder, louderA);
  // A power of two moves no digit.
  expect(louderA).toEqual(A);
  expect(louderP).toEqual(P.map((x) => x / 4));
});

it("C is the mean over all signs of the squared errors of signed residuals (S-17.3)", () => {
  const { n, r, A, C } = linearised("signs", 4);
  const mean = new Float64Array(36);
  const total = 2 ** (2 * n);
  for (let signs = 0; signs < total; signs++) {
    const y = new Float64Array(6);
    for (let p = 0; p < 6; p++)
      for (let k = 0; k < 2 * n; k++) y[p] += A[2 * n * p + k] * (signs & (1 << k) ? -r[k] : r[k]);
    for (let p = 0; p < 6; p++)
      for (let q = 0; q < 6; q++) mean[6 * p + q] += (y[p] * y[q]) / total;
  }
  const scale = Math.max(...C.map(Math.abs));
  for (let i = 0; i < 36; i++)
    expect(Math.abs(mean[i] - C[i])).toBeLessThanOrEqual(4 * total * Number.EPSILON * scale);
});

/** A draw whose pixels are exactly those of its pose, but for a shift of them. */
function shifted(name: string, shift: (k: number) => number) {
  const { flat } = covarianceDraw(stream(name), { n: 8, noise: 0 });
  const x2d = flat.x2d.map((x, k) => x + shift(k));
  const problem = { n: flat.n, x2d, x3d: flat.x3d, w2d: flat.w2d, K: flat.K };
  const nested = (values: Float64Array, width: number) =>
    Array.from({ length: values.length / width }, (_, i) => [
      ...values.slice(width * i, width * (i + 1)),
    ]);
  const solved = () => {
    const { pose } = solvePnP(
      {
        x2d: nested(x2d, 2),
        x3d: nested(flat.x3d, 3),
        w2d: nested(flat.w2d, 2),
        K: nested(flat.K, 3),
      },
      { poseInit: { R: nested(flat.R, 3), t: [...flat.t] } },
    );
    if (pose === null) throw new Error("expected a pose, got none");
    return tangent(flat.R, flat.t, pose.R.data, pose.t.data);
  };
  return { problem, flat, solved };
}

/** Log(RᵀR′), t′ − t to first order: how far a pose is from that of a draw in the tangent of RP. */
function tangent(
  R: Float64Array,
  t: Float64Array,
  R2: ArrayLike<number>,
  t2: ArrayLike<number>,
): number[] {
  const turn = (i: number, j: number) => R[i] * R2[j] + R[3 + i] * R2[3 + j] + R[6 + i] * R2[6 + j];
  const spin = [
    (turn(2, 1) - turn(1, 2)) / 2,
    (turn(0, 2) - turn(2, 0)) / 2,
    (turn(1, 0) - turn(0, 1)) / 2,
  ];
  return [...spin, ...[0, 1, 2].map((a) => t2[a] - t[a])];
}

it("linearisedSolver(problem, pose).A is the Jacobian of the solver at consistent points (S-17.2)", () => {
  const step = 2 ** -10;
  for (const k of [0, 5, 15]) {
    const ends = [1, -1].map((sign) => {
      return shifted("jacobian", (l) => (l === k ? sign * step : 0)).solved();
    });
    const { problem, flat } = shifted("jacobian", () => 0);
    const { status, A } = linearisedSolver(problem, poseOf(flat.R, flat.t));
    expect(status).toBe("ok");
    const column = Array.from({ length: 6 }, (_, p) => A.get(p, k));
    const scale = Math.max(...column.map(Math.abs));
    for (let p = 0; p < 6; p++) {
      const slope = (ends[0][p] - ends[1][p]) / (2 * step);
      // A central difference errs by the step squared, in pixels of a camera of 600; rounding by ε/step.
      expect(Math.abs(slope - column[p])).toBeLessThanOrEqual((step * step + 1e-8) * scale);
    }
  }
});

it("linearisedSolver(problem, pose) is off by the square of the residuals", () => {
  const shape = Array.from({ length: 16 }, (_, k) => Math.cos(3 * k + 1));
  const gaps = [1, 1 / 8].map((size) => {
    const { problem, flat, solved } = shifted("taylor", (k) => size * shape[k]);
    const { deviation } = linearisedSolver(problem, poseOf(flat.R, flat.t));
    const truth = solved();
    return Math.hypot(...truth.map((x, p) => x - deviation.get(p)));
  });
  const order = Math.log(gaps[0] / gaps[1]) / Math.log(8);
  expect(order).toBeGreaterThan(1.8);
  expect(order).toBeLessThan(2.2);
});

it("transportedCovariance(…) of A is the computation in K dimensions, in every representation", () => {
  const { n, flat, C, A, M } = linearised("transport", 6);
  const pose = poseOf(flat.R, flat.t);
  const options = { corners: boxCorners(), K: flat.K };
  const rows = {
    "corners-3d": 24,
    "corners-2d": 16,
    quaternion: 7,
    "axis-angle": 6,
    "two-column": 9,
  };
  for (const [of, size] of Object.entries(rows) as [keyof typeof rows, number][]) {
    const { jacobian, covariance, variance } = transportedCovariance(of, pose, C, options);
    expect(covariance.shape).toEqual([size, size]);
    const moved = (j: number, k: number) =>
      [0, 1, 2, 3, 4, 5].reduce((sum, p) => sum + jacobian.get(j, p) * A[2 * n * p + k], 0);
    for (let j = 0; j < size; j++) {
      let [direct, cross] = [0, 0];
      for (let k = 0; k < 2 * n; k++) {
        direct += moved(j, k) ** 2 * M[k];
        cross += moved(j, k) * moved(0, k) * M[k];
      }
      const scale = Math.max(...variance.data) * condition * Number.EPSILON;
      expect(Math.abs(variance.get(j) - direct)).toBeLessThanOrEqual(scale);
      expect(Math.abs(covariance.get(j, j) - direct)).toBeLessThanOrEqual(scale);
      expect(Math.abs(covariance.get(j, 0) - cross)).toBeLessThanOrEqual(scale);
    }
  }
});

it("linearisedSolver(problem, pose) says when there is nothing to linearise", () => {
  const { problem, flat } = shifted("statuses", () => 0);
  const pose = poseOf(flat.R, flat.t);
  const first = (n: number) => ({
    ...problem,
    n,
    x2d: problem.x2d.slice(0, 2 * n),
    x3d: problem.x3d.slice(0, 3 * n),
    w2d: problem.w2d.slice(0, 2 * n),
  });
  expect(linearisedSolver(first(0), pose).status).toBe("empty");
  expect(linearisedSolver(first(2), pose).status).toBe("singular");
  expect(linearisedSolver(first(3), pose).status).toBe("ok");
  const weightless = { ...problem, w2d: new Float64Array(problem.w2d.length) };
  expect(linearisedSolver(weightless, pose).status).toBe("singular");
  expect(linearisedSolver(weightless, pose).covariance.data.every(Number.isNaN)).toBe(true);
});
