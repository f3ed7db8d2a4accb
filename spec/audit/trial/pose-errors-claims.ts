/** Claims of method metrics, made by the trial's own implementation. */
import { stream } from "../../../src/random/stream.js";
import { type Compared, type ErrorSwitches, poseErrors } from "./pose-errors.js";
import { type Arrays, array } from "./trial.js";

export const errorNames = ["add", "adds", "proj", "mssd", "mspd", "te", "npe", "re_deg", "ad"];

export interface ComparedDraw {
  readonly seed: string;
  readonly problems: number;
  readonly points?: number;
  /** How far the estimate is off: its turn [rad], and its shift [m]. */
  readonly turn?: number;
  readonly shift?: number;
  readonly depth?: number;
  readonly store?: (v: number) => number;
}

/** A model with a half-turn about an axis beside its origin, seen in two poses. */
export function comparedPoses(draw: ComparedDraw): Compared[] {
  const {
    seed,
    problems,
    points = 12,
    turn = 0.3,
    shift = 0.1,
    depth = 1.2,
    store = (v) => v,
  } = draw;
  return Array.from({ length: problems }, (_, b) => {
    const source = stream(`trial/errors/${seed}`).at(b);
    const R_gt = source.rotation();
    const axis = source.sphere();
    const D = rodrigues(axis, turn * (0.5 + source.uniform()));
    const o = [0.03, -0.02];
    // Every other estimate is near the pose that the half-turn about x = o₀, y = o₁ makes of the truth.
    const flip = b % 2 ? -1 : 1;
    const R_est = Float64Array.from({ length: 9 }, (_, k) =>
      [0, 1, 2].reduce((sum, m) => {
        const sign = k % 3 < 2 ? flip : 1;
        return sum + sign * D[Math.floor(k / 3)][m] * R_gt[3 * m + (k % 3)];
      }, 0),
    );
    const t_gt = Float64Array.of(
      0.1 * source.normal(),
      0.1 * source.normal(),
      depth * (1 + 0.3 * source.uniform()),
    );
    const t_est = t_gt.map((v, k) => {
      const offset = b % 2 ? 2 * (R_gt[3 * k] * o[0] + R_gt[3 * k + 1] * o[1]) : 0;
      return v + offset + shift * (0.3 + source.uniform());
    });
    // Points come in pairs that the half-turn exchanges.
    const half = Array.from({ length: Math.ceil(points / 2) }, () =>
      [0, 1, 2].map(() => 0.3 * (source.uniform() - 0.5)),
    );
    const model = half
      .flatMap(([x, y, z]) => [
        [x, y, z],
        [2 * o[0] - x, 2 * o[1] - y, z],
      ])
      .slice(0, points);
    const all = (values: ArrayLike<number>) => Float64Array.from(values, store);
    return {
      ...{ R_est: all(R_est), t_est: all(t_est), R_gt: all(R_gt), t_gt: all(t_gt) },
      points: all(model.flat()),
      K: all([540, 0.7, 310, 0, 555, 236, 0, 0, 1]),
      symmetries: all([
        ...[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
        ...[-1, 0, 0, 2 * o[0], 0, -1, 0, 2 * o[1], 0, 0, 1, 0],
      ]),
      diameter: store(0.4),
      width: 720,
    };
  });
}

/** cos θ I + sin θ [a]× + (1 − cos θ) a aᵀ. */
function rodrigues(a: ArrayLike<number>, angle: number): number[][] {
  const [s, c] = [Math.sin(angle), Math.cos(angle)];
  const X = [
    [0, -a[2], a[1]],
    [a[2], 0, -a[0]],
    [-a[1], a[0], 0],
  ];
  return X.map((row, i) => row.map((v, j) => (i === j ? c : 0) + s * v + (1 - c) * a[i] * a[j]));
}

export function comparedInputs(problems: readonly Compared[]): Arrays {
  const B = problems.length;
  const all = (shape: number[], of: (p: Compared) => ArrayLike<number>) =>
    array(
      [B, ...shape],
      problems.flatMap((p) => Array.from(of(p))),
    );
  return {
    R_est: all([3, 3], (p) => p.R_est),
    t_est: all([3], (p) => p.t_est),
    R_gt: all([3, 3], (p) => p.R_gt),
    t_gt: all([3], (p) => p.t_gt),
    points: all([problems[0].points.length / 3, 3], (p) => p.points),
    K: all([3, 3], (p) => p.K),
    symmetries: all([problems[0].symmetries.length / 12, 3, 4], (p) => p.symmetries),
    diameter: all([], (p) => [p.diameter]),
    image_width: all([], (p) => [p.width]),
  };
}

export function comparedArrays(
  problems: readonly Compared[],
  faults: Partial<ErrorSwitches> = {},
): Arrays {
  const made = problems.map((of) => poseErrors(of, faults));
  return Object.fromEntries(
    errorNames.map((name) => [
      name,
      array(
        [made.length],
        made.map((of) => of[name as keyof (typeof made)[0]]),
      ),
    ]),
  );
}

export const errorScene = (seed: string): ComparedDraw => ({ seed: `errors/${seed}`, problems: 4 });
