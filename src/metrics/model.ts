/**
 * A model made ready once for all the poses it is compared in: its k-d tree, its diameter, its
 * symmetries, and its vertices with a few far ones first, by which MSSD and MSPD drop a symmetry early.
 */
import { type KdTree, kdTree } from "../kernels/kd-tree.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";
import type { SymmetrySet } from "../problem/symmetry.js";

export interface Model {
  readonly name: string;
  /** Unit of vertices, diameter and translations, such as "mm". */
  readonly unit: string;
  /** Number of vertices. */
  readonly n: number;
  /** The vertices [3n], a few far from each other first. */
  readonly vertices: Float64Array;
  readonly tree: KdTree;
  /** Reference length of relative thresholds, in `unit`. */
  readonly diameter: number;
  /** Whether the caller gave it, or it is the greatest distance of two vertices. */
  readonly diameterFrom: "given" | "vertices";
  /** Symmetries [R | t] row by row [12 count], the identity first. */
  readonly symmetries: Float64Array;
  readonly symmetryCount: number;
  /** True if ADD(-S) takes ADD-S for this object; by default, if it has a symmetry but the identity. */
  readonly symmetric: boolean;
}

export interface ModelInput {
  readonly name: string;
  /** Vertices [n, 3]. */
  readonly vertices: ArrayInput;
  readonly unit: string;
  readonly diameter?: number;
  readonly symmetries?: SymmetrySet;
  readonly symmetric?: boolean;
}

const identity = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
const FAR = 8;

/**
 * The model of these vertices.
 *
 * @throws TypeError or RangeError if there is no vertex, one is not finite, or the diameter is not a
 * positive number; a model of one vertex has none of its own and must be given one.
 */
export function preparedModel(input: ModelInput): Model {
  const { data } = denseArray("preparedModel", "vertices", input.vertices, ["n", 3]);
  const n = data.length / 3;
  if (n === 0)
    throw new RangeError(`preparedModel: expected at least one vertex of ${input.name}, got none`);
  const diameter = input.diameter ?? vertexDiameter(data);
  if (!(diameter > 0 && diameter < Infinity))
    throw new RangeError(
      `preparedModel: expected a positive diameter of ${input.name}, got ${diameter}`,
    );
  const set = input.symmetries;
  return {
    name: input.name,
    unit: input.unit,
    n,
    vertices: farFirst(data),
    tree: kdTree(n, data),
    diameter,
    diameterFrom: input.diameter === undefined ? "vertices" : "given",
    symmetries: set ? set.transforms : identity,
    symmetryCount: set ? set.count : 1,
    symmetric: input.symmetric ?? (set !== undefined && set.count > 1),
  };
}

/** Greatest distance of two vertices [3n], in their unit; exact. */
export function vertexDiameter(vertices: Float64Array): number {
  const n = vertices.length / 3;
  const centre = [0, 1, 2].map((a) => {
    let total = 0;
    for (let i = a; i < 3 * n; i += 3) total += vertices[i];
    return total / n;
  });
  const radius = (i: number) => Math.hypot(...centre.map((c, a) => vertices[3 * i + a] - c));
  const radii = Float64Array.from({ length: n }, (_, i) => radius(i));
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => radii[j] - radii[i]);
  let best = 0;
  for (let a = 0; a < n; a++)
    for (let b = 0; b < a; b++) {
      const [i, j] = [order[a], order[b]];
      // Two vertices are no further apart than their radii; those that follow have smaller ones.
      if (radii[i] + radii[j] < best * (1 - 1e-12)) break;
      const gap = Math.hypot(
        vertices[3 * i] - vertices[3 * j],
        vertices[3 * i + 1] - vertices[3 * j + 1],
        vertices[3 * i + 2] - vertices[3 * j + 2],
      );
      best = Math.max(best, gap);
    }
  return best;
}

/** The vertices with eight of them first, each the furthest from those before it. */
function farFirst(vertices: Float64Array): Float64Array {
  const sorted = Float64Array.from(vertices);
  const n = vertices.length / 3;
  const gaps = new Float64Array(n).fill(Infinity);
  for (let place = 0; place < Math.min(FAR, n); place++) {
    let far = place;
    for (let i = place; i < n; i++) {
      let square = 0;
      for (let a = 0; a < 3; a++)
        square += (sorted[3 * i + a] - (place > 0 ? sorted[3 * (place - 1) + a] : 0)) ** 2;
      gaps[i] = Math.min(gaps[i], square);
      if (gaps[i] > gaps[far]) far = i;
    }
    for (let a = 0; a < 3; a++)
      [sorted[3 * place + a], sorted[3 * far + a]] = [sorted[3 * far + a], sorted[3 * place + a]];
    [gaps[place], gaps[far]] = [gaps[far], gaps[place]];
    // The first of all is only a start: what follows is measured from it.
    if (place === 0) gaps.fill(Infinity);
  }
  return sorted;
}
