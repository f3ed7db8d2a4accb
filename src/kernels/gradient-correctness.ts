/**
 * Gradient correctness: kernel of ../definitions/gradient-correctness.ts, in doubles on flat arrays.
 *
 * The change of the error over a step is not the difference of two errors, which would lose every digit
 * of a small one: the projection of X + d moves by exactly (Kᵢd − πᵢK₃d) / (h₃ + K₃d), so the change is
 * Σ ρ (2r + ρ) with ρ the change of the residual, and its sign can be trusted at any η.
 */

/** ⟨g, ∂e/∂z⟩ of g [3], r [2], P [2,3]. */
export function pointSlope(g: Float64Array, r: Float64Array, P: Float64Array): number {
  const u = P[0] * g[0] + P[1] * g[1] + P[2] * g[2];
  const v = P[3] * g[0] + P[4] * g[1] + P[5] * g[2];
  return -2 * (u * r[0] + v * r[1]);
}

/** ⟨g, ∂e/∂x⟩ of g [2], r [2]. */
export function keypointSlope(g: Float64Array, r: Float64Array): number {
  return 2 * (g[0] * r[0] + g[1] * r[1]);
}

/** e(z − ηg) − e(z): x [2], X [3], K [9], G = R g [3] in the camera frame. */
export function pointErrorChange(
  x: Float64Array,
  X: Float64Array,
  K: Float64Array,
  G: Float64Array,
  eta: number,
): number {
  const h3 = K[6] * X[0] + K[7] * X[1] + K[8] * X[2];
  const sink = -eta * (K[6] * G[0] + K[7] * G[1] + K[8] * G[2]);
  let change = 0;
  for (let i = 0; i < 2; i++) {
    const pi = (K[3 * i] * X[0] + K[3 * i + 1] * X[1] + K[3 * i + 2] * X[2]) / h3;
    const shift = -eta * (K[3 * i] * G[0] + K[3 * i + 1] * G[1] + K[3 * i + 2] * G[2]);
    const rho = -(shift - pi * sink) / (h3 + sink);
    change += rho * (2 * (x[i] - pi) + rho);
  }
  return change;
}

/** e(x − ηg) − e(x) of g [2], r [2]. */
export function keypointErrorChange(g: Float64Array, r: Float64Array, eta: number): number {
  let change = 0;
  for (let i = 0; i < 2; i++) change -= eta * g[i] * (2 * r[i] - eta * g[i]);
  return change;
}

/** Greatest ratio of c_x and c_y at which no residual of a point with this P [2,3] is misled. */
export function leverageBound(P: Float64Array): number {
  const nx = P[1] * P[5] - P[2] * P[4];
  const ny = P[2] * P[3] - P[0] * P[5];
  const nz = P[0] * P[4] - P[1] * P[3];
  const sides =
    Math.sqrt(P[0] * P[0] + P[1] * P[1] + P[2] * P[2]) *
    Math.sqrt(P[3] * P[3] + P[4] * P[4] + P[5] * P[5]);
  const mixed = P[0] * P[3] + P[1] * P[4] + P[2] * P[5];
  const root = (sides + Math.sqrt(nx * nx + ny * ny + nz * nz)) / mixed;
  return root * root;
}
