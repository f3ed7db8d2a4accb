/** The corners of a model's box in doubles, on flat arrays; see definitions/bounding-box.ts. */

/**
 * Writes (min, max) over the m points z [3m] to range [6]; a NaN among them makes NaNs of it.
 *
 * @throws RangeError if m is not positive.
 */
export function extents(m: number, z: Float64Array, range: Float64Array): void {
  if (!(m > 0)) throw new RangeError(`extents: expected M >= 1 points, got ${m}`);
  for (let k = 0; k < 3; k++) {
    let least = z[k];
    let greatest = z[k];
    for (let i = k + 3; i < 3 * m; i += 3) {
      least = Math.min(least, z[i]);
      greatest = Math.max(greatest, z[i]);
    }
    range[k] = least;
    range[3 + k] = greatest;
  }
}

/** Writes |min z| to s [3]. @throws RangeError if m is not positive. */
export function symmetricHalfExtents(m: number, z: Float64Array, s: Float64Array): void {
  if (!(m > 0)) throw new RangeError(`symmetricHalfExtents: expected M >= 1 points, got ${m}`);
  for (let k = 0; k < 3; k++) {
    let least = z[k];
    for (let i = k + 3; i < 3 * m; i += 3) least = Math.min(least, z[i]);
    s[k] = Math.abs(least);
  }
}

/** Writes (±s_x, ±s_y, ±s_z) to corners [24] for s [3]. */
export function symmetricBoxCorners(s: Float64Array, corners: Float64Array): void {
  for (let i = 0; i < 8; i++) {
    corners[3 * i] = i & 4 ? s[0] : -s[0];
    corners[3 * i + 1] = i & 2 ? s[1] : -s[1];
    corners[3 * i + 2] = i & 1 ? s[2] : -s[2];
  }
}

/** Writes the corners of the box from `least` [3] to `greatest` [3] to corners [24]. */
export function boxCorners(
  least: Float64Array,
  greatest: Float64Array,
  corners: Float64Array,
): void {
  for (let i = 0; i < 8; i++) {
    corners[3 * i] = (i & 4 ? greatest : least)[0];
    corners[3 * i + 1] = (i & 2 ? greatest : least)[1];
    corners[3 * i + 2] = (i & 1 ? greatest : least)[2];
  }
}

/** Writes Rᵀ(b − t) to before [24], which may be b [24], for R [9] and t [3]. */
export function cornersBeforeMove(
  b: Float64Array,
  R: Float64Array,
  t: Float64Array,
  before: Float64Array,
): void {
  for (let i = 0; i < 24; i += 3) {
    const x = b[i] - t[0];
    const y = b[i + 1] - t[1];
    const z = b[i + 2] - t[2];
    before[i] = R[0] * x + R[3] * y + R[6] * z;
    before[i + 1] = R[1] * x + R[4] * y + R[7] * z;
    before[i + 2] = R[2] * x + R[5] * y + R[8] * z;
  }
}
