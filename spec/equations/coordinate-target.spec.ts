import { expect, it } from "vitest";
import * as definition from "../../src/definitions/coordinate-target.js";
import * as kernel from "../../src/kernels/coordinate-target.js";
import { motion } from "../../src/problem/symmetry.js";
import { stream } from "../../src/random/index.js";
import { big } from "../../src/scalar/index.js";
import { bigRows, bigs, worstGap, worstUlp } from "./big-truth.js";
import { normals, written } from "./head-draws.js";

const cameras = [
  Float64Array.of(600, 0, 320, 0, 610, 240, 0, 0, 1),
  // Of a crop turned: a skew, and an entry below the diagonal.
  Float64Array.of(300, -125, 32, 150, 250, 31, 0, 0, 1),
];
const extents = Float64Array.of(0.1, 0.05, 0.2);
const poses = [0, 1, 2, 3].map((i) => {
  const draw = stream("coordinate/pose").at(i);
  const t = [0.1 * draw.normal(), 0.1 * draw.normal(), 0.8 + draw.uniform()];
  const R = draw.rotation();
  return { R, t, pose: motion(R, t) };
});

it("coordinateTarget gives back the point that π sent to the pixel (EQUATIONS DATA-6)", () => {
  for (const K of cameras)
    for (const [i, { R, t }] of poses.entries()) {
      const z = normals("coordinate/z", i, 3, 0.3);
      const [exact, Rb, Kb] = [bigs(z), bigRows(R, 3), bigRows(K, 3)];
      // X = R (z ∘ e) + t and its pixel at 64 digits, rounded once.
      const X = Rb.map((row, a) =>
        row.reduce((sum, r, b) => sum.plus(r.times(exact[b]).times(extents[b])), big(t[a])),
      );
      const [u, v, w] = Kb.map((row) => row.reduce((sum, k, b) => sum.plus(k.times(X[b])), big(0)));
      const pixel = [u.over(w).minus(0.5), v.over(w).minus(0.5)];
      const back = definition.coordinateTarget(pixel, X[2], Kb, Rb, bigs(t), bigs(extents), 0.5);
      // R is orthonormal to a double's last digit only.
      expect(worstGap(back, exact, 1)).toBeLessThan((16 * 2 ** -52) / 0.05);
      const size = (1 + Math.abs(t[2])) / 0.05;
      const values = written(3, (out) =>
        kernel.coordinateTarget(
          ...([pixel[0].toNumber(), pixel[1].toNumber(), X[2].toNumber(), K] as const),
          ...([motion(R, t), extents, 0.5, out] as const),
        ),
      );
      // The pixel and the depth were rounded: 320 px over f, and the depth, by ε each.
      expect(worstGap(bigs(values), exact, 1)).toBeLessThan(16 * 2 ** -52 * size);
    }
});

it("coordinateTarget in doubles is the definition at 64 digits, on whole pixels and holes' edges", () => {
  for (const K of cameras)
    for (const [i, { R, t }] of poses.entries())
      for (const [u, v, h] of [
        [17, 31, 0.5],
        [32, 31, 0],
        [639, 0, 0.5],
      ]) {
        const d = 0.5 + i;
        const values = written(3, (z) =>
          kernel.coordinateTarget(u, v, d, K, motion(R, t), extents, h, z),
        );
        const truth = definition.coordinateTarget(
          ...([
            bigs([u, v]),
            big(d),
            bigRows(K, 3),
            bigRows(R, 3),
            bigs(t),
            bigs(extents),
            h,
          ] as const),
        );
        const size = (Math.hypot(...t) + d * (1 + 640 / 250)) / 0.05;
        expect(worstUlp(values, truth, size)).toBeLessThan(4);
      }
});

it("coordinateTarget takes the pixel's middle at h = ½: half a pixel is h off", () => {
  const [{ pose }] = poses;
  const at = (u: number, h: number) =>
    written(3, (z) => kernel.coordinateTarget(u, u, 1, cameras[0], pose, extents, h, z));
  expect(at(10, 0.5)).toEqual(at(10.5, 0));
  expect(at(10, 0.5)).not.toEqual(at(10, 0));
});

it("coordinateTarget refuses a camera whose last row is another, or that is singular", () => {
  const out = new Float64Array(3);
  const K = Float64Array.from(cameras[0]);
  K[6] = 1e-9;
  const refused = (camera: Float64Array) =>
    expect(() => kernel.coordinateTarget(0, 0, 1, camera, poses[0].pose, extents, 0, out)).toThrow(
      "coordinateTarget: expected a regular K with the last row 0, 0, 1",
    );
  refused(K);
  refused(Float64Array.of(0, 0, 1, 0, 1, 1, 0, 0, 1));
});
