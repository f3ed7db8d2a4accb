/**
 * Heat maps to keypoints with their spread, and gradients back onto the maps.
 *
 *     const { keypoints, vjp } = heatMapKeypoints(logits, { coordinates: { width: 320, height: 240 } });
 *     const slopes = vjp(gradientByKeypoints);
 *
 * Source: EQUATIONS HM-2, HM-3, HM-4, HM-5, LC-36; [UAVA2021] Sec 3.1; [Nibali2018]; [LC2023] Sec 4.2.
 */
import ndarray, { type NdArray } from "ndarray";
import { centreOfMass, centreOfMassVjp } from "../kernels/centre-of-mass.js";
import { logitKeypoint, logitKeypointVjp } from "../kernels/map-keypoint.js";
import {
  mapDeviation,
  mapDeviationSlope,
  mapVariance,
  mapVarianceVjp,
} from "../kernels/map-spread.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import { type MapCoordinates, mapCoordinates } from "./map-coordinates.js";
import { isDense, type MapStack, mapStack, zeroMaps } from "./map-stack.js";
import { isFlat, type MapStatus, mapSentences } from "./map-status.js";

export interface KeypointOptions {
  /** Whether cells are logits of a softmax, or the map itself, which is divided by its sum. Default: "logits". */
  readonly from?: "logits" | "maps";
  /** τ > 0 that logits are divided by. Default: 1. */
  readonly temperature?: number;
  /** What keypoints count. Default: "cells". */
  readonly coordinates?: MapCoordinates;
  /** Added to the variance under the root of σ, ≥ 0. Default: 1e-6, as published. */
  readonly guard?: number;
  /** Whether σ < 1 becomes e^{σ − 1}. Default: false. */
  readonly floored?: boolean;
  /**
   * Room [..., H, W], its entries one after the other, for the gradient of logits: what that is made of is kept there
   * until vjp, which may then be called once, writes the gradient over it. Default: arrays of its own.
   */
  readonly into?: NdArray<Float64Array>;
}

export interface HeatMapKeypoints {
  /** x̂ [..., 2] and σ [..., 2], in the unit of the coordinates; NaN where the status has no keypoint. */
  readonly keypoints: NdArray<Float64Array>;
  readonly deviations: NdArray<Float64Array>;
  /** A map each. */
  readonly status: readonly MapStatus[];
  /**
   * ∂L/∂maps [..., H, W] of ∂L/∂x̂ [..., 2] and, if given, ∂L/∂σ [..., 2]; zero for maps without a keypoint,
   * whatever is given for them.
   *
   * @throws TypeError or RangeError if a shape differs; RangeError if an entry for a map with a keypoint is not finite.
   */
  vjp(byKeypoints: ArrayInput, byDeviations?: ArrayInput): NdArray<Float64Array>;
}

/**
 * Keypoints of maps [..., H, W].
 *
 * @throws TypeError or RangeError if maps are no ndarray or an option is out of range; never for what is in a map.
 */
export function heatMapKeypoints(maps: NdArray, options: KeypointOptions = {}): HeatMapKeypoints {
  const name = "heatMapKeypoints";
  const { from = "logits", guard = 1e-6, floored = false } = options;
  const temperature = checkedTemperature(name, options.temperature);
  if (from !== "logits" && from !== "maps")
    throw new RangeError(`${name}: expected from of logits, maps, got ${from}`);
  if (!(guard >= 0 && guard < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name}: expected guard >= 0, got ${guard}`);
  const stack = mapStack(name, "maps", maps);
  const { rows, columns, count, leading } = stack;
  const { gx, gy } = mapCoordinates(name, options.coordinates ?? "cells", stack);
  const cells = rows * columns;
  const [x, s2, sigma] = [0, 1, 2].map(() => new Float64Array(2 * count));
  const totals = new Float64Array(count);
  const logits = from === "logits";
  const room = options.into && roomOf(name, options.into, stack);
  const powers = room ?? new Float64Array(logits ? count * cells : 0);
  const pair = (flat: Float64Array, i: number) => flat.subarray(2 * i, 2 * i + 2);
  const status = Array.from({ length: count }, (_, i): MapStatus => {
    const map = stack.read(i);
    const [mean, variance] = [pair(x, i), pair(s2, i)];
    if (logits) {
      const own = powers.subarray(i * cells, (i + 1) * cells);
      totals[i] = logitKeypoint(rows, columns, map, temperature, gx, gy, own, mean, variance);
      if (Number.isNaN(totals[i])) return "not-finite";
    } else {
      totals[i] = centreOfMass(rows, columns, map, gx, gy, "divided", mean);
      mapVariance(rows, columns, map, gx, gy, "divided", mean, totals[i], variance);
      if (!Number.isFinite(totals[i])) return "not-finite";
      if (!(totals[i] > 0)) return "massless";
    }
    return isFlat(map) ? "flat" : "ok";
  });
  for (let k = 0; k < 2 * count; k++)
    sigma[k] = mapSentences[status[k >> 1]].defined
      ? mapDeviation(s2[k], guard, floored)
      : Number.NaN;
  const shape = [...leading, 2];
  let spent = false;
  const vjp = (byKeypoints: ArrayInput, byDeviations?: ArrayInput) => {
    const v = upstream(name, "byKeypoints", byKeypoints, shape, status);
    const byVariance = byDeviations
      ? upstream(name, "byDeviations", byDeviations, shape, status)
      : new Float64Array(2 * count);
    // Without an upstream gradient an infinite slope, of σ at 0, stays out.
    for (let k = 0; k < 2 * count; k++)
      if (byVariance[k] !== 0) byVariance[k] *= mapDeviationSlope(s2[k], guard, floored);
    const gradient = options.into ?? zeroMaps(stack);
    if (room && spent) throw new RangeError(`${name}: expected one call of vjp with into, got two`);
    spent = true;
    const other = new Float64Array(cells);
    for (let i = 0; i < count; i++) {
      const out = gradient.data.subarray(i * cells, (i + 1) * cells);
      if (!mapSentences[status[i]].defined) {
        out.fill(0);
        continue;
      }
      const [mean, variance, byMean, byS2] = [x, s2, v, byVariance].map((flat) => pair(flat, i));
      if (logits) {
        const own = powers.subarray(i * cells, (i + 1) * cells);
        logitKeypointVjp(
          ...([rows, columns, own, totals[i], temperature, gx, gy, mean, variance] as const),
          ...([byMean, byS2, out] as const),
        );
        continue;
      }
      const given = [rows, columns, gx, gy, "divided", mean, totals[i]] as const;
      centreOfMassVjp(...given, byMean, out);
      mapVarianceVjp(...given, variance, byS2, other);
      for (let c = 0; c < cells; c++) out[c] += other[c];
    }
    return gradient;
  };
  return { keypoints: ndarray(x, shape), deviations: ndarray(sigma, shape), status, vjp };
}

/** The entries of room for the gradient of a stack. @throws RangeError if it is no room for it. */
function roomOf(
  caller: string,
  into: NdArray<Float64Array>,
  { leading, rows, columns }: MapStack,
): Float64Array {
  const shape = [...leading, rows, columns];
  if (into.shape.join() !== shape.join() || !isDense(into) || into.offset !== 0)
    throw new RangeError(
      `${caller}: expected into of shape [${shape.join(", ")}], dense, got [${into.shape.join(", ")}]`,
    );
  return into.data;
}

/** @throws RangeError unless τ > 0: at 0 a softmax is the greatest cell's, and has no gradient. */
export function checkedTemperature(caller: string, temperature = 1): number {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY))
    throw new RangeError(`${caller}: expected temperature > 0, got ${temperature}`);
  return temperature;
}

/** An upstream gradient, read where maps have a keypoint and 0 elsewhere. */
function upstream(
  caller: string,
  name: string,
  given: ArrayInput,
  shape: readonly number[],
  status: readonly MapStatus[],
): Float64Array {
  const defined = (k: number) => mapSentences[status[k >> 1]].defined;
  if (ArrayBuffer.isView(given)) {
    const flat = Float64Array.from(given as Float64Array, (g, k) => (defined(k) ? g : 0));
    return denseArray(caller, name, flat, shape).data;
  }
  return denseArray(caller, name, given, shape).data.map((g, k) => (defined(k) ? g : 0));
}
