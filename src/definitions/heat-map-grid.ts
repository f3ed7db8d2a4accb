/**
 * Where the cells of an axis of a heat map lie.
 *
 *     cells      g_u = u                     u = 0 … n − 1
 *     unit       g_u = u/(n − 1)             outer cells at 0 and 1
 *     symmetric  g_u = 2u/(n − 1) − 1        outer cells at −1 and 1
 *     centres    g_u = (2u + 1)/n − 1        outer edges at −1 and 1;   u = ((g + 1) n − 1)/2
 *
 * The one cell of an axis of length 1 lies in the middle: 0, 1/2, 0 and 0.
 * Source: EQUATIONS HM-1, HM-3, HM-4, PVC-40b; [Nibali2018] (centres); [UAVA2021] (unit); published code of
 * [LC2023] (cells).
 */
import type { Real } from "../scalar/real.js";

/** How coordinates count along an axis. */
export type Grid = "cells" | "unit" | "symmetric" | "centres";

/** g [n], n ≥ 1, in the unit of the grid and the scalars of `like`. */
export function cellCoordinates<S extends Real<S>>(grid: Grid, n: number, like: S): S[] {
  return Array.from({ length: n }, (_, u) => {
    const cell = like.of(u);
    if (grid === "cells") return cell;
    if (grid === "centres") return cell.times(2).plus(1).over(n).minus(1);
    if (n === 1) return grid === "unit" ? like.of(1).over(2) : like.of(0);
    const share = cell.over(n - 1);
    return grid === "unit" ? share : share.times(2).minus(1);
  });
}

/** u, cells, at which a coordinate lies: the inverse; 0 on an inclusive axis of one cell. */
export function cellAt<S extends Real<S>>(grid: Grid, n: number, coordinate: S): S {
  if (grid === "cells") return coordinate;
  if (grid === "unit") return coordinate.times(n - 1);
  if (grid === "symmetric")
    return coordinate
      .plus(1)
      .times(n - 1)
      .over(2);
  return coordinate.plus(1).times(n).minus(1).over(2);
}
