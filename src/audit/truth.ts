/**
 * The derivative of a PnP pose with an error bar, by two routes that share no formula for a second
 * derivative:
 *
 *   A  the implicit function theorem on the closed forms of bpnp.ts (IFT-2, BPNP-2)
 *   B  differences of the pose solved again with all data moved by ±h along a random direction u
 *
 * Both give J u. Each block of u is scaled to move the pose as much as the others, so that a wrong
 * entry anywhere shows (arithmetic.ts says how many digits of it). That the points found in B are
 * stationary is checked on the cost alone, by duals: no derivative formula is trusted.
 */
import { stream } from "../random/stream.js";
import type { Real } from "../scalar/real.js";
import type { Arithmetic } from "./arithmetic.js";
import { costSlopeOf, dataInputs, solvedFormOf, solvedParts } from "./computations.js";
import { flatJacobian, type Jacobian } from "./jacobian.js";
import type { AuditProblem } from "./problem.js";
import { exactFormula, type Formula } from "./solved-form.js";
import { refined, relativeSize, type StationaryPoint, stationaryPoint } from "./stationary.js";

/** A stationary point with what can be asked of it, in whatever arithmetic it was found. */
export interface ExactPoint {
  readonly digits: 31 | 64;
  /** (ω, t) [6] in chart AA, rounded once. */
  readonly y: Float64Array;
  /** False if no stationary point was reached: there is no truth to compare with. */
  readonly converged: boolean;
  /** The pose derivative in a form, of the problem itself or read with other weights, rounded once. */
  readonly jacobian: (form: Formula, read?: AuditProblem) => Jacobian;
  /** The derivative of the argmin, and how far the two routes to it disagree, relative. */
  readonly certified: () => { readonly jacobian: Jacobian; readonly error: number };
}

/** The stationary point next to `start` (ω, t) [6], with its derivatives. */
export function exactPoint<S extends Real<S>>(
  problem: AuditProblem,
  arithmetic: Arithmetic<S>,
  start: Float64Array,
): ExactPoint {
  const point = stationaryPoint(problem, arithmetic, start);
  const rounded = (exact: PoseDerivative<S>) => flatJacobian(exact, (v) => v.toNumber());
  return {
    digits: arithmetic.digits,
    y: Float64Array.from(point.y, (v) => v.toNumber()),
    converged: point.converged,
    jacobian: (form, read = problem) => rounded(formDerivative(read, arithmetic, point, form)),
    certified: () => {
      const exact = formDerivative(problem, arithmetic, point, exactFormula);
      return { jacobian: rounded(exact), error: disagreement(problem, arithmetic, point, exact) };
    },
  };
}

/** ∂y⋆/∂(x, z, w, K) and H⁻¹ in chart AA at a stationary point, six rows each, flat, in any form: route A. */
export type PoseDerivative<S> = Omit<ReturnType<typeof solvedParts<S>>, "step">;

export function formDerivative<S extends Real<S>>(
  problem: AuditProblem,
  arithmetic: Arithmetic<S>,
  point: StationaryPoint<S>,
  form: Formula,
): PoseDerivative<S> {
  const inputs = [...point.y, ...dataInputs(problem, arithmetic.lift)];
  const results = arithmetic.evaluate(solvedFormOf(problem, form), inputs);
  const { step: _, ...blocks } = solvedParts(results, problem.n);
  return blocks;
}

/** How far route B disagrees with route A's exact derivative, relative; infinite if B fails. */
export function disagreement<S extends Real<S>>(
  problem: AuditProblem,
  arithmetic: Arithmetic<S>,
  point: StationaryPoint<S>,
  derivative: PoseDerivative<S>,
): number {
  const { lift, evaluate, differences } = arithmetic;
  const data = dataInputs(problem, lift);
  const u = balancedDirection(problem, derivative, differences.longest).map(lift);
  const along = moved(derivative, u);
  const h = lift(1).over(lift(10 ** -differences.exponent));
  let secant = along.map((v) => v.of(0));
  let slope = 0;
  for (const [k, weight] of differences.points)
    for (const sign of [1, -1]) {
      const step = h.times(sign * k);
      // A threshold stays where it is.
      const there = data.map((v, i) => (i < u.length ? v.plus(step.times(u[i])) : v));
      const start = point.y.map((v, i) => v.plus(step.times(along[i])));
      const end = refined(problem, arithmetic, there, start, point.inverseHessian);
      if (!end.converged) return Number.POSITIVE_INFINITY;
      secant = secant.map((v, i) => v.plus(end.y[i].minus(point.y[i]).times(sign * weight)));
      const [rest] = evaluate(costSlopeOf(problem), [...end.y, ...there]);
      slope = Math.max(slope, Math.abs(rest.toNumber()));
    }
  const gap = secant.map((v, i) => v.over(h.times(differences.divisor)).minus(along[i]).toNumber());
  const size = Math.max(
    relativeSize(
      along.map((v) => v.toNumber()),
      point.y,
    ),
    Number.MIN_VALUE,
  );
  // A slope of the cost at a supposed minimum, as a distance in pose: over h, it is an error of J u.
  const unsettled = slope * 10 ** -differences.exponent;
  return Math.max(relativeSize(gap, point.y) / size, unsettled / costScale(problem));
}

/** A random direction in x2d, x3d, w2d and K, each scaled so that it alone moves the pose by about 1. */
function balancedDirection<S extends Real<S>>(
  { index, n }: AuditProblem,
  { x2d, x3d, K, w2d }: PoseDerivative<S>,
  longest: number,
): number[] {
  const source = stream("audit/truth").at(index);
  const draw = (count: number): number[] => Array.from({ length: count }, () => source.normal());
  const raw = { x2d: draw(2 * n), x3d: draw(3 * n), K: draw(9), w2d: draw(2 * n) };
  const scaled = (J: readonly S[], u: readonly number[]): number[] => {
    const rows = Array.from({ length: 6 }, (_, j) =>
      u.reduce((sum, v, c) => sum + J[j * u.length + c].toNumber() * v, 0),
    );
    // Weights at zero residual move nothing; data must stay small moves, or h² shows in the secant.
    const size = Math.min(1 / Math.hypot(...rows), longest);
    return u.map((v) => v * size);
  };
  return [
    ...scaled(x2d, raw.x2d),
    ...scaled(x3d, raw.x3d),
    ...scaled(w2d, raw.w2d),
    ...scaled(K, raw.K),
  ];
}

/** J u [6]. */
function moved<S extends Real<S>>({ x2d, x3d, w2d, K }: PoseDerivative<S>, u: readonly S[]): S[] {
  return Array.from({ length: 6 }, (_, j) => {
    let next = 0;
    let sum = u[0].of(0);
    for (const block of [x2d, x3d, w2d, K]) {
      const width = block.length / 6;
      for (let c = 0; c < width; c++) sum = sum.plus(block[j * width + c].times(u[next++]));
    }
    return sum;
  });
}

/** What the cost's slope is measured against: a residual of one pixel at every point. */
function costScale(problem: AuditProblem): number {
  const squares = problem.w2d.reduce((sum, w) => sum + w * w, 0);
  return Math.max(squares, Number.MIN_VALUE) * Math.max(problem.K[0], problem.K[4], 1);
}
