/**
 * ADD and MSSD in doubles, of poses [R | t] row by row [12]; see definitions/vertex-distance.ts.
 *
 * A vertex moves by D v + d with D = R̂ − R, d = t̂ − t formed once: the depth of the object, hundreds of
 * times the error, never enters a sum. MSSD leaves a symmetry as soon as one vertex is further than in
 * the best symmetry so far, and tries all symmetries on a few vertices first, so that the best one comes
 * early. No digit depends on the order: a maximum and a minimum do not round.
 */
import { composedMotion } from "./symmetry.js";

/** [D | d] row by row. */
const motion = new Float64Array(12);
const pair = new Float64Array(12);
const symmetry = new Float64Array(12);
/** Vertices that every symmetry is tried on before any is tried on all. */
const PROBES = 8;
let probed = new Float64Array(64);
/** What the last MSSD was attained at. */
let nearest = 0;
let furthest = 0;

/** ADD of n ≥ 1 vertices [3n], in their unit. */
export function averageVertexDistance(
  n: number,
  vertices: Float64Array,
  estimate: Float64Array,
  truth: Float64Array,
): number {
  writeMotion(estimate, truth);
  let total = 0;
  for (let i = 0; i < n; i++) total += Math.sqrt(squaredMotion(vertices, i));
  return total / n;
}

/** Writes ∂averageVertexDistance/∂(φ, τ) [6], chart LEFT of the estimate; returns the value. */
export function averageVertexDistanceGradient(
  n: number,
  vertices: Float64Array,
  estimate: Float64Array,
  truth: Float64Array,
  gradient: Float64Array,
): number {
  writeMotion(estimate, truth);
  gradient.fill(0, 0, 6);
  let total = 0;
  for (let i = 0; i < n; i++) total += addVertexSlope(vertices, i, estimate, gradient);
  for (let k = 0; k < 6; k++) gradient[k] /= n;
  return total / n;
}

/**
 * MSSD of n ≥ 1 vertices [3n], in their unit, over count ≥ 1 symmetries [12 count]. It is fastest where
 * the first vertices are far from the middle and from each other; any order is right.
 */
export function symmetricVertexDistance(
  n: number,
  vertices: Float64Array,
  count: number,
  symmetries: Float64Array,
  estimate: Float64Array,
  truth: Float64Array,
): number {
  if (probed.length < count) probed = new Float64Array(2 * count);
  const probes = Math.min(PROBES, n);
  let first = 0;
  for (let s = 0; s < count; s++) {
    symmetricPose(truth, symmetries, s, pair);
    writeMotion(estimate, pair);
    probed[s] = furthestSquare(probes, vertices, Infinity);
    if (probed[s] < probed[first]) first = s;
  }
  let best = Infinity;
  let bestAt = 0;
  for (let k = 0; k < count; k++) {
    // The most promising symmetry, then the others in order.
    const s = k === 0 ? first : k <= first ? k - 1 : k;
    if (probed[s] > best) continue;
    symmetricPose(truth, symmetries, s, pair);
    writeMotion(estimate, pair);
    const square = furthestSquare(n, vertices, best);
    if (square < best || (square === best && s < nearest)) {
      best = square;
      bestAt = furthest;
      nearest = s;
    }
  }
  furthest = bestAt;
  return Math.sqrt(best);
}

/** Writes ∂symmetricVertexDistance/∂(φ, τ) [6], chart LEFT of the estimate; returns the value. */
export function symmetricVertexDistanceGradient(
  n: number,
  vertices: Float64Array,
  count: number,
  symmetries: Float64Array,
  estimate: Float64Array,
  truth: Float64Array,
  gradient: Float64Array,
): number {
  symmetricVertexDistance(n, vertices, count, symmetries, estimate, truth);
  symmetricPose(truth, symmetries, nearest, pair);
  writeMotion(estimate, pair);
  gradient.fill(0, 0, 6);
  return addVertexSlope(vertices, furthest, estimate, gradient);
}

/** Writes P S [12] of a pose P [12] and the symmetry at index s of symmetries [12 count]. */
export function symmetricPose(
  pose: Float64Array,
  symmetries: Float64Array,
  s: number,
  out: Float64Array,
): void {
  for (let k = 0; k < 12; k++) symmetry[k] = symmetries[12 * s + k];
  composedMotion(pose, symmetry, out);
}

function writeMotion(estimate: Float64Array, truth: Float64Array): void {
  for (let k = 0; k < 12; k++) motion[k] = estimate[k] - truth[k];
}

/** ‖D v + d‖² of vertex i. */
function squaredMotion(vertices: Float64Array, i: number): number {
  const x = vertices[3 * i];
  const y = vertices[3 * i + 1];
  const z = vertices[3 * i + 2];
  const a = motion[0] * x + motion[1] * y + motion[2] * z + motion[3];
  const b = motion[4] * x + motion[5] * y + motion[6] * z + motion[7];
  const c = motion[8] * x + motion[9] * y + motion[10] * z + motion[11];
  return a * a + b * b + c * c;
}

/** The greatest ‖D v + d‖² of the first n vertices, or one beyond the limit; sets `furthest`. */
function furthestSquare(n: number, vertices: Float64Array, limit: number): number {
  let worst = -1;
  for (let i = 0; i < n; i++) {
    const square = squaredMotion(vertices, i);
    if (square > worst) {
      worst = square;
      furthest = i;
      if (worst > limit) return worst;
    }
  }
  return worst;
}

/** Adds ∂‖D v + d‖/∂(φ, τ) of vertex i to gradient [6]; returns the distance. */
function addVertexSlope(
  vertices: Float64Array,
  i: number,
  estimate: Float64Array,
  gradient: Float64Array,
): number {
  const x = vertices[3 * i];
  const y = vertices[3 * i + 1];
  const z = vertices[3 * i + 2];
  const a = motion[0] * x + motion[1] * y + motion[2] * z + motion[3];
  const b = motion[4] * x + motion[5] * y + motion[6] * z + motion[7];
  const c = motion[8] * x + motion[9] * y + motion[10] * z + motion[11];
  const distance = Math.sqrt(a * a + b * b + c * c);
  if (distance === 0) return 0;
  const p = estimate[0] * x + estimate[1] * y + estimate[2] * z;
  const q = estimate[4] * x + estimate[5] * y + estimate[6] * z;
  const r = estimate[8] * x + estimate[9] * y + estimate[10] * z;
  gradient[0] += (q * c - r * b) / distance;
  gradient[1] += (r * a - p * c) / distance;
  gradient[2] += (p * b - q * a) / distance;
  gradient[3] += a / distance;
  gradient[4] += b / distance;
  gradient[5] += c / distance;
  return distance;
}
