/**
 * Crops and their cameras in doubles: see definitions/affine-crop.ts. The last row of M₃ is known, and its
 * products are left out.
 */

/** Writes M [6] of centre c [2], side e, turn φ, m pixels an axis. @throws RangeError unless e and m > 0. */
export function cropAffine(
  c: Float64Array,
  e: number,
  phi: number,
  m: number,
  M: Float64Array,
): void {
  if (!(e > 0 && e < Infinity && m > 0 && m < Infinity))
    throw new RangeError(`cropAffine: expected a side and a size > 0, got ${e} and ${m}`);
  const cos = (Math.cos(phi) * m) / e;
  const sin = (Math.sin(phi) * m) / e;
  const [x, y] = [c[0], c[1]];
  M[0] = cos;
  M[1] = -sin;
  M[2] = m / 2 - (cos * x - sin * y);
  M[3] = sin;
  M[4] = cos;
  M[5] = m / 2 - (sin * x + cos * y);
}

/** Writes x′ [2] of x [2], which may be x. */
export function affinePixel(M: Float64Array, x: Float64Array, moved: Float64Array): void {
  const [u, v] = [x[0], x[1]];
  moved[0] = M[0] * u + M[1] * v + M[2];
  moved[1] = M[3] * u + M[4] * v + M[5];
}

/** Writes K′ [9] of K [9] and M [6]; the output may be K. */
export function affineCamera(K: Float64Array, M: Float64Array, moved: Float64Array): void {
  for (let j = 0; j < 3; j++) {
    const [a, b, c] = [K[j], K[3 + j], K[6 + j]];
    moved[j] = M[0] * a + M[1] * b + M[2] * c;
    moved[3 + j] = M[3] * a + M[4] * b + M[5] * c;
    moved[6 + j] = c;
  }
}

/** Writes the gradients of ⟨G, K′⟩ by K [9] and by M [6]; neither may be G. */
export function affineCameraVjp(
  K: Float64Array,
  M: Float64Array,
  G: Float64Array,
  gradientK: Float64Array,
  gradientM: Float64Array,
): void {
  for (let j = 0; j < 3; j++) {
    gradientK[j] = M[0] * G[j] + M[3] * G[3 + j];
    gradientK[3 + j] = M[1] * G[j] + M[4] * G[3 + j];
    gradientK[6 + j] = M[2] * G[j] + M[5] * G[3 + j] + G[6 + j];
  }
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 3; j++)
      gradientM[3 * i + j] =
        G[3 * i] * K[3 * j] + G[3 * i + 1] * K[3 * j + 1] + G[3 * i + 2] * K[3 * j + 2];
}
