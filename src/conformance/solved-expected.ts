/** What doubles may be expected to keep of a pose that is solved for, and of its derivatives. */
import { distance, rowBlocks } from "../audit/blocks.js";
import { correctWithin, margin } from "../audit/budget.js";
import type { Candidates } from "../audit/candidates.js";
import type { Located } from "../audit/forward.js";
import { derivativeQuantity, type Recipe } from "../audit/recipe.js";
import { noisySolutions } from "../audit/solution-noise.js";
import { Budgets } from "../audit/spread.js";
import type { Claims } from "../formats/claims.js";
import { type ExpectedError, type Layout, rangesOf, roundedUp } from "./case-claims.js";
import { remembered } from "./remembered.js";

/** A part of an array with the error that doubles make of it, relative and absolute. */
interface Part {
  readonly relative: number;
  readonly range: [number, number][];
  readonly allowed: number;
}

/** What rounding in doubles does to each quantity, as the audit has it (audit/spread.ts, solution-noise.ts). */
export function expectedErrors(
  candidates: Candidates,
  { dtype }: Claims,
  points: readonly Located[],
  recipe: Recipe,
  quantities: readonly string[],
  laid: (quantity: string) => Layout,
): Map<string, ExpectedError> {
  const budgets = new Budgets(candidates, dtype);
  const runs = remembered((b) => noisySolutions(points[b], dtype));
  const ofDerivative = (quantity: string): Part[] => {
    const derivative = derivativeQuantity(quantity)!;
    const of = laid(quantity);
    const whole = of.shape.reduce((a, n) => a * n, 1);
    const length = whole / (of.batchAxis < 0 ? 1 : points.length);
    const blocks = rowBlocks(length, derivative.kind !== "gradient");
    const { relative, scales } = budgets.of(derivative, recipe, blocks);
    return relative.flatMap((share, b) =>
      blocks.map((block, k) => {
        const size = distance(candidates.item(derivative, recipe, b)!, null, block);
        const allowed = share * (size || scales[b][k]);
        return { relative: share, range: rangesOf(of, b, block, length), allowed };
      }),
    );
  };
  const ofSolution = (quantity: string): Part[] => {
    const blocks: readonly (readonly [number, number])[] =
      quantity === "pose" ? [[0, 3], [3, 6]] : [[0, 1]]; // biome-ignore format: one line
    const length = quantity === "pose" ? 6 : 1;
    return points.flatMap((at, b) =>
      blocks.map((block) => {
        const [from, to] = block;
        const own = quantity === "pose" ? at.y.subarray(from, to) : Float64Array.of(at.cost);
        const gaps = runs(b).map((run) =>
          quantity === "pose"
            ? Math.hypot(...own.map((v, k) => run.y[from + k] - v))
            : run.cost - at.cost,
        );
        const size = Math.hypot(...own);
        // A turn is known to so much of a radian, however short the rotation vector.
        const scale = quantity === "pose" && from === 0 ? Math.max(1, size) : size;
        const allowed = Math.max(correctWithin(dtype) * scale, margin * rootMeanSquare(gaps));
        const range = rangesOf(laid(quantity), b, block, length);
        return { relative: allowed / Math.max(scale, Number.MIN_VALUE), range, allowed };
      }),
    );
  };
  return new Map(
    quantities.map((quantity) => {
      const parts = derivativeQuantity(quantity) ? ofDerivative(quantity) : ofSolution(quantity);
      const tolerance = roundedUp(Math.max(...parts.map(({ relative }) => relative)));
      const blocks = parts.map(({ range, allowed }) => ({ range, allowed: roundedUp(allowed) }));
      return [quantity, { tolerance, blocks }] as const;
    }),
  );
}

const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / Math.max(1, values.length));
