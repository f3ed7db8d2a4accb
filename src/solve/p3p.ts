/**
 * Perspective-three-point: every pose at which three object points are seen along three given rays.
 *
 * With unit rays b_i and distances s_i > 0 the law of cosines gives three conics in s,
 *
 *     s_i² + s_j² − 2 s_i s_j b_i·b_j = ‖z_i − z_j‖² =: a_ij.
 *
 * Eliminating the right-hand sides leaves two homogeneous conics sᵀD₁s = sᵀD₂s = 0. One member of
 * their pencil D₁ + γD₂ is a pair of lines: γ is a root of det(D₁ + γD₂), a cubic. Each line meets a
 * conic of the pencil in at most two points s (up to scale, which a_ij fixes), four in all; Newton's
 * iteration on the three equations makes each exact to rounding. The pose follows from three points
 * in both frames.
 * Sources: [Grunert1841] for the equations; [PerssonNordberg2018] Lambda Twist (ECCV), and
 * [DingEtAl2023] Revisiting the P3P Problem (CVPR), for solving them as a pencil of conics.
 */

import { conicIntersections } from "./conic-pencil.js";

/** Most poses three points can have: sizes of the outputs of threePointPoses. */
export const MOST_POSES = 4;

/** Newton's steps: four on a simple solution, one a bit on a double one. */
const MAX_ITERATIONS = 30;
const SQRT_EPSILON = Math.sqrt(Number.EPSILON);

const squares = new Float64Array(3);
const cosines = new Float64Array(3);
const first = new Float64Array(9);
const second = new Float64Array(9);
const distances = new Float64Array(3 * MOST_POSES);
const s = new Float64Array(3);
const candidates = new Float64Array(3 * MOST_POSES);
const objectFrame = new Float64Array(9);
const cameraFrame = new Float64Array(9);
const points = new Float64Array(9);

/**
 * Writes the rotations to R [4·9] and translations to t [4·3] of all poses with R z_i + t = s_i b_i,
 * s_i > 0, and returns their number, 0 … 4. `rays` [9] are the unit b_i, `z` [9] the object points,
 * row by row. Collinear points have none. A double solution comes once or twice.
 */
export function threePointPoses(
  rays: Float64Array,
  z: Float64Array,
  R: Float64Array,
  t: Float64Array,
): number {
  if (!triangleFrame(z, objectFrame)) return 0;
  pairQuantities(rays, z);
  writeConics();
  const found = conicIntersections(first, second, candidates);
  let count = 0;
  for (let k = 0; k < found; k++) {
    if (!scaledDistances(3 * k) || !refinedDistances() || isRepeated(count)) continue;
    for (let i = 0; i < 3; i++) distances[3 * count + i] = s[i];
    for (let i = 0; i < 3; i++)
      for (let c = 0; c < 3; c++) points[3 * i + c] = s[i] * rays[3 * i + c];
    if (!triangleFrame(points, cameraFrame)) continue;
    alignedPose(z, R, t, count);
    count++;
  }
  return count;
}

/** a₁₂, a₁₃, a₂₃ and the cosines between their rays. */
function pairQuantities(rays: Float64Array, z: Float64Array): void {
  for (let pair = 0; pair < 3; pair++) {
    const i = pair === 2 ? 3 : 0;
    const j = pair === 0 ? 3 : 6;
    let square = 0;
    let cosine = 0;
    for (let k = 0; k < 3; k++) {
      square += (z[i + k] - z[j + k]) ** 2;
      cosine += rays[i + k] * rays[j + k];
    }
    squares[pair] = square;
    cosines[pair] = cosine;
  }
}

/** D₁ = a₂₃M₁₂ − a₁₂M₂₃ and D₂ = a₂₃M₁₃ − a₁₃M₂₃, over the longest side's square. */
function writeConics(): void {
  const largest = Math.max(squares[0], squares[1], squares[2]);
  const a12 = squares[0] / largest;
  const a13 = squares[1] / largest;
  const a23 = squares[2] / largest;
  symmetric(first, a23, a23 - a12, -a12, -a23 * cosines[0], 0, a12 * cosines[2]);
  symmetric(second, a23, -a13, a23 - a13, 0, -a23 * cosines[1], a13 * cosines[2]);
}

function symmetric(
  D: Float64Array,
  d00: number,
  d11: number,
  d22: number,
  d01: number,
  d02: number,
  d12: number,
): void {
  D[0] = d00;
  D[4] = d11;
  D[8] = d22;
  D[1] = D[3] = d01;
  D[2] = D[6] = d02;
  D[5] = D[7] = d12;
}

/** Candidate distances at this offset with sign and scale fixed, in `s`; false unless positive. */
function scaledDistances(at: number): boolean {
  const sign = candidates[at] + candidates[at + 1] + candidates[at + 2] < 0 ? -1 : 1;
  for (let i = 0; i < 3; i++) s[i] = sign * candidates[at + i];
  // A distance of zero would put the camera on a point: not a pose.
  if (!(s[0] > 0 && s[1] > 0 && s[2] > 0)) return false;
  let form = 0;
  for (let pair = 0; pair < 3; pair++) {
    const i = pair === 2 ? 1 : 0;
    const j = pair === 0 ? 1 : 2;
    form += s[i] * s[i] + s[j] * s[j] - 2 * s[i] * s[j] * cosines[pair];
  }
  const scale = Math.sqrt((squares[0] + squares[1] + squares[2]) / form);
  for (let i = 0; i < 3; i++) s[i] *= scale;
  return scale > 0 && scale < Number.POSITIVE_INFINITY;
}

/** s_i² + s_j² − 2 s_i s_j b_i·b_j − a_ij for one pair. */
function excess(pair: number, i: number, j: number): number {
  return s[i] * s[i] + s[j] * s[j] - 2 * s[i] * s[j] * cosines[pair] - squares[pair];
}

/** Rounding of `excess`, and what is left of it once Newton has converged. */
function excessRounding(pair: number, i: number, j: number): number {
  return 8 * Number.EPSILON * (s[i] * s[i] + s[j] * s[j] + squares[pair]);
}

/**
 * Newton's iteration on the three equations, in `s`. At a double solution it converges linearly, at
 * half the error a step, and the equations, being quadratic there, still reach rounding.
 */
function refinedDistances(): boolean {
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const f0 = excess(0, 0, 1);
    const f1 = excess(1, 0, 2);
    const f2 = excess(2, 1, 2);
    // Half the Jacobian: rows (a b 0), (c 0 d), (0 e f).
    const a = s[0] - s[1] * cosines[0];
    const b = s[1] - s[0] * cosines[0];
    const c = s[0] - s[2] * cosines[1];
    const d = s[2] - s[0] * cosines[1];
    const e = s[1] - s[2] * cosines[2];
    const f = s[2] - s[1] * cosines[2];
    const determinant = -2 * (a * d * e + b * c * f);
    const d0 = (-d * e * f0 - b * f * f1 + b * d * f2) / determinant;
    const d1 = (-c * f * f0 + a * f * f1 - a * d * f2) / determinant;
    const d2 = (c * e * f0 - a * e * f1 - b * c * f2) / determinant;
    if (!(Math.abs(d0) + Math.abs(d1) + Math.abs(d2) < Number.POSITIVE_INFINITY)) break;
    s[0] -= d0;
    s[1] -= d1;
    s[2] -= d2;
    const moved = Math.abs(d0) + Math.abs(d1) + Math.abs(d2);
    if (moved <= 2 * Number.EPSILON * (s[0] + s[1] + s[2])) break;
  }
  return (
    s[0] > 0 &&
    s[1] > 0 &&
    s[2] > 0 &&
    Math.abs(excess(0, 0, 1)) <= excessRounding(0, 0, 1) &&
    Math.abs(excess(1, 0, 2)) <= excessRounding(1, 0, 2) &&
    Math.abs(excess(2, 1, 2)) <= excessRounding(2, 1, 2)
  );
}

/** Whether `s` is one of the first `count` distances found, to what a double root can resolve. */
function isRepeated(count: number): boolean {
  for (let k = 0; k < count; k++) {
    let difference = 0;
    for (let i = 0; i < 3; i++) difference += Math.abs(s[i] - distances[3 * k + i]);
    if (difference <= SQRT_EPSILON * (s[0] + s[1] + s[2])) return true;
  }
  return false;
}

/**
 * Writes the right-handed orthonormal frame [9] of a triangle, axes in columns: along its first side,
 * in its plane, and normal to it. Returns false if its three points are collinear to rounding.
 */
function triangleFrame(p: Float64Array, frame: Float64Array): boolean {
  let ax = p[3] - p[0];
  let ay = p[4] - p[1];
  let az = p[5] - p[2];
  const bx = p[6] - p[0];
  const by = p[7] - p[1];
  const bz = p[8] - p[2];
  let nx = ay * bz - az * by;
  let ny = az * bx - ax * bz;
  let nz = ax * by - ay * bx;
  const side = Math.sqrt(ax * ax + ay * ay + az * az);
  const area = Math.sqrt(nx * nx + ny * ny + nz * nz);
  let largest = 0;
  for (let i = 0; i < 9; i++) largest = Math.max(largest, Math.abs(p[i]));
  // Rounding of coordinates moves a side by ε·largest, and the area by that times the other side.
  const other = Math.sqrt(bx * bx + by * by + bz * bz);
  if (!(area > 8 * Number.EPSILON * largest * Math.max(side, other) && side > 0)) return false;
  ax /= side;
  ay /= side;
  az /= side;
  nx /= area;
  ny /= area;
  nz /= area;
  frame[0] = ax;
  frame[3] = ay;
  frame[6] = az;
  frame[1] = ny * az - nz * ay;
  frame[4] = nz * ax - nx * az;
  frame[7] = nx * ay - ny * ax;
  frame[2] = nx;
  frame[5] = ny;
  frame[8] = nz;
  return true;
}

/** Writes pose number k: the object frame turned into the camera frame, centroid onto centroid. */
function alignedPose(z: Float64Array, R: Float64Array, t: Float64Array, k: number): void {
  for (let i = 0; i < 3; i++) {
    let shift = (points[i] + points[3 + i] + points[6 + i]) / 3;
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let c = 0; c < 3; c++) sum += cameraFrame[3 * i + c] * objectFrame[3 * j + c];
      R[9 * k + 3 * i + j] = sum;
      shift -= (sum * (z[j] + z[3 + j] + z[6 + j])) / 3;
    }
    t[3 * k + i] = shift;
  }
}
