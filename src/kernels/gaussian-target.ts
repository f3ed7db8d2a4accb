/**
 * The Gaussian that a heat map is trained towards, in doubles, on flat arrays [H·W]; see
 * definitions/gaussian-target.ts.
 *
 * It is a product of one factor a column and one a row, and so is its sum: W + H exponentials serve
 * H·W cells. Where it is divided by its sum and no guard is added, both factors are those of the nearest cell's
 * distance less the cell's own, so that a centre far outside the map leaves a map that sums to 1.
 */

export interface TargetForm {
  readonly density: boolean;
  readonly guard: number | null;
  readonly reach: number;
}

let across = new Float64Array(0);
let down = new Float64Array(0);

/**
 * Writes exp(−½ ((g − μ)/σ)²) [n], divided by the greatest of them if `shifted`, and returns their sum;
 * 0 beyond the reach.
 */
function factors(
  n: number,
  g: Float64Array,
  mean: number,
  sigma: number,
  reach: number,
  shifted: boolean,
  out: Float64Array,
): number {
  let least = Number.POSITIVE_INFINITY;
  if (shifted)
    for (let i = 0; i < n; i++) {
      const d = Math.abs(g[i] - mean);
      if (d < least && d <= reach) least = d;
    }
  if (least === Number.POSITIVE_INFINITY) least = 0;
  let total = 0;
  for (let i = 0; i < n; i++) {
    const d = Math.abs(g[i] - mean);
    // (d² − least²)/σ², as a product that does not cancel.
    const z = ((d - least) / sigma) * ((d + least) / sigma);
    out[i] = d <= reach ? Math.exp(-0.5 * z) : 0;
    total += out[i];
  }
  return total;
}

function reserve(rows: number, columns: number): void {
  if (across.length < columns) across = new Float64Array(columns);
  if (down.length < rows) down = new Float64Array(rows);
}

/** Fills both factors; returns what their product is multiplied by, or NaN if every cell is 0. */
function multiple(
  rows: number,
  columns: number,
  gx: Float64Array,
  gy: Float64Array,
  mean: Float64Array,
  sigma: Float64Array,
  form: TargetForm,
): number {
  reserve(rows, columns);
  const shifted = form.guard === 0;
  const x = factors(columns, gx, mean[0], sigma[0], form.reach, shifted, across);
  const y = factors(rows, gy, mean[1], sigma[1], form.reach, shifted, down);
  const peak = form.density ? 1 / (2 * Math.PI * sigma[0] * sigma[1]) : 1;
  if (form.guard === null) return peak;
  if (form.guard === 0) return x * y > 0 ? 1 / (x * y) : Number.NaN;
  return peak / (peak * x * y + form.guard);
}

/**
 * Writes T [H·W] over coordinates gx [W], gy [H], for mean [2] and sigma [2] > 0. Returns false, and writes
 * NaN, if a map without a guard has nothing to divide by: every cell lies beyond the reach.
 */
export function gaussianTarget(
  rows: number,
  columns: number,
  gx: Float64Array,
  gy: Float64Array,
  mean: Float64Array,
  sigma: Float64Array,
  form: TargetForm,
  target: Float64Array,
): boolean {
  const scale = multiple(rows, columns, gx, gy, mean, sigma, form);
  const ex = across;
  const ey = down;
  for (let r = 0; r < rows; r++) {
    const row = scale * ey[r];
    for (let c = 0; c < columns; c++) target[r * columns + c] = row * ex[c];
  }
  return !Number.isNaN(scale);
}

/** Writes ∂L/∂μ [2] and ∂L/∂σ [2] of v = ∂L/∂T [H·W]. */
export function gaussianTargetVjp(
  rows: number,
  columns: number,
  gx: Float64Array,
  gy: Float64Array,
  mean: Float64Array,
  sigma: Float64Array,
  form: TargetForm,
  v: Float64Array,
  byMean: Float64Array,
  bySigma: Float64Array,
): void {
  const scale = multiple(rows, columns, gx, gy, mean, sigma, form);
  const ex = across;
  const ey = down;
  let pulled = 0;
  if (form.guard !== null)
    for (let r = 0; r < rows; r++) {
      let row = 0;
      for (let c = 0; c < columns; c++) row += v[r * columns + c] * ex[c];
      pulled += scale * ey[r] * row;
    }
  const constant = form.density ? 1 : 0;
  byMean[0] = byMean[1] = bySigma[0] = bySigma[1] = 0;
  for (let r = 0; r < rows; r++) {
    const y = (gy[r] - mean[1]) / sigma[1];
    let row = 0;
    let slope = 0;
    let square = 0;
    for (let c = 0; c < columns; c++) {
      const weight = (v[r * columns + c] - pulled) * ex[c];
      const x = (gx[c] - mean[0]) / sigma[0];
      row += weight;
      slope += weight * x;
      square += weight * (x * x - constant);
    }
    const share = scale * ey[r];
    byMean[0] += share * slope;
    byMean[1] += share * y * row;
    bySigma[0] += share * square;
    bySigma[1] += share * (y * y - constant) * row;
  }
  for (let a = 0; a < 2; a++) {
    byMean[a] /= sigma[a];
    bySigma[a] /= sigma[a];
  }
}
