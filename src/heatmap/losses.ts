/**
 * Losses of heat maps against their targets, with gradients onto the maps or their logits.
 *
 * | kind       | one map                         | published in                                   |
 * |------------|---------------------------------|------------------------------------------------|
 * | l1         | mean over cells of \|p − T\|    | [UAVA2021], its choice of l_h                  |
 * | mse        | mean over cells of m (p − T)²   | [HigherHRNet2020], m a mask of what counts     |
 * | kl         | KL(T ‖ p), summed over cells    | [UAVA2021]                                     |
 * | reverse-kl | KL(p ‖ T), summed over cells    | [Nibali2018] published code, floor 1e-24       |
 * | js         | JS(p, T), summed over cells     | [Nibali2018]                                   |
 *
 * p is the softmax of the logits, or the map itself with `from: "maps"`. Maps are averaged, or summed, over
 * those that count. Source: EQUATIONS HM-6, HM-7, HM-8, HM-10, REPRO-L1, PVC-61.
 */
import type { NdArray } from "ndarray";
import * as divergence from "../kernels/map-divergence.js";
import * as distance from "../kernels/map-loss.js";
import { spatialSoftmax, spatialSoftmaxVjp } from "../kernels/spatial-softmax.js";
import { checkedTemperature } from "./keypoints.js";
import { mapStack, requireSameShape, zeroMaps } from "./map-stack.js";
import type { MapStatus } from "./map-status.js";

export const mapLossKinds = ["l1", "mse", "kl", "reverse-kl", "js"] as const;
export type MapLossKind = (typeof mapLossKinds)[number];

export interface MapLossOptions {
  /** Default: "l1". */
  readonly kind?: MapLossKind;
  /** Whether cells are logits of a softmax, or the map itself. Default: "logits". */
  readonly from?: "logits" | "maps";
  /** τ > 0 that logits are divided by. Default: 1. */
  readonly temperature?: number;
  /** What each cell counts in "mse" [..., H, W]. Default: 1. */
  readonly mask?: NdArray;
  /** Floor ≥ 0 inside the logarithms of divergences. Default: 0. */
  readonly floor?: number;
  /** Which maps count [maps], 0 for those left out. Default: all. */
  readonly valid?: ArrayLike<number | boolean>;
  /** Over the maps that count. Default: "mean". */
  readonly reduction?: "mean" | "sum";
}

export interface HeatMapLoss {
  /** Over maps that count and are "ok"; 0 if there are none. */
  readonly loss: number;
  /** Of each map; NaN for one that is "not-finite". It may be Infinity: see map-divergence.ts. */
  readonly losses: Float64Array;
  /** ∂L/∂maps or ∂L/∂logits [..., H, W], zero for maps that do not count. */
  readonly gradient: NdArray<Float64Array>;
  /** "ok", "outside" for a map left out, or "not-finite"; a map each. */
  readonly status: readonly MapStatus[];
  /** How many maps the loss is over. */
  readonly counted: number;
}

/**
 * The loss of maps [..., H, W] against targets of the same shape.
 *
 * @throws TypeError or RangeError if shapes differ or an option is out of range.
 */
export function heatMapLoss(
  maps: NdArray,
  targets: NdArray,
  options: MapLossOptions = {},
): HeatMapLoss {
  const name = "heatMapLoss";
  const { kind = "l1", from = "logits", floor = 0, reduction = "mean", valid } = options;
  const temperature = checkedTemperature(name, options.temperature);
  for (const [what, value, known] of [
    ["kind", kind, mapLossKinds],
    ["from", from, ["logits", "maps"]],
    ["reduction", reduction, ["mean", "sum"]],
  ] as const)
    if (!(known as readonly string[]).includes(value))
      throw new RangeError(`${name}: expected ${what} of ${known.join(", ")}, got ${value}`);
  if (!(floor >= 0 && floor < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name}: expected floor >= 0, got ${floor}`);
  const stack = mapStack(name, "maps", maps);
  const wanted = mapStack(name, "targets", targets);
  requireSameShape(name, [wanted, "targets"], [stack, "maps"]);
  const mask = options.mask === undefined ? null : mapStack(name, "mask", options.mask);
  if (mask) requireSameShape(name, [mask, "mask"], [stack, "maps"]);
  if (valid !== undefined && valid.length !== stack.count)
    throw new RangeError(`${name}: expected ${stack.count} entries of valid, got ${valid.length}`);
  const cells = stack.rows * stack.columns;
  const losses = new Float64Array(stack.count);
  const gradient = zeroMaps(stack);
  const [softened, second] = [new Float64Array(cells), new Float64Array(cells)];
  let counted = 0;
  let total = 0;
  const status = Array.from({ length: stack.count }, (_, i): MapStatus => {
    if (valid !== undefined && !valid[i]) return "outside";
    const [map, target] = [stack.read(i), wanted.read(i)];
    const out = gradient.data.subarray(i * cells, (i + 1) * cells);
    if (from === "logits") spatialSoftmax(cells, map, temperature, softened);
    const p = from === "logits" ? softened : map;
    if (!(allFinite(p) && allFinite(target))) {
      losses[i] = Number.NaN;
      return "not-finite";
    }
    counted++;
    if (kind === "kl" && from === "logits" && floor === 0) {
      losses[i] = divergence.logitDivergence(cells, map, temperature, target);
      divergence.logitDivergenceGradient(cells, map, temperature, p, target, out);
    } else {
      losses[i] = compared(kind, cells, p, target, mask ? mask.read(i) : null, floor, out, second);
      if (from === "logits") spatialSoftmaxVjp(cells, map, temperature, p, out, out);
    }
    total += losses[i];
    return "ok";
  });
  const scale = reduction === "mean" && counted > 0 ? 1 / counted : 1;
  scaled(gradient.data, scale);
  return { loss: total * scale, losses, gradient, status, counted };
}

function allFinite(map: Float64Array): boolean {
  for (let i = 0; i < map.length; i++) if (!Number.isFinite(map[i])) return false;
  return true;
}

/** Multiplies entries in place; a factor of 0 makes zeros even of what is infinite. */
function scaled(entries: Float64Array, factor: number): void {
  if (factor === 0) entries.fill(0);
  else if (factor !== 1) for (let i = 0; i < entries.length; i++) entries[i] *= factor;
}

/** Loss of p against T; writes ∂/∂p. */
function compared(
  kind: MapLossKind,
  n: number,
  p: Float64Array,
  target: Float64Array,
  mask: Float64Array | null,
  floor: number,
  slopes: Float64Array,
  other: Float64Array,
): number {
  if (kind === "l1") {
    distance.absoluteMapLossGradient(n, p, target, slopes);
    return distance.absoluteMapLoss(n, p, target);
  }
  if (kind === "mse") {
    distance.squaredMapLossGradient(n, p, target, mask, slopes);
    return distance.squaredMapLoss(n, p, target, mask);
  }
  if (kind === "js") {
    divergence.symmetricDivergenceGradient(n, p, target, floor, slopes);
    return divergence.symmetricDivergence(n, p, target, floor);
  }
  if (kind === "kl") {
    divergence.mapDivergenceGradient(n, target, p, floor, other, slopes);
    return divergence.mapDivergence(n, target, p, floor);
  }
  divergence.mapDivergenceGradient(n, p, target, floor, slopes, other);
  return divergence.mapDivergence(n, p, target, floor);
}

export interface MultiResolutionOptions extends Omit<MapLossOptions, "mask" | "valid"> {
  /** λ ≥ 0 of each resolution. Default: 1. */
  readonly weights?: readonly number[];
  /** A mask, and which maps count, of each resolution. */
  readonly masks?: readonly NdArray[];
  readonly valids?: readonly ArrayLike<number | boolean>[];
}

export interface MultiResolutionLoss {
  /** Σ_s λ_s L_s. */
  readonly loss: number;
  /** Each resolution: its loss L_s, before λ, and its gradient, λ_s ∂L_s/∂maps_s. */
  readonly parts: readonly HeatMapLoss[];
}

/**
 * The losses of several resolutions, each against targets of its own (HM-10). λ = 0 leaves one out.
 *
 * @throws as heatMapLoss; RangeError if there are not as many targets, weights or masks as resolutions, or λ < 0.
 */
export function multiResolutionLoss(
  maps: readonly NdArray[],
  targets: readonly NdArray[],
  options: MultiResolutionOptions = {},
): MultiResolutionLoss {
  const { weights = maps.map(() => 1), masks, valids, ...shared } = options;
  for (const [what, list] of [
    ["targets", targets],
    ["weights", weights],
    ["masks", masks],
    ["valids", valids],
  ] as const)
    if (list !== undefined && list.length !== maps.length)
      throw new RangeError(
        `multiResolutionLoss: expected ${maps.length} entries of ${what}, got ${list.length}`,
      );
  for (const weight of weights)
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`multiResolutionLoss: expected weights >= 0, got ${weight}`);
  const parts = maps.map((map, s) =>
    heatMapLoss(map, targets[s], { ...shared, mask: masks?.[s], valid: valids?.[s] }),
  );
  for (const [s, { gradient }] of parts.entries()) scaled(gradient.data, weights[s]);
  const loss = parts.reduce(
    (sum, part, s) => (weights[s] === 0 ? sum : sum + weights[s] * part.loss),
    0,
  );
  return { loss, parts };
}
