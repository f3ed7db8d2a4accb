import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as definition from "../../src/definitions/quaternion.js";
import { rotation, rotationVector } from "../../src/definitions/rodrigues.js";
import * as kernel from "../../src/kernels/quaternion.js";
import { type Big, big, type Real } from "../../src/scalar/index.js";
import { apply, multiply, norm, scale, subtract, transpose } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";
import { points, quaternions, rotations } from "./rotation-draws.js";

const written = (length: number, write: (out: Float64Array) => unknown) => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return out;
};
const modes = ["unit", "homogeneous", "normalised"] as const;
const lengths = fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 100, noNaN: true }));
const rays = fc.tuple(quaternions, lengths).map(([q, length]) => q.map((x) => x * length));
/** Pairs of quaternions: apart, and 10⁻¹ … 10⁻¹⁶ from each other or from each other's negative. */
const pairs = fc.oneof(
  fc.tuple(quaternions, quaternions),
  fc
    .tuple(quaternions, quaternions, fc.integer({ min: 1, max: 17 }), fc.constantFrom(-1, 0, 1))
    .map(([a, c, k, side]): [Float64Array, Float64Array] => [
      a,
      a.map((x, i) => (side < 0 ? -1 : 1) * (x + (side && c[i] * 10 ** -k))),
    ]),
);
// Sums and products of a few dozen rounded terms.
const digits = 100 * lastDigit;

describe("quaternionRotation(q, mode)", () => {
  it.each(modes)("in mode %s is its definition within 16 ulp, with its Jacobian", (mode) =>
    fc.assert(
      fc.property(rays, points, (q, z) => {
        const R = written(9, (out) => kernel.quaternionRotation(q, mode, out));
        const exact = definition.quaternionRotation(bigs(q), mode);
        const squared = q.reduce((sum, x) => sum + x * x, 0);
        const terms = mode === "normalised" ? 1 : Math.max(squared, mode === "unit" ? 1 : 0);
        expect(worstUlp(R, exact, terms)).toBeLessThanOrEqual(ulpTarget.generic);
        const J = written(12, (out) => kernel.rotatedVectorQuaternionJacobian(q, z, mode, out));
        const slope = definition.rotatedVectorQuaternionJacobian(bigs(q), bigs(z), mode);
        const length =
          Math.hypot(...z) * Math.sqrt(squared) * (mode === "normalised" ? 1 / squared : 1);
        expect(worstUlp(J, slope, length)).toBeLessThanOrEqual(ulpTarget.generic);
        const onDuals = jacobianOnDuals<Big>(
          (x) => apply(definition.quaternionRotation(x, mode), constants(z, x[0])),
          bigs(q),
        );
        expect(worstGap(slope, onDuals, length)).toBeLessThanOrEqual(digits);
      }),
      { seed: 6, numRuns: 60 },
    ),
  );

  it("is one rotation in all modes for unit q, scales as ‖q‖² homogeneous and not at all normalised", () =>
    fc.assert(
      fc.property(rays, (q) => {
        const exact = bigs(q);
        const unit = exact.map((x) => x.over(norm(exact)));
        const [first, second, third] = modes.map((mode) =>
          definition.quaternionRotation(unit, mode),
        );
        expect(worstGap(second, first)).toBeLessThanOrEqual(digits);
        expect(worstGap(third, first)).toBeLessThanOrEqual(digits);
        expect(
          worstGap(definition.quaternionRotation(exact, "normalised"), first),
        ).toBeLessThanOrEqual(digits);
        const squared = norm(exact).times(norm(exact));
        const scaled = first.map((row) => scale(row, squared));
        expect(
          worstGap(definition.quaternionRotation(exact, "homogeneous"), scaled),
        ).toBeLessThanOrEqual(digits);
        // Off the sphere the unit form is neither: its diagonal sums to 3 − 4 ‖v‖².
        const R = definition.quaternionRotation(exact, "unit");
        const vector = norm(exact.slice(1));
        const trace = R[0][0].plus(R[1][1]).plus(R[2][2]);
        const printed = vector.times(vector).times(-4).plus(3);
        expect(worstGap([trace], [printed], 3 + 4 * vector.toNumber() ** 2)).toBeLessThanOrEqual(
          digits,
        );
      }),
      { seed: 7, numRuns: 60 },
    ));

  it("turns by 2 atan2(‖v‖, w) about v, as Exp does", () =>
    fc.assert(
      fc.property(quaternions, (q) => {
        const exact = bigs(q);
        const unit = exact.map((x) => x.over(norm(exact)));
        const [w, ...v] = unit;
        fc.pre(!norm(v).lessThan(1e-100));
        const omega = scale(v, norm(v).atan2(w).times(2).over(norm(v)));
        const gap = worstGap(definition.quaternionRotation(unit, "unit"), rotation(omega));
        expect(gap).toBeLessThanOrEqual(digits);
      }),
      { seed: 8, numRuns: 60 },
    ));

  it("throws, or returns false, for q = 0 normalised; and throws for an unknown mode", () => {
    const zero = new Float64Array(4);
    const out = new Float64Array(12).fill(7);
    expect(kernel.quaternionRotation(zero, "normalised", out)).toBe(false);
    expect(kernel.rotatedVectorQuaternionJacobian(zero, zero, "normalised", out)).toBe(false);
    expect(new Set(out)).toEqual(new Set([7]));
    expect(() => definition.quaternionRotation(bigs(zero), "normalised")).toThrow(
      "quaternionRotation: expected q off zero, got q = 0",
    );
    const message = "quaternionRotation: expected mode unit, homogeneous or normalised, got matrix";
    const mode = "matrix" as "unit";
    expect(() => kernel.quaternionRotation(zero, mode, out)).toThrow(message);
    expect(() => definition.quaternionRotation(bigs(zero), mode)).toThrow(message);
  });
});

describe("rotationQuaternion(R) and quaternionRay(R)", () => {
  it("are their definitions within 16 ulp, the ray at least 1 long", () =>
    fc.assert(
      fc.property(rotations, (R) => {
        const q = written(4, (out) => kernel.rotationQuaternion(R, out));
        const exact = definition.rotationQuaternion(bigRows(R, 3));
        expect(worstUlp(q, exact)).toBeLessThanOrEqual(ulpTarget.generic);
        expect(worstUlp(q.subarray(1), exact.slice(1))).toBeLessThanOrEqual(ulpTarget.generic);
        const ray = written(4, (out) => kernel.quaternionRay(R, out));
        const length = Math.hypot(...ray);
        // The largest of four squares that sum to 1 is at least a quarter, and the ray is 4 q qᵀ's row.
        expect(Math.max(...ray.map(Math.abs))).toBeGreaterThan(
          1 - ulpTarget.generic * Number.EPSILON,
        );
        const turned = ray.map((x) => x / length);
        expect(worstUlp(turned, exact)).toBeLessThanOrEqual(ulpTarget.generic);
      }),
      { seed: 9, numRuns: 200 },
    ));

  it("rotationQuaternion(quaternionRotation(q)) is q or −q, the one with w ≥ 0", () =>
    fc.assert(
      fc.property(quaternions, (q) => {
        const exact = bigs(q);
        const lead = exact.find((x) => !x.atMost(0) || x.lessThan(0));
        const sign = lead?.lessThan(0) ? -1 : 1;
        const unit = exact.map((x) => x.over(norm(exact)).times(sign));
        const back = definition.rotationQuaternion(definition.quaternionRotation(unit, "unit"));
        expect(worstGap(back, unit)).toBeLessThanOrEqual(digits);
      }),
      { seed: 10, numRuns: 100 },
    ));

  it("rotationQuaternion(R) says whether a half turn left the sign open", () => {
    const half = Float64Array.of(-1, 0, 0, 0, -0.28, 0.96, 0, 0.96, 0.28);
    const q = new Float64Array(4);
    expect(kernel.rotationQuaternion(half, q)).toBe(false);
    expect(worstUlp(q, bigs([0, 0, 0.6, 0.8]))).toBeLessThanOrEqual(ulpTarget.seam);
    expect(kernel.rotationQuaternion(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), q)).toBe(true);
    expect([...q]).toEqual([1, 0, 0, 0]);
  });
});

describe("products, angles and distances", () => {
  it("quaternionProduct(a, b) is its definition within 16 ulp, and may overwrite a or b", () =>
    fc.assert(
      fc.property(rays, rays, (a, b) => {
        const product = written(4, (out) => kernel.quaternionProduct(a, b, out));
        const exact = definition.quaternionProduct(bigs(a), bigs(b));
        expect(worstUlp(product, exact)).toBeLessThanOrEqual(ulpTarget.generic);
        const [left, right] = [a.slice(), b.slice()];
        kernel.quaternionProduct(left, b, left);
        kernel.quaternionProduct(a, right, right);
        expect([left, right]).toEqual([product, product]);
      }),
      { seed: 11, numRuns: 200 },
    ));

  it("rotationAngle(a, b) and rotationCosineDistance(a, b) keep 16 ulp of themselves for near-equal pairs", () =>
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const angle = definition.rotationAngle(bigs(a), bigs(b));
        const distance = definition.rotationCosineDistance(bigs(a), bigs(b));
        // The definition's 1 − ⟨a, b⟩² loses as many of its 64 digits as the angle's square is small.
        fc.pre(angle.atMost(0) || !angle.lessThan(1e-20));
        expect(worstUlp([kernel.rotationAngle(a, b)], angle)).toBeLessThanOrEqual(
          ulpTarget.generic,
        );
        expect(worstUlp([kernel.rotationCosineDistance(a, b)], distance)).toBeLessThanOrEqual(
          ulpTarget.generic,
        );
        // 1 − cos loses what 64 digits have below the square of the angle.
        const cosine = angle.cos().negated().plus(1);
        expect(worstGap([distance], [cosine], 2)).toBeLessThanOrEqual(digits);
      }),
      { seed: 12, numRuns: 150 },
    ));

  it("rotationCosineDistanceGradient(a, b) is its definition within 16 ulp, and that of duals", () =>
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const gradient = written(4, (out) => kernel.rotationCosineDistanceGradient(a, b, out));
        const exact = definition.rotationCosineDistanceGradient(bigs(a), bigs(b));
        if (entries(exact).some((x) => Math.abs(x.toNumber()) > 0))
          expect(worstUlp(gradient, exact)).toBeLessThanOrEqual(ulpTarget.generic);
        const onDuals = jacobianOnDuals<Big>(
          (x) => [definition.rotationCosineDistance(x, constants(b, x[0]))],
          bigs(a),
        );
        expect(worstGap(onDuals[0], exact, 4)).toBeLessThanOrEqual(digits);
      }),
      { seed: 13, numRuns: 80 },
    ));

  it("rotationAngle(a, b) is the length of Log(R(a)ᵀ R(b)), and ‖R(a) − R(b)‖ is 2√2 sin(angle / 2)", () =>
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const [Ra, Rb] = [a, b].map((q) => definition.quaternionRotation(bigs(q), "normalised"));
        const angle = definition.rotationAngle(bigs(a), bigs(b));
        const log = norm(rotationVector(multiply(transpose(Ra), Rb)));
        expect(worstGap([log], [angle], Math.PI)).toBeLessThanOrEqual(digits);
        const gap = norm(subtract(Ra.flat(), Rb.flat()));
        const chord = angle.over(2).sin().times(big(8).sqrt());
        expect(worstGap([gap], [chord], 1)).toBeLessThanOrEqual(digits);
      }),
      { seed: 14, numRuns: 60 },
    ));
});

const constants = <S extends Real<S>>(values: ArrayLike<number>, like: S): S[] =>
  Array.from(values, (x) => like.of(x));
