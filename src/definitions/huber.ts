/**
 * Huber kernel: quadratic for inliers, linear for outliers, slope continuous at the join.
 *
 *     huber(n; δ)        = n²/2            if n ≤ δ         slope  min(n, δ)      curvature 1 or 0
 *                          δ (n − δ/2)     otherwise        ∂/∂δ   0 or n − δ
 *     squaredHuber(s; δ) = s               if s ≤ δ²        slope  min(1, δ/√s)   curvature 0 or −δ s^(−3/2)/2
 *                          δ (2√s − δ)     otherwise        ∂/∂δ   0 or 2(√s − δ)
 *
 * n ≥ 0 is the norm of one weighted reprojection residual (both axes together) and δ ≥ 0 the inlier
 * threshold, both in pixels; s = n². The two conventions differ by a half: huber(n) = squaredHuber(n²)/2,
 * and a cost is Σ huber(nᵢ) = ½ Σ squaredHuber(sᵢ). On the kink n = δ a curvature is that of the
 * quadratic side. squaredHuber is smooth at s = 0, where n = √s has no slope: differentiate that one.
 *
 *     robustScale(s; δ) = √ρ′ = √min(1, δ/√s),   r̃ = robustScale · r,   J̃ = robustScale · J
 *
 * make J̃ᵀ r̃ the gradient of ½ Σ squaredHuber exactly; J̃ᵀ J̃ leaves out the kernel's curvature.
 * Source: EQUATIONS ROB-1, ROB-2; [EProPnP2022] Eq 11, 12; [Huber1964] doi:10.1214/aoms/1177703732.
 */
import type { Real } from "../scalar/real.js";

/** ρ of a norm, n²/2 or δ (n − δ/2) [px²]. */
export function huber<S extends Real<S>>(n: S, delta: S): S {
  return n.atMost(delta) ? n.times(n).over(2) : delta.times(n.minus(delta.over(2)));
}

/** ∂huber/∂n = min(n, δ) [px]. */
export function huberSlope<S extends Real<S>>(n: S, delta: S): S {
  return n.atMost(delta) ? n : delta;
}

/** ∂²huber/∂n²: 1 for an inlier, 0 for an outlier. */
export function huberCurvature<S extends Real<S>>(n: S, delta: S): S {
  return n.of(n.atMost(delta) ? 1 : 0);
}

/** ∂huber/∂δ = max(n − δ, 0) [px]. */
export function huberThresholdSlope<S extends Real<S>>(n: S, delta: S): S {
  return n.atMost(delta) ? n.of(0) : n.minus(delta);
}

/** ρ of a squared norm, s or δ (2√s − δ) [px²]: twice huber(√s, δ). */
export function squaredHuber<S extends Real<S>>(s: S, delta: S): S {
  return isInlier(s, delta) ? s : delta.times(s.sqrt().times(2).minus(delta));
}

/** ρ′ = ∂squaredHuber/∂s = min(1, δ/√s). */
export function squaredHuberSlope<S extends Real<S>>(s: S, delta: S): S {
  return isInlier(s, delta) ? s.of(1) : delta.over(s.sqrt());
}

/** ρ″ = ∂²squaredHuber/∂s²: 0 for an inlier, −δ/(2 s√s) for an outlier [1/px²]. */
export function squaredHuberCurvature<S extends Real<S>>(s: S, delta: S): S {
  return isInlier(s, delta) ? s.of(0) : delta.over(s.times(s.sqrt()).times(-2));
}

/** ∂squaredHuber/∂δ = 2 max(√s − δ, 0) [px]. */
export function squaredHuberThresholdSlope<S extends Real<S>>(s: S, delta: S): S {
  return isInlier(s, delta) ? s.of(0) : s.sqrt().minus(delta).times(2);
}

/** √ρ′ = √min(1, δ/√s), the factor of robust rescaling for least squares. */
export function robustScale<S extends Real<S>>(s: S, delta: S): S {
  return isInlier(s, delta) ? s.of(1) : delta.over(s.sqrt()).sqrt();
}

const isInlier = <S extends Real<S>>(s: S, delta: S): boolean => s.atMost(delta.times(delta));
