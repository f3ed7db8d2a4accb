/**
 * The named scenes: how each draws its camera, object points and true pose. Metres, pixels, radians.
 *
 * D1 to D7 are the demonstrations' generators; the others each bring one difficulty. n(0,1) is
 * `draw.normal()`, u(0,1) is `draw.uniform()`.
 */

import { rotation } from "../kernels/rodrigues.js";
import type { Stream } from "../random/stream.js";
import { intrinsicMatrix } from "./camera.js";

/** What a scene kind makes: camera, points and pose, before projection and noise. */
export interface SceneDraft {
  /** Camera matrix [9]. */
  readonly K: Float64Array;
  /** Object points [3N]. */
  readonly x3d: Float64Array;
  /** True pose: rotation [9] and translation [3]. */
  readonly R: Float64Array;
  readonly t: Float64Array;
}

export interface SceneKind {
  /** What makes it different, in a sentence. */
  readonly about: string;
  /** Number of correspondences unless asked for another. */
  readonly n: number;
  /** Noise on pixels unless asked for another: standard deviation, px. */
  readonly noise: number;
  /** Factors between which the noise of single points is log-uniform; weights are then 1/σ. */
  readonly spread?: readonly [number, number];
  /** Whether n may be chosen. */
  readonly fixed?: true;
  /** Share of correspondences replaced by uniform pixels unless asked for another. */
  readonly outliers?: number;
  /** Every weight, if not one. */
  readonly weight?: number;
  draft(n: number, draw: Stream): SceneDraft;
}

const DRONE_CAMERA = { fx: 160 / Math.tan(((64.69 / 2) * Math.PI) / 180), cx: 160, cy: 120 };
const OBJECT_CAMERA = { fx: 572.4, fy: 573.6, cx: 325.3, cy: 242 };
const CAR_CAMERA = { fx: 1266, cx: 816, cy: 491 };

const box = (n: number, draw: Stream, ...sides: [number, number, number]): Float64Array =>
  Float64Array.from({ length: 3 * n }, (_, i) => sides[i % 3] * (draw.uniform() - 0.5));

const corners = (x: number, y: number, z: number): number[] =>
  [0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) => [k & 4 ? x : -x, k & 2 ? y : -y, k & 1 ? z : -z]);

const vectorRotation = (x: number, y: number, z: number): Float64Array => {
  const R = new Float64Array(9);
  rotation(Float64Array.of(x, y, z), R);
  return R;
};

/** A box seen by the object camera from any side, at 0.9 m to 1.5 m. */
function viewed(x3d: Float64Array, draw: Stream, depth = 0.9): SceneDraft {
  const R = draw.rotation();
  const t = Float64Array.of(
    0.1 * depth * draw.normal(),
    0.1 * depth * draw.normal(),
    depth * (1 + 0.6 * draw.uniform()),
  );
  return { K: intrinsicMatrix(OBJECT_CAMERA), x3d, R, t };
}

const generic: SceneKind["draft"] = (n, draw) => viewed(box(n, draw, 0.6, 0.4, 0.5), draw);

function cubePoints(n: number, draw: Stream): Float64Array {
  const points = corners(0.2, 0.2, 0.2).slice(0, 3 * n);
  while (points.length < 3 * n) {
    const point = [0, 1, 2].map(() => 0.4 * (draw.uniform() - 0.5));
    point[draw.integer(3)] = draw.integer(2) === 0 ? -0.2 : 0.2;
    points.push(...point);
  }
  return Float64Array.from(points);
}

/** Points of the ellipsoid's near side, seen from the camera side of the object. */
function shellPoints(n: number, draw: Stream, R: Float64Array): Float64Array {
  const axes = [0.075, 0.055, 0.04];
  const points = new Float64Array(3 * n);
  const point = new Float64Array(3);
  for (let i = 0; i < n; i++) {
    draw.sphere(point);
    for (let k = 0; k < 3; k++) point[k] *= axes[k];
    // The outward normal z/a² turned into the camera frame must face the camera, that is −Z.
    let facing = 0;
    for (let k = 0; k < 3; k++) facing += (R[6 + k] * point[k]) / axes[k] ** 2;
    const side = facing > 0 ? -1 : 1;
    for (let k = 0; k < 3; k++) points[3 * i + k] = side * point[k];
  }
  return points;
}

export const sceneKinds = {
  generic: { about: "a box from any side, all well conditioned", n: 32, noise: 1, draft: generic },
  cube: {
    about: "the corners of a cube, then points on its faces",
    n: 8,
    noise: 1,
    draft: (n, draw) => viewed(cubePoints(n, draw), draw),
  },
  minimal: { about: "four points: the fewest with one pose", n: 4, noise: 0, draft: generic },
  three: { about: "three points: up to four poses fit exactly", n: 3, noise: 0, draft: generic },
  planar: {
    about: "points of one plane, z = 0: two local minima",
    n: 16,
    noise: 1,
    draft: (n, draw) => viewed(box(n, draw, 0.4, 0.4, 0), draw),
  },
  "near-planar": {
    about: "a plate a ten-thousandth as thick as wide: neither plane nor space to a solver",
    n: 16,
    noise: 1,
    draft: (n, draw) => viewed(box(n, draw, 0.4, 0.4, 4e-5), draw),
  },
  "fronto-parallel": {
    about: "a plane seen head-on: the full Hessian is nearly singular",
    n: 16,
    noise: 1,
    draft: (n, draw) => ({
      K: intrinsicMatrix(OBJECT_CAMERA),
      x3d: box(n, draw, 0.4, 0.4, 0),
      R: vectorRotation(0, 0, 2 * Math.PI * draw.uniform()),
      t: Float64Array.of(0, 0, 0.9 + 0.5 * draw.uniform()),
    }),
  },
  deep: {
    about: "depths from 0.5 m to 5 m in one object: strong perspective",
    n: 32,
    noise: 1,
    draft: (n, draw) => ({
      K: intrinsicMatrix(OBJECT_CAMERA),
      x3d: box(n, draw, 0.4, 0.3, 4.5),
      R: vectorRotation(0.05 * draw.normal(), 0.05 * draw.normal(), draw.normal()),
      t: Float64Array.of(0.05 * draw.normal(), 0.05 * draw.normal(), 3),
    }),
  },
  far: {
    about: "a box at a hundred times its size: nearly affine, depth weakly seen",
    n: 32,
    noise: 0.1,
    draft: (n, draw) => viewed(box(n, draw, 0.6, 0.4, 0.5), draw, 50),
  },
  outliers: {
    about: "a box with half of the pixels replaced by uniform ones",
    n: 64,
    noise: 1,
    outliers: 0.5,
    draft: generic,
  },
  "behind-camera": {
    about: "a box around the camera: some points lie behind it",
    n: 32,
    noise: 0,
    draft: (n, draw) => ({ ...generic(n, draw), t: Float64Array.of(0.05, -0.05, 0.1) }),
  },
  collinear: {
    about: "points of one line: any turn about it fits",
    n: 16,
    noise: 0,
    draft: (n, draw) => {
      // Multiples of 2⁻⁹ along a direction of small integers are exactly collinear in doubles.
      const steps = Array.from({ length: n }, () => draw.integer(129) - 64);
      return viewed(Float64Array.from(steps.flatMap((s) => [s / 256, s / 512, -s / 512])), draw);
    },
  },
  coincident: {
    about: "one point, many times: any rotation fits",
    n: 16,
    noise: 0,
    draft: (n, draw) => viewed(new Float64Array(3 * n).fill(0.125), draw),
  },
  D1: {
    about: "drone: the centre and corners of its box, 320×240 camera",
    n: 9,
    noise: 0,
    fixed: true,
    draft: (_, draw) => ({
      K: intrinsicMatrix(DRONE_CAMERA),
      x3d: Float64Array.from([0, 0, 0, ...corners(0.161, 0.121, 0.042)]),
      R: draw.rotation(),
      t: Float64Array.of(0.3 * draw.normal(), 0.2 * draw.normal(), 1.5 + 2 * draw.uniform()),
    }),
  },
  D2: {
    about: "cloud: noise of 0.3 px to 9 px a point, weights one over it",
    n: 64,
    noise: 1,
    spread: [0.3, 9],
    draft: (n, draw) => ({
      K: intrinsicMatrix(DRONE_CAMERA),
      x3d: box(n, draw, 0.3, 0.22, 0.16),
      R: draw.rotation(),
      t: Float64Array.of(0.1 * draw.normal(), 0.1 * draw.normal(), 0.7 + 0.3 * draw.uniform()),
    }),
  },
  D4: {
    about: "car: a shallow object at 40 m, yaw 0.6, weights 0.15",
    n: 32,
    noise: 1,
    weight: 0.15,
    draft: (n, draw) => ({
      K: intrinsicMatrix(CAR_CAMERA),
      x3d: box(n, draw, 4, 1.6, 1.8),
      R: vectorRotation(0, 0.6, 0),
      t: Float64Array.of(1, 0.5, 40),
    }),
  },
  D5: {
    about: "sweep: one fixed rotation at 0.9 m",
    n: 64,
    noise: 3,
    draft: (n, draw) => ({
      K: intrinsicMatrix(OBJECT_CAMERA),
      x3d: box(n, draw, 0.6, 0.4, 0.5),
      R: vectorRotation(0.4, -0.3, 0.2),
      t: Float64Array.of(0, 0, 0.9),
    }),
  },
  D6: {
    about: "shell: the visible side of an ellipsoid",
    n: 4096,
    noise: 1,
    draft: (n, draw) => {
      const R = draw.rotation();
      const t = Float64Array.of(
        0.05 * draw.normal(),
        0.05 * draw.normal(),
        0.7 + 0.4 * draw.uniform(),
      );
      const K = intrinsicMatrix({ fx: 573, cx: 320, cy: 240 });
      return { K, x3d: shellPoints(n, draw, R), R, t };
    },
  },
  D7: {
    about: "object: a small box off the axis, weights 0.5",
    n: 64,
    noise: 1.5,
    weight: 0.5,
    draft: (n, draw) => ({
      K: intrinsicMatrix(OBJECT_CAMERA),
      x3d: box(n, draw, 0.2, 0.15, 0.18),
      R: draw.rotation(),
      t: Float64Array.of(0.05, -0.03, 0.9),
    }),
  },
} satisfies Record<string, SceneKind>;

export type SceneName = keyof typeof sceneKinds;
