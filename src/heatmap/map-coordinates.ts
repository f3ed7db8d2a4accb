/**
 * Where cells lie: in a grid of their own (heat-map-grid.ts), or in the pixels of the image that the map was
 * made from.
 *
 *     half-pixel  x = (u + ½) W/w − ½     both count from the centre of their first; edges coincide
 *     index       x = u W/w               cell 0 is pixel 0, as a stride leaves it
 *     extent      x = u W/(w − 1)         the outer cells lie on the image's outer edges
 *
 * for u = 0 … w − 1 cells across an image of W pixels. "extent" is the "unit" grid times the image, as [UAVA2021] has
 * it. Source: EQUATIONS HM-1, HM-4, HM-9, PVC-30.
 */
import { cellCoordinates, type Grid } from "../kernels/heat-map-grid.js";

export type PixelRule = "half-pixel" | "index" | "extent";

/** The pixels of an image. */
export interface ImagePixels {
  readonly width: number;
  readonly height: number;
  /** Which pixel a cell is. Default: "half-pixel". */
  readonly rule?: PixelRule;
}

/** What a keypoint's coordinates count. */
export type MapCoordinates = Grid | ImagePixels;

const grids: readonly Grid[] = ["cells", "unit", "symmetric", "centres"];
const rules: readonly PixelRule[] = ["half-pixel", "index", "extent"];

/**
 * Coordinates of the columns [columns] and rows [rows] of a map.
 *
 * @throws RangeError if the grid or rule is unknown, or the image has no pixels.
 */
export function mapCoordinates(
  caller: string,
  coordinates: MapCoordinates,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): { gx: Float64Array; gy: Float64Array } {
  const [gx, gy] = [new Float64Array(columns), new Float64Array(rows)];
  if (typeof coordinates === "string") {
    if (!grids.includes(coordinates))
      throw new RangeError(
        `${caller}: expected coordinates of ${grids.join(", ")} or an image, got ${coordinates}`,
      );
    cellCoordinates(coordinates, columns, gx);
    cellCoordinates(coordinates, rows, gy);
    return { gx, gy };
  }
  const { width, height, rule = "half-pixel" } = coordinates;
  if (!rules.includes(rule))
    throw new RangeError(`${caller}: expected rule of ${rules.join(", ")}, got ${rule}`);
  for (const [name, size] of [
    ["width", width],
    ["height", height],
  ] as const)
    if (!(size > 0 && size < Number.POSITIVE_INFINITY))
      throw new RangeError(`${caller}: expected ${name} > 0, got ${size}`);
  pixels(rule, width, gx);
  pixels(rule, height, gy);
  return { gx, gy };
}

function pixels(rule: PixelRule, size: number, g: Float64Array): void {
  const n = g.length;
  if (rule === "extent") {
    cellCoordinates("unit", n, g);
    for (let u = 0; u < n; u++) g[u] *= size;
    return;
  }
  for (let u = 0; u < n; u++)
    g[u] = rule === "index" ? (u * size) / n : ((2 * u + 1) * size - n) / (2 * n);
}

/** Rows and columns of the heat map of an image, a quarter of it by default (HM-9). */
export interface MapSize {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The map's size for an image of width × height pixels at a stride; 320 × 240 gives 80 columns and 60 rows.
 *
 * A keypoint on a map of one lit cell is then off by half a cell, ½ stride px, at most.
 * @throws RangeError if a size is not a whole multiple of the stride.
 */
export function heatMapSize(width: number, height: number, stride = 4): MapSize {
  if (!(Number.isSafeInteger(stride) && stride >= 1))
    throw new RangeError(`heatMapSize: expected a whole stride >= 1, got ${stride}`);
  for (const [name, size] of [
    ["width", width],
    ["height", height],
  ] as const)
    if (!(Number.isSafeInteger(size) && size > 0 && size % stride === 0))
      throw new RangeError(
        `heatMapSize: expected a ${name} that is a multiple of ${stride}, got ${size}`,
      );
  return { rows: height / stride, columns: width / stride };
}
