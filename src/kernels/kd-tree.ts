/**
 * A k-d tree over points in space, for exact nearest neighbours; for definitions that try every point.
 *
 * Points are halved at the median of the axis along which their box is longest, down to leaves of at
 * most sixteen, and stored leaf by leaf, so that a leaf is one stretch of memory. Node i has children
 * 2i + 1 and 2i + 2. A node keeps the box of its points, which bounds distances more tightly than its
 * dividing plane. Equal points are no special case: the median goes by position, not by value.
 * Source: [Bentley1975], [FriedmanBentleyFinkel1977].
 */

const LEAF = 16;
/** No tree of doubles that fits in memory is deeper. */
const stack = new Int32Array(64);
const bounds = new Float64Array(64);

export interface KdTree {
  /** Number of points, at least 1. */
  readonly n: number;
  /** Levels of halving; the leaves are the 2^depth last nodes. */
  readonly depth: number;
  /** The points leaf by leaf [3n]. */
  readonly points: Float64Array;
  /** Which of the points given each of them is [n]. */
  readonly order: Int32Array;
  /** Box of every node [6 nodes]: least x, y, z, then greatest. */
  readonly boxes: Float64Array;
}

/** The tree of n ≥ 1 finite points [3n], which are copied. */
export function kdTree(n: number, points: Float64Array): KdTree {
  let depth = 0;
  while (n > LEAF * 2 ** depth) depth++;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const boxes = new Float64Array(6 * (2 ** (depth + 1) - 1));
  divide(0, 0, n, depth, points, order, boxes);
  const stored = new Float64Array(3 * n);
  for (let i = 0; i < n; i++)
    for (let a = 0; a < 3; a++) stored[3 * i + a] = points[3 * order[i] + a];
  return { n, depth, points: stored, order, boxes };
}

/**
 * Position in tree.points of the point nearest to (x, y, z), by the distance √(δᵀ G δ) with G the
 * symmetric metric (xx, xy, xz, yy, yz, zz) [6]. `floor` > 0 is at most G's least eigenvalue, and
 * `start` a position to begin at: the nearer it is, the less is searched. Exact; of tied points the
 * one found first counts.
 */
export function nearestPosition(
  tree: KdTree,
  x: number,
  y: number,
  z: number,
  metric: Float64Array,
  floor: number,
  start: number,
): number {
  const { n, depth, points, boxes } = tree;
  const xx = metric[0];
  const xy = 2 * metric[1];
  const xz = 2 * metric[2];
  const yy = metric[3];
  const yz = 2 * metric[4];
  const zz = metric[5];
  const leaves = 2 ** depth - 1;
  let a = points[3 * start] - x;
  let b = points[3 * start + 1] - y;
  let c = points[3 * start + 2] - z;
  let best = a * (xx * a + xy * b + xz * c) + b * (yy * b + yz * c) + zz * c * c;
  let found = start;
  let top = 0;
  stack[0] = 0;
  bounds[0] = 0;
  while (top >= 0) {
    let node = stack[top];
    const bound = bounds[top--];
    if (bound >= best) continue;
    while (node < leaves) {
      const left = 2 * node + 1;
      const near = floor * squaredGap(boxes, left, x, y, z);
      const far = floor * squaredGap(boxes, left + 1, x, y, z);
      const leftFirst = near <= far;
      const other = leftFirst ? far : near;
      if (other < best) {
        stack[++top] = leftFirst ? left + 1 : left;
        bounds[top] = other;
      }
      node = leftFirst ? left : left + 1;
      if ((leftFirst ? near : far) >= best) {
        node = -1;
        break;
      }
    }
    if (node < 0) continue;
    const leaf = node - leaves;
    const end = leafStart(n, depth, leaf + 1);
    for (let i = leafStart(n, depth, leaf); i < end; i++) {
      a = points[3 * i] - x;
      b = points[3 * i + 1] - y;
      c = points[3 * i + 2] - z;
      const square = a * (xx * a + xy * b + xz * c) + b * (yy * b + yz * c) + zz * c * c;
      if (square < best) {
        best = square;
        found = i;
      }
    }
  }
  return found;
}

/** Where leaf k of 2^depth begins: halving n by floor at every level comes to this. */
const leafStart = (n: number, depth: number, k: number): number => Math.floor((n * k) / 2 ** depth);

/** Squared distance of (x, y, z) from the box of a node. */
function squaredGap(boxes: Float64Array, node: number, x: number, y: number, z: number): number {
  const at = 6 * node;
  let square = 0;
  let gap = boxes[at] > x ? boxes[at] - x : x > boxes[at + 3] ? x - boxes[at + 3] : 0;
  square += gap * gap;
  gap = boxes[at + 1] > y ? boxes[at + 1] - y : y > boxes[at + 4] ? y - boxes[at + 4] : 0;
  square += gap * gap;
  gap = boxes[at + 2] > z ? boxes[at + 2] - z : z > boxes[at + 5] ? z - boxes[at + 5] : 0;
  return square + gap * gap;
}

/** Puts order[from … to) into the order of the leaves below a node, and writes its boxes. */
function divide(
  node: number,
  from: number,
  to: number,
  levels: number,
  points: Float64Array,
  order: Int32Array,
  boxes: Float64Array,
): void {
  let axis = 0;
  let longest = -1;
  for (let a = 0; a < 3; a++) {
    let least = Infinity;
    let most = -Infinity;
    for (let i = from; i < to; i++) {
      least = Math.min(least, points[3 * order[i] + a]);
      most = Math.max(most, points[3 * order[i] + a]);
    }
    boxes[6 * node + a] = least;
    boxes[6 * node + 3 + a] = most;
    if (most - least > longest) {
      longest = most - least;
      axis = a;
    }
  }
  if (levels === 0) return;
  // The position that leafStart gives the boundary between the two halves of the leaves.
  const first = node + 1 - 2 ** Math.floor(Math.log2(node + 1));
  const depth = Math.floor(Math.log2(node + 1)) + levels;
  const middle = leafStart(order.length, depth, (2 * first + 1) * 2 ** (levels - 1));
  order.subarray(from, to).sort((i, j) => points[3 * i + axis] - points[3 * j + axis] || i - j);
  divide(2 * node + 1, from, middle, levels - 1, points, order, boxes);
  divide(2 * node + 2, middle, to, levels - 1, points, order, boxes);
}
