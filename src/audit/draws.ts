/** The random rounding errors of one problem's runs with lost bits. */
import { stream } from "../random/stream.js";
import { type Dtype, type RoundingModel, unitRoundoff } from "../scalar/rounding.js";

/** Rounding errors whose place in their table can be gone back to. */
export interface Draws extends RoundingModel {
  position: number;
}

/**
 * Draws for one problem. A run makes a hundred thousand of them per hundred points, so they are taken in
 * turn from a table; its prime length keeps turns from lining up with the points.
 */
export function roundingDraws(name: string, index: number, dtype: Dtype): Draws {
  const source = stream(name).at(index);
  const table = Float64Array.from({ length: 8191 }, () => source.uniform());
  const draws = {
    u: unitRoundoff[dtype],
    position: 0,
    draw: () => {
      draws.position = draws.position + 1 < table.length ? draws.position + 1 : 0;
      return table[draws.position];
    },
  };
  return draws;
}
