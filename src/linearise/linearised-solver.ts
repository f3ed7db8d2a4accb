/**
 * A weighted solver linearised at the true pose: what errors of the pixels make of the pose, before
 * anything is solved.
 *
 *     y ≈ y_gt ⊞ A r      C = A diag(r²) Aᵀ      C_prior = (JᵀWJ)⁻¹      in the tangent (a, τ) of RP
 *
 * Source: EQUATIONS LC-4 … LC-7, LC-12; [LC2023] Eq 6–9, 12, 33.
 */
import ndarray, { type NdArray } from "ndarray";
import { linearCovarianceWorkspace, placeRows } from "../kernels/linear-covariance-workspace.js";
import * as kernel from "../kernels/linearised-solver.js";
import { rotation } from "../kernels/rodrigues.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type Pose, poseOf } from "../problem/pose.js";

/** Every status of a linearisation with the sentence that explains it. */
export const linearisationSentences = {
  ok: "The solver is linearised.",
  empty: "There are no correspondences.",
  singular:
    "JᵀWJ is not positive definite to working precision: the points and weights do not hold the pose in place.",
} as const;

export type LinearisationStatus = keyof typeof linearisationSentences;

/** A linearised solver, in the tangent (a, τ): R ← R Exp(a), t ← t + τ. NaN unless `status` is ok. */
export interface LinearisedSolver {
  readonly status: LinearisationStatus;
  /** A [6, 2N], radians and lengths per pixel; r = x − π(z) [2N], pixels. */
  readonly A: NdArray<Float64Array>;
  readonly residuals: NdArray<Float64Array>;
  /** C and C_prior [6, 6]. */
  readonly covariance: NdArray<Float64Array>;
  readonly prior: NdArray<Float64Array>;
  /** A r [6], and the pose that it leads to. */
  readonly deviation: NdArray<Float64Array>;
  readonly pose: Pose;
}

/** The solver of `problem` linearised at the true pose. */
export function linearisedSolver(problem: Correspondences, at: Pose): LinearisedSolver {
  const { n } = problem;
  const [R, t] = [at.R.data, at.t.data];
  const workspace = linearCovarianceWorkspace(n, 0);
  placeRows({ ...problem, R, t }, Number.NEGATIVE_INFINITY, workspace);
  const { J, r } = workspace;
  const omega = problem.w2d.map((w) => w * w);
  const [H, P, C] = [36, 36, 36].map((size) => new Float64Array(size).fill(Number.NaN));
  const A = new Float64Array(12 * n).fill(Number.NaN);
  const deviation = new Float64Array(6).fill(Number.NaN);
  kernel.linearisedHessian(2 * n, J, omega, H);
  const held = n > 0 && kernel.priorCovariance(H, P);
  if (held) {
    kernel.solverMatrix(2 * n, P, J, omega, A);
    const squares = r.map((v) => v * v);
    kernel.linearisedCovariance(2 * n, A, squares, C);
    for (let p = 0; p < 6; p++) {
      deviation[p] = 0;
      for (let k = 0; k < 2 * n; k++) deviation[p] += A[2 * n * p + k] * r[k];
    }
  }
  return {
    status: n === 0 ? "empty" : held ? "ok" : "singular",
    A: ndarray(A, [6, 2 * n]),
    residuals: ndarray(r, [2 * n]),
    covariance: ndarray(C, [6, 6]),
    prior: ndarray(P, [6, 6]),
    deviation: ndarray(deviation, [6]),
    pose: moved(R, t, deviation),
  };
}

/** (R Exp(a), t + τ). */
function moved(R: Float64Array, t: Float64Array, step: Float64Array): Pose {
  const turn = new Float64Array(9);
  rotation(step.slice(0, 3), turn);
  const turned = new Float64Array(9);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 3; k++) turned[3 * i + j] += R[3 * i + k] * turn[3 * k + j];
  return poseOf(
    turned,
    t.map((x, i) => x + step[3 + i]),
  );
}
