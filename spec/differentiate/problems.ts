import { readFileSync } from "node:fs";
import { rotation } from "../../src/kernels/rodrigues.js";
import {
  type Correspondences,
  correspondences,
  type Pose,
  pose,
  poseFromVector,
  poseOf,
} from "../../src/problem/index.js";
import { stream } from "../../src/random/stream.js";
import { leftUpdate, polish, polished } from "../../src/solve/polish.js";

/** A problem and the pose it was made from. */
export interface Posed {
  readonly problem: Correspondences;
  readonly pose: Pose;
  /** Greatest over least camera depth. */
  readonly depthRatio: number;
}

export interface PosedOptions {
  readonly n?: number;
  /** Standard deviation of the pixel noise. Default 0. */
  readonly noise?: number;
  /** Extent of the box of points in camera depth [m]; 0.6 and 0.4 across, at 0.9. Default 0.5. */
  readonly relief?: number;
  readonly weighted?: boolean;
  /** Turn about camera +Y [rad] instead of a random rotation. */
  readonly yaw?: number;
}

/** The box of scene D5 seen from a random side, at depth 0.9. */
export function posed(name: string, options: PosedOptions = {}): Posed {
  const { n = 8, noise = 0, relief = 0.5, weighted = false } = options;
  const draw = stream("spec/differentiate").child(name);
  const R = draw.rotation();
  if (options.yaw !== undefined) rotation(Float64Array.of(0, options.yaw, 0), R);
  const t = Float64Array.of(0.05 * draw.normal(), 0.05 * draw.normal(), 0.9);
  const K = [572.4, 0, 325.3, 0, 573.6, 242, 0, 0, 1];
  const [x2d, x3d, w2d]: number[][] = [[], [], []];
  const depths: number[] = [];
  for (let i = 0; i < n; i++) {
    const p = [0.6, 0.4, relief].map((side) => side * (draw.uniform() - 0.5));
    for (let j = 0; j < 3; j++) x3d.push(R[j] * p[0] + R[3 + j] * p[1] + R[6 + j] * p[2]);
    const X = p.map((v, j) => v + t[j]);
    depths.push(X[2]);
    for (let k = 0; k < 2; k++) {
      x2d.push((K[3 * k + k] * X[k]) / X[2] + K[3 * k + 2] + noise * draw.normal());
      w2d.push(weighted ? 0.3 + draw.uniform() : 1);
    }
  }
  const problem = correspondences({
    x2d: Float64Array.from(x2d),
    x3d: Float64Array.from(x3d),
    w2d: Float64Array.from(w2d),
    K: Float64Array.from(K),
  });
  return { problem, pose: pose(R, t), depthRatio: Math.max(...depths) / Math.min(...depths) };
}

const record = polished();

/** The stationary pose that the solver's Newton reaches from `start`, which is left as it is. */
export function solved(
  problem: Correspondences,
  start: Pose,
  delta = Number.POSITIVE_INFINITY,
): Pose {
  const [R, t] = [start.R.data.slice(), start.t.data.slice()];
  polish(problem, R, t, delta, 100, record);
  return poseOf(R, t);
}

/** The LEFT tangent (φ, τ) [6] from one pose to a near one. */
export function motionBetween(from: Pose, to: Pose): Float64Array {
  const [A, B] = [from.R.data, to.R.data];
  const turn = (i: number, j: number) =>
    [0, 1, 2].reduce((sum, k) => sum + B[3 * i + k] * A[3 * j + k], 0);
  const s = [turn(2, 1) - turn(1, 2), turn(0, 2) - turn(2, 0), turn(1, 0) - turn(0, 1)];
  // s/2 is sin θ times the axis.
  const sine = Math.hypot(s[0], s[1], s[2]) / 2;
  const factor = sine > 0 ? Math.asin(Math.min(1, sine)) / sine / 2 : 0.5;
  return Float64Array.of(
    ...s.map((v) => v * factor),
    ...[0, 1, 2].map((k) => to.t.data[k] - from.t.data[k]),
  );
}

/** `of` moved by the LEFT tangent (φ, τ) [6]. */
export function movedPose(of: Pose, motion: ArrayLike<number>): Pose {
  const [R, t] = [new Float64Array(9), new Float64Array(3)];
  leftUpdate(of.R.data, of.t.data, Float64Array.from(motion), R, t);
  return poseOf(R, t);
}

/** ‖a − b‖ / ‖b‖. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return a.length === b.length ? Math.sqrt(difference / size) : Number.NaN;
}

/** The recorded problems of one claims file: data, pose [6] in chart AA, and claimed arrays, flat. */
export function recorded(file: string): {
  problem: Correspondences;
  pose: Pose;
  claim: Record<string, number[]>;
}[] {
  const path = new URL(`../../fixtures/official/${file}.json`, import.meta.url);
  const { input, claim } = JSON.parse(readFileSync(path, "utf8"));
  return (input.pose as number[][]).map((y, b) => ({
    problem: correspondences({ x2d: input.x2d[b], x3d: input.x3d[b], K: input.K[b] }),
    pose: poseFromVector(y),
    claim: Object.fromEntries(
      Object.entries(claim).map(([name, values]) => [
        name,
        ((values as unknown[])[b] as number[]).flat(3) as number[],
      ]),
    ),
  }));
}
