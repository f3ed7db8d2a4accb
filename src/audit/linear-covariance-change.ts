/** How the bank of a Linear-Covariance loss writes down one explanation, and which quantities there are. */
import type { Kind } from "./bank.js";
import type { Change } from "./explicit-method.js";
import { type LossRecipe, lossContract } from "./linear-covariance-recipe.js";

const errors = ["prior_error", "cov_error", "linear_error"];
export const values = [...errors, "loss"];
export const gradients = ["grad_x3d", "grad_x2d", "grad_inv_std2d"];
export const all = [...values, ...gradients];

/** Changes of a recipe that explain where what they change is still as the contract has it. */
export function change(
  kind: Kind,
  slug: string,
  to: Partial<LossRecipe>,
  sentence: string,
  remedy: string,
  of: readonly string[] = all,
): Change<LossRecipe> {
  const keys = Object.keys(to) as (keyof LossRecipe)[];
  return {
    ...{ slug, kind, sentence, remedy },
    change: (recipe, quantity) =>
      of.includes(quantity) && keys.every((key) => recipe[key] === lossContract[key])
        ? { ...recipe, ...to }
        : null,
  };
}
