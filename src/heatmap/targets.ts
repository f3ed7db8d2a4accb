/**
 * Targets of heat maps: a Gaussian about each true keypoint, or the greatest of several people's.
 *
 *     const { maps, status } = heatMapTargets(keypoints, { ...size, ...uavaTargets });
 *
 * Source: EQUATIONS HM-1, AMB-5; [UAVA2021] Sec 4.1; [HigherHRNet2020]; [Nibali2018].
 */
import ndarray, { type NdArray } from "ndarray";
import { gaussianTarget, gaussianTargetVjp, type TargetForm } from "../kernels/gaussian-target.js";
import { type ArrayInput, axisCount, denseArray } from "../problem/dense-array.js";
import { type MapCoordinates, mapCoordinates } from "./map-coordinates.js";
import { mapStack, requireSameShape } from "./map-stack.js";
import type { MapStatus } from "./map-status.js";

export interface TargetOptions {
  readonly rows: number;
  readonly columns: number;
  /** What keypoints and σ count. Default: "cells". */
  readonly coordinates?: MapCoordinates;
  /** σ > 0 of both axes, or of x and y, in the unit of the coordinates. */
  readonly sigma: number | readonly [number, number];
  /** Whether the peak is 1, or the density's 1/(2π σ_x σ_y). Default: "peak". */
  readonly scale?: "peak" | "density";
  /** Whether a map is divided by its sum + guard. Default: no; 0 makes it sum to 1. */
  readonly guard?: number | null;
  /** Distance along an axis beyond which a target is 0. Default: Infinity. */
  readonly reach?: number;
  /** Whether a keypoint is moved to the whole cell towards 0, for coordinates "cells". Default: false. */
  readonly truncated?: boolean;
  /** Whether keypoints come as [..., P, 2], and the greatest of P people's targets is taken. Default: false. */
  readonly people?: boolean;
  /** A keypoint whose nearest cell is none of the map: no target, with a status, or one all the same. Default: "drop". */
  readonly outside?: "drop" | "keep";
}

/** Targets of [UAVA2021]: 3.5 % of the map on either axis, density over its sum. */
export const uavaTargets = {
  coordinates: "unit",
  sigma: 0.035,
  scale: "density",
  guard: 1e-8,
} as const satisfies Partial<TargetOptions>;

/** Targets of [HigherHRNet2020]: peak 1, σ of two cells at every resolution, cut at 3σ + 1, several people. */
export const higherHrnetTargets = {
  coordinates: "cells",
  sigma: 2,
  reach: 7,
  truncated: true,
  people: true,
} as const satisfies Partial<TargetOptions>;

export interface HeatMapTargets {
  /** T [..., H, W]. */
  readonly maps: NdArray<Float64Array>;
  /** "ok" or "outside", a map each. */
  readonly status: readonly MapStatus[];
  /** ∂L/∂keypoints, of their shape, and ∂L/∂σ [2], for v = ∂L/∂T. A dropped target has none. */
  vjp(v: NdArray): { keypoints: NdArray<Float64Array>; sigma: Float64Array };
}

/**
 * Targets of keypoints [..., 2], or [..., P, 2] with `people`.
 *
 * @throws TypeError or RangeError if keypoints are not finite or an option is out of range.
 */
export function heatMapTargets(keypoints: ArrayInput, options: TargetOptions): HeatMapTargets {
  const name = "heatMapTargets";
  const { rows, columns, people = false, truncated = false, outside = "drop" } = options;
  for (const [what, size] of [
    ["rows", rows],
    ["columns", columns],
  ] as const)
    if (!(Number.isSafeInteger(size) && size >= 1))
      throw new RangeError(`${name}: expected a whole ${what} >= 1, got ${size}`);
  if (truncated && (options.coordinates ?? "cells") !== "cells")
    throw new RangeError(`${name}: expected coordinates "cells" with truncated, got others`);
  const { form, sigma } = checkedForm(name, options);
  const { gx, gy } = mapCoordinates(name, options.coordinates ?? "cells", { rows, columns });
  const axes = Array.from({ length: (axisCount(keypoints) ?? 2) - 1 }, (_, i) => "NPKB"[i] ?? "A");
  const { data, shape } = denseArray(name, "keypoints", keypoints, [...axes, 2]);
  const leading = shape.slice(0, people ? -2 : -1);
  if (people && shape.length < 2)
    throw new RangeError(`${name}: expected keypoints of shape [..., P, 2] of people, got [2]`);
  const each = people ? shape[shape.length - 2] : 1;
  const count = leading.reduce((product, length) => product * length, 1);
  const cells = rows * columns;
  const maps = ndarray(new Float64Array(count * cells), [...leading, rows, columns]);
  const centre = (k: number) => {
    const mean = data.slice(2 * k, 2 * k + 2);
    return truncated ? mean.map(Math.trunc) : mean;
  };
  const seen = (k: number) =>
    outside === "keep" || (within(gx, data[2 * k]) && within(gy, data[2 * k + 1]));
  // Whose target each cell is: that of the first of the greatest.
  const owner = people ? new Int32Array(count * cells) : null;
  const one = new Float64Array(cells);
  const status = Array.from({ length: count }, (_, m): MapStatus => {
    const map = maps.data.subarray(m * cells, (m + 1) * cells);
    let drawn = false;
    for (let k = m * each; k < (m + 1) * each; k++) {
      if (!seen(k)) continue;
      const own = owner ? one : map;
      if (!gaussianTarget(rows, columns, gx, gy, centre(k), sigma, form, own)) {
        own.fill(0);
        continue;
      }
      drawn = true;
      if (!owner) continue;
      for (let i = 0; i < cells; i++)
        if (one[i] > map[i]) {
          map[i] = one[i];
          owner[m * cells + i] = k;
        }
    }
    return drawn ? "ok" : "outside";
  });
  const vjp = (v: NdArray) => {
    const upstream = mapStack(name, "v", v);
    requireSameShape(name, [upstream, "v"], [mapStack(name, "maps", maps), "maps"]);
    const byKeypoints = new Float64Array(data.length);
    const bySigma = new Float64Array(2);
    const [byMean, part, own] = [new Float64Array(2), new Float64Array(2), new Float64Array(cells)];
    for (let m = 0; m < count; m++) {
      const given = upstream.read(m);
      for (let k = m * each; k < (m + 1) * each; k++) {
        if (status[m] !== "ok" || !seen(k)) continue;
        for (let i = 0; i < cells; i++)
          own[i] =
            !owner || (maps.data[m * cells + i] > 0 && owner[m * cells + i] === k) ? given[i] : 0;
        gaussianTargetVjp(rows, columns, gx, gy, centre(k), sigma, form, own, byMean, part);
        // A keypoint that is moved to a whole cell moves nothing until the next.
        if (!truncated) byKeypoints.set(byMean, 2 * k);
        for (let a = 0; a < 2; a++) bySigma[a] += part[a];
      }
    }
    return { keypoints: ndarray(byKeypoints, [...shape]), sigma: bySigma };
  };
  return { maps, status, vjp };
}

function checkedForm(
  name: string,
  { sigma, scale = "peak", guard = null, reach = Number.POSITIVE_INFINITY }: TargetOptions,
): { form: TargetForm; sigma: Float64Array } {
  const pair = Float64Array.from(typeof sigma === "number" ? [sigma, sigma] : sigma);
  if (pair.length !== 2 || !pair.every((s) => s > 0 && s < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name}: expected sigma > 0, got ${sigma}`);
  if (scale !== "peak" && scale !== "density")
    throw new RangeError(`${name}: expected scale of peak, density, got ${scale}`);
  if (guard !== null && !(guard >= 0 && guard < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name}: expected guard >= 0 or null, got ${guard}`);
  if (!(reach >= 0)) throw new RangeError(`${name}: expected reach >= 0, got ${reach}`);
  return { form: { density: scale === "density", guard, reach }, sigma: pair };
}

/** Whether a coordinate is within half a cell of a cell of the axis; one cell reaches everywhere. */
function within(g: Float64Array, x: number): boolean {
  const n = g.length;
  if (n === 1) return true;
  const half = 0.5 * (g[1] - g[0]);
  return x >= g[0] - half && x <= g[n - 1] + half;
}
