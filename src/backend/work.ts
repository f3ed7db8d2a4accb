/**
 * What an operation costs at the least: floating-point operations and bytes, from which a benchmark draws its two floors.
 *
 *     time ≥ operations / peak,   time ≥ bytes / bandwidth
 *
 * Counted are the additions, multiplications, divisions and roots of the published formulas as the kernels group them, a fused
 * multiply-add as two; and every input once and every output once, at the size of a number on the backend. What a cache or a
 * register saves is not counted twice, and host-side packing is not counted at all.
 */
import { fieldLength } from "./new-task.js";
import type { MonteCarloSettings } from "./operations/monte-carlo-loss.js";
import type { Task } from "./task.js";

/** Least work of a task. */
export interface Work {
  /** Floating-point operations. */
  readonly operations: number;
  /** Bytes read and written. */
  readonly bytes: number;
  /** Pairs of a sample and a point, of two vertices, or cells or points: what a throughput counts. */
  readonly pairs: number;
}

/** Operations of a pair, by kernel, to a tenth or so: the one place where they stand. */
export const operationsOfPair = {
  /** A projected point, its residual and its cost: kernels/pose-sample-cost.ts. */
  sampleCost: 33,
  /** All slopes of that cost. */
  sampleSlopes: 66,
  /** A row pair of J, its share of H, S and b, and both slopes of a Linear-Covariance loss. */
  linearCovariance: 570,
  /** A point's share of the exact H, and its gradient by everything. */
  poseVjp: 450,
  /** A point's share of one evaluation of cost, gradient and H. */
  descent: 230,
  /** A difference of two vertices and its square. */
  vertexPair: 10,
  /** Exponential and moments of a cell, and once more for the gradient. */
  cell: 30,
} as const;

/** Evaluations that a descent takes from a start to the end, as a rule. */
const EVALUATIONS = 7;

/** Bytes of one number of a backend's precision. */
export const bytesOf = { float64: 8, float32: 4 } as const;

/** The work of a task on a backend of this precision. @throws RangeError for an operation that is not listed. */
export function workOf(task: Task, precision: keyof typeof bytesOf): Work {
  const { operation, settings, offsets, status } = task;
  const { pairs, operations } = counted(task, offsets[offsets.length - 1], status.length);
  const fields = [operation.inputs(settings), operation.outputs(settings)];
  const numbers = fields
    .flatMap((of) => Object.values(of))
    .reduce((sum, field) => sum + fieldLength(field, offsets), 0);
  return { pairs, operations, bytes: numbers * bytesOf[precision] };
}

function counted({ operation, settings }: Task, points: number, problems: number) {
  const times = (pairs: number, each: number) => ({ pairs, operations: pairs * each });
  const of = operationsOfPair;
  switch (operation.name) {
    case "monteCarloLoss":
    case "seededMonteCarloLoss": {
      // The target is one more pose.
      const { samples = 512 } = settings as Partial<MonteCarloSettings>;
      return times(points * (samples + 1), of.sampleCost + of.sampleSlopes);
    }
    case "solve":
      return times(points, EVALUATIONS * of.descent);
    case "poseVjp":
      return times(points, of.poseVjp);
    case "linearCovarianceLoss":
      return times(points, of.linearCovariance);
    case "poseDistance":
      return times(problems * (settings.vertices as number) ** 2, of.vertexPair);
    case "keypoints":
    case "keypointsVjp":
      return times(problems * (settings.rows as number) * (settings.columns as number), of.cell);
    default:
      throw new RangeError(`workOf: expected a known operation, got ${operation.name}`);
  }
}
