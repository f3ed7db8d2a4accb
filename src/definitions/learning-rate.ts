/**
 * Factors on a learning rate η over a run, of a step or an epoch counted from 0.
 *
 *     warmUp           f + (1 − f) k/w for k < w, then 1                           f = 1e-3, w = 1000
 *     flatAndAnneal    warmUp while k < w; else 1 until aT; else ½(1 + cos π(k − aT)/(T − aT))   a = 0.72
 *     stepDecay        γ^(milestones passed),  at a milestone itself it is passed   γ = 0.1
 *
 * Beyond the run, k > T, annealing has ended: 0. A warm-up that reaches into the annealing goes first; one
 * longer than the run is never left.
 * Source: EQUATIONS OPT-5 and, for steps, OPT-2, OPT-3; cosine [LoshchilovHutter2017] Eq 5.
 */
import type { Real } from "../scalar/real.js";

/** Where a run warms up and anneals. */
export interface FlatAndAnneal {
  /** T: steps of the run. */
  readonly total: number;
  /** w, and f, the factor at step 0. */
  readonly warmUpSteps: number;
  readonly warmUpFactor: number;
  /** a: the share of the run after which annealing starts. */
  readonly flatShare: number;
}

/** The factor of step k of a linear warm-up. */
export function warmUp<S extends Real<S>>(k: S, steps: number, factor: number): S {
  if (!k.lessThan(steps)) return k.of(1);
  return k.times(k.of(1).minus(factor)).over(steps).plus(factor);
}

/** The factor of step k. */
export function flatAndAnneal<S extends Real<S>>(
  k: S,
  { total, warmUpSteps, warmUpFactor, flatShare }: FlatAndAnneal,
  pi: S,
): S {
  if (k.lessThan(warmUpSteps)) return warmUp(k, warmUpSteps, warmUpFactor);
  const start = k.of(total).times(flatShare);
  if (k.atMost(start)) return k.of(1);
  if (!k.lessThan(total)) return k.of(0);
  const angle = k.minus(start).over(start.negated().plus(total)).times(pi);
  return angle.cos().plus(1).over(2);
}

/** The factor of an epoch. */
export function stepDecay<S extends Real<S>>(
  epoch: S,
  milestones: readonly number[],
  gamma: number,
): S {
  return milestones.reduce(
    (factor, milestone) => (epoch.lessThan(milestone) ? factor : factor.times(gamma)),
    epoch.of(1),
  );
}
