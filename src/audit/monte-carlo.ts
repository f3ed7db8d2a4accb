/**
 * What is claimed of a Monte Carlo pose loss for given samples (method epropnp-mc).
 *
 *     cₛ = c(yₛ)     log vₛ = −cₛ − log qₛ     L = c(y_gt) + log Σₛ vₛ
 *     ∂L/∂θ = ∂c(y_gt)/∂θ − Σₛ v̄ₛ ∂cₛ/∂θ,   v̄ₛ = vₛ / Σ v
 *
 * c is the Huber cost, depths clamped from below at z_min and differentiated as the clamp is: X and Y
 * stay free. Samples, their densities and the threshold are constants.
 */
import type { Real } from "../scalar/real.js";
import type { Values } from "./explicit-method.js";
import {
  attachedSlopes,
  type CostSwitches,
  poseCosts,
  type Sampled,
  type SlopeSwitches,
  weightedSlopes,
} from "./sampled-cost.js";

/** How a loss and its slopes may have been computed; the truth is one such recipe. */
export interface MonteCarloRecipe extends CostSwitches, SlopeSwitches {
  /** What a weight does with the density of its sample. */
  readonly proposal: "divided" | "ignored" | "multiplied";
  /** log Σ v, or log of the mean of v. */
  readonly evidence: "sum" | "mean";
  /** What is added to Σ v before its logarithm is taken. */
  readonly epsilon: number;
  /** Target plus prediction, one of them alone, or target minus prediction. */
  readonly terms: "both" | "target" | "prediction" | "difference";
  /**
   * The share of a sample in the slopes: v̄ over samples or over the batch, v itself, 1/S, or what
   * differentiating Σ v̄ c gives where v̄ was meant to be held fixed.
   */
  readonly averaging: "samples" | "batch" | "none" | "uniform" | "attached";
}

/** The contract where a file states no convention. */
export const monteCarloContract: MonteCarloRecipe = {
  ...{ weights: "w", robust: true, share: "half", depth: "clamped" },
  ...{ slope: "huber", rows: "free", threshold: "constant", weightVariable: "w" },
  ...{ proposal: "divided", evidence: "sum", epsilon: 0, terms: "both", averaging: "samples" },
};

/** A pose that a quantity is taken at, with its rotation. */
export interface MonteCarloData<S> extends Sampled<S> {
  /** Poses (t, q) [7] or (t, β) [4]: the target, and the samples [S]. */
  readonly target: readonly S[];
  readonly samples: readonly (readonly S[])[];
  /** log q [S]. */
  readonly logProposal: readonly S[];
}

/** Shares below this are beyond the digits of any truth: their samples are left out of slopes. */
const negligible = 2 ** -180;

/** The quantities of one problem; `batch` are the log-weights of all problems, for a mistake in axes. */
export function monteCarloValues<S extends Real<S>>(
  data: MonteCarloData<S>,
  batch: (recipe: MonteCarloRecipe) => (readonly S[])[],
): Values<MonteCarloRecipe, S> {
  const costs = remembered(({ weights, robust, share, depth }: CostSwitches) =>
    poseCosts(data, [data.target, ...data.samples], { weights, robust, share, depth }),
  );
  const logWeights = (recipe: MonteCarloRecipe): S[] => {
    const [, ...ofSamples] = costs(costSwitches(recipe));
    const sign = { divided: -1, ignored: 0, multiplied: 1 }[recipe.proposal];
    return ofSamples.map((c, s) => data.logProposal[s].times(sign).minus(c));
  };
  const loss = (recipe: MonteCarloRecipe): S => {
    const [target] = costs(costSwitches(recipe));
    if (recipe.terms === "target") return target;
    const all = logSum(logWeights(recipe), recipe.epsilon);
    const predicted =
      recipe.evidence === "mean" ? all.minus(all.of(data.samples.length).log()) : all;
    if (recipe.terms === "prediction") return predicted;
    return recipe.terms === "both" ? target.plus(predicted) : target.minus(predicted);
  };
  /** The factor of each ∂c: of the target, then of each sample. */
  const factors = (recipe: MonteCarloRecipe): S[] => {
    const one = data.K[0][0].of(1);
    const ofTarget = recipe.terms === "prediction" ? one.of(0) : one;
    if (recipe.terms === "target") return [ofTarget, ...data.samples.map(() => one.of(0))];
    const own = logWeights(recipe);
    const [, ...ofSamples] = costs(costSwitches(recipe));
    const shares = sampleShares(own, ofSamples, recipe, () => batch(recipe));
    const sign = recipe.terms === "difference" ? 1 : -1;
    return [ofTarget, ...shares.map((v) => v.times(sign))];
  };
  return (quantity, recipe, first = Number.POSITIVE_INFINITY) => {
    if (quantity === "cost_target") return costs(costSwitches(recipe)).slice(0, 1);
    if (quantity === "cost_samples") return costs(costSwitches(recipe)).slice(1);
    if (quantity === "log_weights") return logWeights(recipe);
    if (quantity === "loss") return [loss(recipe)];
    const by = quantity.slice(5) as "x3d" | "x2d" | "w2d";
    const width = by === "x3d" ? 3 : 2;
    const poses = [data.target, ...data.samples];
    const taken = factors(recipe).flatMap((factor, k) =>
      Math.abs(factor.toNumber()) < negligible ? [] : [{ factor, y: poses[k] }],
    );
    const points = Math.min(data.x3d.length, Math.ceil(first / width));
    const slopes = weightedSlopes(data, taken, by, recipe, points);
    if (recipe.threshold === "constant" || by === "x3d") return slopes;
    return attachedSlopes(data, taken, slopes, by, recipe);
  };
}

const costSwitches = ({ weights, robust, share, depth }: CostSwitches): CostSwitches => ({
  ...{ weights, robust, share, depth },
});

/** What each sample counts for in the slopes, as a positive share. */
function sampleShares<S extends Real<S>>(
  logWeights: readonly S[],
  costs: readonly S[],
  { averaging, epsilon }: MonteCarloRecipe,
  batch: () => (readonly S[])[],
): S[] {
  if (averaging === "none") return logWeights.map((lw) => lw.exp());
  if (averaging === "uniform") return logWeights.map((lw) => lw.of(1).over(logWeights.length));
  if (averaging === "batch") {
    const all = batch();
    return logWeights.map((lw, s) => lw.minus(logSum(all.map((of) => of[s]))).exp());
  }
  const total = logSum(logWeights, epsilon);
  const shares = logWeights.map((lw) => lw.minus(total).exp());
  if (averaging === "samples") return shares;
  const mean = shares.reduce((sum, v, s) => sum.plus(v.times(costs[s])), total.of(0));
  return shares.map((v, s) => v.times(mean.minus(costs[s]).plus(1)));
}

/** log (ε + Σ exp xₛ), the greatest taken out. */
function logSum<S extends Real<S>>(x: readonly S[], epsilon = 0): S {
  const top = x.reduce((a, b) => (a.lessThan(b) ? b : a));
  const sum = x.reduce((total, v) => total.plus(v.minus(top).exp()), top.of(0));
  return epsilon === 0 ? top.plus(sum.log()) : sum.times(top.exp()).plus(epsilon).log();
}

/** A function that remembers every result. */
function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const held = new Map<string, Value>();
  return (key) => {
    const name = JSON.stringify(key);
    const value = held.get(name) ?? make(key);
    held.set(name, value);
    return value;
  };
}
