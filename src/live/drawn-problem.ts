/** The geometry of a plan: problems with a known pose, in metres, pixels and this project's orders. */
import { projection, rigidTransform } from "../kernels/projection.js";
import { rotationQuaternion } from "../kernels/quaternion.js";
import { yawRotation } from "../kernels/yaw.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type SceneKind, sceneKinds } from "../problem/scene-kinds.js";
import { scene } from "../problem/scenes.js";
import { type Stream, stream } from "../random/stream.js";
import type { Plan } from "./plan.js";

/** One problem of a plan, with a stream for whatever else a method wants drawn. */
export interface DrawnProblem extends Correspondences {
  readonly R: Float64Array;
  readonly t: Float64Array;
  /** (t, q), or (t, yaw) where the plan says so. */
  readonly row: Float64Array;
  readonly draw: Stream;
}

/** Every problem of a plan. */
export function drawnProblems(plan: Plan): DrawnProblem[] {
  const kind: SceneKind = sceneKinds[plan.scene];
  const { points: n, weights, rotation } = plan;
  const noise = kind.noise * plan.noise;
  const drawn = Array.from({ length: plan.problems }, (_, b) => {
    const seed = `live/${plan.seed}/${b}`;
    return { ...scene(plan.scene, { n, weights, rotation, noise, seed }), draw: stream(seed) };
  });
  const [first] = drawn;
  return drawn.map(({ correspondences: own, R, t, draw }, b) => {
    const object = plan.shared ? first.correspondences : own;
    const yaw = Math.PI * (2 * draw.child("yaw").uniform() - 1);
    const turn = R.slice();
    if (plan.yaw) yawRotation(yaw, turn);
    const moved = plan.yaw || (plan.shared && b > 0);
    const x2d = moved ? seen(object, turn, t, noise, draw.child("pixels")) : own.x2d;
    const q = new Float64Array(4);
    rotationQuaternion(turn, q);
    const row = Float64Array.of(...t, ...(plan.yaw ? [yaw] : q));
    return { ...object, x2d, w2d: own.w2d, R: turn, t, row, draw: draw.child("method") };
  });
}

/** Pixels of points under a pose, with noise. */
function seen(
  { n, x3d, K }: Correspondences,
  R: Float64Array,
  t: Float64Array,
  noise: number,
  draw: Stream,
): Float64Array {
  const [X, pixel, x2d] = [3, 2, 2 * n].map((size) => new Float64Array(size));
  for (let i = 0; i < n; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, K, pixel);
    for (let k = 0; k < 2; k++) x2d[2 * i + k] = pixel[k] + noise * draw.normal();
  }
  return x2d;
}

/** A pose row moved by normals: so many metres a metre of distance, and so many radians. */
export function near(row: Float64Array, by: number, draw: Stream): Float64Array {
  const distance = Math.hypot(row[0], row[1], row[2]);
  const moved = row.map((v, k) => v + by * (k < 3 ? distance : 0.5) * draw.normal());
  if (row.length === 4) return moved;
  const length = Math.hypot(...moved.subarray(3));
  return moved.map((v, k) => (k < 3 ? v : v / length));
}

/** Lengths of the weighted residuals at the true pose [n], in ascending order. */
export function residualLengths({ n, x2d, x3d, w2d, K, R, t }: DrawnProblem): Float64Array {
  const [X, pixel, lengths] = [3, 2, n].map((size) => new Float64Array(size));
  for (let i = 0; i < n; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), R, t, X);
    projection(X, K, pixel);
    lengths[i] = Math.hypot(
      w2d[2 * i] * (x2d[2 * i] - pixel[0]),
      w2d[2 * i + 1] * (x2d[2 * i + 1] - pixel[1]),
    );
  }
  return lengths.sort();
}

/** The Huber threshold that a plan asks for. */
export function thresholdOf(plan: Plan, problem: DrawnProblem): number {
  const lengths = residualLengths(problem);
  const most = lengths.at(-1) ?? 0;
  const middle = lengths[lengths.length >> 1] ?? 0;
  if (!(most > 0 && Number.isFinite(most))) return 1;
  if (plan.threshold === "above") return 4 * most;
  // Beside the kink, and far enough from it for any dtype to know the side.
  if (plan.threshold === "beside") return most * (1 + 2 ** -6);
  return middle > 0 ? middle * (1 + 2 ** -6) : most / 2;
}
