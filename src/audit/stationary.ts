/**
 * The exact stationary point next to a pose, at many digits: where every derivative is taken.
 *
 * Newton on g(y) = 0 (PNP-2) with the gradient at all digits and the Hessian in doubles. Each step
 * gains the digits the double Hessian holds, about twelve, so a start good to doubles takes two
 * gradients of 31 digits or four of 64, and no Hessian of either.
 */
import type { Real } from "../scalar/real.js";
import type { Arithmetic } from "./arithmetic.js";
import { dataInputs, gradientOf, solvedFormOf, solvedParts } from "./computations.js";
import { inDoubles } from "./playing.js";
import type { AuditProblem } from "./problem.js";
import { exactFormula } from "./solved-form.js";

/** A stationary point in chart AA and how it was reached. */
export interface StationaryPoint<S> {
  /** (ω, t) [6], on the branch of ω that the search started on. */
  readonly y: readonly S[];
  /** Inverse of the exact Hessian [6][6], in doubles: what a Newton step multiplies a gradient with. */
  readonly inverseHessian: readonly (readonly number[])[];
  /** False if the steps did not shrink to nothing: there is no truth to compare with. */
  readonly converged: boolean;
}

/**
 * The stationary point of a problem that Newton reaches from `start` (ω, t) [6], which should be within
 * doubles of it: nothing here damps a step.
 */
export function stationaryPoint<S extends Real<S>>(
  problem: AuditProblem,
  arithmetic: Arithmetic<S>,
  start: Float64Array,
): StationaryPoint<S> {
  const inverseHessian = invertedHessian(problem, start);
  const from = Array.from(start, arithmetic.lift);
  if (!inverseHessian) return { y: from, inverseHessian: [], converged: false };
  const data = dataInputs(problem, arithmetic.lift);
  return { ...refined(problem, arithmetic, data, from, inverseHessian), inverseHessian };
}

/** Newton from y with a fixed inverse Hessian, until steps vanish; the data need not be the problem's own. */
export function refined<S extends Real<S>>(
  size: Pick<AuditProblem, "n" | "delta">,
  { evaluate, settled, mostSteps }: Arithmetic<S>,
  data: readonly S[],
  from: readonly S[],
  inverseHessian: readonly (readonly number[])[],
): { y: S[]; converged: boolean } {
  const gradient = gradientOf(size);
  let y = [...from];
  for (let step = 0; step < mostSteps; step++) {
    const g = evaluate(gradient, [...y, ...data]).map((v) => v.toNumber());
    const move = inverseHessian.map((row) => -row.reduce((sum, h, j) => sum + h * g[j], 0));
    if (!move.every(Number.isFinite)) return { y, converged: false };
    y = y.map((v, i) => v.plus(move[i]));
    if (relativeSize(move, y) < settled) return { y, converged: true };
  }
  return { y, converged: false };
}

/** The inverse of the exact Hessian in doubles, or null if it is singular there. */
function invertedHessian(problem: AuditProblem, at: Float64Array): number[][] | null {
  try {
    const inputs = [...at, ...dataInputs(problem, Number)];
    const results = inDoubles(solvedFormOf(problem, exactFormula), inputs);
    const { covariance } = solvedParts(results, problem.n);
    if (!covariance.every(Number.isFinite)) return null;
    return Array.from({ length: 6 }, (_, j) => covariance.slice(6 * j, 6 * j + 6));
  } catch {
    return null;
  }
}

/** The size of a small move: turned angle [rad], or shift over distance, whichever is greater. */
export function relativeSize(
  move: ArrayLike<number>,
  y: readonly { toNumber(): number }[],
): number {
  const distance = Math.hypot(y[3].toNumber(), y[4].toNumber(), y[5].toNumber());
  const shift = Math.hypot(move[3], move[4], move[5]);
  return Math.max(Math.hypot(move[0], move[1], move[2]), distance > 0 ? shift / distance : shift);
}
