import { expect, it } from "vitest";
import {
  constraintDerivative,
  constraintJvp,
  constraintVjp,
  type DataRow,
} from "../../src/definitions/bpnp.js";
import { leftJacobian } from "../../src/definitions/rotation-jacobians.js";
import * as kernel from "../../src/kernels/bpnp.js";
import { depthWeightedHessian } from "../../src/kernels/bpnp-hessian.js";
import { stream } from "../../src/random/stream.js";
import { type Double, double } from "../../src/scalar/double.js";
import { apply, type Matrix, multiply, transpose } from "../../src/scalar/matrix.js";
import {
  type Cloud,
  clouds,
  forms,
  named,
  poseOf,
  problemOf,
  rounding,
  rows,
  worstGap,
} from "./bpnp-clouds.js";

/** T = diag(J_l(ω), I) [6][6]: a motion in chart AA, seen in the LEFT chart. */
function leftFromVector(at: Cloud): number[][] {
  const J = leftJacobian(Array.from(at.omega, double));
  return Array.from({ length: 6 }, (_, i) =>
    Array.from({ length: 6 }, (_, j) => (i < 3 && j < 3 ? J[i][j].value : i === j ? 1 : 0)),
  );
}

const boxed = (v: ArrayLike<number>): Double[] => Array.from(v, double);
const plainMatrix = (M: Matrix<Double>): number[][] => M.map((row) => row.map((v) => v.value));
const boxedMatrix = (M: number[][]): Double[][] => M.map((row) => row.map(double));

/** A direction in which all data of a cloud move, in units of each. */
function direction(at: Cloud, name: string) {
  const draw = stream("spec/equations/bpnp/directions").child(name);
  const normals = (count: number, unit: number) =>
    Float64Array.from({ length: count }, () => unit * draw.normal());
  const K = normals(9, 1);
  for (let j = 6; j < 9; j++) K[j] *= 1e-3;
  const [x2d, x3d, w2d] = [normals(2 * at.n, 1), normals(3 * at.n, 1e-2), normals(2 * at.n, 0.1)];
  return { x2d, x3d, w2d, K, delta: draw.normal() };
}

it("constraintVjp(…, λ) of the kernel is λᵀ ∂g/∂θ of the definition, seen from the LEFT chart", () => {
  for (const form of forms)
    for (const [label, at] of clouds) {
      const vector = direction(at, label)
        .x3d.slice(0, 6)
        .map((v) => 100 * v);
      const lambda = Float64Array.from(
        apply(boxedMatrix(leftFromVector(at)), boxed(vector)).map((v) => v.value),
      );
      const of = constraintDerivative<Double>(poseOf(at, double), problemOf(at, double), form);
      const truth = constraintVjp(of, boxed(vector));
      const [x, z, w] = [2, 3, 2].map((width) => new Float64Array(width * at.n));
      const K = new Float64Array(9);
      const { x2d, x3d, w2d, delta } = at;
      const [deep, keep] = [form.residual === "depth-weighted", form.mixed === "exact"];
      const byDelta = kernel.constraintVjp(
        at.n,
        x2d,
        x3d,
        w2d,
        at.K,
        at.R,
        at.t,
        delta,
        deep,
        keep,
        lambda,
        x,
        z,
        w,
        K,
      );
      const pairs: [string, ArrayLike<number>, Double[]][] = [
        ["x2d", x, truth.x2d.flat()],
        ["x3d", z, truth.x3d.flat()],
        ["w2d", w, truth.w2d.flat()],
        ["K", K, [...truth.K]],
        ["delta", [byDelta], Number.isFinite(delta) ? [truth.delta] : [double(0)]],
      ];
      for (const [block, values, expected] of pairs) {
        // ∂g/∂w and ∂g/∂δ carry the residual, whose rounding is that of a pixel coordinate.
        const carrier = block === "w2d" || block === "delta" ? truth.x2d.flat() : [];
        const size = Math.max(...[...expected, ...carrier].map((v) => Math.abs(v.value)));
        for (const [k, v] of expected.entries())
          expect(
            Math.abs(values[k] - v.value),
            `${block}, ${label}: ${named(form)}`,
          ).toBeLessThanOrEqual(rounding * size);
      }
    }
});

it("constraintJvp(…, θ̇) of the kernel is ∂g/∂θ · θ̇ of the definition, seen from the LEFT chart", () => {
  for (const form of forms)
    for (const [label, at] of clouds) {
      const move = direction(at, label);
      const of = constraintDerivative<Double>(poseOf(at, double), problemOf(at, double), form);
      const row: DataRow<Double> = {
        x2d: rows(move.x2d, 2, double),
        x3d: rows(move.x3d, 3, double),
        w2d: rows(move.w2d, 2, double),
        K: boxed(move.K),
        delta: double(Number.isFinite(at.delta) ? move.delta : 0),
      };
      const truth = constraintJvp(of, row).map((v) => v.value);
      const left = new Float64Array(6);
      const [deep, keep] = [form.residual === "depth-weighted", form.mixed === "exact"];
      kernel.constraintJvp(
        at.n,
        at.x2d,
        at.x3d,
        at.w2d,
        at.K,
        at.R,
        at.t,
        at.delta,
        deep,
        keep,
        move.x2d,
        move.x3d,
        move.w2d,
        move.K,
        move.delta,
        left,
      );
      const T = boxedMatrix(leftFromVector(at));
      const values = apply(transpose(T), boxed(left)).map((v) => v.value);
      const size = Math.max(...truth.map(Math.abs));
      for (const [j, v] of truth.entries())
        expect(Math.abs(values[j] - v), `${label}: ${named(form)}`).toBeLessThanOrEqual(
          // The six numbers are sums over the points of both signs.
          rounding * at.n * size,
        );
    }
});

it("depthWeightedHessian(…) is the y block of the definition, seen from the LEFT chart", () => {
  for (const form of forms.filter(({ residual }) => residual === "depth-weighted"))
    for (const [label, at] of clouds) {
      const of = constraintDerivative<Double>(poseOf(at, double), problemOf(at, double), form);
      const [f, H] = [new Float64Array(6), new Float64Array(36)];
      const regular = depthWeightedHessian(
        at.n,
        at.x2d,
        at.x3d,
        at.w2d,
        at.K,
        at.R,
        at.t,
        at.delta,
        form.hessian === "exact",
        at.omega,
        f,
        H,
      );
      expect(regular).toBe(true);
      const T = boxedMatrix(leftFromVector(at));
      const here = plainMatrix(multiply(transpose(T), multiply(rows(H, 6, double), T)));
      expect(worstGap(here, plainMatrix(of.y), 0), `${label}: ${named(form)}`).toBeLessThan(
        rounding,
      );
      const force = apply(transpose(T), boxed(f));
      for (const [j, v] of of.g.entries())
        expect(Math.abs(force[j].value - v.value), label).toBeLessThanOrEqual(
          rounding * Math.max(...of.y[j].map((h) => Math.abs(h.value))),
        );
    }
});
