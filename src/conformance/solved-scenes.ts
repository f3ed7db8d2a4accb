/**
 * Problems whose minimum is where it is wanted: noise is drawn, and what of it would move the pose is taken
 * away, r = r₀ − J (JᵀW²J)⁻¹ JᵀW² r₀. So ω is zero, or beside π, or a residual beside δ, as a case needs it.
 */
import { poseDerivatives, poseJacobian } from "../definitions/pose-jacobian.js";
import type { ClaimArray } from "../formats/claims.js";
import type { Stream } from "../random/stream.js";
import type { Big } from "../scalar/big.js";
import { apply, dot, type Matrix, multiply, solve, transpose } from "../scalar/matrix.js";
import {
  array,
  cameras,
  cloud,
  decimals,
  exactly,
  projected,
  roundedTo,
  rowsOf,
  unevenWeights,
} from "./drawing.js";

export interface SceneOptions {
  readonly N?: number;
  /** (ω, t) of the minimum. */
  readonly pose?: readonly number[];
  readonly K?: readonly number[];
  readonly x3d?: readonly number[];
  readonly w2d?: readonly number[];
  /** Bound on the pixels of noise; zero for none, as where a motion is free and nothing can be taken away. */
  readonly noise?: number;
  /** Decimals of a pixel: the minimum is so near to where it is wanted. */
  readonly places?: number;
}

/** One problem, flat, with its minimum. */
export interface Scene {
  readonly N: number;
  readonly pose: readonly number[];
  readonly x2d: readonly number[];
  readonly x3d: readonly number[];
  readonly w2d: readonly number[];
  readonly K: readonly number[];
  /** Lengths of the weighted residuals at the minimum, the greatest first. */
  readonly lengths: readonly number[];
}

export function scene(draw: Stream, options: SceneOptions = {}): Scene {
  const { N = 4, K = cameras.plain, noise = 3, places = 9 } = options;
  const pose = options.pose ?? [
    ...decimals(draw, 3, -1.2, 1.2),
    ...decimals(draw, 2, -0.5, 0.5),
    6,
  ];
  const x3d = options.x3d ?? cloud(draw, N);
  const w2d = options.w2d ?? unevenWeights(draw, N);
  const drawn = decimals(draw, 2 * N, -noise, noise);
  const at = poseDerivatives(exactly(pose));
  const points = rowsOf(exactly(x3d), 3);
  const J = points.flatMap((z) => poseJacobian(at, z, rowsOf(exactly(K), 3)));
  const resting = noise === 0 ? exactly(drawn) : withoutPull(exactly(drawn), J, exactly(w2d));
  const pixels: Big[] = projected(x3d, K, at.R, at.t).flat();
  const weighted = rowsOf(
    resting.map((r, k) => r.toNumber() * w2d[k]),
    2,
  );
  return {
    ...{ N, pose, x3d, w2d, K },
    lengths: weighted.map((e) => Math.sqrt(e[0] * e[0] + e[1] * e[1])).sort((p, q) => q - p),
    x2d: pixels.map((v, k) => roundedTo(v.plus(resting[k]), places)),
  };
}

/** r₀ without what moves the pose. */
function withoutPull(drawn: readonly Big[], J: Matrix<Big>, w2d: readonly Big[]): Big[] {
  const pull = transpose(J).map((row) => row.map((v, k) => v.times(w2d[k]).times(w2d[k])));
  const along = solve(
    multiply(pull, J),
    apply(pull, drawn).map((v) => [v]),
  ).flat();
  return drawn.map((r, k) => r.minus(dot(J[k], along)));
}

/** Scenes as the inputs of one case; `shared` names those that the first scene has for all. */
export function sceneInputs(
  scenes: readonly Scene[],
  shared: readonly string[] = [],
): Record<string, ClaimArray> {
  const B = scenes.length;
  const [{ N }] = scenes;
  const stacked = (
    name: string,
    shape: readonly number[],
    of: (one: Scene) => readonly number[],
  ) =>
    shared.includes(name) ? array(shape, of(scenes[0])) : array([B, ...shape], scenes.flatMap(of));
  return {
    x2d: stacked("x2d", [N, 2], ({ x2d }) => x2d),
    x3d: stacked("x3d", [N, 3], ({ x3d }) => x3d),
    w2d: stacked("w2d", [N, 2], ({ w2d }) => w2d),
    K: stacked("K", [3, 3], ({ K }) => K),
    // The start that decides which minimum is meant.
    pose_init: stacked("pose_init", [6], ({ pose }) => pose.map((v) => Math.round(100 * v) / 100)),
  };
}
