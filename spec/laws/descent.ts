import { poseVjp, type Variant } from "../../src/differentiate/index.js";
import { intrinsicMatrix } from "../../src/problem/camera.js";
import {
  type Correspondences,
  correspondences,
  type Pose,
  pose,
  poseOf,
} from "../../src/problem/index.js";
import { type Stream, stream } from "../../src/random/stream.js";
import { polish, polished } from "../../src/solve/polish.js";

/** Adam with the usual constants, over one flat array. */
export class Adam {
  private readonly mean: Float64Array;
  private readonly square: Float64Array;
  private steps = 0;

  constructor(size: number) {
    this.mean = new Float64Array(size);
    this.square = new Float64Array(size);
  }

  /** Moves x against its gradient. */
  step(x: Float64Array, gradient: ArrayLike<number>, rate: number): void {
    this.steps++;
    const [a, b] = [1 - 0.9 ** this.steps, 1 - 0.999 ** this.steps];
    for (let i = 0; i < x.length; i++) {
      this.mean[i] = 0.9 * this.mean[i] + 0.1 * gradient[i];
      this.square[i] = 0.999 * this.square[i] + 0.001 * gradient[i] ** 2;
      x[i] -= (rate * (this.mean[i] / a)) / (Math.sqrt(this.square[i] / b) + 1e-8);
    }
  }
}

/** Scene D1: a drone's centre and corners, seen by its camera from a random pose. */
export function drone(draw: Stream): { problem: Correspondences; pose: Pose } {
  const f = 160 / Math.tan(((64.69 / 2) * Math.PI) / 180);
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((k) => [
    k & 4 ? 0.161 : -0.161,
    k & 2 ? 0.121 : -0.121,
    k & 1 ? 0.042 : -0.042,
  ]);
  const R = draw.rotation();
  const t = Float64Array.of(0.3 * draw.normal(), 0.2 * draw.normal(), 1.5 + 2 * draw.uniform());
  const K = intrinsicMatrix({ fx: f, fy: f, cx: 160, cy: 120 });
  const x3d = Float64Array.from([0, 0, 0, ...corners]);
  const x2d = new Float64Array(18);
  for (let i = 0; i < 9; i++) x2d.set(seen(x3d.subarray(3 * i, 3 * i + 3), R, t, K), 2 * i);
  return { problem: correspondences({ x2d, x3d, K }), pose: pose(R, t) };
}

/** π(z) [2]. */
export function seen(
  z: ArrayLike<number>,
  R: Float64Array,
  t: Float64Array,
  K: Float64Array,
): number[] {
  const X = [0, 1, 2].map(
    (j) => R[3 * j] * z[0] + R[3 * j + 1] * z[1] + R[3 * j + 2] * z[2] + t[j],
  );
  const h = [0, 1, 2].map((j) => K[3 * j] * X[0] + K[3 * j + 1] * X[1] + K[3 * j + 2] * X[2]);
  return [h[0] / h[2], h[1] / h[2]];
}

/**
 * l_p = ‖x − π‖² + ‖π − x*‖² at the solved pose: its gradient by x at a fixed pose, and by the pose in
 * the LEFT tangent; together with the path through the pose they are all of it (REPRO-L5). byZ and byK
 * are those of ‖π − x*‖² by the object points and the camera, again at a fixed pose.
 */
export function landmarkLoss(
  { n, x2d, x3d, K }: Correspondences,
  at: Pose,
  target: ArrayLike<number>,
): Record<"byX" | "byZ" | "byK" | "byPose", Float64Array> & { loss: number } {
  const [R, t] = [at.R.data, at.t.data];
  const [byX, byPose] = [new Float64Array(2 * n), new Float64Array(6)];
  const [byZ, byK] = [new Float64Array(3 * n), new Float64Array(9)];
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const p = [0, 3, 6].map(
      (j) => R[j] * x3d[3 * i] + R[j + 1] * x3d[3 * i + 1] + R[j + 2] * x3d[3 * i + 2],
    );
    const X = p.map((v, j) => v + t[j]);
    const h = [0, 3, 6].map((j) => K[j] * X[0] + K[j + 1] * X[1] + K[j + 2] * X[2]);
    for (let k = 0; k < 2; k++) {
      const pi = h[k] / h[2];
      const [own, other] = [x2d[2 * i + k] - pi, pi - target[2 * i + k]];
      loss += own ** 2 + other ** 2;
      byX[2 * i + k] = 2 * own;
      const J = [0, 1, 2].map((a) => (K[3 * k + a] - pi * K[6 + a]) / h[2]);
      const c = [
        p[1] * J[2] - p[2] * J[1],
        p[2] * J[0] - p[0] * J[2],
        p[0] * J[1] - p[1] * J[0],
        ...J,
      ];
      for (let a = 0; a < 6; a++) byPose[a] += 2 * (other - own) * c[a];
      for (let a = 0; a < 3; a++) {
        byK[3 * k + a] += (2 * other * X[a]) / h[2];
        byK[6 + a] -= (2 * other * pi * X[a]) / h[2];
        byZ[3 * i + a] += 2 * other * (J[0] * R[a] + J[1] * R[3 + a] + J[2] * R[6 + a]);
      }
    }
  }
  return { loss, byX, byZ, byK, byPose };
}

/** The turn between two poses [rad]. */
export function angleBetween(a: Pose, b: Pose): number {
  let squared = 0;
  for (let i = 0; i < 9; i++) squared += (a.R.data[i] - b.R.data[i]) ** 2;
  // ‖A − B‖_F = 2√2 sin(θ/2), which keeps its digits where the trace does not.
  return 2 * Math.asin(Math.min(1, Math.sqrt(squared / 8)));
}

const record = polished();

/** Keypoints off by 6 px, moved by Adam down l_p, the pose solved anew from the previous one. */
export function descend(name: string, variant: Variant, steps = 400): { turn: number } {
  const draw = stream(name);
  const { problem, pose: target } = drone(draw);
  const x2d = problem.x2d.map((x) => x + 6 * draw.normal());
  const free = { ...problem, x2d };
  const at = poseOf(target.R.data.slice(), target.t.data.slice());
  const adam = new Adam(x2d.length);
  const gradient = new Float64Array(x2d.length);
  for (let k = 0; k < steps; k++) {
    polish(free, at.R.data, at.t.data, Number.POSITIVE_INFINITY, 60, record);
    const { byX, byPose } = landmarkLoss(free, at, problem.x2d);
    const path = poseVjp(free, at, byPose, { variant }).x2d.data;
    for (let i = 0; i < gradient.length; i++) gradient[i] = byX[i] + path[i];
    adam.step(x2d, gradient, k < steps / 2 ? 0.3 : 0.03);
  }
  polish(free, at.R.data, at.t.data, Number.POSITIVE_INFINITY, 60, record);
  return { turn: angleBetween(at, target) };
}
