import { expect, it } from "vitest";
import * as definition from "../../src/definitions/pose-distance.js";
import * as kernel from "../../src/kernels/pose-distance.js";
import { stream } from "../../src/random/stream.js";
import { big, dual } from "../../src/scalar/index.js";
import { ulpTarget } from "../certify/case.js";
import { bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";

const beta = 0.05;

/** Two rows whose positions are 10¹ … 10⁻⁸ apart, and a turn 10⁰ … 10⁻¹⁵ off 0 or π. */
function* pairs(count: number): Generator<{ y: Float64Array; target: Float64Array }> {
  for (let i = 0; i < count; i++)
    for (const d of [7, 4]) {
      const draw = stream("spec/pose-distance").at(i).at(d);
      const t = Float64Array.from({ length: 3 }, () => 3 * draw.normal());
      const apart = draw.sphere().map((x) => 10 ** (1 - (i % 10)) * x);
      const gap = (i % 3 === 2 ? Math.PI : 0) + (i % 5 === 0 ? draw.normal() : 10 ** -(i % 16));
      const there = t.map((x, k) => x + apart[k]);
      if (d === 4) {
        const angle = draw.normal();
        yield { y: Float64Array.of(...there, angle + gap), target: Float64Array.of(...t, angle) };
        continue;
      }
      const [w, x, y, z] = draw.unitQuaternion();
      const [c, s] = [Math.cos(gap / 2), Math.sin(gap / 2)];
      // (c, s, 0, 0) ⊗ q
      const turned = [c * w - s * x, c * x + s * w, c * y - s * z, c * z + s * y];
      yield {
        y: Float64Array.of(...there, ...turned),
        target: Float64Array.of(...t, w, x, y, z),
      };
    }
}

it("both distances and their gradients keep the digits of the definition", () => {
  for (const { y, target } of pairs(48)) {
    const [Y, T, b] = [bigs(y), bigs(target), big(beta)];
    const gradient = new Float64Array(y.length);
    expect(
      worstUlp([kernel.positionDistance(y, target, beta)], definition.positionDistance(Y, T, b)),
    ).toBeLessThan(ulpTarget.generic);
    kernel.positionDistanceGradient(y, target, beta, gradient);
    const slope = definition.positionDistanceGradient(Y, T, b);
    expect(worstUlp(gradient, slope)).toBeLessThan(ulpTarget.generic);
    const turn = definition.orientationDistance(Y, T);
    // 1 − cos as the square of a sine: an angle rounded by ε of the yaw shows twice.
    const size = Math.abs(turn.toNumber()) + Number.EPSILON * Math.sqrt(Math.abs(turn.toNumber()));
    expect(worstUlp([kernel.orientationDistance(y, target)], turn, size)).toBeLessThan(
      ulpTarget.seam,
    );
    kernel.orientationDistanceGradient(y, target, gradient);
    expect(worstUlp(gradient, definition.orientationDistanceGradient(Y, T), 1)).toBeLessThan(
      ulpTarget.generic,
    );
  }
});

it("the gradients are what duals carry through the distances, where the poses agree too", () => {
  const same = [...pairs(1)].map(({ y }) => ({ y, target: y }));
  for (const { y, target } of [...pairs(20), ...same]) {
    const T = bigs(target).map((v) => dual(v));
    const b = dual(big(beta));
    const position = jacobianOnDuals((Y) => [definition.positionDistance(Y, T, b)], bigs(y));
    const stated = definition.positionDistanceGradient(bigs(y), bigs(target), big(beta));
    expect(worstGap([stated], position, 1)).toBeLessThan(1e3 * lastDigit);
    const turn = jacobianOnDuals((Y) => [definition.orientationDistance(Y, T)], bigs(y));
    const turning = definition.orientationDistanceGradient(bigs(y), bigs(target));
    expect(worstGap([turning], turn, 1)).toBeLessThan(1e3 * lastDigit);
  }
});

it("both distances and both gradients are exactly zero between a pose and itself", () => {
  for (const { y } of pairs(4)) {
    const gradient = new Float64Array(y.length).fill(1);
    expect(kernel.positionDistance(y, y, beta)).toBe(0);
    expect(kernel.orientationDistance(y, y)).toBe(0);
    kernel.positionDistanceGradient(y, y, beta, gradient);
    expect(gradient.every((g) => g === 0)).toBe(true);
    kernel.orientationDistanceGradient(y, y, gradient);
    expect(gradient.every((g) => g === 0)).toBe(true);
  }
});

it("orientationDistance does not see the sign of a quaternion, nor a full turn of a yaw", () => {
  for (const { y, target } of pairs(12)) {
    const other = y.map((v, k) => (k < 3 ? v : y.length === 7 ? -v : v + 2 * Math.PI));
    const gap = kernel.orientationDistance(other, target) - kernel.orientationDistance(y, target);
    // Adding a turn rounds β to an ulp of 2π + |β|.
    expect(Math.abs(gap)).toBeLessThanOrEqual(y.length === 7 ? 0 : 16 * Number.EPSILON);
  }
});

it("orientationDistance of a half turn is 2 with no slope", () => {
  const y = Float64Array.of(0, 0, 0, 1, 0, 0, 0);
  const target = Float64Array.of(0, 0, 0, 0, 0, 1, 0);
  const gradient = new Float64Array(7);
  expect(kernel.orientationDistance(y, target)).toBe(2);
  kernel.orientationDistanceGradient(y, target, gradient);
  expect(gradient.every((g) => g === 0)).toBe(true);
});
