/**
 * Bilinear sampling in doubles, on flat arrays [rows, columns, C]; see definitions/bilinear-sampling.ts.
 *
 * Only the four cells around the location are touched. A location that is not finite lies in no cell:
 * samples and slopes are NaN there, and no cell gets a gradient.
 */

export type Padding = "zeros" | "border";

// The axis last located: its lower cell, the upper cell's share, and 0 where a clamp stops the slope.
let cell = 0;
let share = 0;
let moving = 1;

function locate(x: number, cells: number, padding: Padding): void {
  moving = 1;
  let inside = x;
  if (padding === "border" && !(x >= 0 && x < cells - 1)) {
    inside = x < 0 ? 0 : x >= cells - 1 ? cells - 1 : x;
    moving = 0;
  }
  cell = Math.floor(inside);
  share = inside - cell;
}

/** Writes m(x, y) [C] to value. */
export function bilinearSample(
  rows: number,
  columns: number,
  channels: number,
  map: Float64Array,
  x: number,
  y: number,
  padding: Padding,
  value: Float64Array,
): void {
  locate(x, columns, padding);
  const c = cell;
  const s = share;
  locate(y, rows, padding);
  for (let k = 0; k < channels; k++) {
    const above =
      (1 - s) * entry(rows, columns, channels, map, cell, c, k) +
      s * entry(rows, columns, channels, map, cell, c + 1, k);
    const below =
      (1 - s) * entry(rows, columns, channels, map, cell + 1, c, k) +
      s * entry(rows, columns, channels, map, cell + 1, c + 1, k);
    value[k] = (1 - share) * above + share * below;
  }
}

/** Writes ∂m/∂(x, y) [C·2] to J. */
export function bilinearLocationJacobian(
  rows: number,
  columns: number,
  channels: number,
  map: Float64Array,
  x: number,
  y: number,
  padding: Padding,
  J: Float64Array,
): void {
  locate(x, columns, padding);
  const c = cell;
  const s = share;
  const across = moving;
  locate(y, rows, padding);
  for (let k = 0; k < channels; k++) {
    const m00 = entry(rows, columns, channels, map, cell, c, k);
    const m01 = entry(rows, columns, channels, map, cell, c + 1, k);
    const m10 = entry(rows, columns, channels, map, cell + 1, c, k);
    const m11 = entry(rows, columns, channels, map, cell + 1, c + 1, k);
    J[2 * k] = across * ((1 - share) * (m01 - m00) + share * (m11 - m10));
    J[2 * k + 1] = moving * ((1 - s) * (m10 - m00) + s * (m11 - m01));
  }
}

/** Adds ∂L/∂map of v = ∂L/∂m [C] to gradient [rows, columns, C]. */
export function bilinearMapVjp(
  rows: number,
  columns: number,
  channels: number,
  x: number,
  y: number,
  padding: Padding,
  v: Float64Array,
  gradient: Float64Array,
): void {
  locate(x, columns, padding);
  const c = cell;
  const s = share;
  locate(y, rows, padding);
  for (let i = 0; i < 4; i++) {
    const r = cell + (i >> 1);
    const q = c + (i & 1);
    if (!(r >= 0 && r < rows && q >= 0 && q < columns)) continue;
    const weight = (i >> 1 ? share : 1 - share) * (i & 1 ? s : 1 - s);
    for (let k = 0; k < channels; k++) gradient[(r * columns + q) * channels + k] += weight * v[k];
  }
}

/** An entry of the map, zero beyond its edge. */
function entry(
  rows: number,
  columns: number,
  channels: number,
  map: Float64Array,
  r: number,
  c: number,
  k: number,
): number {
  if (r >= 0 && r < rows && c >= 0 && c < columns) return map[(r * columns + c) * channels + k];
  return 0;
}
