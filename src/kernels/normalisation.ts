/** Moving the object's origin in doubles, on flat arrays; see definitions/normalisation.ts. */

/**
 * Writes the mean of z [3N] to o [3].
 *
 * The sum carries its rounding error along (Neumaier), so a mean near zero of points far from it
 * keeps its digits.
 *
 * @throws RangeError if n is not positive.
 */
export function pointOffset(n: number, z: Float64Array, o: Float64Array): void {
  if (!(n > 0)) throw new RangeError(`pointOffset: expected N >= 1 points, got ${n}`);
  for (let k = 0; k < 3; k++) {
    let sum = 0;
    let lost = 0;
    for (let i = k; i < 3 * n; i += 3) {
      const next = sum + z[i];
      lost += Math.abs(sum) >= Math.abs(z[i]) ? sum - next + z[i] : z[i] - next + sum;
      sum = next;
    }
    o[k] = (sum + lost) / n;
  }
}

/** Writes z − o to moved [3N], which may be z [3N]. */
export function offsetPoints(
  n: number,
  z: Float64Array,
  o: Float64Array,
  moved: Float64Array,
): void {
  for (let i = 0; i < 3 * n; i += 3) {
    moved[i] = z[i] - o[0];
    moved[i + 1] = z[i + 1] - o[1];
    moved[i + 2] = z[i + 2] - o[2];
  }
}

/** Writes t + R o to moved [3], which may be t [3]. */
export function offsetTranslation(
  R: Float64Array,
  t: Float64Array,
  o: Float64Array,
  moved: Float64Array,
): void {
  for (let i = 0; i < 3; i++)
    moved[i] = t[i] + (R[3 * i] * o[0] + R[3 * i + 1] * o[1] + R[3 * i + 2] * o[2]);
}

/** Writes t′ − R o to t [3], which may be t′ [3]. */
export function restoredTranslation(
  R: Float64Array,
  moved: Float64Array,
  o: Float64Array,
  t: Float64Array,
): void {
  for (let i = 0; i < 3; i++)
    t[i] = moved[i] - (R[3 * i] * o[0] + R[3 * i + 1] * o[1] + R[3 * i + 2] * o[2]);
}

/** Writes ∂(φ, τ)/∂(φ′, τ′) to M [36], LEFT chart, o held fixed. */
export function restoredTangentTransform(R: Float64Array, o: Float64Array, M: Float64Array): void {
  const x = R[0] * o[0] + R[1] * o[1] + R[2] * o[2];
  const y = R[3] * o[0] + R[4] * o[1] + R[5] * o[2];
  const z = R[6] * o[0] + R[7] * o[1] + R[8] * o[2];
  M.fill(0);
  for (let i = 0; i < 36; i += 7) M[i] = 1;
  M[19] = -z;
  M[20] = y;
  M[24] = z;
  M[26] = -x;
  M[30] = -y;
  M[31] = x;
}

/** Writes ∂t/∂z_i = −R / N to J [9], which may be R [9]. @throws RangeError if n is not positive. */
export function offsetPathJacobian(R: Float64Array, n: number, J: Float64Array): void {
  if (!(n > 0)) throw new RangeError(`offsetPathJacobian: expected N >= 1 points, got ${n}`);
  for (let i = 0; i < 9; i++) J[i] = -R[i] / n;
}
