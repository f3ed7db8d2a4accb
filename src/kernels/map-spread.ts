/**
 * How far a heat map spreads about its centre, in doubles, on flat arrays [H·W]; see definitions/map-spread.ts. It
 * takes the centre and the sum that centreOfMass found.
 */
import type { Mass } from "./centre-of-mass.js";

/** Writes s² [2] of a map about its centre [2]. */
export function mapVariance(
  rows: number,
  columns: number,
  map: Float64Array,
  gx: Float64Array,
  gy: Float64Array,
  mass: Mass,
  centre: Float64Array,
  total: number,
  variance: Float64Array,
): void {
  let x = 0;
  let y = 0;
  for (let r = 0; r < rows; r++) {
    let row = 0;
    let along = 0;
    for (let c = 0; c < columns; c++) {
      const p = map[r * columns + c];
      const d = gx[c] - centre[0];
      row += p;
      along += p * d * d;
    }
    const d = gy[r] - centre[1];
    x += along;
    y += row * d * d;
  }
  const divisor = mass === "given" ? 1 : total;
  variance[0] = x / divisor;
  variance[1] = y / divisor;
}

/** Writes ∂L/∂p [H·W] of v = ∂L/∂s² [2]. */
export function mapVarianceVjp(
  rows: number,
  columns: number,
  gx: Float64Array,
  gy: Float64Array,
  mass: Mass,
  centre: Float64Array,
  total: number,
  variance: Float64Array,
  v: Float64Array,
  byMap: Float64Array,
): void {
  for (let r = 0; r < rows; r++) {
    const row = v[1] * slope(gy[r], centre[1], variance[1], mass, total);
    for (let c = 0; c < columns; c++)
      byMap[r * columns + c] = row + v[0] * slope(gx[c], centre[0], variance[0], mass, total);
  }
}

function slope(g: number, centre: number, variance: number, mass: Mass, total: number): number {
  const d = g - centre;
  return mass === "given" ? d * d - 2 * g * centre * (1 - total) : (d * d - variance) / total;
}

/** σ of a variance. */
export function mapDeviation(variance: number, guard: number, floored: boolean): number {
  const sigma = Math.sqrt(variance + guard);
  return floored && sigma < 1 ? Math.exp(sigma - 1) : sigma;
}

/** dσ/ds²; infinite where the variance and the guard are 0. */
export function mapDeviationSlope(variance: number, guard: number, floored: boolean): number {
  const sigma = Math.sqrt(variance + guard);
  return (floored && sigma < 1 ? Math.exp(sigma - 1) : 1) / (2 * sigma);
}
