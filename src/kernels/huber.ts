/**
 * Huber kernel in both conventions: kernel of ../definitions/huber.ts, in doubles. δ = Infinity, no
 * Huber at all, is allowed everywhere. Nothing is checked: n, s and δ are taken as non-negative.
 */

/** ρ of a norm, n²/2 or δ (n − δ/2) [px²]. */
export function huber(n: number, delta: number): number {
  return n <= delta ? 0.5 * n * n : delta * (n - 0.5 * delta);
}

/** ∂huber/∂n = min(n, δ) [px]. */
export function huberSlope(n: number, delta: number): number {
  return Math.min(n, delta);
}

/** ∂²huber/∂n²: 1 for an inlier, 0 for an outlier. */
export function huberCurvature(n: number, delta: number): number {
  return n <= delta ? 1 : 0;
}

/** ∂huber/∂δ = max(n − δ, 0) [px]. */
export function huberThresholdSlope(n: number, delta: number): number {
  return Math.max(n - delta, 0);
}

/** ρ of a squared norm, s or δ (2√s − δ) [px²]: twice huber(√s, δ). */
export function squaredHuber(s: number, delta: number): number {
  return s <= delta * delta ? s : delta * (2 * Math.sqrt(s) - delta);
}

/** ρ′ = ∂squaredHuber/∂s = min(1, δ/√s). */
export function squaredHuberSlope(s: number, delta: number): number {
  return s <= delta * delta ? 1 : delta / Math.sqrt(s);
}

/** ρ″ = ∂²squaredHuber/∂s²: 0 for an inlier, −δ/(2 s√s) for an outlier [1/px²]. */
export function squaredHuberCurvature(s: number, delta: number): number {
  return s <= delta * delta ? 0 : (-0.5 * delta) / Math.sqrt(s) / s;
}

/** ∂squaredHuber/∂δ = 2 max(√s − δ, 0) [px]. */
export function squaredHuberThresholdSlope(s: number, delta: number): number {
  return s <= delta * delta ? 0 : 2 * (Math.sqrt(s) - delta);
}

/** √ρ′ = √min(1, δ/√s), the factor of robust rescaling for least squares. */
export function robustScale(s: number, delta: number): number {
  return s <= delta * delta ? 1 : Math.sqrt(delta / Math.sqrt(s));
}
