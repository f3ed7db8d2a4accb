/** Dense correspondences in doubles, on flat arrays; see definitions/dense-head.ts. */

/** Writes W F_p + b to y [P·O], for features F [P·C], W [O·C], b [O]. */
export function pixelwiseLinear(
  pixels: number,
  channels: number,
  outputs: number,
  F: Float64Array,
  W: Float64Array,
  b: Float64Array,
  y: Float64Array,
): void {
  for (let p = 0; p < pixels; p++)
    for (let o = 0; o < outputs; o++) {
      let total = b[o];
      for (let c = 0; c < channels; c++) total += W[o * channels + c] * F[p * channels + c];
      y[p * outputs + o] = total;
    }
}

/**
 * Writes ∂L/∂F [P·C] to features, ∂L/∂W [O·C] to weights and ∂L/∂b [O] to bias, of v = ∂L/∂y [P·O].
 * One pass over the pixels.
 */
export function pixelwiseLinearVjp(
  pixels: number,
  channels: number,
  outputs: number,
  F: Float64Array,
  W: Float64Array,
  v: Float64Array,
  features: Float64Array,
  weights: Float64Array,
  bias: Float64Array,
): void {
  features.fill(0, 0, pixels * channels);
  weights.fill(0, 0, outputs * channels);
  bias.fill(0, 0, outputs);
  for (let p = 0; p < pixels; p++)
    for (let o = 0; o < outputs; o++) {
      const up = v[p * outputs + o];
      bias[o] += up;
      for (let c = 0; c < channels; c++) {
        features[p * channels + c] += up * W[o * channels + c];
        weights[o * channels + c] += up * F[p * channels + c];
      }
    }
}

/** Writes the mean over pixels of F [P·C] to mean [C]. @throws RangeError if P is not positive. */
export function meanFeature(
  pixels: number,
  channels: number,
  F: Float64Array,
  mean: Float64Array,
): void {
  if (!(pixels > 0)) throw new RangeError(`meanFeature: expected P >= 1 pixels, got ${pixels}`);
  mean.fill(0, 0, channels);
  for (let p = 0; p < pixels; p++)
    for (let c = 0; c < channels; c++) mean[c] += F[p * channels + c];
  for (let c = 0; c < channels; c++) mean[c] /= pixels;
}

/**
 * Writes x [2m²] px, row by row: o + (c + h, r + h) e/m.
 *
 * @throws RangeError unless m is a positive integer and e > 0.
 */
export function cropGrid(o: Float64Array, e: number, m: number, h: number, x: Float64Array): void {
  checkCrop("cropGrid", e, m);
  for (let r = 0; r < m; r++)
    for (let c = 0; c < m; c++) {
      x[2 * (r * m + c)] = o[0] + ((c + h) * e) / m;
      x[2 * (r * m + c) + 1] = o[1] + ((r + h) * e) / m;
    }
}

/**
 * Writes K′ [9], which projects camera points to cells (c, r), of K [9]. The outputs may be K.
 *
 * @throws RangeError unless m is a positive integer and e > 0.
 */
export function cropCamera(
  K: Float64Array,
  o: Float64Array,
  e: number,
  m: number,
  h: number,
  cropped: Float64Array,
): void {
  checkCrop("cropCamera", e, m);
  for (let j = 0; j < 3; j++) {
    // The crop's origin is taken off before scaling: a principal point in the crop keeps its digits.
    cropped[j] = ((K[j] - o[0] * K[6 + j]) * m) / e - h * K[6 + j];
    cropped[3 + j] = ((K[3 + j] - o[1] * K[6 + j]) * m) / e - h * K[6 + j];
    cropped[6 + j] = K[6 + j];
  }
}

function checkCrop(name: string, e: number, m: number): void {
  if (!(Number.isInteger(m) && m > 0))
    throw new RangeError(`${name}: expected a whole number of cells >= 1, got ${m}`);
  if (!(e > 0 && e < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name}: expected a finite extent > 0, got ${e}`);
}

/** Writes |corner| [3] to extents, which may be corner. */
export function halfExtents(corner: Float64Array, extents: Float64Array): void {
  for (let k = 0; k < 3; k++) extents[k] = Math.abs(corner[k]);
}

/** Writes n ∘ d to z [3N], which may be n [3N]. */
export function objectPoints(
  count: number,
  n: Float64Array,
  d: Float64Array,
  z: Float64Array,
): void {
  for (let i = 0; i < 3 * count; i += 3) {
    z[i] = n[i] * d[0];
    z[i + 1] = n[i + 1] * d[1];
    z[i + 2] = n[i + 2] * d[2];
  }
}

/** Writes z / d to n [3N], which may be z. @throws RangeError unless every d > 0. */
export function objectCoordinates(
  count: number,
  z: Float64Array,
  d: Float64Array,
  n: Float64Array,
): void {
  for (let k = 0; k < 3; k++)
    if (!(d[k] > 0)) throw new RangeError(`objectCoordinates: expected sizes > 0, got ${d[k]}`);
  for (let i = 0; i < 3 * count; i++) n[i] = z[i] / d[i % 3];
}

/** Writes ∂L/∂n [3N] to coordinates, which may be v, and ∂L/∂d [3] to size, of v = ∂L/∂z [3N]. */
export function objectPointsVjp(
  count: number,
  n: Float64Array,
  d: Float64Array,
  v: Float64Array,
  coordinates: Float64Array,
  size: Float64Array,
): void {
  size[0] = size[1] = size[2] = 0;
  for (let i = 0; i < 3 * count; i++) {
    size[i % 3] += v[i] * n[i];
    coordinates[i] = v[i] * d[i % 3];
  }
}

/** L_rot of n, target [3N] and mask [N]; 0 if N = 0. */
export function coordinateLoss(
  count: number,
  n: Float64Array,
  target: Float64Array,
  mask: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < count; i++) {
    const j = 3 * i;
    total +=
      mask[i] *
      (Math.abs(n[j] - target[j]) +
        Math.abs(n[j + 1] - target[j + 1]) +
        Math.abs(n[j + 2] - target[j + 2]));
  }
  return count > 0 ? total / (3 * count) : 0;
}

/** Writes ∂L_rot/∂n [3N] to gradient, which may be n. */
export function coordinateLossGradient(
  count: number,
  n: Float64Array,
  target: Float64Array,
  mask: Float64Array,
  gradient: Float64Array,
): void {
  for (let i = 0; i < count; i++)
    for (let j = 3 * i; j < 3 * i + 3; j++)
      gradient[j] = (Math.sign(n[j] - target[j]) * mask[i]) / (3 * count);
}
