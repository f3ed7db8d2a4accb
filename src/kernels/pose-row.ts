/**
 * Poses as rows of numbers and how a tangent moves them: kernel of ../definitions/pose-row.ts, in
 * doubles on flat arrays. The derivative is offered as its product with an upstream gradient too,
 * which is all that a loss needs.
 */
import { movedQuaternion, quaternionRotation } from "./quaternion.js";
import { yawRotation } from "./yaw.js";

/** "Q7" for 7 numbers, "YAW" for 4. @throws RangeError for another length. */
export function rowChart(length: number): "Q7" | "YAW" {
  if (length === 7) return "Q7";
  if (length === 4) return "YAW";
  throw new RangeError(`rowChart: expected a pose of 7 or 4 numbers, got ${length}`);
}

const q = new Float64Array(4);
const moved = new Float64Array(4);
const delta = new Float64Array(3);

/** Writes the rotation of y [7 or 4] to R [9]. False, and nothing written, if q is zero. */
export function rowRotation(y: Float64Array, R: Float64Array): boolean {
  if (rowChart(y.length) === "YAW") {
    yawRotation(y[3], R);
    return true;
  }
  for (let k = 0; k < 4; k++) q[k] = y[3 + k];
  return quaternionRotation(q, "normalised", R);
}

/** Writes y ⊞ ξ to row [7 or 4], which may be y. */
export function movedRow(y: Float64Array, xi: Float64Array, row: Float64Array): void {
  const yaw = rowChart(y.length) === "YAW";
  for (let a = 0; a < 3; a++) row[a] = y[a] + xi[a];
  if (yaw) {
    row[3] = y[3] + xi[3];
    return;
  }
  for (let k = 0; k < 4; k++) q[k] = y[3 + k];
  for (let k = 0; k < 3; k++) delta[k] = xi[3 + k];
  movedQuaternion(q, delta, moved);
  for (let k = 0; k < 4; k++) row[3 + k] = moved[k];
}

/** Writes vᵀ ∂(y ⊞ ξ)/∂ξ to gradient [6 or 4], for an upstream gradient v [7 or 4]; it may not be v. */
export function movedRowVjp(
  y: Float64Array,
  xi: Float64Array,
  v: Float64Array,
  gradient: Float64Array,
): void {
  for (let a = 0; a < 3; a++) gradient[a] = v[a];
  if (rowChart(y.length) === "YAW") {
    gradient[3] = v[3];
    return;
  }
  const w = y[3];
  const i = y[4];
  const j = y[5];
  const k = y[6];
  const x = xi[3];
  const z = xi[5];
  const a = w + i * x + j * xi[4] + k * z;
  const b = i - w * x - k * xi[4] + j * z;
  const c = j + k * x - w * xi[4] - i * z;
  const d = k - j * x + i * xi[4] - w * z;
  const square = a * a + b * b + c * c + d * d;
  const length = Math.sqrt(square);
  const along = (a * v[3] + b * v[4] + c * v[5] + d * v[6]) / square;
  const p = (v[3] - along * a) / length;
  const r = (v[4] - along * b) / length;
  const s = (v[5] - along * c) / length;
  const u = (v[6] - along * d) / length;
  gradient[3] = i * p - w * r + k * s - j * u;
  gradient[4] = j * p - k * r - w * s + i * u;
  gradient[5] = k * p + j * r - i * s - w * u;
}

const unit = new Float64Array(7);
const column = new Float64Array(6);

/** Writes ∂(y ⊞ ξ)/∂ξ to jacobian [42 or 16], [7,6] or [4,4], at ξ. */
export function movedRowJacobian(y: Float64Array, xi: Float64Array, jacobian: Float64Array): void {
  const d = y.length === 4 ? 4 : 6;
  for (let m = 0; m < y.length; m++) {
    for (let l = 0; l < y.length; l++) unit[l] = l === m ? 1 : 0;
    movedRowVjp(y, xi, unit, column);
    for (let l = 0; l < d; l++) jacobian[d * m + l] = column[l];
  }
}
