/**
 * Smooth L1 of a distance: kernel of ../definitions/smooth-l1.ts, in doubles. The norm is taken of v
 * divided by its largest entry, so that no size of v overflows or vanishes.
 */

/** ℓ(d; β). */
export function smoothL1(d: number, beta: number): number {
  return d < beta ? (0.5 * d * d) / beta : d - 0.5 * beta;
}

/** ∂ℓ/∂d = min(d/β, 1). */
export function smoothL1Slope(d: number, beta: number): number {
  return d < beta ? d / beta : 1;
}

/** ∂²ℓ/∂d²: 1/β below β, 0 from there on. */
export function smoothL1Curvature(d: number, beta: number): number {
  return d < beta ? 1 / beta : 0;
}

/** Writes ∂ℓ(‖v‖; β)/∂v to gradient [n], which may be v. */
export function smoothL1Gradient(v: Float64Array, beta: number, gradient: Float64Array): void {
  let largest = 0;
  for (let i = 0; i < v.length; i++) largest = Math.max(largest, Math.abs(v[i]));
  let square = 0;
  if (largest > 0) for (let i = 0; i < v.length; i++) square += (v[i] / largest) ** 2;
  const divisor = Math.max(beta, largest * Math.sqrt(square));
  for (let i = 0; i < v.length; i++) gradient[i] = v[i] / divisor;
}
