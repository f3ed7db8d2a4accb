/**
 * The ways in which honest implementations compute one quantity. What rounding allows is the most that one of
 * them loses: an implementation is held to its own way, which nobody asked for.
 */
import type { ExplicitMethod } from "./explicit-method.js";

export interface HonestWay<Recipe> {
  readonly recipe: Recipe;
  /** True if its exact values are those of the first way, number by number. */
  readonly same: boolean;
}

export function honestWays<Recipe, Problem>(
  { routes, alsoHonest }: Pick<ExplicitMethod<Recipe, Problem>, "routes" | "alsoHonest">,
  quantity: string,
  recipe: Recipe,
): HonestWay<Recipe>[] {
  return [
    { recipe, same: true },
    ...(routes?.(quantity, recipe) ?? []).map((one) => ({ recipe: one, same: true })),
    ...(alsoHonest?.(quantity, recipe) ?? []).map((one) => ({ recipe: one, same: false })),
  ];
}

/** The way that a run takes: ways take turns. */
export const wayOf = (run: number, ways: number): number => run % ways;

/**
 * Runs of another formula as they count: around the truth, from which its exact values lie off by `offset`. What
 * else it gives where inputs are not what they stand for belongs to it too, if it was rounding that made them so.
 */
export const aroundTruth = (run: Float64Array, offset: readonly number[]): Float64Array =>
  run.map((v, k) => v - offset[k]);
