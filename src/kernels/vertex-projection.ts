/**
 * Projection distances in doubles, of poses [R | t] row by row [12]; see definitions/vertex-projection.ts.
 *
 * With h = K P v and e = K (P̂ − P) v, two pixels differ by (eᵢ − πᵢ e₃) / (h₃ + e₃): a difference of a
 * thousandth of a pixel is not lost behind a coordinate of a thousand. MSPD leaves a symmetry as soon as
 * one pixel is further than in the best so far, as MSSD does.
 */
import { symmetricPose } from "./vertex-distance.js";

/** K P and K (P̂ − P), row by row. */
const seen = new Float64Array(12);
const moved = new Float64Array(12);
const pair = new Float64Array(12);
const PROBES = 8;
let probed = new Float64Array(64);
/** What the last MSPD was attained at. */
let nearest = 0;
let furthest = 0;

/** Proj of n ≥ 1 vertices [3n] seen by K [9], pixels. */
export function averageProjectionDistance(
  n: number,
  vertices: Float64Array,
  K: Float64Array,
  estimate: Float64Array,
  truth: Float64Array,
): number {
  writeCameras(K, estimate, truth);
  let total = 0;
  for (let i = 0; i < n; i++) total += Math.sqrt(squaredGap(vertices, i));
  return total / n;
}

/** Writes ∂averageProjectionDistance/∂(φ, τ) [6], chart LEFT of the estimate; returns the value. */
export function averageProjectionDistanceGradient(
  n: number,
  vertices: Float64Array,
  K: Float64Array,
  estimate: Float64Array,
  truth: Float64Array,
  gradient: Float64Array,
): number {
  writeCameras(K, estimate, truth);
  gradient.fill(0, 0, 6);
  let total = 0;
  for (let i = 0; i < n; i++) total += addVertexSlope(vertices, i, K, estimate, gradient);
  for (let k = 0; k < 6; k++) gradient[k] /= n;
  return total / n;
}

/** MSPD of n ≥ 1 vertices [3n], pixels, over count ≥ 1 symmetries [12 count]. */
export function symmetricProjectionDistance(
  n: number,
  vertices: Float64Array,
  K: Float64Array,
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
    writeCameras(K, estimate, pair);
    probed[s] = furthestSquare(probes, vertices, Infinity);
    if (probed[s] < probed[first]) first = s;
  }
  let best = Infinity;
  let bestAt = 0;
  for (let k = 0; k < count; k++) {
    const s = k === 0 ? first : k <= first ? k - 1 : k;
    if (probed[s] > best) continue;
    symmetricPose(truth, symmetries, s, pair);
    writeCameras(K, estimate, pair);
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

/** Writes ∂symmetricProjectionDistance/∂(φ, τ) [6], chart LEFT of the estimate; returns the value. */
export function symmetricProjectionDistanceGradient(
  n: number,
  vertices: Float64Array,
  K: Float64Array,
  count: number,
  symmetries: Float64Array,
  estimate: Float64Array,
  truth: Float64Array,
  gradient: Float64Array,
): number {
  symmetricProjectionDistance(n, vertices, K, count, symmetries, estimate, truth);
  symmetricPose(truth, symmetries, nearest, pair);
  writeCameras(K, estimate, pair);
  gradient.fill(0, 0, 6);
  return addVertexSlope(vertices, furthest, K, estimate, gradient);
}

/** Writes K P to seen and K (P̂ − P) to moved. */
function writeCameras(K: Float64Array, estimate: Float64Array, truth: Float64Array): void {
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 4; j++) {
      let at = 0;
      let by = 0;
      for (let k = 0; k < 3; k++) {
        const entry = 4 * k + j;
        at += K[3 * i + k] * truth[entry];
        by += K[3 * i + k] * (estimate[entry] - truth[entry]);
      }
      seen[4 * i + j] = at;
      moved[4 * i + j] = by;
    }
}

/** Row i of a camera [12] on a vertex. */
const row = (camera: Float64Array, i: number, x: number, y: number, z: number): number =>
  camera[4 * i] * x + camera[4 * i + 1] * y + camera[4 * i + 2] * z + camera[4 * i + 3];

/** ‖π(P̂ v) − π(P v)‖² of vertex i. */
function squaredGap(vertices: Float64Array, i: number): number {
  const x = vertices[3 * i];
  const y = vertices[3 * i + 1];
  const z = vertices[3 * i + 2];
  const depth = row(seen, 2, x, y, z);
  const deeper = row(moved, 2, x, y, z);
  const after = depth + deeper;
  const a = (row(moved, 0, x, y, z) - (row(seen, 0, x, y, z) / depth) * deeper) / after;
  const b = (row(moved, 1, x, y, z) - (row(seen, 1, x, y, z) / depth) * deeper) / after;
  return a * a + b * b;
}

/** The greatest squared gap of the first n vertices, or one beyond the limit; sets `furthest`. */
function furthestSquare(n: number, vertices: Float64Array, limit: number): number {
  let worst = -1;
  for (let i = 0; i < n; i++) {
    const square = squaredGap(vertices, i);
    // A point in the camera's own plane has no pixel: nothing is further.
    if (square > worst || Number.isNaN(square)) {
      worst = Number.isNaN(square) ? Infinity : square;
      furthest = i;
      if (worst > limit) return worst;
    }
  }
  return worst;
}

/** Adds ∂‖π(P̂ v) − π(P v)‖/∂(φ, τ) of vertex i to gradient [6]; returns the distance. */
function addVertexSlope(
  vertices: Float64Array,
  i: number,
  K: Float64Array,
  estimate: Float64Array,
  gradient: Float64Array,
): number {
  const x = vertices[3 * i];
  const y = vertices[3 * i + 1];
  const z = vertices[3 * i + 2];
  const depth = row(seen, 2, x, y, z);
  const deeper = row(moved, 2, x, y, z);
  const after = depth + deeper;
  const pi1 = row(seen, 0, x, y, z) / depth;
  const pi2 = row(seen, 1, x, y, z) / depth;
  const a = (row(moved, 0, x, y, z) - pi1 * deeper) / after;
  const b = (row(moved, 1, x, y, z) - pi2 * deeper) / after;
  const distance = Math.sqrt(a * a + b * b);
  if (distance === 0) return 0;
  const n1 = a / distance / after;
  const n2 = b / distance / after;
  // π(P̂ v) = π(P v) + (a, b), of which ∂πᵢ/∂X = (Kᵢ − πᵢ K₃) / ĥ₃.
  const n3 = n1 * (pi1 + a) + n2 * (pi2 + b);
  const f = n1 * K[0] + n2 * K[3] - n3 * K[6];
  const g = n1 * K[1] + n2 * K[4] - n3 * K[7];
  const h = n1 * K[2] + n2 * K[5] - n3 * K[8];
  const p = estimate[0] * x + estimate[1] * y + estimate[2] * z;
  const q = estimate[4] * x + estimate[5] * y + estimate[6] * z;
  const r = estimate[8] * x + estimate[9] * y + estimate[10] * z;
  gradient[0] += q * h - r * g;
  gradient[1] += r * f - p * h;
  gradient[2] += p * g - q * f;
  gradient[3] += f;
  gradient[4] += g;
  gradient[5] += h;
  return distance;
}
