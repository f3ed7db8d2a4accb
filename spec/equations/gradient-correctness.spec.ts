import { expect, it } from "vitest";
import * as definition from "../../src/definitions/gradient-correctness.js";
import { projection, projectionJacobian } from "../../src/definitions/projection.js";
import * as kernel from "../../src/kernels/gradient-correctness.js";
import { projectionJacobian as slopes } from "../../src/kernels/projection.js";
import { stream } from "../../src/random/stream.js";
import { big } from "../../src/scalar/index.js";
import { dot, subtract } from "../../src/scalar/matrix.js";
import { bigRows, bigs, size, worstUlp } from "./big-truth.js";
import { views } from "./camera-draws.js";
import { expectGradient } from "./expect-gradient.js";

const ε = Number.EPSILON;
const normals = (name: string, i: number, n: number) => {
  const draw = stream(name).at(i);
  return Float64Array.from({ length: n }, () => draw.normal());
};
const length = (v: Float64Array) => Math.hypot(...v);

it("pointSlope(g, r, P) and keypointSlope(g, r) are the slopes of the squared error along g", () => {
  for (let i = 0; i < 20; i++) {
    const [g, r, P] = [
      normals("slope/g", i, 3),
      normals("slope/r", i, 2),
      normals("slope/P", i, 6),
    ];
    const scale = 2 * length(g) * length(r) * length(P);
    const truth = definition.pointSlope(bigs(g), bigs(r), bigRows(P, 3));
    expect(worstUlp([kernel.pointSlope(g, r, P)], truth, scale)).toBeLessThanOrEqual(8);
    const two = g.slice(0, 2);
    const flat = definition.keypointSlope(bigs(two), bigs(r));
    const terms = 2 * length(two) * length(r);
    expect(worstUlp([kernel.keypointSlope(two, r)], flat, terms)).toBeLessThanOrEqual(4);
  }
});

it("pointSlope(g, r, P) meets g with ∂e/∂z, which duals take through the projection", () => {
  for (const { label, X, K } of views("slope/duals", 2)) {
    if (label !== "generic") continue;
    const x = normals("slope/x", X.length, 2).map((v) => 300 + 50 * v);
    const camera = bigRows(K, 3);
    const r = subtract(bigs(x), projection(bigs(X), camera));
    const P = projectionJacobian(bigs(X), camera);
    const units = [0, 1, 2].map((a) => [0, 1, 2].map((b) => big(Number(a === b))));
    const gradient = units.map((unit) => definition.pointSlope(unit, r, P));
    expectGradient(
      (at) => {
        const lifted = [0, 3, 6].map((k) => [0, 1, 2].map((j) => at[0].of(K[k + j])));
        const apart = subtract(
          [...x].map((v) => at[0].of(v)),
          projection(at, lifted),
        );
        return dot(apart, apart);
      },
      bigs(X),
      gradient,
      size(r) * size(P) * (1 + size(r)),
    );
  }
});

it("pointErrorChange(…, η) keeps its digits, and so its sign, down to steps of 1e-12", () => {
  let i = 0;
  for (const { label, X, K } of views("change", 3)) {
    if (label !== "generic") continue;
    const pixel = projection(bigs(X), bigRows(K, 3)).map((v) => v.toNumber());
    const x = Float64Array.from(normals("change/x", i, 2), (v, k) => pixel[k] + 3 * v);
    const G = normals("change/g", i++, 3);
    for (const η of [0.1, 1e-4, 1e-8, 1e-12]) {
      const truth = definition.pointErrorChange(bigs(x), bigs(X), bigRows(K, 3), bigs(G), big(η));
      const J = new Float64Array(6);
      slopes(X, K, J);
      // The residual itself is rounded like a pixel; the step moves it by η |J| |G|.
      const scale = 2 * η * length(J) * length(G) * (length(x) + 2 * η * length(J) * length(G));
      const change = kernel.pointErrorChange(x, X, K, G, η);
      expect(worstUlp([change], truth, scale)).toBeLessThanOrEqual(16);
    }
  }
});

it("keypointErrorChange(g, r, η) is −η times its slope plus η²|g|²", () => {
  for (let i = 0; i < 20; i++) {
    const [g, r] = [normals("flat/g", i, 2), normals("flat/r", i, 2)];
    const η = 10 ** -i;
    const change = kernel.keypointErrorChange(g, r, η);
    const truth = definition.keypointErrorChange(bigs(g), bigs(r), big(η));
    expect(
      worstUlp([change], truth, η * length(g) * (2 * length(r) + η * length(g))),
    ).toBeLessThanOrEqual(8);
  }
});

it("leverageBound(P) is 585, 4e4 and 13.9 at 0.3, 0.1 and 1 off the axis, and infinite on it", () => {
  const at = (s: number) => Float64Array.of(1, 0, -s, 0, 1, -s);
  expect(kernel.leverageBound(at(0.3))).toBeCloseTo(584.7, 0);
  expect(kernel.leverageBound(at(1))).toBeCloseTo((2 + Math.sqrt(3)) ** 2, 12);
  expect(kernel.leverageBound(at(0.1)) / 4e4).toBeCloseTo(1.02, 1);
  expect(kernel.leverageBound(Float64Array.of(1, 0, -0.3, 0, 1, 0))).toBe(Number.POSITIVE_INFINITY);
});

it("rᵀDGr stays positive below leverageBound(P) and turns negative for some r above it (LC-34)", () => {
  for (let i = 0; i < 100; i++) {
    const P = normals("bound/P", i, 6);
    const bound = kernel.leverageBound(P);
    const truth = definition.leverageBound(bigRows(P, 3));
    const mixed = Math.abs(P[0] * P[3] + P[1] * P[4] + P[2] * P[5]);
    const lengths = length(P.subarray(0, 3)) * length(P.subarray(3));
    expect(worstUlp([bound], truth, (bound * lengths) / mixed)).toBeLessThanOrEqual(32);
    for (const inverse of [false, true])
      for (const [factor, sign] of [
        [1 - 1e-3, 1],
        [1 + 1e-3, -1],
      ]) {
        const c = inverse ? [1, bound * factor] : [bound * factor, 1];
        // The least of rᵀDGr over the circle has the sign of the symmetric part's determinant.
        const least = leastSlope(P, c);
        expect(Math.sign(least)).toBe(sign);
      }
  }
});

/** Least slope of g = −Pᵀ D r over residuals r of length 1, by turning r, divided by the greatest. */
function leastSlope(P: Float64Array, c: readonly number[]): number {
  const slope = (angle: number) => {
    const r = Float64Array.of(Math.cos(angle), Math.sin(angle));
    const g = Float64Array.from([0, 1, 2], (a) => -(P[a] * c[0] * r[0] + P[3 + a] * c[1] * r[1]));
    return kernel.pointSlope(g, r, P);
  };
  // A quadratic form on the circle is m + A cos 2(φ − φ₀): three values give its minimum.
  const [a, b, d] = [slope(0), slope(Math.PI / 2), slope(Math.PI / 4)];
  const mean = (a + b) / 2;
  const least = slope(Math.atan2(-(d - mean), -(a - b) / 2) / 2);
  return Math.abs(least) < 64 * ε * Math.max(a, b) ? 0 : least;
}
