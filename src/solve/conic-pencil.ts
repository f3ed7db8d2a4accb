/**
 * The real points two conics of the projective plane have in common.
 *
 *     xᵀP x = xᵀQ x = 0
 *
 * They lie on every conic of the pencil P + γQ. One member is a pair of lines, where
 * det(P + γQ), a cubic, vanishes; each line meets Q in at most two points. Only the four operations
 * and square roots are used, and homogeneous coordinates throughout, so that no point and no γ at
 * infinity divides by zero.
 * Source: [RichterGebert2011] Perspectives on Projective Geometry, section 11.4.
 */

import { realRoots } from "../linalg/polynomial.js";
import { determinant3 } from "../linalg/svd3.js";

const conic = new Float64Array(9);
const trial = new Float64Array(9);
const cubic = new Float64Array(4);
const gammas = new Float64Array(4);
const lines = new Float64Array(6);
const along = new Float64Array(3);
const base = new Float64Array(3);

/** tr(adj(M) N): the derivative of det M in the direction N, for symmetric M and N. */
function adjugateTrace(M: Float64Array, N: Float64Array): number {
  return (
    (M[4] * M[8] - M[5] * M[5]) * N[0] +
    (M[0] * M[8] - M[2] * M[2]) * N[4] +
    (M[0] * M[4] - M[1] * M[1]) * N[8] +
    2 * (M[2] * M[5] - M[1] * M[8]) * N[1] +
    2 * (M[1] * M[5] - M[2] * M[4]) * N[2] +
    2 * (M[1] * M[2] - M[0] * M[5]) * N[5]
  );
}

function norm(M: Float64Array): number {
  let squared = 0;
  for (let i = 0; i < 9; i++) squared += M[i] * M[i];
  return Math.sqrt(squared);
}

/**
 * Writes the common points [4·3] of the symmetric P [9] and Q [9], each up to scale, and returns how
 * many there are, 0 … 4. A point of contact may come twice. Proportional conics have none.
 */
export function conicIntersections(P: Float64Array, Q: Float64Array, points: Float64Array): number {
  cubic[0] = determinant3(P);
  cubic[1] = adjugateTrace(P, Q);
  cubic[2] = adjugateTrace(Q, P);
  cubic[3] = determinant3(Q);
  // γ runs through infinity where Q itself degenerates: the pencil is then walked from its other end.
  const swapped = Math.abs(cubic[3]) < Math.abs(cubic[0]);
  const start = swapped ? Q : P;
  const direction = swapped ? P : Q;
  if (swapped) cubic.reverse();
  const roots = realRoots(3, cubic, gammas);
  let best = 0;
  let partner = direction;
  for (let r = 0; r < roots; r++) {
    for (let i = 0; i < 9; i++) trial[i] = start[i] + gammas[r] * direction[i];
    // Of several real line pairs, the one furthest from merging into a double line.
    const quality = linePairQuality(trial);
    if (quality > best) {
      best = quality;
      conic.set(trial);
      // The lines' partner must not be the line pair itself: the end that has the lesser share in it.
      partner = Math.abs(gammas[r]) * norm(direction) > norm(start) ? start : direction;
    }
  }
  if (best === 0) return 0;
  splitLines();
  return lineConicPoints(3, partner, points, lineConicPoints(0, partner, points, 0));
}

/** −(largest diagonal minor) over ‖D‖²: positive if the degenerate D is two distinct real lines. */
function linePairQuality(D: Float64Array): number {
  const m0 = D[5] * D[5] - D[4] * D[8];
  const m1 = D[2] * D[2] - D[0] * D[8];
  const m2 = D[1] * D[1] - D[0] * D[4];
  return Math.max(m0, m1, m2) / norm(D) ** 2;
}

/**
 * Writes the two lines of the degenerate conic D to `lines`. With p their common point,
 * adj D = −p pᵀ, and D + [p]× has rank one: its rows are one line, its columns the other.
 */
function splitLines(): void {
  const D = conic;
  const m0 = D[5] * D[5] - D[4] * D[8];
  const m1 = D[2] * D[2] - D[0] * D[8];
  const m2 = D[1] * D[1] - D[0] * D[4];
  const pivotRow = m0 >= m1 && m0 >= m2 ? 0 : m1 >= m2 ? 1 : 2;
  const length = Math.sqrt(Math.max(m0, m1, m2));
  // The pivot row of −adj D, over the root of its diagonal entry, is p.
  const c01 = D[1] * D[8] - D[2] * D[5];
  const c02 = D[2] * D[4] - D[1] * D[5];
  const c12 = D[0] * D[5] - D[1] * D[2];
  const p0 = (pivotRow === 0 ? m0 : pivotRow === 1 ? c01 : c02) / length;
  const p1 = (pivotRow === 0 ? c01 : pivotRow === 1 ? m1 : c12) / length;
  const p2 = (pivotRow === 0 ? c02 : pivotRow === 1 ? c12 : m2) / length;
  trial[0] = D[0];
  trial[4] = D[4];
  trial[8] = D[8];
  trial[1] = D[1] - p2;
  trial[3] = D[3] + p2;
  trial[2] = D[2] + p1;
  trial[6] = D[6] - p1;
  trial[5] = D[5] - p0;
  trial[7] = D[7] + p0;
  let row = 0;
  let columnIndex = 0;
  let largest = -1;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      if (Math.abs(trial[3 * i + j]) > largest) {
        largest = Math.abs(trial[3 * i + j]);
        row = i;
        columnIndex = j;
      }
  for (let k = 0; k < 3; k++) {
    lines[k] = trial[3 * row + k];
    lines[3 + k] = trial[3 * k + columnIndex];
  }
}

/** Adds the points where the line at offset `at` meets D; returns the new count. */
function lineConicPoints(at: number, D: Float64Array, points: Float64Array, count: number): number {
  const l0 = lines[at];
  const l1 = lines[at + 1];
  const l2 = lines[at + 2];
  // Two points spanning the line: both orthogonal to l, divided by its largest entry.
  const largest =
    Math.abs(l0) >= Math.abs(l1) && Math.abs(l0) >= Math.abs(l2)
      ? 0
      : Math.abs(l1) >= Math.abs(l2)
        ? 1
        : 2;
  const i = largest === 0 ? 1 : 0;
  const j = largest === 2 ? 1 : 2;
  const pivot = lines[at + largest];
  base.fill(0);
  along.fill(0);
  base[i] = 1;
  base[largest] = -lines[at + i] / pivot;
  along[j] = 1;
  along[largest] = -lines[at + j] / pivot;
  const a = bilinear(D, along, along);
  const b = bilinear(D, base, along);
  const c = bilinear(D, base, base);
  // a x² + 2b x + c = 0 in points base + x·along; a touching line counts despite rounding.
  const size = Math.abs(b * b) + Math.abs(a * c);
  let discriminant = b * b - a * c;
  if (discriminant < -64 * Number.EPSILON * size) return count;
  discriminant = Math.sqrt(Math.max(discriminant, 0));
  const q = -(b + (b < 0 ? -discriminant : discriminant));
  // Homogeneous roots (x : 1) = (q : a) and (c : q), so that no denominator can vanish.
  const next = addPoint(a, q, points, count);
  return addPoint(q, c, points, next);
}

/** Adds α·base + β·along, unless both are zero: of a double root at either end one form vanishes. */
function addPoint(alpha: number, beta: number, points: Float64Array, count: number): number {
  if (alpha === 0 && beta === 0) return count;
  for (let k = 0; k < 3; k++) points[3 * count + k] = alpha * base[k] + beta * along[k];
  return count + 1;
}

function bilinear(D: Float64Array, x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < 3; i++)
    sum += x[i] * (D[3 * i] * y[0] + D[3 * i + 1] * y[1] + D[3 * i + 2] * y[2]);
  return sum;
}
