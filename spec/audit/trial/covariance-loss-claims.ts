/** Claims of method lc, made by the trial's own implementation. */
import { stream } from "../../../src/random/stream.js";
import { covarianceLoss } from "./covariance-loss.js";
import type { Boxed, LossConstants, LossSwitches } from "./covariance-loss-switches.js";
import { type PosedDraw, posedInputs, posedProblems } from "./posed.js";
import { type Arrays, array } from "./trial.js";

export const lossNames = ["prior_error", "cov_error", "linear_error", "loss"];
export const lossGradientNames = ["grad_x2d", "grad_x3d", "grad_inv_std2d"];

/** Problems with a box; the points of `masked` do not count. */
export function boxedProblems(draw: PosedDraw, masked: readonly number[] = [2]): Boxed[] {
  const { store = (v) => v } = draw;
  return posedProblems(draw).map((of, b) => {
    const source = stream(`trial/boxes/${draw.seed}`).at(b);
    const size = [0, 1, 2].map(() => 0.15 + 0.2 * source.uniform());
    const corners = Float64Array.from({ length: 24 }, (_, k) => {
      const [corner, axis] = [Math.floor(k / 3), k % 3];
      return store((corner >> axis) & 1 ? size[axis] : -size[axis]);
    });
    const valid = Float64Array.from({ length: of.n }, (_, i) => (masked.includes(i) ? 0 : 1));
    return { ...of, corners, valid };
  });
}

/** The layout of method lc is (q, t). */
export function boxedInputs(problems: readonly Boxed[], constants: LossConstants): Arrays {
  const { pose_gt, ...rest } = posedInputs(problems, {
    ...{ pose: "pose_gt", w2d: "inv_std2d", delta: false },
  });
  const B = problems.length;
  return {
    ...rest,
    pose_gt: array(
      pose_gt.shape,
      problems.flatMap(({ y }) => [...y.subarray(3), ...y.subarray(0, 3)]),
    ),
    bbox: array(
      [B, 8, 3],
      problems.flatMap((p) => [...p.corners]),
    ),
    valid: array(
      [B, problems[0].n],
      problems.flatMap((p) => [...p.valid]),
    ),
    z_min: array([], [constants.zMin]),
    max_err_len: array([], [constants.maxLength]),
    rel_thresh: array([], [constants.residualFactor]),
    w_e_thresh: array([], [constants.weightFactor]),
  };
}

export function boxedArrays(
  problems: readonly Boxed[],
  constants: LossConstants,
  faults: Partial<LossSwitches> = {},
): Arrays {
  const made = problems.map((of) => covarianceLoss(of, constants, faults));
  const [B, N] = [made.length, problems[0].n];
  return {
    prior_error: array(
      [B],
      made.map(({ prior }) => prior),
    ),
    cov_error: array(
      [B],
      made.map(({ cov }) => cov),
    ),
    linear_error: array(
      [B],
      made.map(({ linear }) => linear),
    ),
    loss: array(
      [B],
      made.map(({ loss }) => loss),
    ),
    grad_x2d: array(
      [B, N, 2],
      made.flatMap(({ x2d }) => x2d),
    ),
    grad_x3d: array(
      [B, N, 3],
      made.flatMap(({ x3d }) => x3d),
    ),
    grad_inv_std2d: array(
      [B, N, 2],
      made.flatMap(({ w2d }) => w2d),
    ),
  };
}

export const lossScene = (seed: string): PosedDraw => ({
  ...{ seed: `loss/${seed}`, problems: 3, n: 8, noise: 6 },
});
/** Constants that every clamp and threshold of some scene meets. */
export const lossConstants: LossConstants = {
  ...{ maxLength: 10, residualFactor: 1.2, weightFactor: 0.8, zMin: 1.55 },
};
