/** Learning-rate schedules: a factor by step or epoch. Source: EQUATIONS OPT-2, OPT-3, OPT-5. */
import * as kernel from "../kernels/learning-rate.js";
import { checkedRange } from "./parameters.js";

/** The factor of a step or an epoch, counted from 0. */
export type Schedule = (at: number) => number;

export interface FlatAndAnnealOptions {
  /** Steps of the run. */
  readonly total: number;
  /** Steps of linear warm-up [1000], and its factor at step 0 [1e-3]. */
  readonly warmUpSteps?: number;
  readonly warmUpFactor?: number;
  /** Share of the run after which the cosine starts [0.72]. */
  readonly flatShare?: number;
}

/**
 * Warm-up, flat, cosine to 0 at the end and beyond. A warm-up that reaches into the annealing goes first; one longer
 * than the run is never left.
 *
 * @throws RangeError unless total ≥ 1, warm-up steps ≥ 0 and both shares are in [0, 1].
 */
export function flatAndAnneal(options: FlatAndAnnealOptions): Schedule {
  const { total, warmUpSteps = 1000, warmUpFactor = 1e-3, flatShare = 0.72 } = options;
  const name = "flatAndAnneal";
  checkedRange(name, "total", total, 1, Infinity);
  checkedRange(name, "warmUpSteps", warmUpSteps, 0, Infinity);
  checkedRange(name, "1 - warmUpFactor", 1 - warmUpFactor, 0, 1 + Number.EPSILON);
  checkedRange(name, "1 - flatShare", 1 - flatShare, 0, 1 + Number.EPSILON);
  return (step) => {
    checkedRange(name, "step", step, 0, Infinity);
    return kernel.flatAndAnneal(step, total, warmUpSteps, warmUpFactor, flatShare);
  };
}

/**
 * γ to the number of milestones passed; at a milestone it has been passed.
 *
 * @throws RangeError unless milestones increase from above 0 and γ is finite and not negative.
 */
export function stepDecay(milestones: readonly number[], gamma = 0.1): Schedule {
  const name = "stepDecay";
  milestones.forEach((milestone, i) => {
    if (!(milestone > (milestones[i - 1] ?? 0) && milestone < Infinity))
      throw new RangeError(`${name}: expected milestones that increase, got [${milestones}]`);
  });
  checkedRange(name, "gamma", gamma, 0, Infinity);
  return (epoch) => {
    checkedRange(name, "epoch", epoch, 0, Infinity);
    return kernel.stepDecay(epoch, milestones, gamma);
  };
}

/** The milestones of published training runs, in epochs. */
export const publishedMilestones = {
  /** The 6DoF network over 160 epochs, and over 320. */
  rmsprop: [50, 100, 150],
  longRmsprop: [100, 200, 300],
  /** The detector over 12. */
  detector: [10, 11],
} as const;
