/** The bank of explanations for Monte Carlo pose losses over samples that the code draws itself, as data. */
import type { Change } from "./explicit-method.js";
import type { MonteCarloRecipe } from "./monte-carlo.js";
import { monteCarloBank } from "./monte-carlo-bank.js";

/** A recipe, and what else a loss may count that no slope sees. */
export interface DrawnRecipe extends MonteCarloRecipe {
  /** True where weights are summed, not averaged. */
  readonly summed: boolean;
  /** The measure of rotations: of the unit quaternions, of half of them, or of mass one. */
  readonly rotations: "surface" | "half" | "one";
}

/** What no sample of ours shows: it depends on how the code under audit draws its own. */
const unseen = new Set([
  ...["mean-over-samples", "proposal-ignored", "proposal-multiplied", "weights-over-batch"],
  ...["weights-not-normalised", "weights-uniform", "log-epsilon"],
]);

const ofLoss =
  (switches: Partial<DrawnRecipe>): Change<DrawnRecipe>["change"] =>
  (recipe, quantity) =>
    quantity === "loss" && (switches.summed ? !recipe.summed : recipe.rotations === "surface")
      ? { ...recipe, ...switches }
      : null;

/** Every explanation; what changes the loss by a constant comes first. */
export const drawnLossBank: readonly Change<DrawnRecipe>[] = [
  {
    slug: "sum-over-samples",
    kind: "convention",
    sentence:
      "the weights are summed and not averaged: the loss is greater by the logarithm of the number of samples, with the same slopes",
    remedy: "subtract log S (EPRO-7)",
    change: ofLoss({ summed: true }),
  },
  {
    slug: "one-of-each-rotation",
    kind: "convention",
    sentence:
      "the density of rotations counts q and −q as one: the loss is less by log 2, with the same slopes",
    remedy: "count both, or leave it: no slope sees it (EPRO-4)",
    change: ofLoss({ rotations: "half" }),
  },
  {
    slug: "rotations-of-mass-one",
    kind: "convention",
    sentence:
      "all rotations together have the mass one: the loss is less by the logarithm of 2π², or 2π of yaws, with the same slopes",
    remedy: "use the measure of the unit quaternions, or leave it: no slope sees it (EPRO-4)",
    change: ofLoss({ rotations: "one" }),
  },
  ...monteCarloBank.flatMap((change): Change<DrawnRecipe>[] =>
    unseen.has(change.slug)
      ? []
      : [
          {
            ...change,
            change(recipe, quantity) {
              const changed = change.change(recipe, quantity);
              return changed && { ...recipe, ...changed };
            },
          },
        ],
  ),
];
