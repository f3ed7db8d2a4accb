import { expect, it } from "vitest";
import { constraintDerivative } from "../../src/definitions/bpnp.js";
import { exactForm } from "../../src/definitions/bpnp-force.js";
import {
  projection,
  projectionJacobian,
  rigidTransform,
} from "../../src/definitions/projection.js";
import type { Reprojection } from "../../src/definitions/reprojection-cost.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import { rotatedVectorJacobian } from "../../src/definitions/rotation-jacobians.js";
import { poseJacobian, type Variant } from "../../src/differentiate/index.js";
import { stream } from "../../src/random/stream.js";
import { type Dual, dual } from "../../src/scalar/dual.js";
import { dot, type Matrix, transpose, type Vector } from "../../src/scalar/matrix.js";
import type { Real } from "../../src/scalar/real.js";
import { cloud, poseOf, problemOf } from "../equations/bpnp-clouds.js";
import { Counted, operations } from "./counting.js";
import { type PosedOptions, posed, relativeError, solved } from "./problems.js";

const ε = Number.EPSILON;
const blocks = ["x2d", "x3d", "K"] as const;
const draws = 60;

/** Mean relative error of a variant by block, over draws of a scene, and the mean depth ratio. */
function meanErrors(variant: Variant, options: PosedOptions) {
  const sums = { x2d: 0, x3d: 0, K: 0, depthRatio: 0 };
  for (let k = 0; k < draws; k++) {
    const { problem, pose, depthRatio } = posed(`variants ${k}`, options);
    const at = solved(problem, pose);
    const exact = poseJacobian(problem, at);
    expect(exact.standing.status).toBe("ok");
    const other = poseJacobian(problem, at, { variant });
    for (const block of blocks)
      sums[block] += relativeError(other[block].data, exact[block].data) / draws;
    sums.depthRatio += depthRatio / draws;
  }
  return sums;
}

it("without residual, faster and gauss-newton are the exact derivative", () => {
  // The residuals are rounding: that of pixels of 600, which the exact Hessian sees.
  for (const variant of ["faster", "gauss-newton"] as const)
    for (const block of blocks)
      expect(meanErrors(variant, { noise: 0 })[block], `${variant}, ${block}`).toBeLessThan(
        600 * ε,
      );
});

it("the error of faster and of gauss-newton is proportional to the residuals", () => {
  for (const variant of ["faster", "gauss-newton"] as const) {
    const [one, three] = [1, 3].map((noise) => meanErrors(variant, { noise }));
    // The same noise, scaled: first order in it, up to its square, some (3 px / 100 px)².
    for (const block of blocks) expect(three[block] / one[block] / 3).toBeCloseTo(1, 1);
  }
});

it("at 3 px faster is off by about a percent in x and K, and by some three percent in z", () => {
  const { x2d, x3d, K } = meanErrors("faster", { noise: 3 });
  for (const [error, low, high] of [
    [x2d, 0.004, 0.02],
    [x3d, 0.02, 0.05],
    [K, 0.004, 0.02],
  ])
    expect(low < error && error < high, `${error}`).toBe(true);
  // With exact mixed terms z is no worse than x: what faster drops is the mixed terms.
  const kept = meanErrors("gauss-newton", { noise: 3 });
  expect(kept.x2d).toBeCloseTo(x2d, 10);
  expect(kept.x3d / kept.x2d).toBeCloseTo(1, 0);
  expect(x3d / kept.x3d).toBeGreaterThan(2);
});

it("depth weighting is wrong by the depth relief of the object, even without residuals", () => {
  // Relief of the box [m] at depth 0.9, and the share that published formulas are off by.
  const table = [
    { relief: 0.03, ratio: 1.03, error: 0.008 },
    { relief: 0.15, ratio: 1.14, error: 0.03 },
    { relief: 0.38, ratio: 1.39, error: 0.075 },
    { relief: 0.79, ratio: 2.1, error: 0.18 },
    { relief: 1.35, ratio: 4.3, error: 0.35 },
  ];
  for (const { relief, ratio, error } of table) {
    const found = meanErrors("depth-weighted", { relief });
    expect(Math.abs(found.depthRatio / ratio - 1)).toBeLessThan(0.1);
    const share = found.x2d / error;
    expect(share > 2 / 3 && share < 3 / 2, `${found.depthRatio}: ${found.x2d}`).toBe(true);
  }
});

it("without residual depth-weighted is (JᵀSJ)⁻¹JᵀS, S the depth of each row, exact or faster", () => {
  const { problem, pose } = posed("closed form", {});
  const at = solved(problem, pose);
  const n = problem.n;
  const weighted = { ...problem, w2d: new Float64Array(2 * n) };
  for (let i = 0; i < n; i++) {
    const [R, z] = [at.R.data, problem.x3d.subarray(3 * i, 3 * i + 3)];
    const depth = R[6] * z[0] + R[7] * z[1] + R[8] * z[2] + at.t.data[2];
    weighted.w2d.fill(Math.sqrt(depth), 2 * i, 2 * i + 2);
  }
  // Weights √S in the plain formula are S in JᵀSJ: the same closed form, from other code.
  const closed = poseJacobian(weighted, at, { variant: "gauss-newton" });
  for (const variant of ["depth-weighted", "depth-weighted-faster"] as const)
    expect(
      relativeError(poseJacobian(problem, at, { variant }).x2d.data, closed.x2d.data),
    ).toBeLessThan(1e4 * ε);
});

it("a fronto-parallel plane has one depth, so that depth weighting changes nothing on it", () => {
  const { problem, pose } = posed("plane", { relief: 0 });
  const at = solved(problem, pose);
  const exact = poseJacobian(problem, at);
  for (const variant of ["depth-weighted", "depth-weighted-faster"] as const)
    for (const block of ["x2d", "x3d"] as const)
      expect(
        relativeError(poseJacobian(problem, at, { variant })[block].data, exact[block].data),
      ).toBeLessThan(1e4 * ε);
});

/** f of BPNP-2, its coefficients c worked out or handed in constant: what published code evaluates. */
function publishedConstraint<S extends Real<S>>(
  y: Vector<S>,
  { x2d, x3d, K }: Reprojection<S>,
  frozen?: (i: number) => Matrix<S>,
): S[] {
  const omega = y.slice(0, 3);
  const R = rotation(omega);
  let f = y.map((v) => v.of(0));
  for (const [i, z] of x3d.entries()) {
    const X = rigidTransform(z, R, y.slice(3));
    const r = projection(X, K).map((pi, k) => x2d[i][k].minus(pi));
    const c = frozen ? frozen(i) : coefficients(omega, z, X, K);
    f = f.map((v, j) => v.plus(r[0].times(c[0][j])).plus(r[1].times(c[1][j])));
  }
  return f;
}

function coefficients<S extends Real<S>>(
  omega: Vector<S>,
  z: Vector<S>,
  X: Vector<S>,
  K: Matrix<S>,
): S[][] {
  const turning = transpose(rotatedVectorJacobian(omega, z));
  return projectionJacobian(X, K).map((row) => [
    ...turning.map((column) => dot(row, column)),
    ...row,
  ]);
}

it("holding the coefficients constant costs less than half the operations, as printed training times say", () => {
  const at = cloud(stream("spec/differentiate/counting"), { unweighted: true });
  const lift = (x: number) => new Counted(x);
  const [y, problem] = [poseOf(at, lift), problemOf(at, lift)];
  // Route 1, as published: f differentiated by a machine, once per entry of y.
  const moved = (index: number) => y.map((v, j) => dual(v, j === index ? 1 : 0));
  const still: Reprojection<Dual<Counted>> = problemOf(at, (x) => dual(lift(x)));
  const full = operations(() => y.map((_, j) => publishedConstraint(moved(j), still)));
  const faster = operations(() => {
    const R = rotation(y.slice(0, 3));
    const c = problem.x3d.map((z) =>
      coefficients(y.slice(0, 3), z, rigidTransform(z, R, y.slice(3)), problem.K).map((row) =>
        row.map((v) => dual(v)),
      ),
    );
    y.map((_, j) => publishedConstraint(moved(j), still, (i) => c[i]));
  });
  // 6.80 h of 14.13 h of training.
  expect(faster / full).toBeLessThan(6.8 / 14.13);
  // Route 2, closed forms with everything shared: what is left of the difference.
  const closed = operations(() => constraintDerivative(y, problem));
  const closedFaster = operations(() =>
    constraintDerivative(y, problem, { ...exactForm, hessian: "gauss-newton", mixed: "dropped" }),
  );
  expect(closedFaster / closed).toBeLessThan(0.75);
});
