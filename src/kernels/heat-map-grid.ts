/**
 * Where the cells of a heat map's axis lie, in doubles; see definitions/heat-map-grid.ts. Coordinates about zero are
 * quotients of whole numbers, which are rounded once.
 */

export type Grid = "cells" | "unit" | "symmetric" | "centres";

/** Writes g [n]. */
export function cellCoordinates(grid: Grid, n: number, coordinates: Float64Array): void {
  for (let u = 0; u < n; u++)
    if (grid === "cells") coordinates[u] = u;
    else if (grid === "centres") coordinates[u] = (2 * u + 1 - n) / n;
    else if (n === 1) coordinates[u] = grid === "unit" ? 0.5 : 0;
    else coordinates[u] = grid === "unit" ? u / (n - 1) : (2 * u + 1 - n) / (n - 1);
}

/** The cell, a real number, at a coordinate. */
export function cellAt(grid: Grid, n: number, coordinate: number): number {
  if (grid === "cells") return coordinate;
  if (grid === "unit") return coordinate * (n - 1);
  if (grid === "symmetric") return 0.5 * (coordinate + 1) * (n - 1);
  return 0.5 * ((coordinate + 1) * n - 1);
}
