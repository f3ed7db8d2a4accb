/** The cross product as a matrix, on flat arrays; see definitions/hat.ts. */

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
