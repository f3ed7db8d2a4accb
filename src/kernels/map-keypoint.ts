/**
 * From the logits of a heat map to its keypoint and spread, in doubles, on flat arrays [H·W]; see
 * definitions/map-keypoint.ts.
 *
 * Cells keep e^{(l − max l)/τ} undivided, in `powers`: only moments are divided by their sum. Moments are
 * taken of the sums by row and by column, and once more about the first answer, whose rounding they correct.
 */
import { exponentials } from "./exponential.js";

let columnSums = new Float64Array(0);
let rowSums = new Float64Array(0);

/**
 * Writes powers [H·W], which may be the logits, x̂ [2] and s² [2]. Returns Σ powers; NaN, with all of them
 * NaN, if a logit is NaN or +∞, or all are −∞.
 */
export function logitKeypoint(
  rows: number,
  columns: number,
  logits: Float64Array,
  temperature: number,
  gx: Float64Array,
  gy: Float64Array,
  powers: Float64Array,
  mean: Float64Array,
  variance: Float64Array,
): number {
  if (columnSums.length < columns) columnSums = new Float64Array(columns);
  if (rowSums.length < rows) rowSums = new Float64Array(rows);
  // Of the module they would be looked up again for every cell.
  const byColumn = columnSums;
  const byRow = rowSums;
  const cells = rows * columns;
  const greatest = largest(cells, logits);
  const total = exponentials(0, cells, logits, greatest, 1 / temperature, powers);
  byColumn.fill(0, 0, columns);
  // Four rows at a time: a column's sum is then fetched and stored a quarter as often.
  const fours = rows - (rows % 4);
  for (let r = 0; r < fours; r += 4) {
    const i = r * columns;
    let one = 0;
    let two = 0;
    let three = 0;
    let four = 0;
    for (let c = 0; c < columns; c++) {
      const p = powers[i + c];
      const q = powers[i + columns + c];
      const u = powers[i + 2 * columns + c];
      const v = powers[i + 3 * columns + c];
      one += p;
      two += q;
      three += u;
      four += v;
      byColumn[c] += p + q + (u + v);
    }
    byRow[r] = one;
    byRow[r + 1] = two;
    byRow[r + 2] = three;
    byRow[r + 3] = four;
  }
  for (let r = fours; r < rows; r++) {
    let row = 0;
    for (let c = 0; c < columns; c++) {
      const p = powers[r * columns + c];
      row += p;
      byColumn[c] += p;
    }
    byRow[r] = row;
  }
  if (!(total >= 1)) {
    powers.fill(Number.NaN, 0, cells);
    mean.fill(Number.NaN);
    variance.fill(Number.NaN);
    return Number.NaN;
  }
  moments(columns, byColumn, gx, total, 0, mean, variance);
  moments(rows, byRow, gy, total, 1, mean, variance);
  return total;
}

/** The greatest value that is a number [n], or −∞. */
function largest(n: number, values: Float64Array): number {
  let even = Number.NEGATIVE_INFINITY;
  let odd = Number.NEGATIVE_INFINITY;
  for (let i = 0; i + 1 < n; i += 2) {
    if (values[i] > even) even = values[i];
    if (values[i + 1] > odd) odd = values[i + 1];
  }
  return Math.max(even, odd, n % 2 === 1 && values[n - 1] > even ? values[n - 1] : even);
}

/** Mean and variance of one axis from its sums [n]. */
function moments(
  n: number,
  sums: Float64Array,
  g: Float64Array,
  total: number,
  axis: 0 | 1,
  mean: Float64Array,
  variance: Float64Array,
): void {
  let centre = 0;
  for (let i = 0; i < n; i++) centre += sums[i] * g[i];
  centre /= total;
  // Once more about the first answer: what is left to find is its rounding.
  let rest = 0;
  let square = 0;
  for (let i = 0; i < n; i++) {
    const d = g[i] - centre;
    rest += sums[i] * d;
    square += sums[i] * d * d;
  }
  mean[axis] = centre + rest / total;
  variance[axis] = square / total;
}

/**
 * Writes ∂L/∂l [H·W], which may be the powers, of v = ∂L/∂x̂ [2] and s = ∂L/∂s² [2], where powers, their total,
 * x̂ and s² are those of logitKeypoint.
 */
export function logitKeypointVjp(
  rows: number,
  columns: number,
  powers: Float64Array,
  total: number,
  temperature: number,
  gx: Float64Array,
  gy: Float64Array,
  mean: Float64Array,
  variance: Float64Array,
  v: Float64Array,
  s: Float64Array,
  byLogits: Float64Array,
): void {
  if (columnSums.length < columns) columnSums = new Float64Array(columns);
  const byColumn = columnSums;
  const scale = 1 / (total * temperature);
  for (let c = 0; c < columns; c++) {
    const d = gx[c] - mean[0];
    byColumn[c] = scale * (d * v[0] + (d * d - variance[0]) * s[0]);
  }
  let i = 0;
  for (let r = 0; r < rows; r++) {
    const d = gy[r] - mean[1];
    const row = scale * (d * v[1] + (d * d - variance[1]) * s[1]);
    for (let c = 0; c < columns; c++, i++) byLogits[i] = powers[i] * (byColumn[c] + row);
  }
}
