import fc from "fast-check";
import { expect, it } from "vitest";
import { vee } from "../../src/definitions/hat.js";
import * as definition from "../../src/definitions/rodrigues.js";
import { rightJacobian, rightJacobianInverse } from "../../src/definitions/rotation-jacobians.js";
import * as kernel from "../../src/kernels/rodrigues.js";
import { type Big, big, dual } from "../../src/scalar/index.js";
import {
  addMatrices,
  identity,
  multiply,
  norm,
  scale,
  scaleMatrix,
  transpose,
} from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";
import { directions, longRotationVectors, rotations, rotationVectors } from "./rotation-draws.js";

const rotated = (omega: Float64Array) => {
  const R = new Float64Array(9).fill(Number.NaN);
  kernel.rotation(omega, R);
  return R;
};
const logarithm = (R: Float64Array) => {
  const omega = new Float64Array(3).fill(Number.NaN);
  const only = kernel.rotationVector(R, omega);
  return { omega, only };
};
const halfTurn = big(0).atan2(-1);
const turn = (v: number[], angle: number) => Float64Array.from(v, (x) => x * angle);

it("rotation(ω) is the definition at 64 digits within 16 ulp, for turns of up to 6 rad", () =>
  fc.assert(
    fc.property(longRotationVectors, (omega) => {
      const truth = definition.rotation(bigs(omega));
      expect(worstUlp(rotated(omega), truth, 1)).toBeLessThanOrEqual(ulpTarget.generic);
    }),
    { seed: 1840, numRuns: 150 },
  ));

it("rotation(ω) − I keeps the digits of a small ω", () =>
  fc.assert(
    fc.property(directions, fc.integer({ min: 5, max: 300 }), (v, k) => {
      const omega = turn(v, 10 ** -k);
      const R = rotated(omega);
      const off = Float64Array.of(R[7] - R[5], R[2] - R[6], R[3] - R[1]);
      const truth = vee(definition.rotation(bigs(omega))).map((x) => x.times(2));
      expect(worstUlp(off, truth)).toBeLessThanOrEqual(ulpTarget.generic);
    }),
    { seed: 1841, numRuns: 60 },
  ));

it("rotation(ω) is the sum of the matrix exponential's own series", () =>
  fc.assert(
    fc.property(rotationVectors, (omega) => {
      const W = bigs(omega);
      const hat = [
        [big(0), W[2].negated(), W[1]],
        [W[2], big(0), W[0].negated()],
        [W[1].negated(), W[0], big(0)],
      ];
      let term = identity(3, big(1));
      let sum = term;
      // π⁹⁰ / 90! is below 1e-93.
      for (let k = 1; k <= 90; k++) {
        term = scaleMatrix(multiply(term, hat), big(1).over(k));
        sum = addMatrices(sum, term);
      }
      // Its terms grow to π³/3! before they shrink, and 90 of them are rounded.
      expect(worstGap(definition.rotation(W), sum)).toBeLessThanOrEqual(90 * 6 * lastDigit);
    }),
    { seed: 1842, numRuns: 15 },
  ));

it("rotationVector(R) is the definition at 64 digits within 16 ulp, beside and on the half turn too", () =>
  fc.assert(
    fc.property(rotations, (R) => {
      const { omega, only } = logarithm(R);
      const truth = definition.rotationVector(bigRows(R, 3));
      expect(worstUlp(omega, truth)).toBeLessThanOrEqual(ulpTarget.generic);
      expect(only).toBe(norm(truth).lessThan(halfTurn));
    }),
    { seed: 1843, numRuns: 200 },
  ));

it("rotationVector(R) is θ / sin θ · vee R with θ from the trace, where R is a rotation to 64 digits", () =>
  fc.assert(
    fc.property(rotationVectors, (omega) => {
      const R = definition.rotation(bigs(omega));
      const v = vee(R);
      const sine = norm(v);
      fc.pre(!sine.lessThan(1e-20));
      const cosine = R[0][0].plus(R[1][1]).plus(R[2][2]).minus(1).over(2);
      const printed = scale(v, sine.atan2(cosine).over(sine));
      const gap = worstGap(definition.rotationVector(R), printed);
      // The printed form divides what R has lost to rounding by sin θ.
      expect(gap).toBeLessThanOrEqual((40 * lastDigit) / sine.toNumber());
    }),
    { seed: 1844, numRuns: 60 },
  ));

it("rotationVector(rotation(ω)) is ω up to the half turn, and rotation(rotationVector(R)) is R", () =>
  fc.assert(
    fc.property(rotationVectors, (omega) => {
      const exact = bigs(omega);
      const back = definition.rotationVector(definition.rotation(exact));
      const flipped = back.map((x) => x.negated());
      // A double next to π may lie beyond it: it then comes back from the other side.
      const gap = norm(exact).lessThan(halfTurn)
        ? worstGap(back, exact)
        : worstGap(flipped, exact) - 1e-15;
      if (omega.some((x) => x !== 0)) expect(gap).toBeLessThanOrEqual(100 * lastDigit);
      const R = rotated(omega);
      const again = rotated(logarithm(R).omega);
      // Log and Exp err by a few ulps each, and R itself is off the rotations by as much.
      expect(worstUlp(again, bigRows(R, 3), 1)).toBeLessThanOrEqual(ulpTarget.generic);
    }),
    { seed: 1845, numRuns: 80 },
  ));

it("rotationVector(R) of an exact half turn has its first non-zero entry positive and says so", () => {
  for (const axis of [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0.6, 0.8, 0],
    [0, -0.6, 0.8],
    [-0.28, 0, 0.96],
    [2 / 3, -1 / 3, -2 / 3],
  ]) {
    const R = Float64Array.from({ length: 9 }, (_, k) => {
      const [i, j] = [Math.floor(k / 3), k % 3];
      return 2 * axis[i] * axis[j] - (i === j ? 1 : 0);
    });
    const { omega, only } = logarithm(R);
    expect(only).toBe(false);
    expect(omega.find((x) => x !== 0)).toBeGreaterThan(0);
    const sign = Math.sign(axis.find((x) => x !== 0) ?? 0);
    const truth = axis.map((x) => halfTurn.times(big(x)).times(sign));
    expect(worstUlp(omega, truth)).toBeLessThanOrEqual(ulpTarget.seam);
    const exact = definition.rotationVector(bigRows(R, 3));
    expect(worstUlp(omega, exact)).toBeLessThanOrEqual(ulpTarget.generic);
  }
});

it("rotationVector(R) moves by J_r⁻¹ a as R moves by R Exp(a)", () =>
  fc.assert(
    fc.property(longRotationVectors, (omega) => {
      const exact = bigs(omega);
      const log = definition.rotationVector(definition.rotation(exact));
      fc.pre(norm(log).plus(1e-15).lessThan(halfTurn));
      const R = definition.rotation(log);
      const onDuals = jacobianOnDuals<Big>(
        (a) => {
          const constant = R.map((row) => row.map((x) => dual(x)));
          return definition.rotationVector(multiply(constant, definition.rotation(a)));
        },
        bigs([0, 0, 0]),
      );
      const gap = worstGap(onDuals, rightJacobianInverse(log));
      expect(gap).toBeLessThanOrEqual(1000 * lastDigit);
    }),
    { seed: 1846, numRuns: 40 },
  ));

it("rotation(ω) moves by R Exp(J_r dω) as ω moves by dω", () =>
  fc.assert(
    fc.property(longRotationVectors, (omega) => {
      const exact = bigs(omega);
      const R = definition.rotation(exact);
      const slope = jacobianOnDuals<Big>((x) => definition.rotation(x).flat(), exact);
      // Rᵀ ∂R/∂ω_k is the hat of column k of J_r.
      const columns = [0, 1, 2].map((k) => {
        const dR = [0, 1, 2].map((i) => [0, 1, 2].map((j) => slope[3 * i + j][k]));
        return vee(multiply(transpose(R), dR));
      });
      expect(worstGap(transpose(columns), rightJacobian(exact), 1)).toBeLessThanOrEqual(
        100 * lastDigit,
      );
    }),
    { seed: 1847, numRuns: 60 },
  ));
