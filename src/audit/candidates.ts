/** Every recipe's arrays over a whole batch, each formula evaluated once. */
import { dataInputs, solvedFormOf, solvedParts } from "./computations.js";
import { flatJacobian, type Jacobian, jacobianSize, quantityArray } from "./jacobian.js";
import { inDoubles } from "./playing.js";
import type { AuditProblem } from "./problem.js";
import { Recent } from "./recent.js";
import type { DerivativeQuantity, PoseChoice, Recipe, Variable } from "./recipe.js";
import type { Formula } from "./solved-form.js";

/** The poses of one problem that a derivative may have been taken at, each (ω, t) in chart AA. */
export type Poses = Readonly<Record<PoseChoice, ArrayLike<number> | null>>;

/** A problem with its poses and the certified Jacobian at the exact one. */
export interface Solved {
  readonly problem: AuditProblem;
  readonly poses: Poses;
  /** Null if there is none: the Hessian is singular or no stationary point was reached. */
  readonly truth: Jacobian | null;
}

/** Inputs that all problems share, whose gradients are therefore sums over the batch. */
export type Shared = ReadonlySet<string>;

/** True if this quantity is one array for the whole batch. */
export function isSummed(quantity: DerivativeQuantity, shared: Shared): boolean {
  return quantity.kind === "gradient" && shared.has(quantity.variable);
}

/** The problem whose weights a recipe uses, and the form that reads them so. */
export function reading(
  recipe: Recipe,
  given: AuditProblem,
  variable: Variable,
): [AuditProblem, Formula] {
  const problem = recipe.unlimited ? { ...given, delta: Number.POSITIVE_INFINITY } : given;
  if (recipe.unweighted)
    return [{ ...problem, w2d: new Float64Array(problem.w2d.length).fill(1) }, recipe.form];
  // With ω = w² as the variable, the same cost is read as √ω r: smooth where w is zero.
  if (variable === "w2d" && recipe.weightVariable === "w2" && recipe.form.weights === "w")
    return [
      { ...problem, w2d: problem.w2d.map((w) => w * w) },
      { ...recipe.form, weights: "sqrt" },
    ];
  return [problem, recipe.form];
}

/** What a Jacobian in chart AA depends on. */
export const formulaName = ({ form, unweighted, unlimited, pose }: Recipe): string =>
  JSON.stringify([form, unweighted, unlimited, pose]);

/** Numbers of Jacobians that are kept: 64 MiB of them. */
const most = 2 ** 23;

/** Candidates for the claims of one file. */
export class Candidates {
  private readonly jacobians = new Recent<Jacobian | null>(most, jacobianSize);

  constructor(
    readonly solved: readonly Solved[],
    readonly shared: Shared,
    /** True if gradients are of the mean over the batch. */
    readonly mean: boolean,
    /** The recipe whose Jacobian the certified truth is. */
    readonly certified: Recipe,
  ) {}

  /** One problem's own array, before any sum over the batch; null if the pose it needs is unknown. */
  own(quantity: DerivativeQuantity, recipe: Recipe, b: number): Float64Array | null {
    const y = this.solved[b].poses[recipe.pose];
    const jacobian = this.jacobian(recipe, b, quantity.variable);
    if (!y || !jacobian) return null;
    return this.reduced(
      quantity,
      quantityArray(quantity, recipe, this.solved[b].problem, y, jacobian),
    );
  }

  /** How many arrays a quantity has: one a problem, or a single one summed over the batch. */
  count(quantity: DerivativeQuantity): number {
    return isSummed(quantity, this.shared) ? 1 : this.solved.length;
  }

  /** The array a claim's item is compared with under a recipe; null if a pose it needs is unknown. */
  item(quantity: DerivativeQuantity, recipe: Recipe, index: number): Float64Array | null {
    if (!isSummed(quantity, this.shared) && recipe.batch === "item")
      return this.own(quantity, recipe, index);
    let total: Float64Array | null = null;
    for (let b = 0; b < this.solved.length; b++) {
      const own = this.own(quantity, recipe, b);
      if (!own) return null;
      if (!total) total = own;
      else for (let i = 0; i < own.length; i++) total[i] += own[i];
    }
    return total;
  }

  /** Applies the reduction over the batch that the file states. */
  reduced(quantity: DerivativeQuantity, array: Float64Array): Float64Array {
    if (quantity.kind === "gradient" && this.mean)
      for (let i = 0; i < array.length; i++) array[i] /= this.solved.length;
    return array;
  }

  private jacobian(recipe: Recipe, b: number, variable: Variable): Jacobian | null {
    const squared = variable === "w2d" && recipe.weightVariable === "w2";
    const { weightVariable } = this.certified;
    const formula = formulaName(recipe);
    if (
      formula === formulaName(this.certified) &&
      (variable !== "w2d" || recipe.weightVariable === weightVariable)
    )
      return this.solved[b].truth;
    return this.jacobians.get(`${b} ${squared} ${formula}`, () =>
      this.evaluated(recipe, b, variable),
    );
  }

  private evaluated(recipe: Recipe, b: number, variable: Variable): Jacobian | null {
    const { problem, poses } = this.solved[b];
    const y = poses[recipe.pose];
    if (!y) return null;
    const [read, readForm] = reading(recipe, problem, variable);
    try {
      const inputs = [...Array.from(y), ...dataInputs(read, Number)];
      return flatJacobian(
        solvedParts(inDoubles(solvedFormOf(read, readForm), inputs), read.n),
        Number,
      );
    } catch {
      // Exactly singular under this formula: it cannot be where the claim came from.
      return null;
    }
  }
}
