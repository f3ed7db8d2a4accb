/**
 * The cross product as a matrix, on flat arrays; see definitions/hat.ts.
 *
 * [v]×² is spelt out as v vᵀ − (vᵀv) I with the squares that cancel left out, so that a diagonal
 * entry 1 − b(y² + z²) has one subtraction only.
 */

/** Writes [v]× to M [9] for v [3]. */
export function hat(v: Float64Array, M: Float64Array): void {
  M[0] = M[4] = M[8] = 0;
  M[1] = -v[2];
  M[2] = v[1];
  M[3] = v[2];
  M[5] = -v[0];
  M[6] = -v[1];
  M[7] = v[0];
}

/** Writes to v [3] the vector of the antisymmetric part of M [9]. */
export function vee(M: Float64Array, v: Float64Array): void {
  v[0] = 0.5 * (M[7] - M[5]);
  v[1] = 0.5 * (M[2] - M[6]);
  v[2] = 0.5 * (M[3] - M[1]);
}

/** Writes I + a [v]× + b [v]×² to M [9] for v [3]. */
export function hatPolynomial(v: Float64Array, a: number, b: number, M: Float64Array): void {
  const x = v[0];
  const y = v[1];
  const z = v[2];
  M[0] = 1 - b * (y * y + z * z);
  M[1] = b * x * y - a * z;
  M[2] = b * x * z + a * y;
  M[3] = b * x * y + a * z;
  M[4] = 1 - b * (x * x + z * z);
  M[5] = b * y * z - a * x;
  M[6] = b * x * z - a * y;
  M[7] = b * y * z + a * x;
  M[8] = 1 - b * (x * x + y * y);
}
