import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hat } from "../../src/definitions/hat.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import * as definition from "../../src/definitions/rotation-jacobians.js";
import * as kernel from "../../src/kernels/rotation-jacobians.js";
import { type Big, big, double, type Real } from "../../src/scalar/index.js";
import { apply, identity, multiply, transpose } from "../../src/scalar/matrix.js";
import { secondDerivativeTarget, ulpTarget } from "../certify/case.js";
import { bigs, entries, lastDigit, size, worstGap, worstUlp } from "./big-truth.js";
import { hessianOnDuals, jacobianOnDuals } from "./on-duals.js";
import { longRotationVectors, points, rotationVectors } from "./rotation-draws.js";

const written = (length: number, write: (out: Float64Array) => unknown) => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return out;
};
// Sums and products of a few dozen rounded terms, each no larger than its result times six.
const operations = 300;

describe("at 64 digits, for turns of up to 6 rad", () => {
  const matrices = [
    ["leftJacobian", kernel.leftJacobian, definition.leftJacobian],
    ["rightJacobian", kernel.rightJacobian, definition.rightJacobian],
    ["leftJacobianInverse", kernel.leftJacobianInverse, definition.leftJacobianInverse],
    ["rightJacobianInverse", kernel.rightJacobianInverse, definition.rightJacobianInverse],
  ] as const;

  it.each(matrices)("%s(ω) is its definition within 16 ulp", (name, run, define) =>
    fc.assert(
      fc.property(longRotationVectors, (omega) => {
        const J = written(9, (out) => run(omega, out));
        const truth = define(bigs(omega));
        // Towards 2π an inverse is as ill-conditioned as its distance to 2π is small.
        const conditioning = name.endsWith("Inverse")
          ? Math.max(1, Math.hypot(...omega) / (2 * Math.PI - Math.hypot(...omega)))
          : 1;
        expect(worstUlp(J, truth) / conditioning).toBeLessThanOrEqual(ulpTarget.generic);
      }),
      { seed: 4, numRuns: 80 },
    ),
  );

  it("leftJacobianDerivative(ω) is its definition within 16 ulp", () =>
    fc.assert(
      fc.property(longRotationVectors, (omega) => {
        const T = written(27, (out) => kernel.leftJacobianDerivative(omega, out));
        const truth = definition.leftJacobianDerivative(bigs(omega));
        expect(worstUlp(T, truth)).toBeLessThanOrEqual(ulpTarget.generic);
      }),
      { seed: 5, numRuns: 60 },
    ));

  it("rotatedVectorJacobian(ω, v) is its definition within 16 ulp", () =>
    fc.assert(
      fc.property(longRotationVectors, points, (omega, v) => {
        const J = written(9, (out) => kernel.rotatedVectorJacobian(omega, v, out));
        const truth = definition.rotatedVectorJacobian(bigs(omega), bigs(v));
        expect(worstUlp(J, truth, Math.hypot(...v))).toBeLessThanOrEqual(ulpTarget.generic);
      }),
      { seed: 6, numRuns: 80 },
    ));

  it("rotatedVectorHessian(ω, v) is its definition within 1e-12, and symmetric to the bit", () =>
    fc.assert(
      fc.property(longRotationVectors, points, (omega, v) => {
        const H = written(27, (out) => kernel.rotatedVectorHessian(omega, v, out));
        const truth = entries(definition.rotatedVectorHessian(bigs(omega), bigs(v)));
        const gap = worstGap(bigs(H), truth);
        expect(gap).toBeLessThanOrEqual(secondDerivativeTarget);
        for (let i = 0; i < 3; i++)
          for (let p = 0; p < 3; p++)
            for (let q = 0; q < 3; q++) expect(H[9 * i + 3 * p + q]).toBe(H[9 * i + 3 * q + p]);
      }),
      { seed: 7, numRuns: 60 },
    ));
});

describe("the definitions are what their own formulas carry on duals", () => {
  it("leftJacobianDerivative(ω) is that of leftJacobian(ω)", () =>
    fc.assert(
      fc.property(longRotationVectors, (omega) => {
        const exact = bigs(omega);
        const slope = jacobianOnDuals<Big>((x) => definition.leftJacobian(x).flat(), exact);
        // Entry [k][i][j] of the tensor is entry [3i + j][k] of the slope.
        const gap = worstGap(definition.leftJacobianDerivative(exact), transpose(slope));
        expect(gap).toBeLessThanOrEqual(operations * lastDigit);
      }),
      { seed: 8, numRuns: 40 },
    ));

  it("rotatedVectorJacobian(ω, v) and rotatedVectorHessian(ω, v) are those of Exp(ω) v", () =>
    fc.assert(
      fc.property(longRotationVectors, points, (omega, v) => {
        const exact = bigs(omega);
        const J = jacobianOnDuals<Big>((x) => rotatedBy(x, v), exact);
        const H = hessianOnDuals<Big>((x) => rotatedBy(x, v), exact);
        const length = Math.hypot(...v);
        const first = definition.rotatedVectorJacobian(exact, bigs(v));
        const second = definition.rotatedVectorHessian(exact, bigs(v));
        expect(worstGap(first, J, length)).toBeLessThanOrEqual(operations * lastDigit);
        expect(worstGap(second, H, length)).toBeLessThanOrEqual(operations * lastDigit);
      }),
      { seed: 9, numRuns: 25 },
    ));
});

describe("laws", () => {
  it("J_l(ω) = Exp(ω) J_r(ω), J_l = J_rᵀ, and each inverse is one", () =>
    fc.assert(
      fc.property(longRotationVectors, (omega) => {
        const exact = bigs(omega);
        const [left, right] = [definition.leftJacobian(exact), definition.rightJacobian(exact)];
        const unit = identity(3, big(1));
        const tolerance = operations * lastDigit;
        expect(worstGap(multiply(rotation(exact), right), left)).toBeLessThanOrEqual(tolerance);
        expect(worstGap(transpose(right), left)).toBeLessThanOrEqual(tolerance);
        for (const [J, inverse] of [
          [left, definition.leftJacobianInverse(exact)],
          [right, definition.rightJacobianInverse(exact)],
        ])
          expect(worstGap(multiply(J, inverse), unit, size(inverse))).toBeLessThanOrEqual(
            tolerance,
          );
      }),
      { seed: 10, numRuns: 60 },
    ));

  it("ω is its own image under all four, and the derivative of Exp(ω) v along ω is ω × Rv", () =>
    fc.assert(
      fc.property(longRotationVectors, points, (omega, v) => {
        const [exact, point] = [bigs(omega), bigs(v)];
        fc.pre(omega.some((x) => x !== 0));
        for (const J of [
          definition.leftJacobian(exact),
          definition.rightJacobian(exact),
          definition.leftJacobianInverse(exact),
          definition.rightJacobianInverse(exact),
        ])
          expect(worstGap(apply(J, exact), exact, size(J) * size(exact))).toBeLessThanOrEqual(
            operations * lastDigit,
          );
        const along = apply(definition.rotatedVectorJacobian(exact, point), exact);
        const turn = apply(hat(exact), apply(rotation(exact), point));
        const scale = size(exact) * Math.hypot(...v);
        expect(worstGap(along, turn, scale)).toBeLessThanOrEqual(operations * lastDigit);
      }),
      { seed: 11, numRuns: 60 },
    ));

  it("−R [v]× J_r(ω), the object-frame form of rotatedVectorJacobian(ω, v), is the same", () =>
    fc.assert(
      fc.property(rotationVectors, points, (omega, v) => {
        const [exact, point] = [bigs(omega), bigs(v)];
        const minus = hat(point.map((x) => x.negated()));
        const other = multiply(multiply(rotation(exact), minus), definition.rightJacobian(exact));
        const gap = worstGap(definition.rotatedVectorJacobian(exact, point), other);
        expect(gap).toBeLessThanOrEqual(operations * lastDigit);
      }),
      { seed: 12, numRuns: 60 },
    ));

  it("rotatedVectorHessian(0, v) is ½ (e_p vᵀe_q + e_q vᵀe_p) − δ_pq v", () => {
    const v = Float64Array.of(2, -3, 5);
    const H = written(27, (out) => kernel.rotatedVectorHessian(new Float64Array(3), v, out));
    for (let i = 0; i < 3; i++)
      for (let p = 0; p < 3; p++)
        for (let q = 0; q < 3; q++) {
          const pull = ((i === p ? v[q] : 0) + (i === q ? v[p] : 0)) / 2;
          expect(H[9 * i + 3 * p + q]).toBe(pull - (p === q ? v[i] : 0));
        }
  });
});

describe("at 2πk, k ≥ 1, where J_l has no inverse", () => {
  it("the kernels return false and write nothing; beside it they return the inverse", () => {
    for (const k of [1, 2, 3])
      for (const run of [kernel.leftJacobianInverse, kernel.rightJacobianInverse]) {
        const J = new Float64Array(9).fill(7);
        expect(run(Float64Array.of(0, 2 * Math.PI * k, 0), J)).toBe(false);
        expect([...J]).toEqual(new Array(9).fill(7));
        expect(run(Float64Array.of(0, 2 * Math.PI * k - 1e-9, 0), J)).toBe(true);
        expect(J[4]).toBe(1);
        expect(Math.abs(J[2])).toBeLessThan(k * 10);
      }
  });

  it("the definitions throw where their scalars cannot tell the angle from it", () => {
    const message = "leftJacobianInverse: expected an angle off 2πk, k >= 1, got one on it";
    const turn = big(0).atan2(-1).times(2);
    const zero = big(0);
    expect(() => definition.leftJacobianInverse([zero, turn, zero])).toThrow(message);
    const doubles = [0, 2 * Math.PI, 0].map(double);
    expect(() => definition.rightJacobianInverse(doubles)).toThrow(message);
    // To 64 digits, the double next to 2π is not on it.
    expect(size(definition.rightJacobianInverse(bigs([0, 2 * Math.PI, 0])))).toBeGreaterThan(1e15);
  });
});

const rotatedBy = <S extends Real<S>>(omega: S[], v: Float64Array): S[] =>
  apply(
    rotation(omega),
    Array.from(v, (x) => omega[0].of(x)),
  );
