/** Claims of method epropnp-reg, made by the trial's own implementation. */
import { stream } from "../../../src/random/stream.js";
import { poseStep, type Stepped, type StepSwitches } from "./pose-step.js";
import { type PosedDraw, posedInputs, posedProblems } from "./posed.js";
import { type Arrays, array } from "./trial.js";

export const stepGradients = ["grad_x2d", "grad_x3d", "grad_w2d"];

/** Poses a little off, with upstream gradients. */
export function steppedProblems(draw: PosedDraw): Stepped[] {
  const { store = (v) => v } = draw;
  return posedProblems(draw).map((of, b) => {
    const source = stream(`trial/steps/${draw.seed}`).at(b);
    const y = of.y.map((v, k) => v + (k < 3 ? 0.02 : 0.01) * source.normal());
    const length = y.length === 4 ? 1 : Math.hypot(...y.subarray(3));
    const upstream = Float64Array.from(y, () => store(source.normal()));
    return { ...of, y: y.map((v, k) => store(k < 3 ? v : v / length)), upstream };
  });
}

export function steppedInputs(problems: readonly Stepped[], zMin: number, epsilon: number): Arrays {
  const [B, P] = [problems.length, problems[0].y.length];
  return {
    ...posedInputs(problems),
    z_min: array([], [zMin]),
    eps: array([], [epsilon]),
    grad_pose_plus: array(
      [B, P],
      problems.flatMap((p) => [...p.upstream]),
    ),
  };
}

export function steppedArrays(
  problems: readonly Stepped[],
  zMin: number,
  epsilon: number,
  faults: Partial<StepSwitches> = {},
): Arrays {
  const made = problems.map((of) => poseStep(of, zMin, epsilon, faults));
  const [B, N, P] = [made.length, problems[0].n, problems[0].y.length];
  return {
    pose_plus: array(
      [B, P],
      made.flatMap(({ plus }) => plus),
    ),
    grad_x2d: array(
      [B, N, 2],
      made.flatMap(({ x2d }) => x2d),
    ),
    grad_x3d: array(
      [B, N, 3],
      made.flatMap(({ x3d }) => x3d),
    ),
    grad_w2d: array(
      [B, N, 2],
      made.flatMap(({ w2d }) => w2d),
    ),
  };
}

export const stepScene = (seed: string): PosedDraw => ({
  ...{ seed: `step/${seed}`, problems: 3, n: 6 },
});
/** ε large enough to be seen beside JᵀJ. */
export const stepEpsilon = 10;
