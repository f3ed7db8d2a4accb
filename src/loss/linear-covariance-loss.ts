/**
 * The Linear-Covariance loss of correspondences at their true pose, with its gradient by pixels, object
 * points and weights. Nothing is solved for: the solver is linearised where the answer is known.
 *
 * By default it is the loss of the paper: no robustification, and the gradient's contract of LC-19
 * (J, r in E_linear and thresholds are held). `published` holds the options that make it the published
 * layer. docs/linear-covariance.md compares the two.
 * Source: EQUATIONS LC-11 … LC-25; [LC2023] Eq 11–17.
 */
import {
  type LinearCovarianceGradient,
  linearCovarianceLossGradient,
} from "../kernels/linear-covariance-gradient.js";
import * as kernel from "../kernels/linear-covariance-loss.js";
import {
  COVARIANCE,
  LINEAR,
  type LinearCovarianceWorkspace,
  LOSS,
  linearCovarianceWorkspace,
  PRIOR,
} from "../kernels/linear-covariance-workspace.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { ArrayInput } from "../problem/dense-array.js";
import { checkedLossInput, type PosedInput } from "./linear-covariance-input.js";
import type { LinearCovarianceLossOptions } from "./linear-covariance-options.js";
import {
  type LinearCovarianceStatus,
  linearCovarianceSentences,
  lossStatus,
} from "./linear-covariance-status.js";

/** The loss; where there is none every number is NaN. */
export interface LinearCovarianceLoss {
  readonly status: LinearCovarianceStatus;
  readonly loss: number;
  /** E_prior, E_cov and E_linear, in the unit of the representation, or 0 if left out. */
  readonly priorError: number;
  readonly covarianceError: number;
  readonly linearError: number;
  /** Points at or behind the camera, and points whose depth is held at zMin. */
  readonly behindCamera: number;
  readonly heldDepths: number;
  /** ∂L/∂x [2N], ∂L/∂z [3N], ∂L/∂w [2N]. */
  readonly gradient: LinearCovarianceGradient;
}

/**
 * L at the true pose: { R, t }, (ω, t) [6], or (q, t) [7] with q = (w, i, j, k), rotation first.
 *
 * @throws TypeError or RangeError if the pose, the corners or an option is not what is asked for; and
 * RangeError if the loss is undefined and `failure` is "throw".
 */
export function linearCovarianceLoss(
  problem: Correspondences,
  pose: PosedInput,
  options: LinearCovarianceLossOptions = {},
): LinearCovarianceLoss {
  return linearCovarianceLosses([problem], [pose], options)[0];
}

/**
 * One loss a problem, each at its own pose; corners and `valid` are shared where one is given, or one a
 * problem where a list of as many is.
 *
 * @throws as linearCovarianceLoss; RangeError if there are not as many poses as problems.
 */
export function linearCovarianceLosses(
  problems: readonly Correspondences[],
  poses: readonly PosedInput[],
  options: LinearCovarianceLossOptions & {
    readonly cornersOf?: readonly ArrayInput[];
    readonly validOf?: readonly ArrayInput[];
  } = {},
): LinearCovarianceLoss[] {
  const name = "linearCovarianceLoss";
  for (const [what, given] of [
    ["poses", poses],
    ["cornersOf", options.cornersOf],
    ["validOf", options.validOf],
  ] as const)
    if (given !== undefined && given.length !== problems.length)
      throw new RangeError(
        `${name}: expected ${problems.length} entries of ${what}, got ${given.length}`,
      );
  const evaluate = linearCovarianceEvaluation();
  return problems.map((correspondences, b) =>
    evaluate(correspondences, poses[b], {
      ...options,
      corners: options.cornersOf?.[b] ?? options.corners,
      valid: options.validOf?.[b] ?? options.valid,
    }),
  );
}

/** `linearCovarianceLoss` for one problem after another, in one workspace that grows as they need it. */
export function linearCovarianceEvaluation(): typeof linearCovarianceLoss {
  const name = "linearCovarianceLoss";
  let workspace: LinearCovarianceWorkspace | null = null;
  let [points, rows] = [0, 0];
  return (correspondences, pose, options = {}) => {
    const { problem, settings } = checkedLossInput(name, correspondences, pose, options);
    if (workspace === null || problem.n > points || problem.rows > rows) {
      [points, rows] = [Math.max(points, problem.n), Math.max(rows, problem.rows)];
      workspace = linearCovarianceWorkspace(points, rows);
    }
    return evaluated(name, problem, settings, options.failure ?? "status", workspace);
  };
}

function evaluated(
  name: string,
  problem: kernel.LinearCovarianceProblem,
  settings: kernel.LinearCovarianceOptions,
  failure: "status" | "throw" | "identity",
  at: LinearCovarianceWorkspace,
): LinearCovarianceLoss {
  const { n } = problem;
  const defined = n > 0 && kernel.linearCovarianceLoss(problem, settings, at);
  const { status, behindCamera } = lossStatus(problem, settings, at, defined);
  const gradient = {
    x2d: new Float64Array(2 * n),
    x3d: new Float64Array(3 * n),
    w2d: new Float64Array(2 * n),
  };
  if (linearCovarianceSentences[status].defined) {
    linearCovarianceLossGradient(problem, settings, at, gradient);
    const { errors } = at;
    const whole = Number.isFinite(errors[LOSS]) && Object.values(gradient).every(allFinite);
    if (whole)
      return {
        status,
        loss: errors[LOSS],
        priorError: errors[PRIOR],
        covarianceError: errors[COVARIANCE],
        linearError: errors[LINEAR],
        behindCamera,
        heldDepths: at.curved[0],
        gradient,
      };
  }
  const why = linearCovarianceSentences[status].defined ? "nonFinite" : status;
  if (failure === "throw")
    throw new RangeError(
      `${name}: expected a defined loss, got ${why}: ${linearCovarianceSentences[why].sentence}`,
    );
  for (const part of Object.values(gradient)) part.fill(Number.NaN);
  return {
    status: why,
    loss: Number.NaN,
    priorError: Number.NaN,
    covarianceError: Number.NaN,
    linearError: Number.NaN,
    behindCamera,
    heldDepths: n > 0 ? at.curved[0] : 0,
    gradient,
  };
}

function allFinite(values: Float64Array): boolean {
  for (let k = 0; k < values.length; k++) if (values[k] - values[k] !== 0) return false;
  return true;
}
