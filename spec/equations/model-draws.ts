import { rotation } from "../../src/kernels/rodrigues.js";
import { type Stream, stream } from "../../src/random/stream.js";
import { type Big, big, type Dual, dual } from "../../src/scalar/index.js";
import { cross } from "../../src/scalar/matrix.js";

/** A model seen in two poses, flat: [R | t] row by row. */
export interface Sighting {
  readonly label: string;
  readonly n: number;
  readonly vertices: Float64Array;
  readonly estimate: Float64Array;
  readonly truth: Float64Array;
  readonly count: number;
  /** The identity first, then turns about a shifted axis. */
  readonly symmetries: Float64Array;
  readonly K: Float64Array;
}

export const camera = Float64Array.of(572.4, 0, 325.3, 0, 573.6, 242, 0, 0, 1);

/** [R | t] of a turn about a drawn axis and a shift. */
export function drawnMotion(draw: Stream, angle: number, t: ArrayLike<number>): Float64Array {
  const R = new Float64Array(9);
  rotation(
    draw.sphere(new Float64Array(3)).map((x) => angle * x),
    R,
  );
  return Float64Array.from({ length: 12 }, (_, k) =>
    k % 4 === 3 ? t[(k - 3) / 4] : R[3 * Math.floor(k / 4) + (k % 4)],
  );
}

/** A B of poses [12], rounded. */
export function composed(A: ArrayLike<number>, B: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: 12 }, (_, at) => {
    const [i, j] = [4 * Math.floor(at / 4), at % 4];
    const product = A[i] * B[j] + A[i + 1] * B[4 + j] + A[i + 2] * B[8 + j];
    return product + (j === 3 ? A[i + 3] : 0);
  });
}

/** `count` sightings of each kind: poses unrelated, and 10⁻¹ … 10⁻¹² from each other. */
export function* sightings(name: string, count: number, n = 7): Generator<Sighting> {
  for (let i = 0; i < count; i++) {
    const draw = stream(name).at(i);
    const gap = 10 ** -(1 + (i % 12));
    for (const [label, angle, shift] of [
      ["generic", Math.PI * draw.uniform(), 0.2],
      ["poses near each other", gap, gap / 10],
    ] as const) {
      const vertices = Float64Array.from({ length: 3 * n }, () => 0.1 * draw.normal());
      const truth = drawnMotion(draw, Math.PI * draw.uniform(), [
        0.1 * draw.normal(),
        0.1 * draw.normal(),
        1.5 + draw.uniform(),
      ]);
      const moved = drawnMotion(
        draw,
        angle,
        Array.from({ length: 3 }, () => shift * draw.normal()),
      );
      const identity = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
      const turns = [1, 2].map(() => drawnMotion(draw, 2 * draw.uniform(), [0.01, 0.02, 0]));
      yield {
        label,
        n,
        vertices,
        estimate: composed(truth, moved),
        truth,
        count: 3,
        symmetries: Float64Array.from([identity, ...turns].flatMap((S) => [...S])),
        K: camera,
      };
    }
  }
}

/** A pose [12] as [R | t] [3][4] in big floats. */
export const bigMotion = (P: ArrayLike<number>): Big[][] =>
  [0, 4, 8].map((i) => [0, 1, 2, 3].map((j) => big(P[i + j])));

export const bigMotions = (P: Float64Array): Big[][][] =>
  Array.from({ length: P.length / 12 }, (_, s) => bigMotion(P.subarray(12 * s, 12 * s + 12)));

/** A matrix of big floats as constants among duals. */
export const constant = (A: readonly (readonly Big[])[]): Dual<Big>[][] =>
  A.map((row) => row.map((x) => dual(x, big(0))));

/** [R | t] on duals that carry its motion along direction k of the chart LEFT. */
export function dualMotion(P: readonly (readonly Big[])[], k: number): Dual<Big>[][] {
  const unit = [0, 1, 2].map((a) => big(a === k % 3 ? 1 : 0));
  const columns = [0, 1, 2].map((j) =>
    k < 3
      ? cross(
          unit,
          P.map((row) => row[j]),
        )
      : [big(0), big(0), big(0)],
  );
  return P.map((row, i) => [
    ...columns.map((column, j) => dual(row[j], column[i])),
    dual(row[3], k < 3 ? big(0) : unit[i]),
  ]);
}

/** The derivative of a definition by (φ, τ) [6] of the estimate, carried by duals. */
export const carried = (
  estimate: readonly (readonly Big[])[],
  value: (estimate: Dual<Big>[][]) => Dual<Big>,
): Big[] => Array.from({ length: 6 }, (_, k) => value(dualMotion(estimate, k)).b);

/** Greatest distance of a vertex from the origin, by which an error of D is seen. */
export const reach = (vertices: Float64Array): number => {
  let most = 0;
  for (let i = 0; i < vertices.length; i += 3)
    most = Math.max(most, Math.hypot(vertices[i], vertices[i + 1], vertices[i + 2]));
  return most;
};

/** ‖D‖ reach + ‖d‖: what the terms of a vertex's motion add up to at most. */
export function motionSize(vertices: Float64Array, a: Float64Array, b: Float64Array): number {
  let turn = 0;
  let shift = 0;
  for (let k = 0; k < 12; k++)
    if (k % 4 < 3) turn += (a[k] - b[k]) ** 2;
    else shift += (a[k] - b[k]) ** 2;
  return Math.sqrt(turn) * reach(vertices) + Math.sqrt(shift);
}
