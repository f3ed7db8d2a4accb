/**
 * Huber costs of many poses over one set of correspondences, and the slope of their weighted sum, with
 * every switch that an implementation may have set otherwise.
 *
 *     c = ½ Σᵢ ρ(‖eᵢ‖²),   eᵢ = wᵢ ∘ (xᵢ − πᵢ)
 *     ∂c/∂x = ρ′ w ∘ e     ∂c/∂w = ρ′ e ∘ (x − π)     ∂c/∂z = −ρ′ Rᵀ Jᵀ (w ∘ e)     J = ∂π/∂X
 */
import {
  adaptiveThreshold,
  adaptiveThresholdPointSlope,
} from "../definitions/adaptive-threshold.js";
import {
  squaredHuber,
  squaredHuberSlope,
  squaredHuberThresholdSlope,
} from "../definitions/huber.js";
import { rowRotation } from "../definitions/pose-row.js";
import { rigidTransform } from "../definitions/projection.js";
import {
  type Clamps,
  clampedProjection,
  clampedProjectionJacobian,
  formulaProjectionJacobian,
  maskedProjectionJacobian,
} from "../definitions/projection-clamp.js";
import { add, apply, dot, type Matrix, sum, transpose, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import type { Sighted } from "./second-projection.js";

/** Correspondences with their camera and least depth; δ [weighted px] absent for no Huber. */
export interface Sampled<S> extends Sighted<S> {
  readonly delta?: S;
}

/** How a cost may have been computed. */
export interface CostSwitches {
  /** What multiplies a residual. */
  readonly weights: "w" | "one" | "root-w" | "w2";
  readonly robust: boolean;
  /** ½ Σ ρ, Σ ρ, or ½ of the mean of ρ. */
  readonly share: "half" | "whole" | "mean";
  readonly depth: "clamped" | "free";
}

/** How its slopes may have been. */
export interface SlopeSwitches {
  /** The factor on the slopes of plain squares: ρ′, one, or ρ′ squared. */
  readonly slope: "huber" | "one" | "squared";
  /** J of points with clamped depth: of the clamp itself, zero, or of the unclamped formula. */
  readonly rows: "free" | "zeroed" | "formula";
  /** A constant threshold, or one that moves as the mean weight does, or as the points' spread does too. */
  readonly threshold: "constant" | "by-weights" | "by-weights-and-points";
  readonly weightVariable: "w" | "w2";
}

/** A pose with the factor of its cost in a sum. */
export interface WeightedPose<S> {
  readonly factor: S;
  readonly y: Vector<S>;
}

/** c [S] of poses (t, q) [7] or (t, β) [4]. */
export function poseCosts<S extends Real<S>>(
  data: Sampled<S>,
  poses: Matrix<S>,
  switches: CostSwitches,
): S[] {
  const weights = weightsOf(data, switches);
  return poses.map((y) => {
    const R = rowRotation(y);
    const terms = data.x3d.map((z, i) => {
      const { s } = residual(data, rigidTransform(z, R, y.slice(0, 3)), weights[i], i, switches);
      return data.delta && switches.robust ? squaredHuber(s, data.delta) : s;
    });
    return sum(terms, y[0]).times(shareOf(data, switches));
  });
}

/** Slopes of Σ factor · c by z [3 n], x [2 n] or w [2 n] of the first n points, flat. */
export function weightedSlopes<S extends Real<S>>(
  data: Sampled<S>,
  poses: readonly WeightedPose<S>[],
  by: "x3d" | "x2d" | "w2d",
  switches: CostSwitches & SlopeSwitches,
  n: number,
): S[] {
  const weights = weightsOf(data, switches);
  const share = 2 * shareOf(data, switches);
  const zero = data.K[0][0].of(0);
  const out: S[][] = data.x3d
    .slice(0, n)
    .map(() => (by === "x3d" ? [zero, zero, zero] : [zero, zero]));
  for (const { factor, y } of poses) {
    const R = rowRotation(y);
    const back = transpose(R);
    for (const [i, own] of out.entries()) {
      const X = rigidTransform(data.x3d[i], R, y.slice(0, 3));
      const { e, r, s } = residual(data, X, weights[i], i, switches);
      const times = factor.times(slopeFactor(s, data.delta, switches)).times(share);
      const term = (): S[] => {
        if (by === "w2d") return r.map((v, k) => weightTerm(v, e[k], data.w2d[i][k], switches));
        const pull = e.map((v, k) => v.times(weights[i][k]));
        if (by === "x2d") return pull;
        const J = jacobians[switches.rows](X, data.K, clampsOf(data, switches));
        return apply(back, apply(transpose(J), pull)).map((v) => v.negated());
      };
      out[i] = add(
        own,
        term().map((v) => v.times(times)),
      );
    }
  }
  return out.flat();
}

/**
 * The slopes with what reaches them through a threshold that is a multiple of the mean weight and of the
 * spread of the points: then ∂δ/∂w = δ / Σw, and ∂δ/∂x follows from δ_rel = δ / (w̄ σ).
 */
export function attachedSlopes<S extends Real<S>>(
  data: Sampled<S>,
  poses: readonly WeightedPose<S>[],
  slopes: readonly S[],
  by: "x2d" | "w2d",
  switches: CostSwitches & SlopeSwitches,
): S[] {
  const { delta, x2d, w2d } = data;
  if (!delta || (by === "x2d" && switches.threshold === "by-weights")) return [...slopes];
  const weights = weightsOf(data, switches);
  let byDelta = delta.of(0);
  for (const { factor, y } of poses) {
    const R = rowRotation(y);
    data.x3d.forEach((z, i) => {
      const { s } = residual(data, rigidTransform(z, R, y.slice(0, 3)), weights[i], i, switches);
      byDelta = byDelta.plus(squaredHuberThresholdSlope(s, delta).times(factor));
    });
  }
  byDelta = byDelta.times(shareOf(data, switches));
  if (by === "w2d") {
    const step = byDelta.times(delta).over(sum(w2d.flat(), delta));
    return slopes.map((v, k) =>
      v.plus(switches.weightVariable === "w" ? step : step.over(w2d[k >> 1][k & 1].times(2))),
    );
  }
  // δ is linear in δ_rel, so that the slopes at δ_rel = 1 are scaled by δ over its threshold there.
  const unit = adaptiveThresholdPointSlope(x2d, w2d, 1).flat();
  const relative = delta.over(adaptiveThreshold(x2d, w2d, 1));
  return slopes.map((v, k) => v.plus(byDelta.times(relative).times(unit[k])));
}

/** e = w ∘ r with r = x − π, and s = ‖e‖², of point i at X. */
function residual<S extends Real<S>>(
  { x2d, K, zMin }: Sampled<S>,
  X: Vector<S>,
  weights: Vector<S>,
  i: number,
  { depth }: CostSwitches,
): { r: S[]; e: S[]; s: S } {
  const pi = clampedProjection(X, K, clampsOf({ zMin }, { depth }));
  const r = pi.map((v, k) => x2d[i][k].minus(v));
  const e = r.map((v, k) => v.times(weights[k]));
  return { r, e, s: dot(e, e) };
}

const jacobians = {
  free: clampedProjectionJacobian,
  zeroed: maskedProjectionJacobian,
  formula: formulaProjectionJacobian,
};

const clampsOf = <S>(
  { zMin }: Pick<Sampled<S>, "zMin">,
  { depth }: Pick<CostSwitches, "depth">,
): Clamps<S> => (depth === "clamped" ? { zMin } : {});

/** What multiplies each residual [N][2]. */
function weightsOf<S extends Real<S>>({ w2d }: Sampled<S>, { weights }: CostSwitches): Matrix<S> {
  if (weights === "w") return w2d;
  const made = { one: (w: S) => w.of(1), "root-w": (w: S) => w.sqrt(), w2: (w: S) => w.times(w) };
  return w2d.map((row) => row.map(made[weights]));
}

/** e ∂e/∂w of one coordinate, or by w². */
function weightTerm<S extends Real<S>>(
  r: S,
  e: S,
  w: S,
  { weights, weightVariable }: CostSwitches & SlopeSwitches,
): S {
  // ½ ∂(w² r²)/∂w² exists where w is zero.
  if (weights === "w") return (weightVariable === "w" ? e : r.over(2)).times(r);
  const slope = { one: w.of(0), "root-w": w.sqrt().times(2), w2: w.times(2) }[weights];
  const byW = e.times(r).times(weights === "root-w" ? w.of(1).over(slope) : slope);
  return weightVariable === "w" ? byW : byW.over(w.times(2));
}

const shareOf = <S>({ x3d }: Sampled<S>, { share }: CostSwitches): number =>
  ({ half: 1 / 2, whole: 1, mean: 1 / (2 * x3d.length) })[share];

/** The factor of a robust slope on that of plain squares. */
function slopeFactor<S extends Real<S>>(
  s: S,
  delta: S | undefined,
  { robust, slope }: CostSwitches & SlopeSwitches,
): S {
  if (!delta || !robust || slope === "one") return s.of(1);
  const own = squaredHuberSlope(s, delta);
  return slope === "squared" ? own.times(own) : own;
}
