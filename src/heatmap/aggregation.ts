/**
 * Heat maps of several resolutions made one: each brought to a common size, and averaged.
 *
 *     m̄ = 1/S Σ_s resized(m_s)      ∂L/∂m_s = 1/S resizedᵀ(v)
 *
 * [HigherHRNet2020] brings them to the finest map, [UAVA2021] to the size of the image; logits are averaged, before
 * the softmax. Source: EQUATIONS HM-11, PVC-61.
 */
import type { NdArray } from "ndarray";
import { resizedMap, resizedMapVjp } from "../kernels/map-resizing.js";
import type { MapSize } from "./map-coordinates.js";
import { mapStack, requireSameShape, zeroMaps } from "./map-stack.js";

export interface AggregatedMaps {
  /** m̄ [..., H, W]. */
  readonly maps: NdArray<Float64Array>;
  /** ∂L/∂m_s [..., H_s, W_s] of v = ∂L/∂m̄. */
  vjp(v: NdArray): NdArray<Float64Array>[];
}

/**
 * The average of maps [..., H_s, W_s] with the same leading axes, at `size` or at that of the map of most cells.
 *
 * @throws TypeError or RangeError if there are no maps, leading axes differ, or the size is not whole and positive.
 */
export function aggregatedMaps(maps: readonly NdArray[], size?: MapSize): AggregatedMaps {
  const name = "aggregatedMaps";
  if (maps.length === 0) throw new RangeError(`${name}: expected at least one array, got none`);
  const stacks = maps.map((map) => mapStack(name, "maps", map));
  for (const { leading } of stacks)
    if (leading.join() !== stacks[0].leading.join())
      throw new RangeError(
        `${name}: expected leading axes [${stacks[0].leading.join(", ")}], got [${leading.join(", ")}]`,
      );
  const finest = stacks.reduce((a, b) => (b.rows * b.columns > a.rows * a.columns ? b : a));
  const { rows, columns } = size ?? finest;
  for (const [what, length] of [
    ["rows", rows],
    ["columns", columns],
  ] as const)
    if (!(Number.isSafeInteger(length) && length >= 1))
      throw new RangeError(`${name}: expected a whole ${what} >= 1, got ${length}`);
  const cells = rows * columns;
  const [{ count }] = stacks;
  const share = 1 / stacks.length;
  const average = zeroMaps(stacks[0], { rows, columns });
  for (let i = 0; i < count; i++) {
    const out = average.data.subarray(i * cells, (i + 1) * cells);
    for (const stack of stacks)
      resizedMap(stack.rows, stack.columns, stack.read(i), rows, columns, share, out);
  }
  const vjp = (v: NdArray) => {
    const upstream = mapStack(name, "v", v);
    requireSameShape(name, [upstream, "v"], [mapStack(name, "maps", average), "maps"]);
    const gradients = stacks.map((stack) => zeroMaps(stack));
    for (let i = 0; i < count; i++) {
      const given = upstream.read(i);
      stacks.forEach((stack, s) => {
        const own = stack.rows * stack.columns;
        const out = gradients[s].data.subarray(i * own, (i + 1) * own);
        resizedMapVjp(rows, columns, given, stack.rows, stack.columns, share, out);
      });
    }
    return gradients;
  };
  return { maps: average, vjp };
}
