/**
 * The weighted reprojection residual of one correspondence and its robustly rescaled twin: kernel of
 * ../definitions/reprojection-residual.ts, in doubles on flat arrays. Outputs may be the inputs
 * themselves: an entry is read before it is written. Jacobians are [2,d], d read off their length.
 */

/** e = w ∘ (x − π) [2], pixels. */
export function weightedResidual(
  x: Float64Array,
  pi: Float64Array,
  w: Float64Array,
  e: Float64Array,
): void {
  e[0] = w[0] * (x[0] - pi[0]);
  e[1] = w[1] * (x[1] - pi[1]);
}

/** ∂e/∂y = −w ∘ ∂π/∂y [2,d], from ∂π/∂y. */
export function weightedResidualJacobian(
  w: Float64Array,
  dpi: Float64Array,
  de: Float64Array,
): void {
  const d = dpi.length / 2;
  for (let p = 0; p < d; p++) {
    de[p] = -w[0] * dpi[p];
    de[d + p] = -w[1] * dpi[d + p];
  }
}

/** ẽ = √ρ′ e [2] from e; δ = Infinity leaves it as it is. */
export function robustResidual(e: Float64Array, delta: number, scaled: Float64Array): void {
  const scale = rescaling(e, delta);
  scaled[0] = scale * e[0];
  scaled[1] = scale * e[1];
}

/** J̃ = √ρ′ ∂e/∂y [2,d] from e and ∂e/∂y. */
export function robustResidualJacobian(
  e: Float64Array,
  de: Float64Array,
  delta: number,
  scaled: Float64Array,
): void {
  const scale = rescaling(e, delta);
  for (let p = 0; p < de.length; p++) scaled[p] = scale * de[p];
}

function rescaling(e: Float64Array, delta: number): number {
  const s = e[0] * e[0] + e[1] * e[1];
  return s <= delta * delta ? 1 : Math.sqrt(delta / Math.sqrt(s));
}
