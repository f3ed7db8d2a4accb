import { type Draw, type Drawn, drawn, minimum } from "./drawn.js";
import { type CostSwitches, costAt, inverted } from "./minimum-cost.js";
import { type Arrays, array } from "./trial.js";

export interface Fitted {
  readonly problems: readonly Drawn[];
  readonly delta: number | null;
  readonly poses: readonly Float64Array[];
  readonly inputs: Arrays;
}

export function fitted(
  draw: Draw,
  delta: number | null,
  store: (v: number) => number = (v) => v,
): Fitted {
  const problems = drawn(draw).map((of) => ({
    ...of,
    ...{ x2d: of.x2d.map(store), x3d: of.x3d.map(store) },
    ...{ w2d: of.w2d.map(store), K: of.K.map(store) },
  }));
  const [B, N] = [problems.length, problems[0].n];
  return {
    problems,
    delta,
    poses: problems.map((of) => minimum(of, delta)),
    inputs: {
      x2d: array(
        [B, N, 2],
        problems.flatMap((p) => [...p.x2d]),
      ),
      x3d: array(
        [B, N, 3],
        problems.flatMap((p) => [...p.x3d]),
      ),
      w2d: array(
        [B, N, 2],
        problems.flatMap((p) => [...p.w2d]),
      ),
      K: array(
        [B, 3, 3],
        problems.flatMap((p) => [...p.K]),
      ),
      pose_init: array(
        [B, 6],
        problems.flatMap((p) => [...p.made]),
      ),
      ...(delta !== null && {
        delta: array(
          [B],
          problems.map(() => delta),
        ),
      }),
    },
  };
}

/** What is claimed of the minima; poses as they were found, or others. */
export function solutions(
  of: Fitted,
  switches: Partial<CostSwitches> = {},
  poses: readonly Float64Array[] = of.poses,
): Arrays {
  const at = of.problems.map((problem, b) => costAt(problem, of.delta, poses[b], switches));
  const B = at.length;
  return {
    pose: array(
      [B, 6],
      poses.flatMap((y) => [...y]),
    ),
    cost: array(
      [B],
      at.map(({ cost }) => cost),
    ),
    pose_cov: array(
      [B, 6, 6],
      at.flatMap(({ hessian }) => [...inverted(hessian)]),
    ),
  };
}

/** H itself, where its inverse belongs. */
export const information = (of: Fitted): Arrays => ({
  pose_cov: array(
    [of.problems.length, 6, 6],
    of.problems.flatMap((problem, b) =>
      costAt(problem, of.delta, of.poses[b])
        .hessian.flat()
        .map(({ v }) => v),
    ),
  ),
});

/** Poses under a change. */
export const posed = (
  of: Fitted,
  change: (y: Float64Array, b: number) => ArrayLike<number>,
): Arrays => ({
  pose: array(
    [of.problems.length, of.inputs.pose_init.shape[1]],
    of.poses.flatMap((y, b) => Array.from(change(y, b))),
  ),
});

/** Minima of the problems with other weights, thresholds or pixels. */
export const minimaOf = (
  of: Fitted,
  change: (p: Drawn) => Drawn,
  delta = of.delta,
): Float64Array[] => of.problems.map((problem) => minimum(change(problem), delta));

export const reweighted =
  (weight: (w: number) => number) =>
  (of: Drawn): Drawn => ({ ...of, w2d: of.w2d.map(weight) });

/** Residuals on both sides of the threshold. */
export const solutionScene = (seed: string): Draw => ({
  ...{ scene: "generic", problems: 3, n: 9, noise: 2, weights: "uniform", outliers: 0.2 },
  seed: `solution/${seed}`,
});
