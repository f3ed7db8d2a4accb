/**
 * Rigid transform, projection and its derivatives: kernel of ../definitions/projection.ts, in doubles
 * on flat row-major arrays. Outputs come last and may not alias inputs.
 *
 * Where the last row of K is (0, 0, 1), ∂πᵢ/∂Z = (Kᵢ₃ − πᵢ)/Z is taken as −(Kᵢ₁X + Kᵢ₂Y)/Z², which
 * cancels no digits on the optical axis; any other K takes the general formula. Sums of three
 * products over a near-zero depth h₃ are no better than the rounding of X: h₃ = 0 gives non-finite
 * numbers, and nothing is clamped here.
 */

const isAffine = (K: Float64Array): boolean => K[6] === 0 && K[7] === 0 && K[8] === 1;

/** X = R z + t [3]. */
export function rigidTransform(
  z: Float64Array,
  R: Float64Array,
  t: Float64Array,
  X: Float64Array,
): void {
  for (let a = 0; a < 3; a++)
    X[a] = R[3 * a] * z[0] + R[3 * a + 1] * z[1] + R[3 * a + 2] * z[2] + t[a];
}

/** π [2], pixels. */
export function projection(X: Float64Array, K: Float64Array, pi: Float64Array): void {
  const affine = isAffine(K);
  const h3 = affine ? X[2] : K[6] * X[0] + K[7] * X[1] + K[8] * X[2];
  for (let i = 0; i < 2; i++) {
    const side = K[3 * i] * X[0] + K[3 * i + 1] * X[1];
    pi[i] = affine ? side / h3 + K[3 * i + 2] : (side + K[3 * i + 2] * X[2]) / h3;
  }
}

/** ∂π/∂X [2,3]. */
export function projectionJacobian(X: Float64Array, K: Float64Array, J: Float64Array): void {
  const affine = isAffine(K);
  const h3 = affine ? X[2] : K[6] * X[0] + K[7] * X[1] + K[8] * X[2];
  for (let i = 0; i < 2; i++) {
    const side = K[3 * i] * X[0] + K[3 * i + 1] * X[1];
    if (affine) {
      J[3 * i] = K[3 * i] / h3;
      J[3 * i + 1] = K[3 * i + 1] / h3;
      J[3 * i + 2] = -side / h3 / h3;
    } else {
      const pi = (side + K[3 * i + 2] * X[2]) / h3;
      for (let a = 0; a < 3; a++) J[3 * i + a] = (K[3 * i + a] - pi * K[6 + a]) / h3;
    }
  }
}

const slopes = new Float64Array(6);
const pixel = new Float64Array(2);

/** ∂²π/∂X² [2,3,3]. */
export function projectionHessian(X: Float64Array, K: Float64Array, H: Float64Array): void {
  const h3 = K[6] * X[0] + K[7] * X[1] + K[8] * X[2];
  projectionJacobian(X, K, slopes);
  for (let i = 0; i < 2; i++)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++)
        H[9 * i + 3 * a + b] = -(slopes[3 * i + a] * K[6 + b] + K[6 + a] * slopes[3 * i + b]) / h3;
}

/** ∂π/∂K [2,9], K row-major. */
export function projectionCameraJacobian(X: Float64Array, K: Float64Array, D: Float64Array): void {
  const h3 = K[6] * X[0] + K[7] * X[1] + K[8] * X[2];
  projection(X, K, pixel);
  D.fill(0, 0, 18);
  for (let i = 0; i < 2; i++)
    for (let b = 0; b < 3; b++) {
      D[9 * i + 3 * i + b] = X[b] / h3;
      D[9 * i + 6 + b] = (-pixel[i] * X[b]) / h3;
    }
}

/** ∂²π/∂X∂K [2,3,9]: first the component of X, then K row-major. */
export function projectionPointCameraHessian(
  X: Float64Array,
  K: Float64Array,
  M: Float64Array,
): void {
  const h3 = K[6] * X[0] + K[7] * X[1] + K[8] * X[2];
  projection(X, K, pixel);
  projectionJacobian(X, K, slopes);
  M.fill(0, 0, 54);
  for (let i = 0; i < 2; i++)
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        const at = 27 * i + 9 * a + b;
        const ray = ((a === b ? 1 : 0) - (X[b] * K[6 + a]) / h3) / h3;
        M[at + 3 * i] = ray;
        M[at + 6] = -pixel[i] * ray - (slopes[3 * i + a] * X[b]) / h3;
      }
}
