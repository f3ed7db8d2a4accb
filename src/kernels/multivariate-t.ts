/**
 * Trivariate t in doubles; see definitions/multivariate-t.ts. L is forward-substituted by hand, and the
 * three logarithms become one wherever the product they are taken of is a normal double; a value so
 * far out that its square overflows is measured by hypot.
 */

// log of Γ(3)/(Γ(3/2) (3π)^(3/2)) = 4/(3√3 π²).
const LOG_CONSTANT = Math.log(4 / (3 * Math.sqrt(3) * Math.PI * Math.PI));
const SMALLEST = 1e-290;
const LARGEST = 1e290;

/** u = L⁻¹(t − μ) and its square, which as a value returned would be an object a pose. */
const whitened = new Float64Array(4);

/**
 * log q(t) of t = value[at … at + 2], for mean [3] and lower-triangular scaleTril [9].
 *
 * @throws RangeError if an entry is not finite, or a diagonal entry of scaleTril is not positive.
 */
export function multivariateTLogDensity(
  value: Float64Array,
  mean: Float64Array,
  scaleTril: Float64Array,
  at = 0,
): number {
  whiten("multivariateTLogDensity", value, mean, scaleTril, at);
  const s = whitened[3];
  const spread = 1 + s / 3;
  const determinant = scaleTril[0] * scaleTril[4] * scaleTril[8];
  const product = determinant * spread * spread * spread;
  if (determinant > SMALLEST && product < LARGEST) return LOG_CONSTANT - Math.log(product);
  const size =
    s < LARGEST
      ? Math.log(spread)
      : 2 * Math.log(Math.hypot(whitened[0], whitened[1], whitened[2])) - Math.log(3);
  return (
    LOG_CONSTANT -
    (Math.log(scaleTril[0]) + Math.log(scaleTril[4]) + Math.log(scaleTril[8])) -
    3 * size
  );
}

/**
 * Writes ∂ log q/∂t to gradient [3]; ∂ log q/∂μ is its negative.
 *
 * @throws RangeError as multivariateTLogDensity.
 */
export function multivariateTGradient(
  value: Float64Array,
  mean: Float64Array,
  scaleTril: Float64Array,
  gradient: Float64Array,
  at = 0,
): void {
  whiten("multivariateTGradient", value, mean, scaleTril, at);
  pull(scaleTril, gradient);
}

/**
 * Writes ∂ log q/∂L to gradient [9], zero above the diagonal.
 *
 * @throws RangeError as multivariateTLogDensity.
 */
export function multivariateTScaleGradient(
  value: Float64Array,
  mean: Float64Array,
  scaleTril: Float64Array,
  gradient: Float64Array,
  at = 0,
): void {
  const L = scaleTril;
  whiten("multivariateTScaleGradient", value, mean, L, at);
  pull(L, back);
  const u0 = whitened[0];
  const u1 = whitened[1];
  const u2 = whitened[2];
  gradient[0] = -back[0] * u0 - 1 / L[0];
  gradient[1] = 0;
  gradient[2] = 0;
  gradient[3] = -back[1] * u0;
  gradient[4] = -back[1] * u1 - 1 / L[4];
  gradient[5] = 0;
  gradient[6] = -back[2] * u0;
  gradient[7] = -back[2] * u1;
  gradient[8] = -back[2] * u2 - 1 / L[8];
}

const back = new Float64Array(3);

/** Writes −2/(1 + ‖u‖²/3) L⁻ᵀ u to out [3], u = L⁻¹(t − μ) as `whiten` left it. */
function pull(L: Float64Array, out: Float64Array): void {
  // 1/(1 + ‖u‖²/3) in two factors, neither of which overflows with the square of the norm.
  const spread = Math.hypot(1, Math.hypot(whitened[0], whitened[1], whitened[2]) / Math.sqrt(3));
  const factor = -2 / spread;
  const v2 = whitened[2] / L[8];
  const v1 = (whitened[1] - L[7] * v2) / L[4];
  const v0 = (whitened[0] - L[3] * v1 - L[6] * v2) / L[0];
  out[0] = factor * (v0 / spread);
  out[1] = factor * (v1 / spread);
  out[2] = factor * (v2 / spread);
}

/** Leaves u = L⁻¹(t − μ) and ‖u‖² in `whitened` [4]. */
function whiten(
  name: string,
  t: Float64Array,
  mean: Float64Array,
  L: Float64Array,
  at: number,
): void {
  // Reciprocals wait for nothing: quotients would wait for each other.
  const u0 = (t[at] - mean[0]) * (1 / L[0]);
  const u1 = (t[at + 1] - mean[1] - L[3] * u0) * (1 / L[4]);
  const u2 = (t[at + 2] - mean[2] - L[6] * u0 - L[7] * u1) * (1 / L[8]);
  whitened[0] = u0;
  whitened[1] = u1;
  whitened[2] = u2;
  whitened[3] = u0 * u0 + u1 * u1 + u2 * u2;
  // Sound numbers leave at this test: a NaN or an infinity anywhere fails it.
  if (L[0] > 0 && L[4] > 0 && L[8] > 0 && u0 - u0 + (u1 - u1) + (u2 - u2) === 0) return;
  for (const i of [0, 4, 8])
    if (!(L[i] > 0))
      throw new RangeError(`${name}: expected scaleTril with a positive diagonal, got ${L[i]}`);
  throw new RangeError(
    `${name}: expected a finite L^-1 (value - mean), got [${whitened.subarray(0, 3).join(", ")}]`,
  );
}
