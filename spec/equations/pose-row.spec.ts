import { expect, it } from "vitest";
import * as definition from "../../src/definitions/pose-row.js";
import { retraction } from "../../src/definitions/retraction.js";
import * as kernel from "../../src/kernels/pose-row.js";
import { stream } from "../../src/random/stream.js";
import { dual } from "../../src/scalar/index.js";
import { apply, transpose } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";

/** A row and a step of 10⁰ … 10⁻¹⁵ in either chart. */
function* draws(count: number): Generator<{ y: Float64Array; xi: Float64Array; v: Float64Array }> {
  for (let i = 0; i < count; i++)
    for (const d of [6, 4]) {
      const draw = stream("spec/pose-row").at(i).at(d);
      const size = i % 4 === 0 ? 1 : 10 ** -(i % 16);
      const normals = (n: number) => Float64Array.from({ length: n }, () => draw.normal());
      const rotation = d === 6 ? draw.unitQuaternion() : normals(1);
      yield {
        y: Float64Array.of(...normals(3), ...rotation),
        xi: normals(d).map((x) => size * x),
        v: normals(d === 6 ? 7 : 4),
      };
    }
}

it("rowRotation(y), movedRow(y, ξ) and movedRowVjp(y, ξ, v) keep the digits of the definition", () => {
  for (const { y, xi, v } of draws(30)) {
    const R = new Float64Array(9);
    expect(kernel.rowRotation(y, R)).toBe(true);
    expect(worstUlp(R, definition.rowRotation(bigs(y)))).toBeLessThan(ulpTarget.generic);
    const moved = new Float64Array(y.length);
    kernel.movedRow(y, xi, moved);
    expect(worstUlp(moved, definition.movedRow(bigs(y), bigs(xi)))).toBeLessThan(ulpTarget.generic);
    const J = definition.movedRowJacobian(bigs(y), bigs(xi));
    const pulled = apply(transpose(J), bigs(v));
    const gradient = new Float64Array(xi.length);
    kernel.movedRowVjp(y, xi, v, gradient);
    expect(worstUlp(gradient, pulled, Math.hypot(...v))).toBeLessThan(ulpTarget.generic);
    const dense = new Float64Array(y.length * xi.length);
    kernel.movedRowJacobian(y, xi, dense);
    expect(worstUlp(dense, J)).toBeLessThan(ulpTarget.generic);
  }
});

it("movedRowJacobian(y, ξ) is what duals carry through movedRow", () => {
  for (const { y, xi } of draws(8)) {
    const J = jacobianOnDuals(
      (x) =>
        definition.movedRow(
          bigs(y).map((v) => dual(v)),
          x,
        ),
      bigs(xi),
    );
    const stated = definition.movedRowJacobian(bigs(y), bigs(xi));
    expect(worstGap(stated, J)).toBeLessThan(1e3 * lastDigit);
  }
});

it("movedRow(y, ξ) is the retraction of the chart", () => {
  for (const { y, xi } of draws(8)) {
    const row = bigs(y);
    const there = retraction(
      definition.rowChart(y.length),
      definition.rowRotation(row),
      row.slice(0, 3),
      bigs(xi),
    );
    const moved = definition.movedRow(row, bigs(xi));
    // The row's quaternion is unit to its doubles only, and T(q) δ keeps its length.
    const unit = xi.length === 6 ? 64 * Number.EPSILON : 1e3 * lastDigit;
    expect(worstGap(definition.rowRotation(moved), there.R)).toBeLessThan(unit);
    expect(worstGap(moved.slice(0, 3), there.t)).toBeLessThan(10 * lastDigit);
  }
});

it("movedRowVjp(y, 0, q) is zero in the rotation: a moved quaternion stays on the sphere", () => {
  const y = Float64Array.of(1, 2, 3, 0.5, -0.5, 0.5, 0.5);
  const gradient = new Float64Array(6);
  kernel.movedRowVjp(y, new Float64Array(6), Float64Array.of(0, 0, 0, ...y.subarray(3)), gradient);
  expect(gradient.every((g) => Math.abs(g) <= Number.EPSILON)).toBe(true);
});

it("rowRotation(y) is false for a zero quaternion, and rowChart(5) throws", () => {
  const R = new Float64Array(9).fill(7);
  expect(kernel.rowRotation(new Float64Array(7), R)).toBe(false);
  expect(R.every((x) => x === 7)).toBe(true);
  const message = "rowChart: expected a pose of 7 or 4 numbers, got 5";
  expect(() => kernel.rowChart(5)).toThrow(message);
  expect(() => definition.rowChart(5)).toThrow(message);
});
