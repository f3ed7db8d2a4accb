/**
 * How much there is to compute in a task of Monte Carlo losses, for stating rates and floors. A pair is one pose
 * and one point: 33 floating-point operations for its cost and 66 for its slopes (pose-sample-cost.ts).
 */
import type { MonteCarloSettings } from "./operations/index.js";
import type { Task } from "./task.js";

export interface Work {
  /** Pairs of a pose and a point. */
  readonly pairs: number;
  readonly operations: number;
  /** Numbers of the task: each has to be read or written once, whatever computes it. */
  readonly numbers: number;
}

const COST = 33;
const SLOPES = 66;

/** Work of a task of monteCarloLoss. @throws RangeError for another operation, whose work depends on its data. */
export function monteCarloWork({ operation, settings, offsets, input, output }: Task): Work {
  if (operation.name !== "monteCarloLoss")
    throw new RangeError(`monteCarloWork: expected monteCarloLoss, got ${operation.name}`);
  // The target is one more pose.
  const poses = (settings as MonteCarloSettings).samples + 1;
  const pairs = poses * offsets[offsets.length - 1];
  const numbers = [...Object.values(input), ...Object.values(output)].reduce(
    (sum, array) => sum + array.length,
    0,
  );
  return { pairs, operations: (COST + SLOPES) * pairs, numbers };
}
