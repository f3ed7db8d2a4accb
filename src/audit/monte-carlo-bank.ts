/** The bank of explanations for Monte Carlo pose losses, as data. */
import { type Change, isGradient } from "./explicit-method.js";
import { type MonteCarloRecipe, monteCarloContract } from "./monte-carlo.js";

type Recipe = MonteCarloRecipe;
type Where = (quantity: string) => boolean;

const everywhere: Where = () => true;
const ofCosts: Where = (quantity) => quantity.startsWith("cost_");
const ofLoss: Where = (quantity) => quantity === "loss" || isGradient(quantity);
const ofWeights: Where = (quantity) => quantity === "log_weights" || ofLoss(quantity);
const of =
  (name: string): Where =>
  (quantity) =>
    quantity === name;

/** Sets switches of the recipe, where none of them is set to something else already. */
const set =
  (where: Where, switches: Partial<Recipe>) =>
  (recipe: Recipe, quantity: string): Recipe | null => {
    const names = Object.keys(switches) as (keyof Recipe)[];
    const free = names.every((name) => recipe[name] === monteCarloContract[name]);
    return where(quantity) && free ? { ...recipe, ...switches } : null;
  };

const conventions: Change<Recipe>[] = [
  {
    slug: "mean-over-samples",
    kind: "convention",
    sentence:
      "the evidence is the mean of the weights, not their sum: it is less by log S, with the same slopes",
    remedy: "add log S (EPRO-7)",
    change: set(of("loss"), { evidence: "mean" }),
  },
  {
    slug: "mean-over-points",
    kind: "convention",
    sentence: "it is averaged over the points, not summed",
    remedy: "multiply by N",
    change: set(ofCosts, {}),
    factor: ({ N }) => 1 / N,
  },
  {
    slug: "derivative-by-w2",
    kind: "convention",
    sentence: "the derivative is with respect to w², the weight of a squared residual",
    remedy: "multiply by 2w, or state the convention weights: w2",
    change: set(of("grad_w2d"), { weightVariable: "w2" }),
  },
];

const approximations: Change<Recipe>[] = [
  {
    slug: "threshold-attached",
    kind: "approximation",
    sentence:
      "the threshold is differentiated as a multiple of the mean weight, and not held constant",
    remedy: "detach the adaptive threshold from the weights (ROB-3), or declare it",
    change: set(of("grad_w2d"), { threshold: "by-weights" }),
  },
  {
    slug: "threshold-attached-to-points",
    kind: "approximation",
    sentence:
      "the threshold is differentiated as a multiple of the spread of the image points, and not held constant",
    remedy: "detach the adaptive threshold from the image points (ROB-3), or declare it",
    change: set(of("grad_x2d"), { threshold: "by-weights-and-points" }),
  },
];

const cost: Change<Recipe>[] = [
  {
    slug: "threshold-ignored",
    kind: "wrong",
    sentence: "the Huber kernel does not enter: outliers keep their whole residual",
    remedy: "sum ρ for the cost, and multiply slopes by ρ′ (ROB-1, EPRO-27)",
    change: set(everywhere, { robust: false }),
  },
  {
    slug: "huber-slope-missing",
    kind: "wrong",
    sentence: "slopes are those of plain squares: the factor ρ′ of the Huber kernel is missing",
    remedy: "multiply each point's slopes by ρ′ = min(1, δ/‖e‖) (ROB-1)",
    change: set(isGradient, { slope: "one" }),
  },
  {
    slug: "huber-derivative-squared",
    kind: "wrong",
    sentence: "slopes carry ρ′², the Huber kernel's factor twice",
    remedy: "multiply each point's slopes by ρ′ once (ROB-1)",
    change: set(isGradient, { slope: "squared" }),
  },
  {
    slug: "depth-unclamped",
    kind: "wrong",
    sentence: "depths below z_min are divided by as they are",
    remedy: "clamp depths from below at z_min before dividing (GEO-18), or state the z_min used",
    change: set(everywhere, { depth: "free" }),
  },
  {
    slug: "clip-rows-zeroed",
    kind: "wrong",
    sentence: "points with clamped depth have no slope, though their X and Y still move the pixel",
    remedy: "differentiate the clamp itself: only the depth is held (GEO-18)",
    change: set(of("grad_x3d"), { rows: "zeroed" }),
  },
  {
    slug: "clip-rows-kept",
    kind: "wrong",
    sentence: "points with clamped depth are differentiated as if their depth were free",
    remedy: "differentiate the clamp itself: the depth is held (GEO-18)",
    change: set(of("grad_x3d"), { rows: "formula" }),
  },
  ...(
    [
      ["weights-ignored", "one", "the weights do not enter at all", "by its weight"],
      ["weights-taken-as-w2", "root-w", "w itself is the weight of a squared residual", "by w"],
      ["weights-squared-twice", "w2", "residuals are multiplied by w²", "by w, once"],
    ] as const
  ).map(
    ([slug, weights, sentence, by]): Change<Recipe> => ({
      slug,
      kind: "wrong",
      sentence,
      remedy: `multiply each residual ${by} (CONV-4)`,
      change: set(everywhere, { weights }),
    }),
  ),
  {
    slug: "cost-not-halved",
    kind: "wrong",
    sentence: "costs are Σρ, without the factor ½, in the exponent too",
    remedy: "halve the cost: a likelihood is exp(−½ Σ ρ) (EPRO-2)",
    change: set(ofWeights, { share: "whole" }),
  },
  {
    slug: "cost-averaged",
    kind: "wrong",
    sentence:
      "costs are averaged over the points, in the exponent too: the posterior is far too wide",
    remedy: "sum over the points: a likelihood is exp(−½ Σ ρ) (EPRO-2)",
    change: set(ofWeights, { share: "mean" }),
  },
];

const weights: Change<Recipe>[] = [
  {
    slug: "proposal-ignored",
    kind: "wrong",
    sentence: "samples are weighted by exp(−cost) alone, not divided by their proposal density",
    remedy: "subtract log_proposal from each log-weight (EPRO-7)",
    change: set(ofWeights, { proposal: "ignored" }),
  },
  {
    slug: "proposal-multiplied",
    kind: "wrong",
    sentence: "log_proposal is added to the log-weights: densities multiply instead of divide",
    remedy: "subtract log_proposal (EPRO-7)",
    change: set(ofWeights, { proposal: "multiplied" }),
  },
  {
    slug: "weights-over-batch",
    kind: "wrong",
    sentence: "weights are normalised over the batch instead of over the samples",
    remedy: "take the softmax over the axis of samples (EPRO-20)",
    change: set(isGradient, { averaging: "batch" }),
  },
  {
    slug: "weights-not-normalised",
    kind: "wrong",
    sentence: "slopes of samples are summed with v itself, not with v / Σ v",
    remedy: "divide by the sum of the weights: it is what the logarithm's slope does (EPRO-20)",
    change: set(isGradient, { averaging: "none" }),
  },
  {
    slug: "weights-uniform",
    kind: "wrong",
    sentence: "slopes of samples are averaged as if all weights were equal",
    remedy: "weight them by v / Σ v (EPRO-20)",
    change: set(isGradient, { averaging: "uniform" }),
  },
  {
    slug: "weights-not-detached",
    kind: "wrong",
    sentence:
      "Σ v̄ cost was differentiated through the weights v̄ as well, which are constants of that surrogate",
    remedy: "detach the normalised weights, or differentiate log Σ v itself (EPRO-20)",
    change: set(isGradient, { averaging: "attached" }),
  },
];

const terms: Change<Recipe>[] = [
  {
    slug: "prediction-missing",
    kind: "wrong",
    sentence:
      "only the cost of the target enters, without log Σ v: it is least where all weights vanish",
    remedy: "add the predicted term (EPRO-6)",
    change: set(ofLoss, { terms: "target" }),
  },
  {
    slug: "target-missing",
    kind: "wrong",
    sentence: "only log Σ v enters, without the cost of the target",
    remedy: "add the cost of the target pose (EPRO-6)",
    change: set(ofLoss, { terms: "prediction" }),
  },
  {
    slug: "prediction-subtracted",
    kind: "wrong",
    sentence: "log Σ v is subtracted from the cost of the target",
    remedy: "add it (EPRO-6)",
    change: set(ofLoss, { terms: "difference" }),
  },
  ...[1e-12, 1e-10, 1e-8, 1e-6].map(
    (epsilon): Change<Recipe> => ({
      slug: "log-epsilon",
      kind: "wrong",
      sentence: `a constant such as ${epsilon} is added to Σ v before its logarithm is taken`,
      remedy: "take log Σ v with its greatest term taken out; then nothing underflows",
      change: set(ofLoss, { epsilon }),
    }),
  ),
];

/** Every explanation, the least grave first. */
export const monteCarloBank: readonly Change<Recipe>[] = [
  ...conventions,
  ...approximations,
  ...cost,
  ...weights,
  ...terms,
];
