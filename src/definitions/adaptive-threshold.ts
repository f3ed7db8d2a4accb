/**
 * Adaptive Huber threshold: a share of the image spread of the points, in units of a mean weight.
 *
 *     δ = δ_rel · w̄ · σ,   w̄ = Σᵢₖ wᵢₖ / 2N,   σ² = Σᵢₖ (xᵢₖ − x̄ₖ)² / (N − 1)
 *
 *     ∂δ/∂wᵢₖ = δ_rel σ / 2N, the same for every weight
 *     ∂δ/∂xᵢₖ = δ_rel w̄ (xᵢₖ − x̄ₖ) / ((N − 1) σ)
 *
 * x [N][2] image points [px], w [N][2] weights, δ in the unit of w ∘ (x − π). The Huber cost with it
 * is homogeneous of degree 2 in w. Published δ_rel: 0.1 (6DoF) and 0.5 (4DoF, library default);
 * published code lets δ depend on w in the Monte Carlo loss, and detaches it elsewhere.
 * Where all points coincide σ = 0 has a kink: the least of its subgradients, zero, is its slope here.
 * Source: EQUATIONS ROB-3, PVC-14; [EProPnP2022] Sec 5.2 and published code.
 */
import { add, dot, type Matrix, scale, subtract, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/**
 * δ [px].
 *
 * @throws RangeError if N < 2: the spread of fewer points is undefined.
 */
export function adaptiveThreshold<S extends Real<S>>(
  x2d: Matrix<S>,
  w2d: Matrix<S>,
  relative: S | number,
): S {
  return meanWeight(w2d).times(spread(x2d)).times(relative);
}

/** ∂δ/∂wᵢₖ [px], the same for all i and k. @throws RangeError if N < 2. */
export function adaptiveThresholdWeightSlope<S extends Real<S>>(
  x2d: Matrix<S>,
  relative: S | number,
): S {
  return spread(x2d)
    .times(relative)
    .over(2 * x2d.length);
}

/** ∂δ/∂x [N][2]. @throws RangeError if N < 2. */
export function adaptiveThresholdPointSlope<S extends Real<S>>(
  x2d: Matrix<S>,
  w2d: Matrix<S>,
  relative: S | number,
): S[][] {
  const sigma = spread(x2d);
  if (sigma.atMost(0)) return x2d.map((x) => scale(x, 0));
  const factor = meanWeight(w2d)
    .times(relative)
    .over(sigma.times(x2d.length - 1));
  const mean = meanPoint(x2d);
  return x2d.map((x) => scale(subtract(x, mean), factor));
}

/** w̄. */
function meanWeight<S extends Real<S>>(w2d: Matrix<S>): S {
  const [total, ...rest] = w2d.flat();
  return rest.reduce((sum, w) => sum.plus(w), total).over(2 * w2d.length);
}

/** σ [px]. */
function spread<S extends Real<S>>(x2d: Matrix<S>): S {
  if (x2d.length < 2)
    throw new RangeError(`adaptiveThreshold: expected at least 2 points, got ${x2d.length}`);
  const mean = meanPoint(x2d);
  const squares = x2d.map((x) => subtract(x, mean)).map((d) => dot(d, d));
  const variance = squares.reduce((sum, s) => sum.plus(s)).over(x2d.length - 1);
  return variance.atMost(0) ? variance : variance.sqrt();
}

const meanPoint = <S extends Real<S>>(x2d: Matrix<S>): Vector<S> =>
  x2d.reduce<Vector<S>>(add, scale(x2d[0], 0)).map((total) => total.over(x2d.length));
