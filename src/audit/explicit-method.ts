/**
 * What an audit has to know of a method whose quantities are closed functions of its inputs, with
 * nothing solved for: the truth is the formula itself at many digits. Each such method is one object of
 * this shape, told apart from its neighbours by a recipe: the switches of the formula, of which the
 * truth is one setting and every mistake in the bank another.
 */
import type { Claims } from "../formats/claims.js";
import type { Real } from "../scalar/real.js";
import type { Curve } from "./auditor.js";
import type { Kind } from "./bank.js";
import type { Blocks } from "./blocks.js";
import type { Sight } from "./claim-report.js";
import type { Sizes } from "./methods.js";
import type { ForwardFinding } from "./report.js";

/** A double as a constant of a number system. */
export type Lift<S> = (value: number) => S;

/**
 * A quantity of one problem under a recipe, flat, in the order in which a claim's item is read. Where
 * `first` is given, that many leading entries are enough: most explanations fail on them already.
 */
export type Values<Recipe, S> = (quantity: string, recipe: Recipe, first?: number) => readonly S[];

/**
 * What is left when a second route to a quantity is taken from given values of it: as many differences
 * as the route yields, each of the size of the quantity. A gradient may be seen along one direction.
 */
export type Differences<Recipe, S> = (
  quantity: string,
  recipe: Recipe,
  values: readonly S[],
) => readonly S[];

/** One change of a recipe, with its name: what else a claimed quantity may be. */
export interface Change<Recipe> {
  readonly slug: string;
  readonly kind: Kind;
  /** What was computed instead, in a clause; and what to do about it. */
  readonly sentence: string;
  readonly remedy: string;
  /** The recipe it makes of another; null where it does not apply or changes nothing. */
  readonly change: (recipe: Recipe, quantity: string) => Recipe | null;
  /** What the quantity is multiplied by; default 1. */
  readonly factor?: (sizes: Sizes) => number;
  /** True if every problem holds the sum over the batch. */
  readonly summed?: boolean;
}

/** Quantities of which none may follow a convention that the others do not, by its name and what it then is. */
export interface SharedConventions {
  readonly quantities: readonly string[];
  readonly conventions: Readonly<Record<string, Named>>;
}

/** Another way to write a quantity's numbers down: a convention that is undone before they are compared. */
export interface Rewriting<Problem> extends Omit<Change<unknown>, "change" | "factor" | "summed"> {
  /** A claimed item as it would have been written in the formula's own order; null if it cannot be told. */
  readonly read: (item: Float64Array, problem: Problem | null) => Float64Array | null;
}

/** A deviation that needs no comparison to be known: its name, what happened, what to do about it. */
export type Named = Pick<Change<unknown>, "slug" | "sentence" | "remedy">;

/** Number systems that a truth may be computed in: 64 digits, or 31 at a twentieth of the time. */
export type TruthScalar = "big" | "double-double";

export interface ExplicitMethod<Recipe, Problem> {
  /** What the report says of the poses, or of whatever is taken as given. */
  readonly forward: string;
  /** What is unusual about what is taken as given; null if nothing is. */
  unusual?(problems: readonly Problem[]): Pick<ForwardFinding, "status" | "sentence"> | null;
  /** The true recipe under the conventions that a file states. @throws ContractError */
  recipe(claims: Claims): Recipe;
  /** Every problem of a file, sliced, converted and checked. @throws ContractError */
  problems(claims: Claims, sizes: Sizes): Problem[];
  /** The numbers a problem was given as: if a dtype cannot hold them, reading them rounds once. */
  inputs(problem: Problem): readonly ArrayLike<number>[];
  /** What a problem looks like, for the pictures; without it, nothing is said. */
  sight?(problem: Problem): Sight;
  /** Which number system the truth of these problems affords. */
  truthScalar(problems: readonly Problem[]): TruthScalar;
  /** The formula of one problem in any scalar. What its quantities share is computed once. */
  values<S extends Real<S>>(problem: Problem, lift: Lift<S>): Values<Recipe, S>;
  /** A second route to the true recipe's quantities; what it disagrees by is the truth's error bar. */
  differences<S extends Real<S>>(problem: Problem, lift: Lift<S>): Differences<Recipe, S>;
  /**
   * Why a quantity does not exist at a problem, in a sentence; null if it does. `u` is the claim's unit
   * roundoff: a branch that rounding alone decides is none that a claim can be held to.
   */
  seam?(problem: Problem, quantity: string, recipe: Recipe, u: number): string | null;
  /**
   * The same recipe computed in another order, which loses other digits: what rounding allows is the most that
   * either loses. Default: none.
   */
  routes?(quantity: string, recipe: Recipe): readonly Recipe[];
  /**
   * Formulas that honest implementations use instead, and that lose other digits: what rounding allows is
   * the most that one of them loses. Default: none.
   */
  alsoHonest?(quantity: string, recipe: Recipe): readonly Recipe[];
  /**
   * True if rounding with unit u made a problem's inputs what they are: rotations, say, to its last digits. What
   * honest formulas make of the rest of them is then rounding as well. Default: no.
   */
  asStored?(problem: Problem, u: number): boolean;
  /** Why a formula in use gives no finite number at a problem, where the truth is one; null if none. */
  undefinedBy?(problem: Problem, quantity: string, u: number): Named | null;
  /** Ranges of an item that are measured apart; default: none, the whole item is one. */
  blocks?(quantity: string, recipe: Recipe, length: number): Blocks;
  /** Which of two such ranges is that of the rotation; default: the second. */
  rotationBlock?(quantity: string, recipe: Recipe): 0 | 1;
  /** Other ways in which a quantity may be written down; image axes are tried for all methods alike. */
  rewritings?(quantity: string): readonly Rewriting<Problem>[];
  /** Conventions that quantities have to share, since what is made of them needs both alike. */
  readonly shared?: readonly SharedConventions[];
  /** A claimed item as the numbers that `values` gives; default: as it came. */
  read?(quantity: string, item: Float64Array, problem: Problem | null): Float64Array;
  /**
   * True for a quantity whose truth is itself known from samples alone, so that a claim of it can be judged only
   * by its mean over seeds. Its second route gives the error bar, as a norm.
   */
  estimated?(quantity: string): boolean;
  /**
   * By how much the mean of such a quantity may lean to one side because samples are few, as a norm; it is part
   * of the budget. Default 0.
   */
  leaning?(problem: Problem, quantity: string): number;
  /** The least size that a quantity is measured by, where its own may be small by accident; default 0. */
  least?(quantity: string): number;
  /** What gradients are the slopes of, at a problem; without it, they are of nothing that is computed here. */
  objective?<S extends Real<S>>(problem: Problem, lift: Lift<S>): S;
  /** What a quantity of a file of one problem is the slope of by variables that are no input; default: nothing. */
  curve?(claims: Claims, quantity: string): Curve | null;
  /** What else a quantity may be. Factors, signs and batches are tried for all methods alike. */
  readonly bank: readonly Change<Recipe>[];
}

/** True for a derivative by an input: what a reduction over the batch applies to. */
export const isGradient = (quantity: string): boolean => quantity.startsWith("grad_");
