/**
 * The centre of mass of a heat map, in doubles, on flat arrays [H·W]; see definitions/centre-of-mass.ts. Cells are
 * added up by row and by column first, which leaves W + H products.
 */

export type Mass = "divided" | "given";

/**
 * Writes x̂ [2] and returns Σ p. Where a map is divided by it, x̂ is NaN unless it is finite and positive.
 */
export function centreOfMass(
  rows: number,
  columns: number,
  map: Float64Array,
  gx: Float64Array,
  gy: Float64Array,
  mass: Mass,
  centre: Float64Array,
): number {
  let total = 0;
  let x = 0;
  let y = 0;
  for (let r = 0; r < rows; r++) {
    let row = 0;
    let along = 0;
    for (let c = 0; c < columns; c++) {
      const p = map[r * columns + c];
      row += p;
      along += p * gx[c];
    }
    total += row;
    x += along;
    y += row * gy[r];
  }
  const whole = total > 0 && total < Number.POSITIVE_INFINITY;
  const divisor = mass === "given" ? 1 : whole ? total : Number.NaN;
  centre[0] = x / divisor;
  centre[1] = y / divisor;
  return total;
}

/** Writes ∂L/∂p [H·W] of v = ∂L/∂x̂ [2], where x̂ [2] and the sum are those of centreOfMass. */
export function centreOfMassVjp(
  rows: number,
  columns: number,
  gx: Float64Array,
  gy: Float64Array,
  mass: Mass,
  centre: Float64Array,
  total: number,
  v: Float64Array,
  byMap: Float64Array,
): void {
  const given = mass === "given";
  const [x, y] = given ? [0, 0] : [centre[0], centre[1]];
  const divisor = given ? 1 : total;
  for (let r = 0; r < rows; r++) {
    const row = (gy[r] - y) * v[1];
    for (let c = 0; c < columns; c++) byMap[r * columns + c] = ((gx[c] - x) * v[0] + row) / divisor;
  }
}
