/** From runs with lost bits to the error budget of a claimed quantity. */

import type { Dtype } from "../scalar/rounding.js";
import { type Blocks, distance } from "./blocks.js";
import { correctWithin, margin, type NoisyRun, noisyRuns } from "./budget.js";
import { type Candidates, isSummed } from "./candidates.js";
import { quantityArray } from "./jacobian.js";
import type { DerivativeQuantity, Recipe } from "./recipe.js";

/** What rounding allows: per item, the relative error, and per block the size below it counts as zero. */
export interface Budget {
  readonly relative: readonly number[];
  readonly scales: readonly (readonly number[])[];
}

/** Budgets of one file's quantities, the noisy runs of each formula made once. */
export class Budgets {
  private readonly runs = new Map<string, NoisyRun[]>();

  constructor(
    private readonly candidates: Candidates,
    private readonly dtype: Dtype,
  ) {}

  /** The budget of a quantity under a recipe. */
  of(quantity: DerivativeQuantity, recipe: Recipe, blocks: Blocks): Budget {
    const count = this.candidates.count(quantity);
    const relative: number[] = [];
    const scales: number[][] = [];
    for (let item = 0; item < count; item++) {
      const centre = this.candidates.item(quantity, recipe, item);
      const samples = centre ? this.samples(quantity, recipe, item) : [];
      let worst = samples.length ? correctWithin(this.dtype) : Number.POSITIVE_INFINITY;
      const sizes = blocks.map((block) => {
        const squares = samples.reduce((sum, s) => sum + distance(s, centre, block) ** 2, 0);
        const spread = margin * Math.sqrt(squares / Math.max(1, samples.length));
        const size = centre ? distance(centre, null, block) : 0;
        if (size > 0) worst = Math.max(worst, spread / size);
        // Where the truth is zero, a number of the size of its rounding counts as within budget.
        return Math.max(spread / correctWithin(this.dtype), Number.MIN_VALUE);
      });
      relative.push(worst);
      scales.push(sizes);
    }
    return { relative, scales };
  }

  /** The quantity's array in each run, summed over the batch where it is a sum. */
  private samples(quantity: DerivativeQuantity, recipe: Recipe, item: number): Float64Array[] {
    const { solved, shared } = this.candidates;
    const whole = isSummed(quantity, shared) || recipe.batch === "sum";
    const indices = whole ? solved.map((_, b) => b) : [item];
    let totals: Float64Array[] | null = null;
    for (const b of indices) {
      const { problem } = solved[b];
      const arrays = this.noisy(recipe, b).map(({ jacobian, y }) =>
        this.candidates.reduced(quantity, quantityArray(quantity, recipe, problem, y, jacobian)),
      );
      if (!totals) totals = arrays;
      else
        totals = totals.map((total, s) =>
          arrays[s] ? total.map((v, i) => v + arrays[s][i]) : total,
        );
    }
    return totals ?? [];
  }

  private noisy(recipe: Recipe, b: number): NoisyRun[] {
    const key = JSON.stringify([b, recipe.form, recipe.unweighted, recipe.pose]);
    let found = this.runs.get(key);
    if (!found) {
      const { problem, poses } = this.candidates.solved[b];
      const y = poses[recipe.pose];
      const read = recipe.unweighted ? { ...problem, w2d: problem.w2d.map(() => 1) } : problem;
      const stationary = recipe.pose !== "given" && recipe.form.residual === "plain";
      found = y ? noisyRuns(read, recipe.form, y, this.dtype, stationary) : [];
      this.runs.set(key, found);
    }
    return found;
  }
}
