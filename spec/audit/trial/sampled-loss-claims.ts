/** Claims of method epropnp-mc, made by the trial's own implementation. */
import { stream } from "../../../src/random/stream.js";
import { type PosedDraw, posedInputs, posedProblems } from "./posed.js";
import { type Sampled, type SampledSwitches, sampledLosses } from "./sampled-loss.js";
import { type Arrays, array } from "./trial.js";

export const lossGradients = ["grad_x2d", "grad_x3d", "grad_w2d"];

/** Problems with samples around their poses, close enough that no sample has all the weight. */
export function sampledProblems(draw: PosedDraw & { readonly samples: number }): Sampled[] {
  const { store = (v) => v } = draw;
  return posedProblems(draw).map((of, b) => {
    const source = stream(`trial/samples/${draw.seed}`).at(b);
    const samples = Array.from({ length: draw.samples }, () => {
      const y = of.y.map((v, k) => v + (k < 3 ? 0.02 : 0.01) * source.normal());
      const length = y.length === 4 ? 1 : Math.hypot(...y.subarray(3));
      return y.map((v, k) => store(k < 3 ? v : v / length));
    });
    const logProposal = Float64Array.from(samples, () => store(0.8 * source.normal()));
    return { ...of, samples, logProposal };
  });
}

export function sampledInputs(problems: readonly Sampled[], zMin: number): Arrays {
  const [B, S, P] = [problems.length, problems[0].samples.length, problems[0].y.length];
  const each = Array.from({ length: S }, (_, s) => s);
  return {
    ...posedInputs(problems, { pose: "pose_gt" }),
    z_min: array([], [zMin]),
    pose_samples: array(
      [S, B, P],
      each.flatMap((s) => problems.flatMap((p) => [...p.samples[s]])),
    ),
    log_proposal: array(
      [S, B],
      each.flatMap((s) => problems.map((p) => p.logProposal[s])),
    ),
  };
}

/** Everything that may be claimed of the problems. */
export function sampledArrays(
  problems: readonly Sampled[],
  zMin: number,
  faults: Partial<SampledSwitches> = {},
): Arrays {
  const made = sampledLosses(problems, zMin, faults);
  const [B, N, S] = [problems.length, problems[0].n, problems[0].samples.length];
  const each = Array.from({ length: S }, (_, s) => s);
  return {
    cost_target: array(
      [B],
      made.map(({ target }) => target),
    ),
    cost_samples: array(
      [S, B],
      each.flatMap((s) => made.map(({ samples }) => samples[s])),
    ),
    log_weights: array(
      [S, B],
      each.flatMap((s) => made.map(({ logWeights }) => logWeights[s])),
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
    grad_w2d: array(
      [B, N, 2],
      made.flatMap(({ w2d }) => w2d),
    ),
  };
}

export const sampledScene = (seed: string): PosedDraw & { samples: number } => ({
  ...{ seed: `sampled/${seed}`, problems: 3, n: 7, samples: 5, weight: 0.04, kink: 1 },
});
