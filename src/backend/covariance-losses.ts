/** Linear-Covariance losses of a batch of problems at their true poses. */
import { checkedLossInput } from "../loss/linear-covariance-input.js";
import type { LinearCovarianceLossOptions } from "../loss/linear-covariance-options.js";
import type { LinearCovarianceStatus } from "../loss/linear-covariance-status.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import {
  correspondencesOf,
  outcomes,
  type PointGradients,
  packed,
  pointGradients,
  ran,
  rows,
} from "./batch.js";
import { linearCovarianceLoss } from "./operations/linear-covariance-loss.js";
import type { Problems } from "./problems.js";
import type { Backend } from "./task.js";

/** Options of `linearCovarianceLoss`, with arrays for a batch. */
export interface BatchCovarianceOptions
  extends Omit<LinearCovarianceLossOptions, "corners" | "valid" | "failure"> {
  /** Corners [G, 3] of the box of all, for a representation by corners. */
  readonly corners?: ArrayInput;
  /** Corners [B, G, 3] of a box for each, in place of `corners`. */
  readonly cornersOf?: ArrayLike<number>;
  /** How much each point counts in means, ≥ 0 [B, N], or [P] of packed problems. Default: all alike. */
  readonly valid?: ArrayLike<number>;
  /** What a Hessian that is not positive definite leads to. Default: "status". */
  readonly failure?: "status" | "identity";
}

export interface CovarianceLosses extends PointGradients {
  /** [B]; where a status says that there is no loss every number is NaN. */
  readonly status: readonly LinearCovarianceStatus[];
  /** [B] each. */
  readonly loss: Float64Array;
  readonly priorError: Float64Array;
  readonly covarianceError: Float64Array;
  readonly linearError: Float64Array;
}

/**
 * The Linear-Covariance loss of every problem at its true pose (t, q) [B, 7]: translation first, unlike the rows
 * that `linearCovarianceLoss` takes.
 *
 * @throws TypeError or RangeError if an array or an option is not what is asked for; BackendError if the backend
 * fails.
 */
export async function covarianceLosses(
  backend: Backend,
  problems: Problems,
  poses: ArrayLike<number>,
  options: BatchCovarianceOptions = {},
): Promise<CovarianceLosses> {
  const name = "covarianceLosses";
  const { count, offsets } = problems;
  const { corners: one, cornersOf, valid, ...rest } = options;
  if (one !== undefined && cornersOf !== undefined)
    throw new RangeError(`${name}: expected corners or cornersOf, got both`);
  const corners = cornersOf ? boxes(name, cornersOf, count) : box(name, one);
  const G = corners.length / (cornersOf ? Math.max(3 * count, 3) : 3);
  if (count > 0) requireOptions(name, rest, corners.subarray(0, 3 * G));
  const settings = {
    ...rest,
    corners: G,
    cornersPer: cornersOf ? "problem" : "task",
    valid: valid !== undefined,
  };
  const task = await ran(name, backend, linearCovarianceLoss, settings, offsets, {
    ...correspondencesOf(problems),
    pose: rows(name, "poses", poses, count, 7),
    ...(G > 0 ? { corners } : {}),
    ...(valid ? { valid: validOf(name, problems, valid) } : {}),
  });
  const { loss, priorError, covarianceError, linearError } = task.output;
  return {
    ...{ status: outcomes(task), loss, priorError, covarianceError, linearError },
    ...pointGradients(problems, task),
  };
}

/** Corners [3 G] of the box of all; none of none. */
function box(caller: string, given: ArrayInput | undefined): Float64Array {
  if (given === undefined) return new Float64Array(0);
  return denseArray(caller, "corners", given, ["G", 3]).data;
}

/** Corners [3 G B] of a box for each problem. */
function boxes(caller: string, given: ArrayLike<number>, count: number): Float64Array {
  const each = count === 0 ? 0 : given.length / count;
  if (!(Number.isInteger(each / 3) && (count > 0 || given.length === 0)))
    throw new RangeError(
      `${caller}: expected cornersOf [${count}, G, 3], got ${given.length} numbers`,
    );
  const corners = rows(caller, "cornersOf", given, count, each);
  requireFinite(caller, "cornersOf", corners);
  return corners;
}

function validOf(caller: string, problems: Problems, given: ArrayLike<number>): Float64Array {
  const valid = packed(caller, "valid", problems, given);
  requireFinite(caller, "valid", valid);
  for (const counts of valid)
    if (counts < 0) throw new RangeError(`${caller}: expected valid >= 0, got ${counts}`);
  return valid;
}

function requireFinite(caller: string, name: string, values: Float64Array): void {
  for (let k = 0; k < values.length; k++)
    if (!Number.isFinite(values[k]))
      throw new RangeError(`${caller}: expected finite ${name}, got ${values[k]} at ${k}`);
}

/** @throws RangeError for what no problem could be computed with, before any is. */
function requireOptions(
  caller: string,
  options: Omit<BatchCovarianceOptions, "corners" | "cornersOf" | "valid">,
  corners: Float64Array,
): void {
  if ((options.failure as string) === "throw")
    throw new RangeError(`${caller}: expected failure of status, identity, got throw`);
  const none = new Float64Array(0);
  const nothing = { n: 0, x2d: none, x3d: none, w2d: none, K: eye };
  const pose = Float64Array.of(1, 0, 0, 0, 0, 0, 1);
  checkedLossInput(caller, nothing, pose, {
    ...options,
    corners: corners.length > 0 ? corners : undefined,
  });
}

const eye = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
