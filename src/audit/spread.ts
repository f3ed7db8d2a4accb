/** From runs with lost bits to the error budget of a claimed quantity. */

import type { Dtype } from "../scalar/rounding.js";
import { type Blocks, distance } from "./blocks.js";
import { correctWithin, margin, type NoisyRun, noisyRuns } from "./budget.js";
import { type Candidates, formulaName, isSummed, reading } from "./candidates.js";
import { jacobianSize, quantityArray } from "./jacobian.js";
import { Recent } from "./recent.js";
import type { DerivativeQuantity, Recipe, Variable } from "./recipe.js";

/** What rounding allows: per item, the relative error, and per block the size below it counts as zero. */
export interface Budget {
  readonly relative: readonly number[];
  readonly scales: readonly (readonly number[])[];
}

/** A quantity with the blocks that it is measured by. */
export interface Measured {
  readonly quantity: DerivativeQuantity;
  readonly blocks: Blocks;
}

/** Numbers of noisy runs that are kept: 64 MiB of them. */
const most = 2 ** 23;

/** Budgets of one file's quantities. Those of the true recipe are made together: its runs need not be kept. */
export class Budgets {
  private readonly runs = new Recent<NoisyRun[]>(most, (runs) =>
    runs.reduce((sum, { jacobian }) => sum + jacobianSize(jacobian), 1),
  );
  private readonly budgets = new Map<string, Map<string, Budget>>();
  private readonly items = new Recent<number>(2 ** 16, () => 1);

  constructor(
    private readonly candidates: Candidates,
    private readonly dtype: Dtype,
    private readonly all: readonly Measured[],
  ) {}

  /** The budget of a quantity under a recipe. */
  of(quantity: DerivativeQuantity, recipe: Recipe): Budget {
    const key = JSON.stringify(recipe);
    const known = this.budgets.get(key) ?? new Map<string, Budget>();
    if (!known.has(quantity.name)) {
      const together = key === JSON.stringify(this.candidates.certified);
      const asked = together ? this.all : this.all.filter((one) => one.quantity === quantity);
      for (const [name, budget] of this.made(recipe, asked)) known.set(name, budget);
      this.budgets.set(key, known);
    }
    return known.get(quantity.name)!;
  }

  /** The relative error of one item, whose problem alone is run unless the quantity sums over all. */
  at(quantity: DerivativeQuantity, recipe: Recipe, item: number): number {
    const whole = isSummed(quantity, this.candidates.shared) || recipe.batch === "sum";
    const key = JSON.stringify(recipe);
    if (whole || this.budgets.get(key)?.has(quantity.name))
      return this.of(quantity, recipe).relative[item];
    return this.items.get(`${item} ${quantity.name} ${key}`, () => {
      const { blocks } = this.all.find((one) => one.quantity === quantity)!;
      const alone = { quantity, blocks, relative: [] as number[], scales: [] as number[][] };
      this.put(alone, recipe, item, this.samples(quantity, recipe, item));
      return alone.relative[0];
    });
  }

  /** The budgets of some quantities under a recipe, in one pass over the problems. */
  private made(recipe: Recipe, asked: readonly Measured[]): Map<string, Budget> {
    const { solved, shared } = this.candidates;
    const rows = asked.map((measured) => ({
      ...measured,
      whole: isSummed(measured.quantity, shared) || recipe.batch === "sum",
      sums: null as Float64Array[] | null,
      relative: [] as number[],
      scales: [] as number[][],
    }));
    for (const b of solved.keys())
      for (const row of rows) {
        const samples = this.samples(row.quantity, recipe, b);
        if (row.whole) row.sums = added(row.sums, samples);
        else this.put(row, recipe, b, samples);
      }
    for (const row of rows) {
      const count = row.whole ? this.candidates.count(row.quantity) : 0;
      for (let item = 0; item < count; item++) this.put(row, recipe, item, row.sums ?? []);
    }
    return new Map(rows.map(({ quantity, ...budget }) => [quantity.name, budget]));
  }

  /** Adds the budget of an item to those of its quantity. */
  private put(
    row: Measured & { relative: number[]; scales: number[][] },
    recipe: Recipe,
    item: number,
    runs: readonly Float64Array[],
  ): void {
    const centre = this.candidates.item(row.quantity, recipe, item);
    const samples = centre ? runs : [];
    let worst = samples.length ? correctWithin(this.dtype) : Number.POSITIVE_INFINITY;
    const sizes = row.blocks.map((block) => {
      const squares = samples.reduce((sum, s) => sum + distance(s, centre, block) ** 2, 0);
      const spread = margin * Math.sqrt(squares / Math.max(1, samples.length));
      const size = centre ? distance(centre, null, block) : 0;
      if (size > 0) worst = Math.max(worst, spread / size);
      // Where the truth is zero, a number of the size of its rounding counts as within budget.
      return Math.max(spread / correctWithin(this.dtype), Number.MIN_VALUE);
    });
    row.relative.push(worst);
    row.scales.push(sizes);
  }

  /** One problem's array of a quantity in each run. */
  private samples(quantity: DerivativeQuantity, recipe: Recipe, b: number): Float64Array[] {
    const { problem } = this.candidates.solved[b];
    return this.noisy(recipe, b, quantity.variable).map(({ jacobian, y }) =>
      this.candidates.reduced(quantity, quantityArray(quantity, recipe, problem, y, jacobian)),
    );
  }

  private noisy(recipe: Recipe, b: number, variable: Variable): NoisyRun[] {
    const { problem, poses } = this.candidates.solved[b];
    const [read, form] = reading(recipe, problem, variable);
    const key = `${b} ${formulaName({ ...recipe, form })}`;
    return this.runs.get(key, () => {
      const y = poses[recipe.pose];
      const own = recipe.form.residual === "plain" && !recipe.unlimited;
      const stationary = recipe.pose !== "given" && own;
      return y ? noisyRuns(read, form, y, this.dtype, stationary) : [];
    });
  }
}

/** Runs of a sum with those of one more problem; a run that this problem does not have is left as it is. */
function added(sums: Float64Array[] | null, samples: Float64Array[]): Float64Array[] {
  if (!sums) return samples;
  return sums.map((total, s) => (samples[s] ? total.map((v, i) => v + samples[s][i]) : total));
}
