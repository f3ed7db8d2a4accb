import { expect, it } from "vitest";
import { inverseCamera, poseFromVector, scene } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { MOST_POSES, threePointPoses } from "../../src/solve/p3p.js";
import { determinant, poseError } from "./pose-error.js";
import { recorded, row } from "./recorded.js";

const ε = Number.EPSILON;

/** Unit rays [9] of the first three pixels. */
function raysOf(x2d: Float64Array, K: Float64Array): Float64Array {
  const inverse = new Float64Array(9);
  inverseCamera(K, inverse);
  const rays = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    const pixel = [x2d[2 * i], x2d[2 * i + 1], 1];
    const ray = [0, 3, 6].map((r) => pixel.reduce((sum, p, c) => sum + inverse[r + c] * p, 0));
    for (let c = 0; c < 3; c++) rays[3 * i + c] = ray[c] / Math.hypot(...ray);
  }
  return rays;
}

function posesOf(rays: Float64Array, z: Float64Array): { R: Float64Array; t: Float64Array }[] {
  const R = new Float64Array(9 * MOST_POSES);
  const t = new Float64Array(3 * MOST_POSES);
  const count = threePointPoses(rays, z, R, t);
  return Array.from({ length: count }, (_, k) => ({
    R: R.slice(9 * k, 9 * k + 9),
    t: t.slice(3 * k, 3 * k + 3),
  }));
}

/** Distances of the three points from the camera. */
const distances = ({ R, t }: { R: Float64Array; t: Float64Array }, z: Float64Array): number[] =>
  [0, 3, 6].map((i) =>
    Math.hypot(
      ...[0, 1, 2].map((r) => [0, 1, 2].reduce((sum, c) => sum + R[3 * r + c] * z[i + c], t[r])),
    ),
  );

it("threePointPoses(rays, z, R, t) always has the true pose among its answers", () => {
  for (let seed = 0; seed < 2000; seed++) {
    const truth = scene("three", { seed });
    const { x2d, x3d, K } = truth.correspondences;
    const poses = posesOf(raysOf(x2d, K), x3d);
    const nearest = Math.min(...poses.map(({ R, t }) => poseError(R, t, truth)));
    // Near a double solution half of the digits are lost: √ε, and 64 for the geometry.
    expect(nearest).toBeLessThan(64 * Math.sqrt(ε));
  }
});

it("threePointPoses(rays, z, R, t) returns rotations that put each point on its ray, in front", () => {
  for (let seed = 0; seed < 2000; seed++) {
    // Rays and points that belong together only by chance: as many poses as there are, none spurious.
    const draw = stream("spec/p3p").at(seed);
    const z = Float64Array.from({ length: 9 }, () => draw.normal());
    const rays = new Float64Array(9);
    for (let i = 0; i < 9; i += 3) draw.sphere(rays.subarray(i, i + 3));
    for (const { R, t } of posesOf(rays, z)) {
      expect(Math.abs(determinant(R) - 1)).toBeLessThan(16 * ε);
      const sizes = distances({ R, t }, z);
      for (let i = 0; i < 3; i++)
        for (let r = 0; r < 3; r++) {
          let x = t[r];
          for (let c = 0; c < 3; c++) x += R[3 * r + c] * z[3 * i + c];
          // Squared distances are met to 8ε, so a flat triangle's frame turns by the root of that.
          expect(Math.abs(x - sizes[i] * rays[3 * i + r])).toBeLessThan(
            64 * Math.sqrt(ε) * Math.max(...sizes),
          );
        }
    }
  }
});

it("threePointPoses(rays, z, R, t) finds the four poses of the classical regular tripod", () => {
  // [FischlerBolles1981]: sides 2√3 and cosines 20/32 are met by (4,4,4), (1,4,4), (4,1,4), (4,4,1).
  const side = 2 * Math.sqrt(3);
  const z = Float64Array.of(0, 0, 0, side, 0, 0, side / 2, 3, 0);
  // Three unit rays about +Z with pairwise cosine 5/8: sin² of their tilt is (1 − 5/8)·2/3.
  const sin = Math.sqrt(((1 - 5 / 8) * 2) / 3);
  const rays = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    rays[3 * i] = sin * Math.cos((2 * Math.PI * i) / 3);
    rays[3 * i + 1] = sin * Math.sin((2 * Math.PI * i) / 3);
    rays[3 * i + 2] = Math.sqrt(1 - sin * sin);
  }
  const found = posesOf(rays, z).map((pose) => distances(pose, z));
  const near = (a: number[], b: number[]) => a.every((x, i) => Math.abs(x - b[i]) < 64 * ε * 4);
  for (const expected of [
    [4, 4, 4],
    [1, 4, 4],
    [4, 1, 4],
    [4, 4, 1],
  ])
    expect(found.filter((d) => near(d, expected)).length).toBe(1);
  expect(found.length).toBe(4);
});

it("threePointPoses(rays, z, R, t) does not mind the order of points, nor their unit", () => {
  for (let seed = 0; seed < 300; seed++) {
    const { x2d, x3d, K } = scene("three", { seed }).correspondences;
    const rays = raysOf(x2d, K);
    const poses = posesOf(rays, x3d);
    const turned = (a: Float64Array) => Float64Array.from(a, (_, i) => a[(i + 3) % 9]);
    for (const { R, t } of posesOf(turned(rays), turned(x3d)))
      expect(Math.min(...poses.map((pose) => poseError(R, t, pose)))).toBeLessThan(
        64 * Math.sqrt(ε),
      );
    // A power of two changes no digit.
    const doubled = posesOf(
      rays,
      x3d.map((x) => 2 * x),
    );
    expect(doubled).toEqual(poses.map(({ R, t }) => ({ R, t: t.map((x) => 2 * x) })));
  }
});

it("threePointPoses(rays, z, R, t) has no answer for collinear or coincident points", () => {
  for (const name of ["collinear", "coincident"] as const)
    for (let seed = 0; seed < 50; seed++) {
      const { x2d, x3d, K } = scene(name, { n: 3, seed }).correspondences;
      expect(posesOf(raysOf(x2d, K), x3d)).toEqual([]);
    }
});

it("threePointPoses(rays, z, R, t) contains the recorded AP3P pose of the same three points", () => {
  const { pts2d, pts3d, K, y_AP3P } = recorded("cv_pnp_n4");
  for (let b = 0; b < pts2d.shape[0]; b++) {
    const expected = poseFromVector(row(y_AP3P, b));
    const truth = { R: expected.R.data, t: expected.t.data };
    const poses = posesOf(raysOf(row(pts2d, b), row(K, b)), row(pts3d, b).slice(0, 9));
    // The recorded solver takes a quartic's roots, polished twice: about √ε of an object's size.
    const nearest = Math.min(...poses.map(({ R, t }) => poseError(R, t, truth)));
    expect(nearest).toBeLessThan(16 * Math.sqrt(ε));
  }
});
