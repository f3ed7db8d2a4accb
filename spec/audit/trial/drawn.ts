/** The problems of the trial: seeded scenes, with the minima that a solver finds for them. */
import { poseVector } from "../../../src/problem/pose.js";
import type { SceneName } from "../../../src/problem/scene-kinds.js";
import { type SceneOptions, scene } from "../../../src/problem/scenes.js";
import { solveCorrespondences } from "../../../src/solve/solve-pnp.js";

/** One problem in plain numbers. */
export interface Drawn {
  readonly n: number;
  readonly x2d: Float64Array;
  readonly x3d: Float64Array;
  readonly w2d: Float64Array;
  readonly K: Float64Array;
  /** The pose it was made with: (ω, t). */
  readonly made: Float64Array;
}

/** What a scene is, and how many problems of it. */
export interface Draw extends SceneOptions {
  readonly scene: SceneName;
  readonly problems: number;
  /** What all weights are multiplied by; 1 by default. */
  readonly weightFactor?: number;
}

/** Problems of a scene; another seed gives others. */
export function drawn(draw: Draw): Drawn[] {
  const { scene: name, problems, seed, weightFactor = 1, ...options } = draw;
  return Array.from({ length: problems }, (_, b) => {
    const { correspondences, pose } = scene(name, { ...options, seed: `trial/${seed}/${b}` });
    const { n, x2d, x3d, w2d, K } = correspondences;
    return { n, x2d, x3d, w2d: w2d.map((w) => weightFactor * w), K, made: poseVector(pose) };
  });
}

/** The minimum (ω, t) that a solver reaches, from the pose the problem was made with or from everywhere. */
export function minimum(of: Drawn, delta: number | null = null, everywhere = false): Float64Array {
  const { pose } = solveCorrespondences(of, {
    ...(delta !== null && { delta }),
    ...(!everywhere && { poseInit: [...of.made] }),
  });
  if (!pose) throw new RangeError("minimum: expected a problem with a pose, got none");
  return poseVector(pose);
}
