import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chart, charts, rotationOffset, tangentSize } from "../../src/conventions/chart.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import * as definition from "../../src/definitions/tangent.js";
import { rotation as writeRotation } from "../../src/kernels/rodrigues.js";
import * as kernel from "../../src/kernels/tangent.js";
import { big } from "../../src/scalar/index.js";
import { apply, dot, identity, multiply, transpose } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, size, worstGap, worstUlp } from "./big-truth.js";
import { longRotationVectors } from "./rotation-draws.js";

const anyChart = fc.constantFrom(...charts);
const full = fc.constantFrom<Chart>("LEFT", "AA", "RP", "Q7");
const numbers = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), {
  minLength: 36,
  maxLength: 36,
});
const written = (length: number, write: (out: Float64Array) => unknown) => {
  const out = new Float64Array(length).fill(Number.NaN);
  write(out);
  return out;
};
const matrixOf = (omega: Float64Array) => written(9, (out) => writeRotation(omega, out));
// J_l⁻¹ grows towards 2π, and is then as ill-conditioned.
const conditioning = (omega: Float64Array) => Math.max(1, 4 / (2 * Math.PI - Math.hypot(...omega)));
const pose = (omega: Float64Array) => ({ R: bigRows(matrixOf(omega), 3), omega: bigs(omega) });
/** The same pose with R = Exp ω to 64 digits, for laws. */
const exactPose = (omega: Float64Array) => ({ R: rotation(bigs(omega)), omega: bigs(omega) });
const digits = 1000 * lastDigit;

describe.each(charts)("from %s", (from) => {
  it.each(charts)("to %s, tangentTransform is its definition within 16 ulp", (to) =>
    fc.assert(
      fc.property(longRotationVectors, (omega) => {
        const size = tangentSize(to) * tangentSize(from);
        const M = written(size, (out) =>
          kernel.tangentTransform(from, to, matrixOf(omega), omega, out),
        );
        // Where AA meets RP, the definition goes through the camera frame by an R that is off the
        // rotations by a few ulps, the kernel by ω alone.
        const truth = definition.tangentTransform(from, to, pose(omega));
        expect(worstUlp(M, truth) / conditioning(omega)).toBeLessThanOrEqual(ulpTarget.generic);
      }),
      { seed: 12, numRuns: 12 },
    ),
  );
});

describe("convertedTangent, convertedGradient, convertedHessian and convertedCovariance", () => {
  it("are their definitions within 16 ulp of their terms", () =>
    fc.assert(
      fc.property(anyChart, anyChart, longRotationVectors, numbers, (from, to, omega, values) => {
        const [n, m] = [tangentSize(from), tangentSize(to)];
        const R = matrixOf(omega);
        const vector = Float64Array.from(values.slice(0, n));
        const square = Float64Array.from({ length: n * n }, (_, k) => values[k]);
        const [v, S] = [bigs(vector), bigRows(square, n)];
        const at = pose(omega);
        const target = ulpTarget.generic * conditioning(omega) ** 2;
        // Entries may cancel: their terms are as large as the factors.
        const M = size(definition.tangentTransform(from, to, at));
        const W = size(definition.tangentTransform(to, from, at));
        const run = (
          convert: typeof kernel.convertedTangent,
          length: number,
          input: Float64Array,
        ) => written(length, (out) => convert(from, to, R, omega, input, out));
        const tangent = run(kernel.convertedTangent, m, vector);
        expect(
          worstUlp(tangent, definition.convertedTangent(from, to, at, v), 2 * M),
        ).toBeLessThanOrEqual(target);
        const gradient = run(kernel.convertedGradient, m, vector);
        expect(
          worstUlp(gradient, definition.convertedGradient(from, to, at, v), 2 * W),
        ).toBeLessThanOrEqual(target);
        const hessian = run(kernel.convertedHessian, m * m, square);
        expect(
          worstUlp(hessian, definition.convertedHessian(from, to, at, S), 2 * W * W),
        ).toBeLessThanOrEqual(target);
        const covariance = run(kernel.convertedCovariance, m * m, square);
        expect(
          worstUlp(covariance, definition.convertedCovariance(from, to, at, S), 2 * M * M),
        ).toBeLessThanOrEqual(target);
        if (n === m)
          for (const convert of [kernel.convertedHessian, kernel.convertedCovariance]) {
            const over = square.slice();
            convert(from, to, R, omega, over, over);
            expect([...over]).toEqual([...run(convert, n * n, square)]);
          }
      }),
      { seed: 13, numRuns: 60 },
    ));

  it("keep gᵀξ, ξᵀHξ and, if regular, gᵀCg", () =>
    fc.assert(
      fc.property(full, full, longRotationVectors, numbers, (from, to, omega, values) => {
        const at = exactPose(omega);
        const [xi, g] = [bigs(values.slice(0, 6)), bigs(values.slice(6, 12))];
        const S = bigRows(values, 6);
        const moved = definition.convertedTangent(from, to, at, xi);
        const slope = definition.convertedGradient(from, to, at, g);
        const [M, W] = [
          size(definition.tangentTransform(from, to, at)),
          size(definition.tangentTransform(to, from, at)),
        ];
        const bound = 36 * (2 * M * W) ** 2 * digits;
        const gap = (a: typeof xi, b: typeof xi, c: typeof xi, d: typeof xi) =>
          Math.abs(dot(a, b).minus(dot(c, d)).toNumber());
        expect(gap(slope, moved, g, xi)).toBeLessThanOrEqual(bound);
        const H = definition.convertedHessian(from, to, at, S);
        expect(gap(moved, apply(H, moved), xi, apply(S, xi))).toBeLessThanOrEqual(bound);
        const C = definition.convertedCovariance(from, to, at, S);
        expect(gap(slope, apply(C, slope), g, apply(S, g))).toBeLessThanOrEqual(bound);
      }),
      { seed: 14, numRuns: 40 },
    ));
});

describe("edges", () => {
  const I = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

  it("a Q7 covariance is a quarter of the LEFT one, with the blocks in the other order", () => {
    const C = Float64Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? (k < 18 ? 4 : 9) : 0));
    const out = written(36, (to) =>
      kernel.convertedCovariance("LEFT", "Q7", I, new Float64Array(3), C, to),
    );
    expect(Array.from({ length: 6 }, (_, k) => out[7 * k])).toEqual([9, 9, 9, 1, 1, 1]);
  });

  it("into YAW and out of it again keeps a turn about camera +Y and drops the other two", () => {
    const at = exactPose(Float64Array.of(0.3, -0.2, 0.9));
    for (const chart of charts) {
      const out = definition.tangentTransform("YAW", chart, at);
      const back = multiply(definition.tangentTransform(chart, "YAW", at), out);
      expect(worstGap(back, identity(4, big(1)))).toBeLessThanOrEqual(digits);
    }
    const kept = multiply(
      definition.tangentTransform("YAW", "LEFT", at),
      definition.tangentTransform("LEFT", "YAW", at),
    );
    expect(kept.map((row, i) => row[i].toNumber())).toEqual([0, 1, 0, 1, 1, 1]);
  });

  it("AA without ω throws; at ‖ω‖ = 2π the definition throws and the kernel returns false", () => {
    const R = bigRows(I, 3);
    expect(() => definition.tangentTransform("AA", "LEFT", { R })).toThrow(
      "tangentTransform: expected omega [3] for chart AA, got none",
    );
    const turn = Float64Array.of(0, 0, 2 * Math.PI);
    const full = [big(0), big(0), big(0).atan2(-1).times(2)];
    for (const from of charts) {
      const out = new Float64Array(36).fill(7);
      // AA to itself needs no inverse of J_l, in exact arithmetic; the kernel uses none.
      expect(kernel.tangentTransform(from, "AA", I, turn, out)).toBe(from === "AA");
      if (from !== "AA") expect(new Set(out)).toEqual(new Set([7]));
      expect(() => definition.tangentTransform(from, "AA", { R, omega: full })).toThrow(
        "leftJacobianInverse: expected an angle off 2πk, k >= 1, got one on it",
      );
      expect(kernel.tangentTransform("AA", from, I, turn, out)).toBe(true);
    }
  });

  it("every transform keeps translations as they are", () => {
    const at = exactPose(Float64Array.of(1, 2, -0.5));
    for (const from of charts)
      for (const to of charts) {
        const M = definition.tangentTransform(from, to, at);
        const [p, q] = [from, to].map((chart) => (rotationOffset(chart) === 3 ? 0 : 3));
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++) expect(M[q + i][p + j].toNumber()).toBe(i === j ? 1 : 0);
        expect(size(transpose(M).slice(p, p + 3))).toBe(1);
      }
  });
});
