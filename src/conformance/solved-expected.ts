/**
 * What doubles may be expected to keep of a pose that is solved for, and of its derivatives: the formula run
 * with lost bits, as the audit does it (audit/budget.ts), by both ways to solve that are in honest use.
 */
import { type Blocks, distance, rowBlocks } from "../audit/blocks.js";
import { correctWithin, margin } from "../audit/budget.js";
import { type AuditProblem, lifted } from "../audit/problem.js";
import { derivativeQuantity } from "../audit/recipe.js";
import { type Formula, solvedForm } from "../audit/solved-form.js";
import { reprojectionCost } from "../definitions/reprojection-cost.js";
import { rotation } from "../definitions/rodrigues.js";
import { type ExpectedError, type Layout, rangesOf, roundedUp } from "./case-claims.js";
import { roundingDraws, runs, StableRounding } from "./stable-rounding.js";

/** Flat numbers of one problem by quantity. */
export type OwnValues = (quantity: string) => Float64Array;

/** A problem with its truth in doubles, and with the numbers of runs that lost bits. */
export interface NoisyPoint {
  readonly truth: OwnValues;
  readonly noise: readonly OwnValues[];
}

/** One run: a pose as a solver may find it, and the derivative and the cost there. */
export interface NoisyRun {
  readonly y: readonly number[];
  readonly cost: number;
  readonly rows: Readonly<Record<"x2d" | "x3d" | "K" | "w2d" | "covariance", Float64Array>>;
}

/** The runs of one problem at its minimum y, in a form of its derivative. */
export function noisyRuns(problem: AuditProblem, y: ArrayLike<number>, form: Formula): NoisyRun[] {
  const draw = roundingDraws(problem.index);
  const exact = (v: number) => new StableRounding(v, draw);
  const found: NoisyRun[] = [];
  // The pose is known to one Newton step on a gradient that is all rounding: that of the run before.
  let step = [0, 0, 0, 0, 0, 0];
  for (let run = 0; run <= runs; run++) {
    const pose = Array.from(y, (v, j) => exact(v).plus(step[j]));
    const data = lifted(problem, exact);
    const at = solvedForm(pose, data, form, run % 2 ? "invert" : "eliminate");
    step = at.step.map((v) => v.value);
    // The first run only finds the noise of the pose.
    if (run === 0) continue;
    const numbers = (values: readonly StableRounding[]) =>
      Float64Array.from(values, (v) => v.value);
    found.push({
      y: pose.map((v) => v.value),
      cost: reprojectionCost(data, rotation(pose.slice(0, 3)), pose.slice(3)).value,
      rows: {
        x2d: numbers(at.x2d.flat(2)),
        x3d: numbers(at.x3d.flat(2)),
        K: numbers(at.K.flat()),
        w2d: numbers(at.w2d.flat(2)),
        covariance: numbers(at.covariance.flat()),
      },
    });
  }
  return found;
}

/** What rounding in doubles does to each quantity. */
export function expectedErrors(
  points: readonly NoisyPoint[],
  quantities: readonly string[],
  laid: (quantity: string) => Layout,
): Map<string, ExpectedError> {
  return new Map(quantities.map((name) => [name, expectedError(points, name, laid(name))]));
}

function expectedError(points: readonly NoisyPoint[], quantity: string, of: Layout): ExpectedError {
  const own = points.map(({ truth, noise }) => ({
    truth: truth(quantity),
    noise: noise.map((run) => run(quantity)),
  }));
  const added = (arrays: readonly Float64Array[]) =>
    arrays.reduce((sum, array) => sum.map((v, k) => v + array[k]));
  const items =
    of.batchAxis < 0
      ? [
          {
            truth: added(own.map(({ truth }) => truth)),
            noise: own[0].noise.map((_, run) => added(own.map(({ noise }) => noise[run]))),
          },
        ]
      : own;
  const parts = items.flatMap(({ truth, noise }, b) => {
    const blocks = blocksOf(quantity, truth.length);
    const spreads = blocks.map(
      (block) => margin * rootMeanSquare(noise.map((run) => distance(run, truth, block))),
    );
    const sizes = blocks.map((block) => sizeOf(quantity, truth, block));
    const shares = sizes.map((size, k) => (size > 0 ? spreads[k] / size : 0));
    const relative = Math.max(correctWithin("float64"), ...shares);
    return blocks.map((block, k) => ({
      relative,
      range: rangesOf(of, b, block, truth.length),
      // A part that is zero is known to its own spread.
      allowed: sizes[k] > 0 ? relative * sizes[k] : Math.max(spreads[k], Number.MIN_VALUE),
    }));
  });
  return {
    tolerance: roundedUp(Math.max(...parts.map(({ relative }) => relative))),
    blocks: parts.map(({ range, allowed }) => ({ range, allowed: roundedUp(allowed) })),
  };
}

/** Rotation and translation are measured apart. */
function blocksOf(quantity: string, length: number): Blocks {
  const kind = derivativeQuantity(quantity)?.kind;
  return rowBlocks(length, quantity === "pose" || kind === "jacobian" || kind === "covariance");
}

/** A turn is known to so much of a radian, however short the rotation vector. */
function sizeOf(quantity: string, truth: Float64Array, block: readonly [number, number]): number {
  const size = distance(truth, null, block);
  return quantity === "pose" && block[0] === 0 ? Math.max(1, size) : size;
}

const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / Math.max(1, values.length));
