/**
 * Bilinear sampling of a map at any location.
 *
 *     m(x, y) = Σ_rc Λ(x − c) Λ(y − r) m_rc     Λ(t) = max(1 − |t|, 0)
 *     ∂m/∂x = Σ_rc Λ′(x − c) Λ(y − r) m_rc     ∂m/∂m_rc = Λ(x − c) Λ(y − r)
 *
 * A location (x, y) counts cells, whole numbers at cell centres. Padding "zeros" takes the map as zero
 * beyond its edge; "border" moves a location to the nearest one between the outer cell centres, and
 * passes no gradient where it did. On a line between cells, where the slope jumps, it is the one to
 * the right or below. Source: EQUATIONS EPRO-37; [EProPnP2022] Sec 4.2.
 */
import { sum, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** What lies beyond the edge: zeros, or the edge continued. */
export type Padding = "zeros" | "border";

/** A map of channels: [rows, columns, C]. */
export type ChannelMap<S> = readonly (readonly Vector<S>[])[];

/** Λ(t) and its slope, right-hand where it jumps. */
function hat<S extends Real<S>>(t: S): { value: S; slope: S } {
  if (t.lessThan(-1) || !t.lessThan(1)) return { value: t.of(0), slope: t.of(0) };
  return t.lessThan(0)
    ? { value: t.plus(1), slope: t.of(1) }
    : { value: t.negated().plus(1), slope: t.of(-1) };
}

/** Λ and Λ′ of every cell of an axis of `cells`. */
function hats<S extends Real<S>>(x: S, cells: number, padding: Padding) {
  const low = padding === "border" && x.lessThan(0);
  const high = padding === "border" && !x.lessThan(cells - 1);
  const inside = low ? x.of(0) : high ? x.of(cells - 1) : x;
  return Array.from({ length: cells }, (_, c) => {
    const { value, slope } = hat(inside.minus(c));
    return { value, slope: low || high ? x.of(0) : slope };
  });
}

/** m(x, y) [C] at location [2] of a map [rows, columns, C]. */
export function bilinearSample<S extends Real<S>>(
  map: ChannelMap<S>,
  location: Vector<S>,
  padding: Padding,
): S[] {
  const across = hats(location[0], map[0].length, padding);
  const down = hats(location[1], map.length, padding);
  return map[0][0].map((like, k) =>
    sum(
      map.flatMap((row, r) =>
        row.map((cell, c) => cell[k].times(across[c].value).times(down[r].value)),
      ),
      like,
    ),
  );
}

/** ∂m/∂(x, y) [C,2], per cell. */
export function bilinearLocationJacobian<S extends Real<S>>(
  map: ChannelMap<S>,
  location: Vector<S>,
  padding: Padding,
): S[][] {
  const across = hats(location[0], map[0].length, padding);
  const down = hats(location[1], map.length, padding);
  return map[0][0].map((like, k) => [
    sum(
      map.flatMap((row, r) =>
        row.map((cell, c) => cell[k].times(across[c].slope).times(down[r].value)),
      ),
      like,
    ),
    sum(
      map.flatMap((row, r) =>
        row.map((cell, c) => cell[k].times(across[c].value).times(down[r].slope)),
      ),
      like,
    ),
  ]);
}

/** ∂L/∂map [rows, columns, C] of v = ∂L/∂m [C]. */
export function bilinearMapVjp<S extends Real<S>>(
  rows: number,
  columns: number,
  location: Vector<S>,
  padding: Padding,
  v: Vector<S>,
): S[][][] {
  const across = hats(location[0], columns, padding);
  const down = hats(location[1], rows, padding);
  return down.map((r) => across.map((c) => v.map((x) => x.times(c.value).times(r.value))));
}
