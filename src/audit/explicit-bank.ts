/** Explanations that are the same for every explicit method: factors, signs, and how a batch is put together. */
import { gravity } from "./bank.js";
import { type Change, isGradient, type Rewriting } from "./explicit-method.js";
import type { Sizes } from "./methods.js";

const factor = (slug: string, times: number, sentence: string): Change<unknown> => ({
  slug,
  kind: "wrong",
  sentence,
  remedy: "check signs and constant factors",
  change: (recipe) => recipe,
  factor: () => times,
});

const ofGradient = (
  slug: string,
  sentence: string,
  remedy: string,
  factorOf: (sizes: Sizes) => number,
): Change<unknown> => ({
  slug,
  kind: "convention",
  sentence,
  remedy,
  change: (recipe, quantity) => (isGradient(quantity) ? recipe : null),
  // With two problems a mean and a lost factor ½ look alike: the graver name is taken.
  factor: (sizes) => (sizes.B > 2 ? factorOf(sizes) : 1),
});

/** What any quantity may be instead, whatever its formula. */
export const commonBank: readonly Change<unknown>[] = [
  ofGradient(
    "mean-over-batch",
    "it is the gradient of the mean over the batch, not of the sum",
    "state the convention reduction: mean",
    ({ B }) => 1 / B,
  ),
  ofGradient(
    "sum-over-batch",
    "it is the gradient of the sum over the batch, not of the mean",
    "state the convention reduction: sum",
    ({ B }) => B,
  ),
  {
    slug: "summed-over-batch",
    kind: "wrong",
    sentence: "every problem's gradient holds the sum over the whole batch",
    remedy: "keep each problem's own gradient; sum only where an input is shared",
    change: (recipe, quantity) => (isGradient(quantity) ? recipe : null),
    summed: true,
  },
  factor("factor-2", 2, "it is twice as large"),
  factor("factor-half", 1 / 2, "it is half as large"),
  factor("sign-flipped", -1, "it has the opposite sign"),
];

/**
 * A method's own bank and the common one, the least grave first. Of the common ones those that change nothing
 * in a file of this size are left out: they would lend the truth a name.
 */
export function wholeBank<Recipe>(
  own: readonly Change<Recipe>[],
  sizes: Sizes,
): readonly Change<Recipe>[] {
  const common = (commonBank as readonly Change<Recipe>[]).filter(({ factor, summed }) =>
    summed ? sizes.B > 1 : factor?.(sizes) !== 1,
  );
  return [...own, ...common].sort((a, b) => gravity[a.kind] - gravity[b.kind]);
}

/** Image coordinates in the order (v, u), of whatever has a pair of them for each point. */
const swappedImageAxes: Rewriting<unknown> = {
  slug: "swapped-image-axes",
  kind: "convention",
  sentence: "image coordinates are in the order (v, u)",
  remedy: "exchange the two image axes",
  read: (item) => item.map((_, k) => item[k ^ 1]),
};

/** Every other way in which any method's quantity may be written down. */
export const commonRewritings = (quantity: string): readonly Rewriting<unknown>[] =>
  /2d$|^residual$|^jacobian$/.test(quantity) ? [swappedImageAxes] : [];
