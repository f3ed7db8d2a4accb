import { poseVjp } from "../../src/differentiate/index.js";
import {
  type Correspondences,
  correspondences,
  type Pose,
  poseOf,
} from "../../src/problem/index.js";
import { type Stream, stream } from "../../src/random/stream.js";
import { polish, polished } from "../../src/solve/polish.js";
import { Adam, landmarkLoss, seen } from "./descent.js";

const record = polished();

/** Moves `at` to the pose solved from `problem`, starting where it is. */
function solve(problem: Correspondences, at: Pose): void {
  polish(problem, at.R.data, at.t.data, Number.POSITIVE_INFINITY, 200, record);
}

const unturned = (depth: number): Pose =>
  poseOf(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), Float64Array.of(0, 0, depth));

/** Points in a box of half-width `half`. */
const box = (draw: Stream, n: number, half: number) =>
  Float64Array.from({ length: 3 * n }, () => half * (2 * draw.uniform() - 1));

/** A view of `x3d` from a pose turned by up to `turn` rad, at `depth`. */
function view(draw: Stream, x3d: Float64Array, K: Float64Array, turn: number, depth: number) {
  const target = unturned(depth);
  const random = draw.sphere().map((x) => turn * draw.uniform() * x);
  // One Cayley turn (I + [a]×/2)(I − [a]×/2)⁻¹ about a = random: a rotation, whatever the angle.
  const [a, b, c] = random.map((x) => x / 2);
  const s = 1 / (1 + a * a + b * b + c * c);
  target.R.data.set(
    [
      1 + a * a - b * b - c * c,
      2 * (a * b - c),
      2 * (a * c + b),
      2 * (a * b + c),
      1 - a * a + b * b - c * c,
      2 * (b * c - a),
      2 * (a * c - b),
      2 * (b * c + a),
      1 - a * a - b * b + c * c,
    ].map((x) => s * x),
  );
  target.t.data.set([0.3 * draw.normal(), 0.3 * draw.normal()]);
  const pixels: number[] = [];
  for (let i = 0; i < x3d.length / 3; i++)
    pixels.push(...seen(x3d.subarray(3 * i, 3 * i + 3), target.R.data, target.t.data, K));
  return { target, x2d: Float64Array.from(pixels) };
}

/**
 * (i) Eight keypoints, f = 300: moved from anywhere in the image until their pose projects onto the
 * targets and they onto their own pose. Returns mean ‖π − x*‖² + mean ‖π − x‖² [px²].
 */
export function fitKeypoints(name: string, startDepth: number): number {
  const draw = stream(name);
  const K = Float64Array.of(300, 0, 128, 0, 300, 128, 0, 0, 1);
  const x3d = box(draw, 8, 1);
  const { x2d: target } = view(draw, x3d, K, 1, 5);
  const x2d = target.map((x) => x + 15 * draw.normal());
  const problem = correspondences({ x2d, x3d, K });
  const at = unturned(startDepth);
  const adam = new Adam(16);
  const gradient = new Float64Array(16);
  let loss = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 800 && loss >= 1e-3; k++) {
    solve(problem, at);
    const of = landmarkLoss(problem, at, target);
    const path = poseVjp(problem, at, of.byPose).x2d.data;
    for (let i = 0; i < 16; i++) gradient[i] = (of.byX[i] + path[i]) / 8;
    loss = of.loss / 8;
    adam.step(problem.x2d, gradient, k < 400 ? 0.5 : 0.05);
  }
  return loss;
}

/** Gradient of ½‖R − R*‖² + ½‖t − t*‖² in the LEFT tangent, and the loss. */
function poseLoss(at: Pose, target: Pose): { loss: number; gradient: Float64Array } {
  const [R, T, t, s] = [at.R.data, target.R.data, at.t.data, target.t.data];
  const gradient = new Float64Array(6);
  let loss = 0;
  for (let j = 0; j < 3; j++) {
    // Column j of R turns as φ × R e_j, and its distance to that of R* as φ · (R*e_j × R e_j).
    const [a, b] = [
      [R[j], R[3 + j], R[6 + j]],
      [T[j], T[3 + j], T[6 + j]],
    ];
    for (let k = 0; k < 3; k++) {
      const [l, m] = [(k + 1) % 3, (k + 2) % 3];
      gradient[k] += b[l] * a[m] - b[m] * a[l];
      loss += (a[k] - b[k]) ** 2 / 2;
    }
    gradient[3 + j] = t[j] - s[j];
    loss += (t[j] - s[j]) ** 2 / 2;
  }
  return { loss, gradient };
}

/**
 * (ii) Calibration: (f_x, f_y, c_x, c_y) from six views of a known object at known poses, from a start
 * up to 30 % off. The loss is mean ‖π − x‖² at the solved poses, whose path through them vanishes, and
 * the distance of those poses, which has no other path. Returns the entries found.
 */
export function calibrate(name: string): number[] {
  const draw = stream(name);
  const truth = Float64Array.of(800, 0, 400, 0, 700, 300, 0, 0, 1);
  const x3d = box(draw, 20, 1);
  const views = Array.from({ length: 6 }, () => view(draw, x3d, truth, 1, 5));
  const free = [0, 4, 2, 5];
  const entries = Float64Array.from(free, (j) => truth[j] * (1 + 0.3 * (2 * draw.uniform() - 1)));
  const K = truth.slice();
  const poses = views.map(() => unturned(5));
  const adam = new Adam(4);
  for (let k = 0; k < 2500; k++) {
    for (const [i, j] of free.entries()) K[j] = entries[i];
    const gradient = new Float64Array(4);
    for (const [v, { x2d, target }] of views.entries()) {
      const problem = correspondences({ x2d, x3d, K });
      solve(problem, poses[v]);
      const { byK, byPose } = landmarkLoss(problem, poses[v], x2d);
      const pull = poseLoss(poses[v], target).gradient;
      const path = poseVjp(
        problem,
        poses[v],
        pull.map((g, j) => 1e3 * g + byPose[j] / 2),
      ).K.data;
      for (const [i, j] of free.entries()) gradient[i] += byK[j] + path[j];
    }
    adam.step(entries, gradient, 4 * 0.9975 ** k);
  }
  return [...entries];
}

/**
 * (iii) Structure from motion: object points from 12 views, their poses solved anew from the points.
 * Views agree on any structure moved or scaled as a whole, so the first view's pose is given: the loss
 * is mean ‖π − x‖² over all views, with all paths, and the distance of that pose through ∂y/∂z.
 * Returns the loss [px²] before and after.
 */
export function structure(name: string): { before: number; after: number } {
  const draw = stream(name);
  const K = Float64Array.of(500, 0, 320, 0, 500, 240, 0, 0, 1);
  const truth = box(draw, 10, 1);
  const views = Array.from({ length: 12 }, () => view(draw, truth, K, 1.5, 6));
  const x3d = truth.map((x) => x + 0.2 * draw.normal());
  const poses = views.map(({ target }) => poseOf(target.R.data.slice(), target.t.data.slice()));
  const adam = new Adam(30);
  let [before, after] = [Number.NaN, Number.NaN];
  const steps = 1200;
  for (let k = 0; k <= steps; k++) {
    const gradient = new Float64Array(30);
    after = 0;
    for (const [v, { x2d, target }] of views.entries()) {
      const problem = { n: 10, x2d, x3d, K, w2d: new Float64Array(20).fill(1) };
      solve(problem, poses[v]);
      // Targets are the pixels themselves, so that l_p counts ‖π − x‖² twice.
      const { loss, byZ, byPose } = landmarkLoss(problem, poses[v], x2d);
      const upstream = byPose.map((g) => g / 2);
      const pull = poseLoss(poses[v], target).gradient;
      if (v === 0) for (let j = 0; j < 6; j++) upstream[j] += 1e4 * pull[j];
      const path = poseVjp(problem, poses[v], upstream).x3d.data;
      for (let i = 0; i < 30; i++) gradient[i] += (byZ[i] + path[i]) / 120;
      after += loss / 240;
    }
    if (k === 0) before = after;
    if (k < steps) adam.step(x3d, gradient, 0.03 * 0.995 ** k);
  }
  return { before, after };
}
