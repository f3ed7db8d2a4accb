import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Chart,
  charts,
  rotationOffset,
  tangentSize,
  translationOffset,
} from "../../src/conventions/chart.js";
import {
  movedQuaternion,
  quaternionRotation,
  rotationQuaternion,
} from "../../src/definitions/quaternion.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import { tangentTransform } from "../../src/definitions/tangent.js";
import { yawRotation } from "../../src/definitions/yaw.js";
import { type Big, big, type Dual, dual, type Real } from "../../src/scalar/index.js";
import { add, multiply, transpose } from "../../src/scalar/matrix.js";
import { bigs, lastDigit, size, worstGap } from "../equations/big-truth.js";
import { longRotationVectors, points } from "../equations/rotation-draws.js";

const full: readonly Chart[] = charts.filter((chart) => tangentSize(chart) === 6);
const digits = 1000 * lastDigit;

/** The pose (R, t), flat, after a step along a chart's own update: no conversion is involved. */
function moved<S extends Real<S>>(chart: Chart, omega: S[], t: S[], step: S[]): S[] {
  const R = rotation(omega);
  const turn = step.slice(rotationOffset(chart), rotationOffset(chart) + (tangentSize(chart) - 3));
  const shift = step.slice(translationOffset(chart), translationOffset(chart) + 3);
  const turned: Record<Chart, () => S[][]> = {
    LEFT: () => multiply(rotation(turn), R),
    AA: () => rotation(add(omega, turn)),
    RP: () => multiply(R, rotation(turn)),
    Q7: () => quaternionRotation(movedQuaternion(rotationQuaternion(R), turn), "unit"),
    YAW: () => multiply(yawRotation(turn[0]), R),
  };
  return [...turned[chart]().flat(), ...add(t, shift)];
}

/** ∂(R, t)/∂step [12, d] at step = 0, by duals on the chart's own update. */
const columns = (chart: Chart, omega: Float64Array, t: Float64Array): Big[][] => {
  const zero = Array.from({ length: tangentSize(chart) }, () => big(0));
  const lift = (v: Float64Array) => bigs(v).map((x) => dual(x));
  const along = zero.map((_, k) => {
    const step: Dual<Big>[] = zero.map((x, i) => dual(x, i === k ? 1 : 0));
    return moved<Dual<Big>>(chart, lift(omega), lift(t), step).map((x) => x.b);
  });
  return transpose(along);
};
const pose = (omega: Float64Array) => ({ R: rotation(bigs(omega)), omega: bigs(omega) });

describe.each(charts)("a step in %s", (from) => {
  it.each(full)("moves the pose as its tangentTransform to %s does", (to) =>
    fc.assert(
      fc.property(longRotationVectors, points, (omega, t) => {
        const M = tangentTransform(from, to, pose(omega));
        const through = multiply(columns(to, omega, t), M);
        expect(worstGap(through, columns(from, omega, t), size(M))).toBeLessThanOrEqual(digits);
      }),
      { seed: 5, numRuns: 4 },
    ),
  );
});

it("tangentTransform(b, c) tangentTransform(a, b) = tangentTransform(a, c), through a chart of six", () =>
  fc.assert(
    fc.property(
      fc.constantFrom(...charts),
      fc.constantFrom(...full),
      fc.constantFrom(...charts),
      longRotationVectors,
      (a, b, c, omega) => {
        const at = pose(omega);
        const [first, second] = [tangentTransform(a, b, at), tangentTransform(b, c, at)];
        const gap = worstGap(
          multiply(second, first),
          tangentTransform(a, c, at),
          size(first) * size(second),
        );
        expect(gap).toBeLessThanOrEqual(digits);
      },
    ),
    { seed: 6, numRuns: 60 },
  ));
