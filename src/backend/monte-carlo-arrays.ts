/** Input of Monte Carlo losses of a batch checked and laid out, and their output brought home. */
import { attachThreshold, lossThreshold, thresholdSlopes } from "../loss/monte-carlo-pose-loss.js";
import type { SeededPoseLoss } from "../loss/seeded-pose-loss.js";
import { clampRow } from "../solve/normal-equations.js";
import { correspondencesOf, outcomes, pointGradients, rows, thresholds } from "./batch.js";
import type { BatchLosses, BatchLossOptions, SeededBatchOptions } from "./monte-carlo-losses.js";
import { pointCount, points, problemAt, row } from "./operations/fields.js";
import type { ClampSettings } from "./operations/monte-carlo-loss.js";
import type { Problems } from "./problems.js";
import type { Task } from "./task.js";

export function targetsOf(caller: string, targets: ArrayLike<number>, count: number) {
  const width: 7 | 4 = targets?.length === 4 * count && count > 0 ? 4 : 7;
  return { target: rows(caller, "targets", targets, count, width), width };
}

/** How many numbers each of `count` has; 0 of none. */
export function shareOf(
  caller: string,
  name: string,
  given: ArrayLike<number>,
  count: number,
): number {
  const share = count === 0 ? 0 : given?.length / count;
  if (Number.isInteger(share)) return share;
  throw new RangeError(
    `${caller}: expected ${name} in a multiple of ${count} numbers, got ${given?.length ?? "none"}`,
  );
}

export function clampsOf(caller: string, { clamps }: BatchLossOptions): ClampSettings | null {
  clampRow(caller, clamps);
  return clamps ?? null;
}

export function requireSamples(
  caller: string,
  { samples = 512, iterations = 4 }: Pick<SeededBatchOptions, "samples" | "iterations">,
): void {
  for (const [name, value] of Object.entries({ samples, iterations }))
    if (!(Number.isInteger(value) && value > 0))
      throw new RangeError(`${caller}: expected ${name}, a positive integer, got ${value}`);
  if (samples % iterations !== 0)
    throw new RangeError(
      `${caller}: expected samples a multiple of ${iterations} iterations, got ${samples}`,
    );
}

export function requireIndices(caller: string, indices: Float64Array): Float64Array {
  for (const index of indices)
    if (!(Number.isSafeInteger(index) && index >= 0))
      throw new RangeError(`${caller}: expected whole indices >= 0, got ${index}`);
  return indices;
}

/** δ of every problem [B]; Infinity for one that has too few points for an adaptive one. */
export function lossThresholds(
  caller: string,
  problems: Problems,
  options: BatchLossOptions,
): Float64Array {
  const { count, offsets } = problems;
  const { relativeDelta, attachedThreshold = "detached" } = options;
  if (!thresholdSlopes.includes(attachedThreshold))
    throw new RangeError(
      `${caller}: expected attachedThreshold ${thresholdSlopes.join(", ")}, got ${attachedThreshold}`,
    );
  if (relativeDelta === undefined) return thresholds(caller, options.delta, count, ">= 0");
  if (options.delta !== undefined)
    throw new RangeError(`${caller}: expected delta or relativeDelta, got both`);
  const input = correspondencesOf(problems);
  return Float64Array.from({ length: count }, (_, b) =>
    offsets[b + 1] - offsets[b] < 2
      ? Infinity
      : lossThreshold(caller, problemAt({ offsets, input }, b), { relativeDelta }),
  );
}

/** Outputs as the caller gets them, with the slopes that reach points through an adaptive threshold. */
export function lossesOf(problems: Problems, task: Task, options: BatchLossOptions): BatchLosses {
  const { output } = task;
  const status: SeededPoseLoss["status"][] = outcomes(task);
  const delta = Float64Array.from(task.input.delta);
  for (let b = 0; b < problems.count; b++) {
    const adaptive = options.relativeDelta !== undefined;
    if (adaptive && pointCount(task, b) === 1 && status[b] !== "zero-weights") {
      status[b] = "too-few-points";
      refuse(task, b);
    }
    if (Number.isNaN(output.loss[b])) delta[b] = Number.NaN;
    else attachThreshold(problemAt(task, b), { ...options, delta: undefined }, slopesOf(task, b));
  }
  const { loss, targetCost: target, predicted, delta: byDelta } = output;
  return { status, loss, target, predicted, delta, byDelta, ...pointGradients(problems, task) };
}

function refuse(task: Task, b: number): void {
  const { loss, targetCost, predicted } = task.output;
  for (const number of [loss, targetCost, predicted]) number[b] = Number.NaN;
  for (const slope of Object.values(slopesOf(task, b))) slope.fill(0);
}

/** Slopes of problem b: views. */
function slopesOf(task: Task, b: number) {
  const { x2d, x3d, w2d, delta } = task.output;
  return {
    x2d: points(task, x2d, 2, b),
    x3d: points(task, x3d, 3, b),
    w2d: points(task, w2d, 2, b),
    delta: row(delta, 1, b),
  };
}
