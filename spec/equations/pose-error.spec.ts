import { expect, it } from "vitest";
import * as defined from "../../src/definitions/pose-error.js";
import { rotationVector } from "../../src/definitions/rodrigues.js";
import * as kernel from "../../src/kernels/pose-error.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big } from "../../src/scalar/index.js";
import { multiply, norm, transpose } from "../../src/scalar/matrix.js";
import { lastDigit, size, worstGap, worstUlp } from "./big-truth.js";
import { bigMotion, carried, composed, constant, drawnMotion, sightings } from "./model-draws.js";

const ε = Number.EPSILON;
/** Pairs of poses: those of sightings, and turns 10⁻¹ … 10⁻¹² short of π. */
function* pairs(name: string, count: number) {
  yield* sightings(name, count);
  for (let i = 0; i < count; i++) {
    const draw = stream(`${name}/half turns`).at(i);
    const truth = drawnMotion(draw, 3 * draw.uniform(), [0.1, 0.2, 1]);
    const moved = drawnMotion(draw, Math.PI - 10 ** -(1 + i), [0.1, 0, 0]);
    yield { label: "theta near pi", truth, estimate: composed(truth, moved) };
  }
}
const gradientOf = (write: (g: Float64Array) => boolean) => {
  const g = new Float64Array(6);
  expect(write(g)).toBe(true);
  return g;
};

it("rotationError(R̂, R), translationError and relativePositionError are right to the last digits at every angle", () => {
  for (const { estimate, truth } of pairs("pose-error/values", 12)) {
    const [E, T] = [bigMotion(estimate), bigMotion(truth)];
    // Nine products of entries of size 1 that D was formed from without loss.
    expect(
      worstUlp([kernel.rotationError(estimate, truth)], defined.rotationError(E, T)),
    ).toBeLessThan(16);
    expect(
      worstUlp([kernel.translationError(estimate, truth)], defined.translationError(E, T)),
    ).toBeLessThan(4);
    expect(
      worstUlp(
        [kernel.relativePositionError(estimate, truth)],
        defined.relativePositionError(E, T),
      ),
    ).toBeLessThan(4);
  }
});

it("rotationError(R̂, R) is ‖Log(R̂ Rᵀ)‖, and the arc cosine of the trace away from its ends", () => {
  for (const { label, estimate, truth } of pairs("pose-error/formulas", 6)) {
    const [E, T] = [bigMotion(estimate), bigMotion(truth)];
    const B = multiply(
      E.map((row) => row.slice(0, 3)),
      transpose(T.map((row) => row.slice(0, 3))),
    );
    const angle = defined.rotationError(E, T);
    // R̂ and R are rotations to 8 roundings, which turns the axis, and near π the angle, by as much.
    expect(worstGap(angle, norm(rotationVector(B)), 1)).toBeLessThan(16 * ε);
    if (label === "generic")
      expect(worstGap(angle, defined.traceRotationError(E, T), 1)).toBeLessThan(
        (16 * ε) / Math.sin(angle.toNumber()),
      );
  }
});

it("traceRotationError(R̂, R) clamps, and has lost a turn of 1e-9 altogether", () => {
  const draw = stream("pose-error/trace");
  const truth = drawnMotion(draw, 1, [0, 0, 1]);
  const estimate = composed(truth, drawnMotion(draw, 1e-9, [0, 0, 0]));
  // One rounding of the trace near 3 is an angle of 2e-8.
  expect(Math.abs(kernel.traceRotationError(estimate, truth) - 1e-9)).toBeGreaterThan(0.5e-9);
  expect(Math.abs(kernel.rotationError(estimate, truth) - 1e-9)).toBeLessThan(16 * ε);
  const grown = Float64Array.from(truth, (x, k) => (k % 4 < 3 ? x * (1 + 4 * ε) : x));
  expect(kernel.traceRotationError(grown, truth)).toBe(0);
  const [E, T] = [bigMotion(grown), bigMotion(truth)];
  expect(defined.traceRotationError(E, T).toNumber()).toBe(0);
});

it("rotationErrorGradient(R̂, R) is the axis: what duals carry, and of length 1", () => {
  for (const { label, estimate, truth } of pairs("pose-error/axis", 6)) {
    const [E, T] = [bigMotion(estimate), bigMotion(truth)];
    const axis = defined.rotationErrorGradient(E, T);
    const byDuals = carried(E, (P) => defined.rotationError(P, constant(T)));
    // Off the rotations by 8 roundings, the sine that duals differentiate is of another matrix: beside
    // π its direction is theirs divided by what is left of the turn.
    const sine = Math.sin(defined.rotationError(E, T).toNumber());
    const allowed = label === "theta near pi" ? (32 * ε) / sine : 32 * ε;
    expect(worstGap(byDuals, axis, 1)).toBeLessThan(allowed);
    expect(Math.abs(norm(axis).minus(1).toNumber())).toBeLessThan(ε);
    const ours = gradientOf((g) => kernel.rotationErrorGradient(estimate, truth, g));
    expect(worstUlp(ours, axis, 1)).toBeLessThan(64);
  }
});

it("translationErrorGradient and relativePositionErrorGradient are what duals carry", () => {
  for (const { estimate, truth } of pairs("pose-error/translation", 4)) {
    const [E, T] = [bigMotion(estimate), bigMotion(truth)];
    for (const [ours, closed, byDuals] of [
      [
        gradientOf((g) => kernel.translationErrorGradient(estimate, truth, g)),
        defined.translationErrorGradient(E, T),
        carried(E, (P) => defined.translationError(P, constant(T))),
      ],
      [
        gradientOf((g) => kernel.relativePositionErrorGradient(estimate, truth, g)),
        defined.relativePositionErrorGradient(E, T),
        carried(E, (P) => defined.relativePositionError(P, constant(T))),
      ],
    ] as [Float64Array, Big[], Big[]][]) {
      expect(worstGap(byDuals, closed, size(closed))).toBeLessThan(1e3 * lastDigit);
      expect(worstUlp(ours, closed)).toBeLessThan(4);
    }
  }
});

it("on a kink the gradients are 0 and say so", () => {
  const truth = drawnMotion(stream("pose-error/kinks"), 1, [1, 2, 3]);
  const half = composed(truth, Float64Array.of(1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0));
  const g = new Float64Array(6).fill(7);
  expect(kernel.rotationErrorGradient(truth, truth, g)).toBe(false);
  expect([...g]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(kernel.rotationError(truth, truth)).toBe(0);
  expect(kernel.translationErrorGradient(truth, truth, g)).toBe(false);
  expect(kernel.relativePositionErrorGradient(truth, truth, g)).toBe(false);
  expect([...g]).toEqual([0, 0, 0, 0, 0, 0]);
  const identity = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
  const flip = Float64Array.of(1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0);
  expect(kernel.rotationErrorGradient(flip, identity, g)).toBe(false);
  expect(kernel.rotationError(flip, identity)).toBe(Math.PI);
  expect(Math.abs(kernel.rotationError(half, truth) - Math.PI)).toBeLessThan(8 * ε);
  const I = bigMotion(identity);
  for (const slope of defined.rotationErrorGradient(bigMotion(flip), I))
    expect(slope.toNumber()).toBe(0);
  for (const slope of defined.translationErrorGradient(I, I)) expect(slope.toNumber()).toBe(0);
});

it("rotationError is unchanged if both poses are turned alike, on either side", () => {
  for (const { estimate, truth } of sightings("pose-error/invariance", 6)) {
    const turn = drawnMotion(stream("pose-error/invariance/turn"), 2, [0.3, 0, 0.1]);
    const angle = kernel.rotationError(estimate, truth);
    const left = kernel.rotationError(composed(turn, estimate), composed(turn, truth));
    const right = kernel.rotationError(composed(estimate, turn), composed(truth, turn));
    // Each product rounds three terms of at most 1, in two poses of nine entries.
    for (const other of [left, right]) expect(Math.abs(other - angle)).toBeLessThan(2 * 9 * 3 * ε);
  }
});

it("relativePositionError(t̂, t) is free of scale but for its guard, and finite at t = 0", () => {
  const pose = (z: number) => Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, z);
  expect(kernel.relativePositionError(pose(2.2), pose(2), 0)).toBeCloseTo(0.1, 15);
  expect(kernel.relativePositionError(pose(2200), pose(2000), 0)).toBeCloseTo(0.1, 15);
  expect(kernel.relativePositionError(pose(1), pose(0))).toBe(1 / 1e-7);
  expect(
    defined.relativePositionError(bigMotion(pose(3)), bigMotion(pose(2)), big(0)).toNumber(),
  ).toBe(0.5);
});
