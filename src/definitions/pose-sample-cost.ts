/**
 * Costs of many poses over one set of correspondences, and the slope of their weighted sum.
 *
 *     c(y) = ½ Σᵢ ρ(‖eᵢ‖²),   eᵢ = wᵢ ∘ (xᵢ − πᵢ),   πᵢ = π(R zᵢ + t), clamped as in projection-clamp.ts
 *
 *     Σₛ vₛ ∂c(yₛ)/∂xᵢ =  Σₛ vₛ ρ′ wᵢ ∘ eᵢ              Σₛ vₛ ∂c(yₛ)/∂wᵢ = Σₛ vₛ ρ′ eᵢ ∘ (xᵢ − πᵢ)
 *     Σₛ vₛ ∂c(yₛ)/∂zᵢ = −Σₛ vₛ ρ′ Rₛᵀ Jᵢᵀ (wᵢ ∘ eᵢ)     Σₛ vₛ ∂c(yₛ)/∂δ  = Σₛ vₛ Σᵢ ½ ∂ρ/∂δ
 *
 * −c is the log-likelihood of the pose. With v = −v̄, the normalised importance weights, the slopes
 * are those of the Monte Carlo estimate of log ∫ exp(−c); with v = 1 at the target, the target's.
 * J is the derivative of the clamped projection itself, as autograd has it. ρ(s) = s without Huber.
 * Poses are rows (pose-row.ts), here one chart for all: 7 numbers (t, q) or 4 (t, β).
 * Source: EQUATIONS EPRO-1, EPRO-2, EPRO-20, EPRO-21, EPRO-27; [EProPnP2022] Eq 2, 7, 8, 11, 12.
 */
import {
  add,
  apply,
  dot,
  type Matrix,
  scale,
  subtract,
  sum,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { squaredHuber, squaredHuberSlope, squaredHuberThresholdSlope } from "./huber.js";
import { rowRotation } from "./pose-row.js";
import { type Clamps, clampedProjection, clampedProjectionJacobian } from "./projection-clamp.js";

/** Correspondences x [N][2] px, z [N][3] m, w [N][2] ≥ 0 and the camera K [3][3]. */
export interface SampledPoints<S> {
  readonly x2d: Matrix<S>;
  readonly x3d: Matrix<S>;
  readonly w2d: Matrix<S>;
  readonly K: Matrix<S>;
}

/** Slopes of Σₛ vₛ c(yₛ): by z [N][3], x [N][2], w [N][2] and δ. */
export interface SampleSlopes<S> {
  readonly x3d: S[][];
  readonly x2d: S[][];
  readonly w2d: S[][];
  readonly delta: S;
}

/** c [S] of poses y [S][7 or 4]; δ absent for no Huber. */
export function poseSampleCosts<S extends Real<S>>(
  data: SampledPoints<S>,
  poses: Matrix<S>,
  delta: S | undefined,
  clamps: Clamps<S> = {},
): S[] {
  return poses.map((y) => {
    const terms = data.x2d.map((_, i) => {
      const { e } = residual(data, y, i, clamps);
      const s = dot(e, e);
      return delta ? squaredHuber(s, delta) : s;
    });
    return sum(terms, y[0]).over(2);
  });
}

/** Slopes of Σₛ vₛ c(yₛ) for constant v [S]. */
export function poseSampleSlopes<S extends Real<S>>(
  data: SampledPoints<S>,
  poses: Matrix<S>,
  v: Vector<S>,
  delta: S | undefined,
  clamps: Clamps<S> = {},
): SampleSlopes<S> {
  const zero = data.K[0][0].of(0);
  const slopes = {
    x3d: data.x3d.map(() => [zero, zero, zero]),
    x2d: data.x2d.map(() => [zero, zero]),
    w2d: data.w2d.map(() => [zero, zero]),
    delta: zero,
  };
  poses.forEach((y, k) => {
    const R = rowRotation(y);
    data.x2d.forEach((_, i) => {
      const { e, r, X } = residual(data, y, i, clamps);
      const s = dot(e, e);
      const factor = delta ? v[k].times(squaredHuberSlope(s, delta)) : v[k];
      const pull = e.map((each, a) => each.times(data.w2d[i][a]).times(factor));
      const J = clampedProjectionJacobian(X, data.K, clamps);
      const force = apply(transpose(R), apply(transpose(J), pull));
      slopes.x3d[i] = subtract(slopes.x3d[i], force);
      slopes.x2d[i] = add(slopes.x2d[i], pull);
      slopes.w2d[i] = add(
        slopes.w2d[i],
        scale(
          e.map((each, a) => each.times(r[a])),
          factor,
        ),
      );
      if (delta)
        slopes.delta = slopes.delta.plus(squaredHuberThresholdSlope(s, delta).times(v[k]).over(2));
    });
  });
  return slopes;
}

function residual<S extends Real<S>>(
  { x2d, x3d, w2d, K }: SampledPoints<S>,
  y: Vector<S>,
  i: number,
  clamps: Clamps<S>,
): { e: S[]; r: S[]; X: S[] } {
  const X = add(apply(rowRotation(y), x3d[i]), y.slice(0, 3));
  const r = subtract(x2d[i], clampedProjection(X, K, clamps));
  return { X, r, e: r.map((each, a) => each.times(w2d[i][a])) };
}
