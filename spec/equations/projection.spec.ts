import { expect, it } from "vitest";
import * as definition from "../../src/definitions/projection.js";
import * as kernel from "../../src/kernels/projection.js";
import { stream } from "../../src/random/stream.js";
import { type Big, type Dual, dual } from "../../src/scalar/index.js";
import { apply, type Matrix, multiply } from "../../src/scalar/matrix.js";
import { secondDerivativeTarget, ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, lastDigit, size, worstGap, worstUlp } from "./big-truth.js";
import { camera, freeCamera, type View, views } from "./camera-draws.js";
import { jacobianOnDuals } from "./on-duals.js";

const all = [...views("spec/projection", 15)];
const inBig = ({ X, K }: View): [Big[], Big[][]] => [bigs(X), bigRows(K, 3)];
const target = (view: View) => ulpTarget[view.label === "generic" ? "generic" : "seam"];

it("rigidTransform(z, R, t) is R z + t to the rounding of its terms", () => {
  for (let i = 0; i < 50; i++) {
    const draw = stream("spec/rigid-transform").at(i);
    const z = draw.sphere();
    const R = draw.rotation();
    const t = Float64Array.of(draw.normal(), draw.normal(), 10 ** (i % 4));
    const X = new Float64Array(3);
    kernel.rigidTransform(z, R, t, X);
    const truth = definition.rigidTransform(bigs(z), bigRows(R, 3), bigs(t));
    expect(worstUlp(X, truth, size([...bigs(t), ...bigs(z)]))).toBeLessThan(ulpTarget.generic);
  }
});

it("projection(X, K) keeps its digits, on the camera plane and behind it too", () => {
  const pi = new Float64Array(2);
  for (const view of all) {
    kernel.projection(view.X, view.K, pi);
    expect(worstUlp(pi, definition.projection(...inBig(view)))).toBeLessThan(target(view));
  }
});

it("projectionJacobian(X, K) and projectionCameraJacobian(X, K) keep their digits", () => {
  const [J, D] = [new Float64Array(6), new Float64Array(18)];
  for (const view of all) {
    kernel.projectionJacobian(view.X, view.K, J);
    expect(worstUlp(J, definition.projectionJacobian(...inBig(view)))).toBeLessThan(target(view));
    kernel.projectionCameraJacobian(view.X, view.K, D);
    const truth = definition.projectionCameraJacobian(...inBig(view));
    expect(worstUlp(D, truth)).toBeLessThan(target(view));
  }
});

it("second derivatives of projection(X, K) are within 1e-12 of their size", () => {
  const [H, M] = [new Float64Array(18), new Float64Array(54)];
  const check = (values: Float64Array, truth: readonly Matrix<Big>[]) =>
    expect(worstGap(bigs(values), entries(truth))).toBeLessThan(secondDerivativeTarget);
  for (const view of all) {
    kernel.projectionHessian(view.X, view.K, H);
    check(H, definition.projectionHessian(...inBig(view)));
    kernel.projectionPointCameraHessian(view.X, view.K, M);
    check(M, definition.projectionPointCameraHessian(...inBig(view)));
  }
});

it("every derivative of projection(X, K) is the one duals carry, to the last of 64 digits", () => {
  // Products of a few operands of 64 digits, each off by one, and the cancellation of cx − π.
  const few = 1e4 * lastDigit;
  for (const view of all.slice(0, 24)) {
    const [X, K] = inBig(view);
    const rows = (flat: readonly Dual<Big>[]) => [0, 3, 6].map((k) => flat.slice(k, k + 3));
    const dX = jacobianOnDuals((x) => definition.projection(x, constants(K)), X);
    expect(worstGap(definition.projectionJacobian(X, K), dX)).toBeLessThan(few);
    const dK = jacobianOnDuals((k) => definition.projection(constants([X])[0], rows(k)), K.flat());
    expect(worstGap(definition.projectionCameraJacobian(X, K), dK)).toBeLessThan(few);
    const ddX = jacobianOnDuals((x) => definition.projectionJacobian(x, constants(K)).flat(), X);
    expect(worstGap(entries(definition.projectionHessian(X, K)), entries(ddX))).toBeLessThan(few);
    const mixed = jacobianOnDuals(
      (k) => definition.projectionJacobian(constants([X])[0], rows(k)).flat(),
      K.flat(),
    );
    const truth = entries(definition.projectionPointCameraHessian(X, K));
    expect(worstGap(truth, entries(mixed))).toBeLessThan(few);
  }
});

it("projection(X, K) has degree 0 in X: its Jacobian sends X to 0, its Hessian X to minus it", () => {
  for (const view of all) {
    const [X, K] = inBig(view);
    const J = definition.projectionJacobian(X, K);
    const scale = size(J) * size(X);
    expect(size(apply(J, X)) / scale).toBeLessThan(1e2 * lastDigit);
    definition.projectionHessian(X, K).forEach((H, i) => {
      const gap = worstGap(
        apply(H, X),
        J[i].map((x) => x.negated()),
        size(H) * size(X),
      );
      expect(gap).toBeLessThan(1e2 * lastDigit);
    });
  }
});

it("projection(X, K A) is projection(A X, K): the camera frame and K are one thing", () => {
  for (let i = 0; i < 20; i++) {
    const draw = stream("spec/projection/equivariance").at(i);
    const X = bigs([draw.normal(), draw.normal(), 3 + draw.uniform()]);
    const A = bigRows(
      draw.rotation().map((x, k) => 0.1 * x + (k % 4 === 0 ? 1 : 0)),
      3,
    );
    const K = bigRows((i % 2 ? camera : freeCamera)(draw), 3);
    const [left, right] = [
      definition.projection(X, multiply(K, A)),
      definition.projection(apply(A, X), K),
    ];
    expect(worstGap(left, right)).toBeLessThan(1e3 * lastDigit);
  }
});

it("projection(λ X, K) is projection(X, K), and a point on the axis projects to (cx, cy)", () => {
  const pi = new Float64Array(2);
  const twice = new Float64Array(2);
  for (const { X, K } of all) {
    kernel.projection(X, K, pi);
    kernel.projection(
      X.map((x) => 2 * x),
      K,
      twice,
    );
    expect(twice).toEqual(pi);
  }
  const K = camera(stream("spec/projection/axis"));
  kernel.projection(Float64Array.of(0, 0, 7), K, pi);
  expect([...pi]).toEqual([K[2], K[5]]);
});

/** A matrix of constants on duals. */
const constants = (M: Matrix<Big>): Dual<Big>[][] => M.map((row) => row.map((x) => dual(x)));
