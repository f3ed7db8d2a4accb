import { expect, it } from "vitest";
import { reprojectionCost } from "../../src/kernels/reprojection-cost.js";
import {
  type Correspondences,
  correspondences,
  type SceneName,
  scene,
} from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { homographyPose, linearPose, mirroredPlanarPose } from "../../src/solve/dlt.js";
import { efficientPose } from "../../src/solve/epnp.js";
import { depthRatio, determinant, poseError, rms } from "./pose-error.js";
import { recorded, row } from "./recorded.js";

const ε = Number.EPSILON;

interface FlatPose {
  readonly R: Float64Array;
  readonly t: Float64Array;
  readonly found: boolean;
}

type Solver = (c: Correspondences) => FlatPose;

const with3 =
  (solve: typeof linearPose): Solver =>
  ({ n, x2d, x3d, w2d, K }) => {
    const [R, t] = [new Float64Array(9), new Float64Array(3)];
    return { R, t, found: solve(n, x2d, x3d, w2d, K, R, t) };
  };

const direct = with3(linearPose);
const homography = with3(homographyPose);
const efficient: Solver = ({ n, x2d, x3d, w2d, K }) => {
  const [R, t] = [new Float64Array(9), new Float64Array(3)];
  return { R, t, found: efficientPose(n, x2d, x3d, w2d, K, R, t) < Number.POSITIVE_INFINITY };
};

/** Each solver with the scenes it is exact on. */
const exactOn: [string, Solver, SceneName[]][] = [
  ["linearPose", direct, ["generic", "cube", "D1", "D2", "D5", "D7", "deep"]],
  ["homographyPose", homography, ["planar", "fronto-parallel"]],
  [
    "efficientPose",
    efficient,
    ["generic", "cube", "D1", "D2", "D5", "D7", "deep", "planar", "fronto-parallel"],
  ],
];

for (const [name, solve, scenes] of exactOn) {
  it(`${name}(n, x2d, …) is exact on exact correspondences`, () => {
    for (const kind of scenes)
      for (let seed = 0; seed < 40; seed++) {
        const truth = scene(kind, { seed, noise: 0 });
        const { R, t, found } = solve(truth.correspondences);
        expect(found).toBe(true);
        // Normal equations square the ratio of depth to size; 256 is for sums over the points.
        expect(poseError(R, t, truth)).toBeLessThan(256 * ε * depthRatio(truth) ** 2);
        expect(determinant(R)).toBeGreaterThan(0);
      }
  });

  it(`${name}(n, x2d, …) follows a rigid motion of the object, and its unit, noise or not`, () => {
    for (let seed = 0; seed < 40; seed++) {
      const { correspondences: c } = scene(scenes[0], { seed, noise: 0.5 });
      const here = solve(c);
      const draw = stream("spec/starts").at(seed);
      // z = S z′ + s, hence R′ = R S and t′ = t + R s. EPnP's control points lie along the object's
      // axes, so only turns that permute those leave it alone.
      const S =
        name === "efficientPose" ? Float64Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0) : draw.rotation();
      const s = draw.sphere();
      const moved = new Float64Array(3 * c.n);
      for (let i = 0; i < c.n; i++)
        for (let k = 0; k < 3; k++)
          for (let r = 0; r < 3; r++) moved[3 * i + k] += S[3 * r + k] * (c.x3d[3 * i + r] - s[r]);
      const there = solve({ ...c, x3d: moved });
      const R = new Float64Array(9);
      const t = here.t.slice();
      for (let i = 0; i < 3; i++)
        for (let k = 0; k < 3; k++) {
          t[i] += here.R[3 * i + k] * s[k];
          for (let r = 0; r < 3; r++) R[3 * i + k] += here.R[3 * i + r] * S[3 * r + k];
        }
      // Rounding enters as in exact data; noise of a thousandth makes the null vector a thousand
      // times less distinct at worst.
      expect(poseError(there.R, there.t, { R, t })).toBeLessThan(2 ** 20 * ε);
      const doubled = solve({ ...c, x3d: c.x3d.map((x) => 2 * x) });
      expect(
        poseError(
          doubled.R,
          doubled.t.map((x) => x / 2),
          here,
        ),
      ).toBeLessThan(2 ** 20 * ε);
    }
  });

  it(`${name}(n, x2d, …) takes any regular K and ignores points of weight zero`, () => {
    for (let seed = 0; seed < 20; seed++) {
      const truth = scene(scenes[0], { seed, noise: 0, n: 12 });
      const { n, x2d, x3d, K, w2d } = truth.correspondences;
      // Pixels moved by a projective map H are those of the camera HK.
      const H = Float64Array.of(1, 0.02, 3, -0.03, 1.1, -5, 1e-5, 2e-5, 1);
      const HK = new Float64Array(9);
      const pixels = new Float64Array(2 * n);
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++)
          for (let k = 0; k < 3; k++) HK[3 * i + j] += H[3 * i + k] * K[3 * k + j];
      for (let i = 0; i < n; i++) {
        const [u, v] = [x2d[2 * i], x2d[2 * i + 1]];
        const depth = H[6] * u + H[7] * v + H[8];
        pixels[2 * i] = (H[0] * u + H[1] * v + H[2]) / depth;
        pixels[2 * i + 1] = (H[3] * u + H[4] * v + H[5]) / depth;
      }
      pixels[0] += 100;
      w2d[0] = w2d[1] = 0;
      const { R, t } = solve(correspondences({ x2d: pixels, x3d, w2d, K: HK }));
      // Twice the conditioning of K, about 10³, enters with the pixels' own rounding.
      expect(poseError(R, t, truth)).toBeLessThan(2 ** 20 * ε * depthRatio(truth) ** 2);
    }
  });
}

it("efficientPose(n, x2d, …) is never a reflection and never behind the camera, whatever the noise", () => {
  for (const kind of ["generic", "planar", "D1", "minimal"] as const)
    for (let seed = 0; seed < 60; seed++) {
      const { R, t, found } = efficient(scene(kind, { seed, noise: 10 }).correspondences);
      if (!found) continue;
      expect(Math.abs(determinant(R) - 1)).toBeLessThan(32 * ε);
      expect(t.every(Number.isFinite)).toBe(true);
    }
});

it("efficientPose(n, x2d, …) fits as the recorded EPnP does, and never better than the optimum", () => {
  const ratios: number[] = [];
  for (const name of ["cv_pnp_n8", "cv_pnp_n32", "cv_pnp_planar"]) {
    const { pts2d, pts3d, K, noise_px, rms_ml, rms_EPNP } = recorded(name);
    for (let b = 0; b < pts2d.shape[0]; b++) {
      const problem = correspondences({ x2d: row(pts2d, b), x3d: row(pts3d, b), K: row(K, b) });
      const { n, x2d, x3d, w2d } = problem;
      const { R, t } = efficient(problem);
      const fit = rms(reprojectionCost(n, x2d, x3d, w2d, problem.K, R, t, Infinity), n);
      // Rounding of a pixel coordinate of up to 1024.
      const rounding = 1024 * 64 * ε;
      expect(fit).toBeGreaterThan(rms_ml.data[b] * (1 - ε) - rounding);
      if (noise_px.data[b] === 0) expect(fit).toBeLessThan(rounding);
      else ratios.push(Math.log(fit / rms_EPNP.data[b]));
    }
  }
  // The recorded code takes principal axes and refines β, which the published baseline leaves out:
  // either fits better in half of the cases, and on average they are a tenth apart.
  expect(ratios.filter((ratio) => ratio < 0).length).toBeGreaterThanOrEqual(ratios.length / 2 - 1);
  expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeLessThan(Math.log(1.1));
});

it("linearPose and efficientPose say when the points do not determine a pose", () => {
  expect(direct(scene("generic", { n: 5 }).correspondences).found).toBe(false);
  expect(homography(scene("planar", { n: 3 }).correspondences).found).toBe(false);
  expect(efficient(scene("generic", { n: 3 }).correspondences).found).toBe(false);
  for (let seed = 0; seed < 10; seed++) {
    expect(direct(scene("planar", { seed }).correspondences).found).toBe(false);
    for (const kind of ["collinear", "coincident"] as const)
      for (const solve of [direct, homography, efficient])
        expect(solve(scene(kind, { seed }).correspondences).found).toBe(false);
    const none = scene("generic", { seed, weights: "zeros" }).correspondences;
    for (const solve of [direct, homography, efficient]) expect(solve(none).found).toBe(false);
  }
});

it("mirroredPlanarPose(normal, centre, …) tilts the plane the other way, and back", () => {
  for (let seed = 0; seed < 40; seed++) {
    const { R, t, correspondences: c } = scene("planar", { seed, noise: 0 });
    const normal = Float64Array.of(0, 0, 1);
    const centre = Float64Array.of(0.01, -0.02, 0);
    const [R2, t2] = [new Float64Array(9), new Float64Array(3)];
    const [R3, t3] = [new Float64Array(9), new Float64Array(3)];
    mirroredPlanarPose(normal, centre, R, t, R2, t2);
    mirroredPlanarPose(normal, centre, R2, t2, R3, t3);
    expect(poseError(R3, t3, { R, t })).toBeLessThan(16 * ε);
    expect(Math.abs(determinant(R2) - 1)).toBeLessThan(16 * ε);
    for (let i = 0; i < 3; i++) {
      let moved = t2[i] - t[i];
      for (let k = 0; k < 3; k++) moved += (R2[3 * i + k] - R[3 * i + k]) * centre[k];
      expect(Math.abs(moved)).toBeLessThan(16 * ε);
    }
    // Mirrored depths change pixels by (size/depth)², where any other tilt would by size/depth.
    const { n, x2d, x3d, w2d, K } = c;
    const fit = rms(reprojectionCost(n, x2d, x3d, w2d, K, R2, t2, Infinity), n);
    const object = 0.4 / Math.hypot(...t);
    expect(fit).toBeLessThan(2 * K[0] * object * object);
  }
});
