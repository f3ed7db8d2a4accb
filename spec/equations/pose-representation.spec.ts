import { expect, it } from "vitest";
import * as defined from "../../src/definitions/pose-representation.js";
import { rotation } from "../../src/definitions/rodrigues.js";
import * as kernel from "../../src/kernels/pose-representation.js";
import { rotation as flatRotation } from "../../src/kernels/rodrigues.js";
import { stream } from "../../src/random/stream.js";
import { type Big, big, Dual } from "../../src/scalar/index.js";
import { add, multiply } from "../../src/scalar/matrix.js";
import { bigRows, bigs, worstGap, worstUlp } from "./big-truth.js";
import { boxCorners } from "./covariance-draws.js";

const kinds = ["corners-3d", "corners-2d", "quaternion", "axis-angle", "two-column"] as const;
const rowsOf = {
  "corners-3d": 24,
  "corners-2d": 16,
  quaternion: 7,
  "axis-angle": 6,
  "two-column": 9,
};
const K = Float64Array.of(600, 3, 320, 0, 620, 240, 0, 0, 1);
const corners = boxCorners();

/** Poses at generic angles, and beside and on the seams of the logarithm. */
const poses = [1.3, 2.4, 1e-5, 0, Math.PI - 1e-6].map((angle, i) => {
  const draw = stream("representations").at(i);
  const R = new Float64Array(9);
  flatRotation(
    Float64Array.from(draw.sphere(), (x) => angle * x),
    R,
  );
  return { angle, R, t: Float64Array.of(0.1, -0.05, 1.5) };
});

it("poseRepresentation and its Jacobian are what 64 digits say, in every representation", () => {
  for (const { R, t } of poses)
    for (const of of kinds) {
      const pose = { R, t, corners, K, zMin: Number.NEGATIVE_INFINITY };
      const exact = {
        R: bigRows(R, 3),
        t: bigs(t),
        corners: bigRows(corners, 3),
        K: bigRows(K, 3),
      };
      const [f, J] = [rowsOf[of], 6 * rowsOf[of]].map((size) => new Float64Array(size));
      kernel.poseRepresentation(of, pose, f);
      kernel.poseRepresentationJacobian(of, pose, J);
      expect(kernel.representationGroup(of)).toBe(defined.representationGroup(of));
      expect(worstUlp(f, defined.poseRepresentation(of, exact))).toBeLessThanOrEqual(16);
      expect(worstUlp(J, defined.poseRepresentationJacobian(of, exact))).toBeLessThanOrEqual(16);
    }
});

it("poseRepresentationJacobian is the slope of poseRepresentation along R Exp(a), t + τ", () => {
  // R of doubles is a rotation to their digits alone, and Log is told so: take one that is to 64.
  const { angle } = poses[0];
  const axis = bigs(stream("representations").at(0).sphere());
  const R = rotation(axis.map((x) => x.times(angle)));
  const t = bigs(poses[0].t);
  const lift = (x: Big) => new Dual(x, big(0));
  for (const of of kinds)
    for (let p = 0; p < 6; p++) {
      const step = [0, 1, 2, 3, 4, 5].map((q) => new Dual(big(0), big(p === q ? 1 : 0)));
      const moved = {
        R: multiply(
          R.map((row) => row.map(lift)),
          rotation(step.slice(0, 3)),
        ),
        t: add(t.map(lift), step.slice(3)),
        corners: bigRows(corners, 3).map((row) => row.map(lift)),
        K: bigRows(K, 3).map((row) => row.map(lift)),
      };
      const slope = defined.poseRepresentation(of, moved).map((x) => x.b);
      const at = { R, t, corners: bigRows(corners, 3), K: bigRows(K, 3) };
      const column = defined.poseRepresentationJacobian(of, at).map((row) => row[p]);
      // 64 digits of a rotation made in doubles of its axis, whose length is 1 to them.
      expect(worstGap(column, slope)).toBeLessThanOrEqual(1e-50);
    }
});

it("poseRepresentation(corners) without corners or a camera names what is missing", () => {
  const { R, t } = poses[0];
  const exact = { R: bigRows(R, 3), t: bigs(t) };
  expect(() => defined.poseRepresentation("corners-3d", exact)).toThrow(
    "expected corners, got none",
  );
  expect(() =>
    defined.poseRepresentationJacobian("corners-2d", { ...exact, corners: bigRows(corners, 3) }),
  ).toThrow("expected K for corners-2d, got none");
});

it("poseRepresentation(corners-2d) divides by no depth below zMin", () => {
  const R = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const pose = { R, t: Float64Array.of(0, 0, 0), corners, K, zMin: 0.1 };
  const f = new Float64Array(16);
  const J = new Float64Array(96);
  kernel.poseRepresentation("corners-2d", pose, f);
  kernel.poseRepresentationJacobian("corners-2d", pose, J);
  const exact = {
    R: bigRows(R, 3),
    t: bigs(pose.t),
    corners: bigRows(corners, 3),
    K: bigRows(K, 3),
    zMin: big(0.1),
  };
  expect(worstUlp(f, defined.poseRepresentation("corners-2d", exact))).toBeLessThanOrEqual(16);
  expect(worstUlp(J, defined.poseRepresentationJacobian("corners-2d", exact))).toBeLessThanOrEqual(
    16,
  );
});
