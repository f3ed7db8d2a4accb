/**
 * One code for a whole vertex: its set halved, and each half halved again, bit after bit.
 *
 * Every set is cut at the median along its longest side, so that its halves differ by one vertex at
 * most; the first half, of lower coordinates, has bit 0. [ZebraPose2022] balances its halves by clustering
 * instead, which moves the cuts and nothing else. A code stands for the mean of the vertices that share
 * it. There is no gradient: neighbouring codes may lie far apart. Source: EQUATIONS ENC-7; [LC2023] Sec
 * 4.2, Fig 4(a), after [ZebraPose2022].
 */
import { type ArrayInput, denseArray } from "../problem/dense-array.js";

export interface VertexCode {
  /** Bits of a code; 16 as published. */
  readonly bits: number;
  /** The code of each vertex [V], first bit most significant. */
  readonly codes: Uint32Array;
  /** The point [3] that each code in use stands for. */
  readonly points: ReadonlyMap<number, Float64Array>;
}

/**
 * The code of every vertex of [V, 3]. A set of one vertex is not cut: its remaining bits are 0.
 *
 * @throws TypeError or RangeError if vertices are no such array, or bits no whole number from 0 to 30.
 */
export function vertexCode(vertices: ArrayInput, bits = 16): VertexCode {
  if (!(Number.isInteger(bits) && bits >= 0 && bits <= 30))
    throw new RangeError(`vertexCode: expected bits from 0 to 30, got ${bits}`);
  const { data, shape } = denseArray("vertexCode", "vertices", vertices, ["V", 3]);
  const codes = new Uint32Array(shape[0]);
  const halve = (members: Int32Array, bit: number): void => {
    if (bit < 0 || members.length < 2) return;
    const axis = longestSide(data, members);
    // Equal coordinates keep their order, so that the code depends on nothing but the list.
    members.sort((i, j) => data[3 * i + axis] - data[3 * j + axis] || i - j);
    const first = Math.ceil(members.length / 2);
    for (const i of members.subarray(first)) codes[i] += 2 ** bit;
    halve(members.subarray(0, first), bit - 1);
    halve(members.subarray(first), bit - 1);
  };
  halve(
    Int32Array.from({ length: shape[0] }, (_, i) => i),
    bits - 1,
  );
  return { bits, codes, points: means(data, codes) };
}

/** The point [3] of a code. @throws RangeError if no vertex has it. */
export function vertexOfCode(table: VertexCode, code: number): Float64Array {
  const point = table.points.get(code);
  if (point === undefined)
    throw new RangeError(
      `vertexOfCode: expected one of the ${table.points.size} codes in use, got ${code}`,
    );
  return point;
}

function longestSide(data: Float64Array, members: Int32Array): number {
  let [longest, side] = [-1, 0];
  for (let a = 0; a < 3; a++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const i of members) {
      low = Math.min(low, data[3 * i + a]);
      high = Math.max(high, data[3 * i + a]);
    }
    if (high - low > longest) [longest, side] = [high - low, a];
  }
  return side;
}

function means(data: Float64Array, codes: Uint32Array): Map<number, Float64Array> {
  const counts = new Map<number, number>();
  const points = new Map<number, Float64Array>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  codes.forEach((code, i) => {
    const point = points.get(code) ?? new Float64Array(3);
    for (let a = 0; a < 3; a++) point[a] += data[3 * i + a] / (counts.get(code) ?? 1);
    points.set(code, point);
  });
  return points;
}
