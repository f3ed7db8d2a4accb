/**
 * ADD-S in doubles, of poses [R | t] row by row [12]; see definitions/nearest-vertex.ts.
 *
 * The tree is the model's own and never moves: a looker goes into the targets' frame, q = M⁻¹(P v) for
 * a target pose M, and looks there by the metric G = M_Rᵀ M_R. For a rotation that is the identity; for
 * one that was printed to six digits it is what makes the neighbour, and its distance, exactly those
 * of the points as given. Each search starts at the vertex itself, which a good estimate has moved least,
 * or at what the search before it found, whichever is nearer.
 */
import { type KdTree, nearestPosition } from "./kd-tree.js";

/** Which points look for their neighbour among which. */
export type NearestDirection = "truth to estimate" | "estimate to truth";

const inverse = new Float64Array(9);
const relative = new Float64Array(12);
const metric = new Float64Array(6);
const unused = new Float64Array(6);

/** ADD-S of the vertices of a tree, in their unit. NaN if the targets' R is singular. */
export function nearestVertexDistance(
  tree: KdTree,
  estimate: Float64Array,
  truth: Float64Array,
  direction: NearestDirection = "truth to estimate",
): number {
  return search(tree, estimate, truth, direction, false, unused);
}

/** Writes ∂nearestVertexDistance/∂(φ, τ) [6], chart LEFT of the estimate; returns the value. */
export function nearestVertexDistanceGradient(
  tree: KdTree,
  estimate: Float64Array,
  truth: Float64Array,
  gradient: Float64Array,
  direction: NearestDirection = "truth to estimate",
): number {
  return search(tree, estimate, truth, direction, true, gradient);
}

function search(
  tree: KdTree,
  estimate: Float64Array,
  truth: Float64Array,
  direction: NearestDirection,
  sloped: boolean,
  gradient: Float64Array,
): number {
  const forward = direction === "truth to estimate";
  const target = forward ? estimate : truth;
  const looker = forward ? truth : estimate;
  const floor = writeFrames(target, looker);
  if (!(floor > 0)) return Number.NaN;
  const { n, points } = tree;
  if (sloped) gradient.fill(0, 0, 6);
  let total = 0;
  let last = 0;
  for (let i = 0; i < n; i++) {
    const x = points[3 * i];
    const y = points[3 * i + 1];
    const z = points[3 * i + 2];
    const u = x + (relative[0] * x + relative[1] * y + relative[2] * z + relative[3]);
    const v = y + (relative[4] * x + relative[5] * y + relative[6] * z + relative[7]);
    const w = z + (relative[8] * x + relative[9] * y + relative[10] * z + relative[11]);
    // The tree's points lie leaf by leaf, so the last one found is near as well.
    const start = squaredGap(points, last, u, v, w) < squaredGap(points, i, u, v, w) ? last : i;
    const j = nearestPosition(tree, u, v, w, metric, floor, start);
    last = j;
    const a = points[3 * j] - u;
    const b = points[3 * j + 1] - v;
    const c = points[3 * j + 2] - w;
    // The gap in the camera's frame, from the looker to the target.
    const p = target[0] * a + target[1] * b + target[2] * c;
    const q = target[4] * a + target[5] * b + target[6] * c;
    const r = target[8] * a + target[9] * b + target[10] * c;
    const distance = Math.sqrt(p * p + q * q + r * r);
    total += distance;
    if (sloped && distance > 0) {
      const k = forward ? j : i;
      const over = (forward ? 1 : -1) / (distance * n);
      const ex = points[3 * k];
      const ey = points[3 * k + 1];
      const ez = points[3 * k + 2];
      const f = estimate[0] * ex + estimate[1] * ey + estimate[2] * ez;
      const g = estimate[4] * ex + estimate[5] * ey + estimate[6] * ez;
      const h = estimate[8] * ex + estimate[9] * ey + estimate[10] * ez;
      gradient[0] += over * (g * r - h * q);
      gradient[1] += over * (h * p - f * r);
      gradient[2] += over * (f * q - g * p);
      gradient[3] += over * p;
      gradient[4] += over * q;
      gradient[5] += over * r;
    }
  }
  return total / n;
}

function squaredGap(points: Float64Array, i: number, x: number, y: number, z: number): number {
  const a = points[3 * i] - x;
  const b = points[3 * i + 1] - y;
  const c = points[3 * i + 2] - z;
  return a * a + b * b + c * c;
}

/**
 * Writes M⁻¹ P − I of target pose M and looker's pose P to `relative`, and G to `metric`; returns a
 * number no greater than G's least eigenvalue, at most 0 if M_R is too far from a rotation to say.
 */
function writeFrames(target: Float64Array, looker: Float64Array): number {
  const determinant = writeInverse(target);
  if (determinant === 0) return 0;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 4; j++) {
      let entry = 0;
      for (let k = 0; k < 3; k++)
        entry += inverse[3 * i + k] * (looker[4 * k + j] - target[4 * k + j]);
      relative[4 * i + j] = entry;
    }
  let at = 0;
  let off = 0;
  let squares = 0;
  for (let i = 0; i < 3; i++)
    for (let j = i; j < 3; j++) {
      const entry =
        target[i] * target[j] + target[4 + i] * target[4 + j] + target[8 + i] * target[8 + j];
      metric[at++] = entry;
      off += (i === j ? 1 : 2) * (entry - (i === j ? 1 : 0)) ** 2;
      if (i === j) squares += entry;
    }
  // Near the identity, 1 less the size of G − I; else det G over the greatest that the others can be.
  // Rounded a little down, so that no box is passed by for a last digit.
  const near = 1 - Math.sqrt(off);
  const floor = near > 0 ? near : (2 * determinant) ** 2 / squares ** 2;
  return floor * (1 - 1e-12);
}

/** Writes M_R⁻¹ [9]; returns det M_R. */
function writeInverse(M: Float64Array): number {
  for (let i = 0; i < 3; i++) {
    const a = 4 * ((i + 1) % 3);
    const b = 4 * ((i + 2) % 3);
    for (let j = 0; j < 3; j++) {
      const c = (j + 1) % 3;
      const d = (j + 2) % 3;
      inverse[3 * j + i] = M[a + c] * M[b + d] - M[a + d] * M[b + c];
    }
  }
  const determinant = M[0] * inverse[0] + M[1] * inverse[3] + M[2] * inverse[6];
  for (let k = 0; k < 9; k++) inverse[k] /= determinant;
  return determinant;
}
