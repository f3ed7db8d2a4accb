import { expect, it } from "vitest";
import { angularCentralGaussianLogDensity } from "../../src/definitions/angular-central-gaussian.js";
import * as definition from "../../src/definitions/gnomonic.js";
import { movedQuaternion, quaternionTangent } from "../../src/definitions/quaternion.js";
import * as kernel from "../../src/kernels/gnomonic.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, dual } from "../../src/scalar/index.js";
import {
  addMatrices,
  dot,
  identity,
  type Matrix,
  multiply,
  solve,
  transpose,
} from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";

/** The lower-triangular L of A = L Lᵀ, A symmetric positive definite. */
function factor(A: Matrix<Big>): Big[][] {
  const L = A.map((row) => row.map((x) => x.of(0)));
  A.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const rest = L[j].slice(0, j).reduce((sum, x, k) => sum.minus(L[i][k].times(x)), row[j]);
      L[i][j] = i === j ? rest.sqrt() : rest.over(L[j][j]);
    }
  });
  return L;
}

/** An information matrix Σ⁻¹ = B Bᵀ of size 10^power, a centre on the sphere, and a δ. */
const problems = Array.from({ length: 20 }, (_, i) => {
  const draw = stream("spec/gnomonic").at(i);
  const B = bigRows(
    Float64Array.from({ length: 9 }, () => 10 ** ((i % 7) - 2) * draw.normal()),
    3,
  );
  const raw = bigs(draw.unitQuaternion());
  const length = dot(raw, raw).sqrt();
  return {
    information: multiply(B, transpose(B)),
    centre: raw.map((x) => x.over(length)),
    delta: bigs(Float64Array.from({ length: 3 }, () => 10 ** ((i % 5) - 3) * draw.normal())),
  };
});
// The fit is inverted and factored: conditioning up to 1e12, twice.
const digits = 1e25 * lastDigit;

it("gnomonicLogDensity(δ, L) is log 2 + log q(q) − 2 log(1 + ‖δ‖²) of the initial fit, in 64 digits", () => {
  for (const { information, centre, delta } of problems) {
    const T = quaternionTangent(centre);
    const inverse4 = addMatrices(
      multiply(multiply(T, information), transpose(T)),
      identity(4, centre[0]),
    );
    const rotation = factor(solve(inverse4, identity(4, centre[0])));
    const inverse3 = addMatrices(information, identity(3, centre[0]));
    const chart = factor(solve(inverse3, identity(3, centre[0])));
    const q = movedQuaternion(centre, delta);
    const onSphere = angularCentralGaussianLogDensity(q, rotation);
    const volume = dot(delta, delta).plus(1).log().times(2);
    const both = onSphere.plus(big(2).log()).minus(volume);
    expect(worstGap(definition.gnomonicLogDensity(delta, chart), both, 1)).toBeLessThan(digits);
  }
});

it("gnomonicCoordinates(q, q₀) undoes movedQuaternion, and is the same for −q", () => {
  for (const { centre, delta } of problems) {
    const q = movedQuaternion(centre, delta);
    expect(worstGap(definition.gnomonicCoordinates(q, centre), delta)).toBeLessThan(digits);
    const other = q.map((x) => x.negated());
    expect(worstGap(definition.gnomonicCoordinates(other, centre), delta)).toBeLessThan(digits);
  }
});

it("dσ = (1 + ‖δ‖²)^(−2) dδ: the root of det JᵀJ of movedQuaternion on duals", () => {
  for (const { centre, delta } of problems) {
    const J = jacobianOnDuals(
      (d) =>
        movedQuaternion(
          centre.map((x) => dual(x, 0)),
          d,
        ),
      delta,
    );
    const L = factor(multiply(transpose(J), J));
    const area = L[0][0].times(L[1][1]).times(L[2][2]);
    const spread = dot(delta, delta).plus(1);
    expect(worstGap(area.times(spread).times(spread), big(1))).toBeLessThan(digits);
  }
});

it("gnomonicCoordinates(q, q₀, δ) and gnomonicLogDensity(δ, L) keep the definition's digits", () => {
  const out = new Float64Array(3);
  for (let i = 0; i < 60; i++) {
    const draw = stream("spec/gnomonic/kernel").at(i);
    const centre = draw.unitQuaternion();
    const near = centre.map((x) => (i % 2 ? -1 : 1) * (x + 10 ** -(i % 15) * draw.normal()));
    const q = near.map((x) => x / Math.hypot(...near));
    kernel.gnomonicCoordinates(q, centre, out);
    const truth = definition.gnomonicCoordinates(bigs(q), bigs(centre));
    const terms = q.map((x, k) => x * centre[k]);
    const height = Math.abs(terms.reduce((sum, x) => sum + x));
    // The height may cancel; δ is divided by it.
    const cancelled = terms.reduce((sum, x) => sum + Math.abs(x), 0) / height;
    expect(worstUlp(out, truth)).toBeLessThan(ulpTarget.generic * cancelled);
    const L = Float64Array.of(0.5, 0, 0, 0.2, 0.1, 0, -0.3, 0.05, 2);
    const ours = kernel.gnomonicLogDensity(out, L);
    const density = definition.gnomonicLogDensity(bigs(out), bigRows(L, 3));
    // L, conditioned to 10², is solved with; the logarithm is of size ten.
    expect(worstUlp([ours], density, 10)).toBeLessThan(ulpTarget.generic * 10);
  }
});

it("gnomonicCoordinates(q₀, q₀) is zero, and a quarter turn off the centre is refused in both halves", () => {
  const [centre, out] = [Float64Array.of(1, 0, 0, 0), new Float64Array(3)];
  kernel.gnomonicCoordinates(centre, centre, out);
  expect(Math.hypot(...out)).toBe(0);
  const across = Float64Array.of(0, 1, 0, 0);
  const message = "gnomonicCoordinates: expected <centre, q> off zero, got";
  expect(() => kernel.gnomonicCoordinates(across, centre, out)).toThrow(`${message} 0`);
  expect(() => kernel.gnomonicCoordinates(across.fill(NaN), centre, out)).toThrow(`${message} NaN`);
  expect(() => definition.gnomonicCoordinates(bigs([0, 1, 0, 0]), bigs(centre))).toThrow(message);
});

it("gnomonicLogDensity refuses a diagonal that is not positive, and NaN", () => {
  const L = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  for (const bad of [0, -1, Number.NaN])
    expect(() => kernel.gnomonicLogDensity(new Float64Array(3), L.with(8, bad))).toThrow(
      `gnomonicLogDensity: expected scaleTril with a positive diagonal, got ${bad}`,
    );
  expect(() => kernel.gnomonicLogDensity(Float64Array.of(0, NaN, 0), L)).toThrow(
    "expected a finite L^-1 delta",
  );
  expect(() => definition.gnomonicLogDensity(bigs([0, 0, 0]), bigRows(L.with(0, -1), 3))).toThrow(
    "expected scaleTril with a positive diagonal, got -1",
  );
});
