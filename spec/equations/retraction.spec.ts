import { expect, it } from "vitest";
import { charts, tangentSize } from "../../src/conventions/chart.js";
import {
  movedQuaternion,
  quaternionRotation,
  rotationQuaternion,
} from "../../src/definitions/quaternion.js";
import * as definition from "../../src/definitions/retraction.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import { tangentTransform } from "../../src/definitions/tangent.js";
import * as kernel from "../../src/kernels/retraction.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, dual } from "../../src/scalar/index.js";
import { apply } from "../../src/scalar/matrix.js";
import { ulpTarget } from "../certify/case.js";
import { bigRows, bigs, lastDigit, worstGap, worstUlp } from "./big-truth.js";
import { jacobianOnDuals } from "./on-duals.js";
import { sights } from "./pose-draws.js";

const all = [...sights("spec/retraction", 6)];
const step = (d: number, i: number) => {
  const draw = stream("spec/retraction/step").at(i);
  return Float64Array.from({ length: d }, () => 10 ** -(i % 9) * draw.normal());
};

it("retraction(chart, …) keeps the digits of the definition, in place too", () => {
  for (const chart of charts)
    for (const [i, { R, t, label }] of all.entries()) {
      // Log of a rotation that is a half turn to rounding has two values.
      if (chart === "AA" && label === "theta near pi") continue;
      const xi = step(tangentSize(chart), i);
      const truth = definition.retraction(chart, bigRows(R, 3), bigs(t), bigs(xi));
      const [movedR, movedT] = [R.slice(), t.slice()];
      kernel.retraction(chart, movedR, movedT, xi, movedR, movedT);
      expect(worstUlp(movedR, truth.R)).toBeLessThan(ulpTarget.generic);
      expect(worstUlp(movedT, truth.t)).toBeLessThan(ulpTarget.generic);
    }
});

it("Q7's retraction is normalise(q + T(q) δ) as a rotation", () => {
  for (const [i, { omega, t }] of all.entries()) {
    const R = rotation(bigs(omega));
    const xi = bigs(step(6, i));
    const q = movedQuaternion(rotationQuaternion(R), xi.slice(3));
    const moved = definition.retraction("Q7", R, bigs(t), xi);
    expect(worstGap(moved.R, quaternionRotation(q, "unit"))).toBeLessThan(1e4 * lastDigit);
  }
});

it("to first order every retraction moves as its change of tangent to LEFT says (GEO-12)", () => {
  for (const chart of charts)
    for (const { omega, t } of all.filter(({ label }) => label !== "theta near pi")) {
      const [R, T] = [rotation(bigs(omega)), bigs(t)];
      const d = tangentSize(chart);
      const M = tangentTransform(chart, "LEFT", { R, omega: bigs(omega) });
      const zero = new Array<Big>(d).fill(big(0));
      const move = (name: typeof chart) =>
        jacobianOnDuals(
          (xi) => {
            const lift = (x: Big) => dual(x);
            const moved = definition.retraction(
              name,
              R.map((row) => row.map(lift)),
              T.map(lift),
              xi,
            );
            return [...moved.R.flat(), ...moved.t];
          },
          name === chart ? zero : new Array<Big>(6).fill(big(0)),
        );
      const [own, left] = [move(chart), move("LEFT")];
      const along = bigs(step(d, 0));
      const gap = worstGap(apply(own, along), apply(left, apply(M, along)));
      expect(gap).toBeLessThan(1e6 * lastDigit);
    }
});

it("retraction at zero stays, and rotations stay rotations", () => {
  for (const chart of charts)
    for (const [i, { R, t }] of all.entries()) {
      const [movedR, movedT] = [new Float64Array(9), new Float64Array(3)];
      kernel.retraction(chart, R, t, new Float64Array(tangentSize(chart)), movedR, movedT);
      expect(worstGap(bigs(movedR), bigs(R))).toBeLessThan(4 * Number.EPSILON);
      expect(movedT).toEqual(t);
      const xi = step(tangentSize(chart), i);
      kernel.retraction(chart, R, t, xi, movedR, movedT);
      for (let a = 0; a < 3; a++)
        for (let b = 0; b < 3; b++) {
          const inner = movedR[3 * a] * movedR[3 * b] + movedR[3 * a + 1] * movedR[3 * b + 1];
          const product = inner + movedR[3 * a + 2] * movedR[3 * b + 2];
          expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(16 * Number.EPSILON);
        }
    }
});
