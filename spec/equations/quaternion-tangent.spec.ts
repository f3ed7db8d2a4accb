import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hat } from "../../src/definitions/hat.js";
import * as definition from "../../src/definitions/quaternion.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import * as kernel from "../../src/kernels/quaternion.js";
import { type Big, big, dual, type Real } from "../../src/scalar/index.js";
import { apply, identity, multiply, norm, scale, transpose } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";
import { directions, points, quaternions } from "./rotation-draws.js";

const written = (length: number, write: (out: Float64Array) => unknown) => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return out;
};
// Sums and products of a few dozen rounded terms.
const digits = 100 * lastDigit;

describe("the Q7 tangent", () => {
  it("quaternionTangent(q) is orthonormal, orthogonal to q, and q + T δ = (1, −δ) ⊗ q", () =>
    fc.assert(
      fc.property(quaternions, points, (q, delta) => {
        const T = written(12, (out) => kernel.quaternionTangent(q, out));
        const exact = definition.quaternionTangent(bigs(q));
        expect(worstUlp(T, exact)).toBe(0);
        const squared = bigs(q).reduce((sum, x) => sum.plus(x.times(x)), big(0));
        const unit = identity(3, big(1)).map((row) => scale(row, squared));
        expect(worstGap(multiply(transpose(exact), exact), unit, 1)).toBeLessThanOrEqual(digits);
        expect(worstGap(apply(transpose(exact), bigs(q)), bigs([0, 0, 0]), 1)).toBeLessThanOrEqual(
          digits,
        );
        const step = [big(1), ...bigs(delta).map((x) => x.negated())];
        const product = definition.quaternionProduct(step, bigs(q));
        const sum = apply(exact, bigs(delta)).map((x, i) => x.plus(q[i]));
        expect(worstGap(sum, product)).toBeLessThanOrEqual(digits);
      }),
      { seed: 15, numRuns: 80 },
    ));

  it("movedQuaternion(q, δ) is its definition within 16 ulp and turns by −2 atan(‖δ‖) δ/‖δ‖", () =>
    fc.assert(
      fc.property(quaternions, points, (q, delta) => {
        const moved = written(4, (out) => kernel.movedQuaternion(q, delta, out));
        const exact = definition.movedQuaternion(bigs(q), bigs(delta));
        expect(worstUlp(moved, exact)).toBeLessThanOrEqual(ulpTarget.generic);
        const over = q.slice();
        kernel.movedQuaternion(over, delta, over);
        expect([...over]).toEqual([...moved]);
        const length = norm(bigs(delta));
        const phi = scale(bigs(delta), length.atan2(1).times(-2).over(length));
        const R = definition.quaternionRotation(bigs(q), "normalised");
        const turned = definition.quaternionRotation(exact, "normalised");
        expect(worstGap(turned, multiply(rotation(phi), R))).toBeLessThanOrEqual(digits);
      }),
      { seed: 16, numRuns: 80 },
    ));

  it("rotatedVectorTangentJacobian(q, z) is 2 [Rz]×, the derivative of the moved quaternion's turn", () =>
    fc.assert(
      fc.property(quaternions, points, (q, z) => {
        const J = written(9, (out) => kernel.rotatedVectorTangentJacobian(q, z, out));
        const exact = definition.rotatedVectorTangentJacobian(bigs(q), bigs(z));
        const length = Math.hypot(...z);
        expect(worstUlp(J, exact, length)).toBeLessThanOrEqual(ulpTarget.generic);
        const unit = bigs(q).map((x) => x.over(norm(bigs(q))));
        const onDuals = jacobianOnDuals<Big>(
          (delta) => {
            const moved = definition.movedQuaternion(
              unit.map((x) => dual(x)),
              delta,
            );
            return apply(definition.quaternionRotation(moved, "unit"), constants(z, delta[0]));
          },
          bigs([0, 0, 0]),
        );
        const turned = apply(definition.quaternionRotation(unit, "unit"), bigs(z));
        const twice = hat(turned).map((row) => scale(row, 2));
        expect(worstGap(onDuals, twice, length)).toBeLessThanOrEqual(digits);
      }),
      { seed: 17, numRuns: 60 },
    ));

  it("movedQuaternion(q, δ) saturates at a half turn as δ grows", () =>
    fc.assert(
      fc.property(quaternions, directions, (q, v) => {
        const far = Float64Array.from(v, (x) => x * 1e12);
        const moved = written(4, (out) => kernel.movedQuaternion(q, far, out));
        // π − 2 atan δ ≈ 2 / δ.
        expect(Math.abs(kernel.rotationAngle(q, moved) - Math.PI)).toBeLessThan(2.1e-12);
      }),
      { seed: 18, numRuns: 30 },
    ));
});

const constants = <S extends Real<S>>(values: ArrayLike<number>, like: S): S[] =>
  Array.from(values, (x) => like.of(x));
