/**
 * The Monte Carlo loss of given samples as method epropnp-mc.
 *
 * The protocol has one density a sample, that of the mixture of proposals, and a sum over samples; means
 * are made here. It has no slope by the threshold, but costs are homogeneous: c(λw, λδ) = λ² c(w, δ), so
 * that by Euler
 *
 *     δ ∂L/∂δ = 2 (c(y_gt) − Σₛ v̄ₛ c(yₛ)) − Σ w ∂L/∂w
 *
 * which costs a few digits where few points are beyond the threshold.
 */
import type { ClaimArray } from "../../formats/claims.js";
import type { Arrays } from "../../live/question.js";
import { logMixture } from "../../sample/log-weights.js";
import { row } from "../operations/fields.js";
import type { MonteCarloSettings } from "../operations/index.js";
import type { Settings, Task } from "../task.js";
import { clampRefusal, idleClamp } from "./depths.js";
import {
  correspondences,
  finiteInput,
  pointCount,
  stacked,
  type Translation,
  written,
} from "./translation.js";

const sizes = (settings: Settings) => settings as MonteCarloSettings;
const posed = ["target", "poses"];
const slopes = { x3d: 3, x2d: 2, w2d: 2 } as const;
const because = "epropnp-mc has one clamp, of depths from below";

export const monteCarloLoss: Translation = {
  method: () => "epropnp-mc",
  refusal(settings) {
    const { clamps } = sizes(settings);
    if (!clamps) return null;
    if (!(clamps.zMin! > 0)) return `expected clamps with zMin > 0, got ${clamps.zMin}: ${because}`;
    const bounds = [...(clamps.lb ?? []), ...(clamps.ub ?? [])];
    return bounds.every((v) => Math.abs(v) === Infinity)
      ? null
      : `expected clamps without lb and ub, got [${bounds}]: ${because}`;
  },
  refusalOf(task, b) {
    if (task.input.delta[b] === 0)
      return "expected delta > 0, got 0: its slope cannot be had from what the protocol answers";
    const { clamps, width } = sizes(task.settings);
    return clamps ? null : clampRefusal(task, b, width, posed);
  },
  asked: (task, b) =>
    pointCount(task, [b]) > 0 &&
    sizes(task.settings).samples > 0 &&
    finiteInput(task, b) &&
    onSphere(task, b),
  kind: ({ input }, b) => (Number.isFinite(input.delta[b]) ? "robust" : "plain"),
  input: (task, problems) => ({
    ...correspondences(task, problems),
    pose_gt: stacked(task, "input", "target", problems, [sizes(task.settings).width]),
    ...(Number.isFinite(task.input.delta[problems[0]]) && {
      delta: stacked(task, "input", "delta", problems, []),
    }),
    pose_samples: samplesFirst(
      stacked(task, "input", "poses", problems, [
        sizes(task.settings).samples,
        sizes(task.settings).width,
      ]),
    ),
    log_proposal: mixtures(task, problems),
    z_min: { shape: [], data: Float64Array.of(clampOf(task, problems)) },
  }),
  want(task, problems) {
    const [B, n, S] = [problems.length, pointCount(task, problems), sizes(task.settings).samples];
    return {
      ...{ cost_target: [B], loss: [B] },
      ...{ grad_x3d: [B, n, 3], grad_x2d: [B, n, 2], grad_w2d: [B, n, 2] },
      ...(Number.isFinite(task.input.delta[problems[0]]) && {
        cost_samples: [S, B],
        log_weights: [S, B],
      }),
    };
  },
  read(task, problems, claim) {
    const { meanOverSamples = true } = sizes(task.settings);
    const less = meanOverSamples ? Math.log(sizes(task.settings).samples) : 0;
    const loss = claim.loss.data.map((v) => v - less);
    written(task, "loss", problems, { data: loss });
    written(task, "targetCost", problems, claim.cost_target);
    const predicted = loss.map((v, i) => v - claim.cost_target.data[i]);
    written(task, "predicted", problems, { data: predicted });
    for (const name of Object.keys(slopes)) written(task, name, problems, claim[`grad_${name}`]);
    written(task, "delta", problems, { data: thresholdSlopes(task, problems, claim) });
  },
  status: () => 0,
  claim(task, problems) {
    const n = pointCount(task, problems);
    const { meanOverSamples = true, samples } = sizes(task.settings);
    const more = meanOverSamples ? Math.log(samples) : 0;
    const loss = stacked(task, "output", "loss", problems, []);
    return {
      cost_target: stacked(task, "output", "targetCost", problems, []),
      loss: { shape: loss.shape, data: loss.data.map((v) => v + more) },
      ...Object.fromEntries(
        Object.entries(slopes).map(([name, width]) => [
          `grad_${name}`,
          stacked(task, "output", name, problems, [n, width]),
        ]),
      ),
    };
  },
};

/** [B, S, …] with samples as the leading axis: [S, B, …]. */
function samplesFirst({ shape: [B, S, ...rest], data }: ClaimArray): ClaimArray {
  const width = rest.reduce((product, length) => product * length, 1);
  const turned = new Float64Array(data.length);
  for (let b = 0; b < B; b++)
    for (let s = 0; s < S; s++)
      turned.set(data.subarray((b * S + s) * width, (b * S + s + 1) * width), (s * B + b) * width);
  return { shape: [S, B, ...rest], data: turned };
}

/** log of the mean density of T proposals at every sample [S, B]. */
function mixtures(task: Task, problems: readonly number[]): ClaimArray {
  const { samples: S, proposals: T } = sizes(task.settings);
  const { data } = stacked(task, "input", "logDensities", problems, [T, S]);
  const B = problems.length;
  const mean = new Float64Array(B * S);
  for (let b = 0; b < B; b++) {
    const mixture = mean.subarray(b * S, (b + 1) * S).fill(-Infinity);
    for (let m = 0; m < T; m++) logMixture(0, S, data, (b * T + m) * S, mixture);
    for (let s = 0; s < S; s++) mixture[s] -= Math.log(T);
  }
  return samplesFirst({ shape: [B, S], data: mean });
}

/** The clamp of the settings, or one that no point of these problems meets. */
function clampOf(task: Task, problems: readonly number[]): number {
  const { clamps, width } = sizes(task.settings);
  return clamps?.zMin ?? idleClamp(task, problems, width, posed);
}

/** Whether quaternions have length one to single precision, as the oracle wants them. */
function onSphere(task: Task, b: number): boolean {
  const { width, samples } = sizes(task.settings);
  if (width === 4) return true;
  const poses = [row(task.input.target, 7, b), row(task.input.poses, 7 * samples, b)];
  return poses.every((rows) => {
    for (let at = 0; at < rows.length; at += 7) {
      const square = rows[at + 3] ** 2 + rows[at + 4] ** 2 + rows[at + 5] ** 2 + rows[at + 6] ** 2;
      if (!(Math.abs(square - 1) <= 2e-6)) return false;
    }
    return true;
  });
}

function thresholdSlopes(task: Task, problems: readonly number[], claim: Arrays): Float64Array {
  const slope = new Float64Array(problems.length);
  if (!claim.cost_samples) return slope;
  const [B, S] = [problems.length, sizes(task.settings).samples];
  const n = pointCount(task, problems);
  const weights = stacked(task, "input", "w2d", problems, [n, 2]).data;
  const [costs, logWeights] = [claim.cost_samples.data, claim.log_weights.data];
  for (let b = 0; b < B; b++) {
    let top = -Infinity;
    for (let s = 0; s < S; s++) top = Math.max(top, logWeights[s * B + b]);
    let [total, cost] = [0, 0];
    for (let s = 0; s < S; s++) {
      const v = Math.exp(logWeights[s * B + b] - top);
      total += v;
      // A sample of weight zero may have any cost, Infinity too.
      if (v > 0) cost += v * costs[s * B + b];
    }
    let along = 0;
    for (let k = b * 2 * n; k < (b + 1) * 2 * n; k++) along += weights[k] * claim.grad_w2d.data[k];
    slope[b] =
      (2 * (claim.cost_target.data[b] - cost / total) - along) / task.input.delta[problems[b]];
  }
  return slope;
}
