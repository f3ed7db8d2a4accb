/**
 * A heat map at another resolution, in doubles, on flat arrays [H·W]; see definitions/map-resizing.ts. Both axes are
 * located once, and four cells blended for each new one. Outputs are added to, times a weight, so that several maps
 * average without a map in between.
 */

let acrossCell = new Int32Array(0);
let acrossShare = new Float64Array(0);
let downCell = new Int32Array(0);
let downShare = new Float64Array(0);

/** Writes the lower old cell of each new one, and the share of the upper. */
function locate(from: number, to: number, cell: Int32Array, share: Float64Array): void {
  for (let u = 0; u < to; u++) {
    // (2u + 1) from/(2 to) − 1/2 as one quotient of whole numbers.
    const raw = ((2 * u + 1) * from - to) / (2 * to);
    const s = Math.min(Math.max(raw, 0), from - 1);
    // The last cell has nothing above it, and needs nothing.
    cell[u] = Math.min(Math.floor(s), Math.max(from - 2, 0));
    share[u] = s - cell[u];
  }
}

function locateAxes(rows: number, columns: number, toRows: number, toColumns: number): void {
  if (acrossCell.length < toColumns) {
    acrossCell = new Int32Array(toColumns);
    acrossShare = new Float64Array(toColumns);
  }
  if (downCell.length < toRows) {
    downCell = new Int32Array(toRows);
    downShare = new Float64Array(toRows);
  }
  locate(columns, toColumns, acrossCell, acrossShare);
  locate(rows, toRows, downCell, downShare);
}

/** Adds weight · m′ to resized [toRows·toColumns] of a map [rows·columns]. */
export function resizedMap(
  rows: number,
  columns: number,
  map: Float64Array,
  toRows: number,
  toColumns: number,
  weight: number,
  resized: Float64Array,
): void {
  locateAxes(rows, columns, toRows, toColumns);
  const cellOf = acrossCell;
  const shareOf = acrossShare;
  const right = columns > 1 ? 1 : 0;
  const below = rows > 1 ? columns : 0;
  for (let v = 0; v < toRows; v++) {
    const row = downCell[v] * columns;
    const lower = weight * downShare[v];
    const upper = weight - lower;
    for (let u = 0; u < toColumns; u++) {
      const at = row + cellOf[u];
      const t = shareOf[u];
      resized[v * toColumns + u] +=
        upper * ((1 - t) * map[at] + t * map[at + right]) +
        lower * ((1 - t) * map[at + below] + t * map[at + below + right]);
    }
  }
}

/** Adds weight · ∂L/∂m [rows·columns] of v = ∂L/∂m′ [toRows·toColumns] to byMap. */
export function resizedMapVjp(
  toRows: number,
  toColumns: number,
  v: Float64Array,
  rows: number,
  columns: number,
  weight: number,
  byMap: Float64Array,
): void {
  locateAxes(rows, columns, toRows, toColumns);
  const cellOf = acrossCell;
  const shareOf = acrossShare;
  const right = columns > 1 ? 1 : 0;
  const below = rows > 1 ? columns : 0;
  for (let i = 0; i < toRows; i++) {
    const row = downCell[i] * columns;
    const lower = weight * downShare[i];
    const upper = weight - lower;
    for (let u = 0; u < toColumns; u++) {
      const at = row + cellOf[u];
      const x = v[i * toColumns + u];
      const t = shareOf[u];
      byMap[at] += upper * (1 - t) * x;
      byMap[at + right] += upper * t * x;
      byMap[at + below] += lower * (1 - t) * x;
      byMap[at + below + right] += lower * t * x;
    }
  }
}
