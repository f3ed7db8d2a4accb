import { expect, it } from "vitest";
import { charts, tangentSize } from "../../src/conventions/chart.js";
import { poseDerivativesAt } from "../../src/definitions/pose-jacobian.js";
import * as definition from "../../src/definitions/reprojection-cost.js";
import { retraction } from "../../src/definitions/retraction.js";
import * as kernel from "../../src/kernels/reprojection-cost.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, dual, type Real } from "../../src/scalar/index.js";
import { type Matrix, multiply, transpose } from "../../src/scalar/matrix.js";
import { secondDerivativeTarget, ulpTarget } from "../certify/case.js";
import { bigRows, bigs, entries, lastDigit, size, worstGap, worstUlp } from "./big-truth.js";
import { type Cloud, cloud, problemOf } from "./bpnp-clouds.js";
import { hessianOnDuals, jacobianOnDuals } from "./on-duals.js";

/** Clouds of every kind: plain and robust, ordinary and free cameras, residuals of 100 to 10⁻¹³ px. */
function* clouds(name: string, count: number): Generator<Cloud & { noise: number; kink?: number }> {
  for (let i = 0; i < count; i++) {
    const draw = stream(name).at(i);
    const noise = [100, 3, 1e-3, 1e-8, 1e-13][i % 5];
    const kink = [undefined, 1, 0.5, 1 + 10 ** -(1 + (i % 12))][i % 4];
    yield { noise, kink, ...cloud(draw, { n: 5, noise, kink, free: i % 3 === 0 }) };
  }
}
const all = [...clouds("spec/reprojection-cost", 40)];
const poseOf = ({ R, t }: Cloud): [Big[][], Big[]] => [bigRows(R, 3), bigs(t)];
const few = 1e5 * lastDigit;

/**
 * What rounding the projections costs each order. π is rounded to half an ulp of a pixel coordinate,
 * some 600 px here, so a residual r keeps 600 ε/|r| of its digits at best, and so do sums of them.
 */
const amplified = (noise: number) => Math.max(1, 600 / noise);

it("reprojectionCost and reprojectionGradient keep the definition's digits", () => {
  const gradient = new Float64Array(6);
  for (const c of all) {
    const data = problemOf(c, (x) => big(x));
    const cost = definition.reprojectionCost(data, ...poseOf(c));
    const target = ulpTarget.generic * amplified(c.noise);
    const args = [c.n, c.x2d, c.x3d, c.w2d, c.K, c.R, c.t, c.delta] as const;
    expect(worstUlp([kernel.reprojectionCost(...args)], cost)).toBeLessThan(target);
    expect(worstUlp([kernel.reprojectionGradient(...args, gradient)], cost)).toBeLessThan(target);
    const g = definition.reprojectionGradient(data, poseDerivativesAt("LEFT", ...poseOf(c)));
    // Forces that balance leave a sum smaller than its terms: their size is that of one residual.
    const pull = size(g) + c.n * size(entries(forces(c)));
    expect(worstUlp(gradient, g, pull)).toBeLessThan(target);
  }
});

it("reprojectionNormal and reprojectionHessian are within 1e-12 of the definition", () => {
  const [gradient, H] = [new Float64Array(6), new Float64Array(36)];
  for (const c of all) {
    const data = problemOf(c, (x) => big(x));
    const pose = poseDerivativesAt("LEFT", ...poseOf(c));
    const args = [c.n, c.x2d, c.x3d, c.w2d, c.K, c.R, c.t, c.delta, gradient, H] as const;
    const normal = definition.reprojectionNormal(data, pose);
    const cost = kernel.reprojectionNormal(...args);
    // ρ′ = δ/‖e‖ has the relative error of the residual; so has the curvature of ρ.
    const target = secondDerivativeTarget * (Number.isFinite(c.delta) ? amplified(c.noise) : 1);
    expect(worstGap(bigs(H), entries(normal))).toBeLessThan(target);
    const first = gradient.slice();
    expect(kernel.reprojectionHessian(...args)).toBe(cost);
    expect(worstUlp(gradient, bigs(first), size(bigs(first)))).toBeLessThan(1e3);
    for (let a = 0; a < 6; a++) for (let b = 0; b < a; b++) expect(H[6 * a + b]).toBe(H[6 * b + a]);
    // On the kink the curvature of ρ jumps, and rounding of the residual decides for a side.
    if (Math.abs((c.kink ?? 2) - 1) < ulpTarget.seam * Number.EPSILON * amplified(c.noise))
      continue;
    const full = definition.reprojectionHessian(data, pose);
    expect(worstGap(bigs(H), entries(full))).toBeLessThan(target);
  }
});

for (const chart of charts)
  it(`gradient and Hessian in chart ${chart} are those of the cost along its retraction`, () => {
    const d = tangentSize(chart);
    for (const c of chart === "AA" ? all.slice(0, 2) : all.slice(0, 4)) {
      const [R, t] = poseOf(c);
      const moved =
        <S extends Real<S>>(lift: (x: Big) => S) =>
        (xi: S[]): S[] => {
          const to = retraction(
            chart,
            R.map((row) => row.map(lift)),
            t.map(lift),
            xi,
          );
          return [definition.reprojectionCost(lifted(c, lift), to.R, to.t)];
        };
      const zero = new Array<Big>(d).fill(big(0));
      const data = problemOf(c, (x) => big(x));
      const pose = poseDerivativesAt(chart, R, t);
      const [g] = jacobianOnDuals(
        moved((x) => dual(x)),
        zero,
      );
      // R is orthogonal to 16 digits only, and AA's Log and Exp make it so to 64.
      const gap = chart === "AA" ? 1e3 * Number.EPSILON * amplified(c.noise) : few;
      expect(worstGap(definition.reprojectionGradient(data, pose), g)).toBeLessThan(gap);
      const [H] = hessianOnDuals(
        moved((x) => dual(dual(x))),
        zero,
      );
      expect(worstGap(definition.reprojectionHessian(data, pose), H)).toBeLessThan(gap);
    }
  });

it("reprojectionHessian and reprojectionNormal agree where every residual is zero", () => {
  const [gradient, H, N] = [new Float64Array(6), new Float64Array(36), new Float64Array(36)];
  for (let i = 0; i < 10; i++) {
    const c = cloud(stream("spec/zero-residual").at(i), { noise: 0 });
    const args = [c.n, c.x2d, c.x3d, c.w2d, c.K, c.R, c.t, 1, gradient] as const;
    kernel.reprojectionNormal(...args, N);
    kernel.reprojectionHessian(...args, H);
    // The residuals are roundings of π: ε times some 600 px, against Jacobians of the same size.
    expect(worstGap(bigs(H), bigs(N))).toBeLessThan(1e2 * Number.EPSILON);
  }
});

it("reprojectionNormal is positive semidefinite in every chart", () => {
  for (const c of all.slice(0, 12)) {
    const data = problemOf(c, (x) => big(x));
    const draw = stream("spec/normal-psd").at(c.n);
    for (const chart of charts) {
      const N = definition.reprojectionNormal(data, poseDerivativesAt(chart, ...poseOf(c)));
      const v = [bigs(N.map(() => draw.normal()))];
      const [[form]] = multiply(multiply(v, N), transpose(v));
      expect(form.toNumber()).toBeGreaterThan(-few * size(N));
    }
  }
});

it("no points cost nothing: 0, with gradients and Hessians of zeros", () => {
  const none = new Float64Array(0);
  const [g, H] = [new Float64Array(6).fill(NaN), new Float64Array(36).fill(NaN)];
  const [c] = all;
  expect(kernel.reprojectionCost(0, none, none, none, c.K, c.R, c.t, 1)).toBe(0);
  expect(kernel.reprojectionHessian(0, none, none, none, c.K, c.R, c.t, 1, g, H)).toBe(0);
  expect([...g, ...H].every((x) => x === 0)).toBe(true);
  const data = { x2d: [], x3d: [], w2d: [], K: bigRows(c.K, 3) };
  expect(definition.reprojectionCost(data, ...poseOf(c)).toNumber()).toBe(0);
  const pose = poseDerivativesAt("YAW", ...poseOf(c));
  expect(definition.reprojectionGradient(data, pose).map((x) => x.toNumber())).toEqual([
    0, 0, 0, 0,
  ]);
  expect(size(definition.reprojectionHessian(data, pose))).toBe(0);
});

it("a point of weight zero changes nothing, and a NaN threshold or a short array throws", () => {
  const [c] = all;
  const g = new Float64Array(6);
  const w = c.w2d.slice();
  w[2] = w[3] = 0;
  const without = (a: Float64Array, m: number) =>
    Float64Array.from([...a.slice(0, m), ...a.slice(2 * m)]);
  const fewer = [without(c.x2d, 2), without(c.x3d, 3), without(w, 2)] as const;
  const pose = [c.K, c.R, c.t] as const;
  expect(kernel.reprojectionGradient(c.n, c.x2d, c.x3d, w, ...pose, 2, g)).toBe(
    kernel.reprojectionGradient(c.n - 1, ...fewer, ...pose, 2, g.slice()),
  );
  expect(() => kernel.reprojectionCost(c.n, c.x2d, c.x3d, c.w2d, ...pose, NaN)).toThrow(
    "reprojectionCost: expected delta >= 0, got NaN",
  );
  expect(() => kernel.reprojectionGradient(6, c.x2d, c.x3d, c.w2d, ...pose, 1, g)).toThrow(
    "reprojectionGradient: expected 6 correspondences, got 5",
  );
});

/** Terms of the gradient by translation of each point [n][3], each of which rounds on its own. */
function forces(c: Cloud): Big[][] {
  const data = problemOf(c, (x) => big(x));
  const pose = poseDerivativesAt("LEFT", ...poseOf(c));
  return data.x2d.map((_, i) =>
    definition.reprojectionGradient(
      { ...data, x2d: [data.x2d[i]], x3d: [data.x3d[i]], w2d: [data.w2d[i]] },
      pose,
    ),
  );
}

/** A cloud's data as constants of another scalar. */
function lifted<S extends Real<S>>(c: Cloud, lift: (x: Big) => S): definition.Reprojection<S> {
  const data = problemOf(c, (x) => big(x));
  const all = (rows: Matrix<Big>) => rows.map((row) => row.map(lift));
  return {
    x2d: all(data.x2d),
    x3d: all(data.x3d),
    w2d: all(data.w2d),
    K: all(data.K),
    delta: data.delta && lift(data.delta),
  };
}
