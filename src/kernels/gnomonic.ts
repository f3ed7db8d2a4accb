/**
 * Gnomonic chart of the unit quaternions in doubles; see definitions/gnomonic.ts. T is not formed: with
 * Hamilton's product, T(q₀)ᵀq is the vector part of q₀ ⊗ q̄. That part is taken of q₀ ⊗ (q̄ − q̄₀) where q
 * is near q₀, and of q₀ ⊗ (q̄ + q̄₀) near −q₀, since q₀ ⊗ q̄₀ has none: δ keeps its digits down to zero.
 */

/**
 * Writes δ of q [4] about the unit quaternion centre [4] to delta [3].
 *
 * @throws RangeError if ⟨centre, q⟩ is zero or not finite.
 */
export function gnomonicCoordinates(
  q: Float64Array,
  centre: Float64Array,
  delta: Float64Array,
): void {
  const height = centre[0] * q[0] + centre[1] * q[1] + centre[2] * q[2] + centre[3] * q[3];
  if (height === 0 || height - height !== 0)
    throw new RangeError(`gnomonicCoordinates: expected <centre, q> off zero, got ${height}`);
  const side = height < 0 ? -1 : 1;
  const w = q[0] - side * centre[0];
  const x = q[1] - side * centre[1];
  const y = q[2] - side * centre[2];
  const z = q[3] - side * centre[3];
  delta[0] = (centre[1] * w - centre[0] * x + centre[3] * y - centre[2] * z) / height;
  delta[1] = (centre[2] * w - centre[3] * x - centre[0] * y + centre[1] * z) / height;
  delta[2] = (centre[3] * w + centre[2] * x - centre[1] * y - centre[0] * z) / height;
}

/**
 * log of the Cauchy density at δ [3] with respect to dδ, for lower-triangular scaleTril [9].
 *
 * @throws RangeError if a diagonal entry of scaleTril is not positive, or L⁻¹δ is not finite.
 */
export function gnomonicLogDensity(delta: Float64Array, scaleTril: Float64Array): number {
  const L = scaleTril;
  for (let i = 0; i < 9; i += 4)
    if (!(L[i] > 0))
      throw new RangeError(
        `gnomonicLogDensity: expected scaleTril with a positive diagonal, got ${L[i]}`,
      );
  const u0 = delta[0] / L[0];
  const u1 = (delta[1] - L[3] * u0) / L[4];
  const u2 = (delta[2] - L[6] * u0 - L[7] * u1) / L[8];
  // The root of 1 + s overflows later than 1 + s.
  const spread = Math.hypot(1, u0, u1, u2);
  if (!(spread < Number.POSITIVE_INFINITY))
    throw new RangeError(`gnomonicLogDensity: expected a finite L^-1 delta, got |.| = ${spread}`);
  const logDeterminant = Math.log(L[0]) + Math.log(L[4]) + Math.log(L[8]);
  return -(2 * Math.log(Math.PI) + logDeterminant + 4 * Math.log(spread));
}
