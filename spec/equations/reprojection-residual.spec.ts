import { expect, it } from "vitest";
import { poseDerivativesAt, poseJacobian } from "../../src/definitions/pose-jacobian.js";
import { projection, rigidTransform } from "../../src/definitions/projection.js";
import {
  reprojectionGradient,
  reprojectionNormal,
} from "../../src/definitions/reprojection-cost.js";
import * as definition from "../../src/definitions/reprojection-residual.js";
import * as kernel from "../../src/kernels/reprojection-residual.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, dual } from "../../src/scalar/index.js";
import { add, addMatrices, apply, multiply, transpose } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { type Cloud, cloud, problemOf } from "./bpnp-clouds.js";
import { jacobianOnDuals } from "./on-duals.js";

const clouds = Array.from({ length: 12 }, (_, i) =>
  cloud(stream("spec/reprojection-residual").at(i), { n: 4, noise: 20, kink: 0.5 + 0.2 * (i % 4) }),
);

/** e and ∂e/∂y of point i in 64 digits, LEFT chart. */
function linearised(c: Cloud, i: number): { e: Big[]; de: Big[][]; pi: Big[]; dpi: Big[][] } {
  const data = problemOf(c, (x) => big(x));
  const [R, t] = [bigRows(c.R, 3), bigs(c.t)];
  const pi = projection(rigidTransform(data.x3d[i], R, t), data.K);
  const dpi = poseJacobian(poseDerivativesAt("LEFT", R, t), data.x3d[i], data.K);
  const e = definition.weightedResidual(data.x2d[i], pi, data.w2d[i]);
  return { e, de: definition.weightedResidualJacobian(data.w2d[i], dpi), pi, dpi };
}
const toDoubles = (v: readonly Big[]) => Float64Array.from(v, (x) => x.toNumber());

it("all four residual kernels keep the digits of the definition, in place too", () => {
  for (const c of clouds) {
    const { pi, dpi } = linearised(c, 1);
    const [x, w] = [c.x2d.subarray(2, 4), c.w2d.subarray(2, 4)];
    const [p, dp] = [toDoubles(pi), toDoubles(dpi.flat())];
    const [P, D, delta] = [bigs(p), bigRows(dp, 6), big(c.delta)];
    const [X, W] = [bigs(x), bigs(w)];
    const e = new Float64Array(2);
    kernel.weightedResidual(x, p, w, e);
    const E = definition.weightedResidual(X, P, W);
    expect(worstUlp(e, E)).toBeLessThan(ulpTarget.generic);
    kernel.weightedResidualJacobian(w, dp, dp);
    const DE = definition.weightedResidualJacobian(W, D);
    expect(worstUlp(dp, DE)).toBeLessThan(ulpTarget.generic);
    kernel.robustResidualJacobian(e, dp, c.delta, dp);
    expect(worstUlp(dp, definition.robustResidualJacobian(E, DE, delta))).toBeLessThan(
      ulpTarget.generic,
    );
    kernel.robustResidual(e, c.delta, e);
    expect(worstUlp(e, definition.robustResidual(E, delta))).toBeLessThan(ulpTarget.generic);
  }
});

it("Σ J̃ᵀẽ is the gradient of the Huber cost and Σ J̃ᵀJ̃ its normal matrix", () => {
  for (const c of clouds.slice(0, 6)) {
    const data = problemOf(c, (x) => big(x));
    const pose = poseDerivativesAt("LEFT", bigRows(c.R, 3), bigs(c.t));
    const points = data.x2d.map((_, i) => linearised(c, i));
    const delta = big(c.delta);
    const pairs = points.map(({ e, de }) => ({
      r: definition.robustResidual(e, delta),
      J: definition.robustResidualJacobian(e, de, delta),
    }));
    const gradient = pairs.map(({ r, J }) => apply(transpose(J), r)).reduce(add);
    expect(worstGap(gradient, reprojectionGradient(data, pose))).toBeLessThan(1e4 * lastDigit);
    const normal = pairs.map(({ J }) => multiply(transpose(J), J)).reduce(addMatrices);
    expect(worstGap(normal, reprojectionNormal(data, pose))).toBeLessThan(1e4 * lastDigit);
  }
});

it("weightedResidualJacobian(w, ∂π) is ∂weightedResidual on duals", () => {
  const { pi, dpi } = linearised(clouds[0], 0);
  const [x, w] = [bigs([310, 220]), bigs([0.3, 2])];
  const J = jacobianOnDuals(
    (y) =>
      definition.weightedResidual(
        x.map((v) => dual(v)),
        pi.map((v, k) =>
          dpi[k].reduce((sum, slope, p) => sum.plus(dual(slope).times(y[p])), dual(v)),
        ),
        w.map((v) => dual(v)),
      ),
    bigs(new Float64Array(6)),
  );
  expect(worstGap(definition.weightedResidualJacobian(w, dpi), J)).toBeLessThan(10 * lastDigit);
});

it("without a threshold the robust residual is the residual, at zero too", () => {
  const e = Float64Array.of(0, 0);
  kernel.robustResidual(e, 1, e);
  expect([...e]).toEqual([0, 0]);
  e.set([3, -4]);
  kernel.robustResidual(e, Number.POSITIVE_INFINITY, e);
  expect([...e]).toEqual([3, -4]);
});
