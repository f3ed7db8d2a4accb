/** The error of a claim point by point and problem by problem, with what it may go with. */
import { axisOf, type ClaimedErrors, judgeable, rowSizes } from "./claimed-errors.js";
import { depths, pixels, type SeenProblem } from "./seen-problem.js";

/** What is measured of one point of a problem, or of one problem. */
export interface ErrorUnit {
  /** ‖claim − truth‖, and the same over ‖truth‖. */
  readonly absolute: number;
  readonly relative: number;
  /** ⟨claim − truth, truth⟩ / ‖truth‖²: by how much the claim is too large. */
  readonly excess: number;
  /** What it may go with, by name. */
  readonly factors: Readonly<Record<string, number>>;
}

/** Points of each problem that have a truth to be measured by; no groups if a claim has no points. */
export function pointUnits(errors: ClaimedErrors): ErrorUnit[][] {
  const axis = axisOf(errors, "N");
  if (!axis) return [];
  return judgeable(errors).map(({ index, claim, truth }) => {
    const scale = rowSizes(errors, truth);
    const [off, size, along] = [0, 1, 2].map(() => new Float64Array(axis.length));
    for (let k = 0; k < truth.length; k++) {
      const [p, row] = [axis.place(k), scale(k)];
      const [gap, own] = [(claim[k] - truth[k]) / row, truth[k] / row];
      off[p] += gap * gap;
      size[p] += own * own;
      along[p] += gap * own;
    }
    const factors = errors.summed ? [] : pointFactors(errors.seen[index]);
    return Array.from({ length: axis.length }, (_, p) => p)
      .filter((p) => size[p] > 0)
      .map((p) => ({
        absolute: Math.sqrt(off[p]),
        relative: Math.sqrt(off[p] / size[p]),
        excess: along[p] / size[p],
        factors: { "index of the point": p, ...factors[p] },
      }));
  });
}

function pointFactors(seen: SeenProblem | undefined): Record<string, number>[] {
  if (!seen) return [];
  const [depth, pixel] = [depths(seen), pixels(seen)];
  const { x2d, w2d } = seen;
  return Array.from({ length: seen.n }, (_, i) => ({
    "depth of the point": depth[i],
    "weight of the point": Math.hypot(w2d[2 * i], w2d[2 * i + 1]),
    "residual of the point": Math.hypot(
      x2d[2 * i] - pixel[2 * i],
      x2d[2 * i + 1] - pixel[2 * i + 1],
    ),
  }));
}

/** One group of all problems; none for a sum over them. */
export function problemUnits(errors: ClaimedErrors): ErrorUnit[][] {
  if (errors.summed) return [];
  const units = judgeable(errors).flatMap(({ index, claim, truth }) => {
    const scale = rowSizes(errors, truth);
    let [off, size, along] = [0, 0, 0];
    for (let k = 0; k < truth.length; k++) {
      const [gap, own] = [(claim[k] - truth[k]) / scale(k), truth[k] / scale(k)];
      off += gap * gap;
      size += own * own;
      along += gap * own;
    }
    if (!(size > 0)) return [];
    const absolute = Math.hypot(...truth.map((v, k) => claim[k] - v));
    const factors = { "place in the batch": index, ...problemFactors(errors.seen[index]) };
    return [{ absolute, relative: Math.sqrt(off / size), excess: along / size, factors }];
  });
  return [units];
}

function problemFactors(seen: SeenProblem | undefined): Record<string, number> {
  if (!seen || seen.n === 0) return {};
  const points = pointFactors(seen);
  const depth = points.map((point) => point["depth of the point"]);
  const squares = points.reduce((sum, point) => sum + point["residual of the point"] ** 2, 0);
  return {
    "distance of the object": depth.reduce((a, b) => a + b, 0) / seen.n,
    "depth spread of the problem": Math.max(...depth) / Math.min(...depth),
    "residual of the problem": Math.sqrt(squares / seen.n),
  };
}
