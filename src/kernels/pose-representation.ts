/**
 * Representations of a pose and their Jacobians in the RP tangent: kernel of
 * ../definitions/pose-representation.ts, in doubles on flat row-major arrays. Outputs come last.
 */
import { clampedProjection, clampedProjectionJacobian } from "./projection-clamp.js";
import { rotationQuaternion } from "./quaternion.js";
import { rotationVector } from "./rodrigues.js";
import { rightJacobianInverse } from "./rotation-jacobians.js";
import { columnJacobian, twoColumn } from "./two-column.js";

export type Representation =
  | "corners-3d"
  | "corners-2d"
  | "quaternion"
  | "axis-angle"
  | "two-column";

/** A pose, and what corners are projected by. */
export interface RepresentedPose {
  readonly R: Float64Array;
  readonly t: Float64Array;
  /** Corners [3G], camera [9] and least depth, −Infinity for none; read by corners alone. */
  readonly corners: Float64Array;
  readonly K: Float64Array;
  readonly zMin: number;
}

/** Components that share one error: 3, 2 or 1. */
export function representationGroup(of: Representation): 1 | 2 | 3 {
  if (of === "corners-3d") return 3;
  return of === "corners-2d" ? 2 : 1;
}

const X = new Float64Array(3);
const pi = new Float64Array(2);
const P = new Float64Array(6);
const turn = new Float64Array(9);
const q = new Float64Array(4);
const omega = new Float64Array(3);
const six = new Float64Array(6);
const clamps = new Float64Array(5)
  .fill(Number.NEGATIVE_INFINITY, 0, 3)
  .fill(Number.POSITIVE_INFINITY, 3);

/** Writes f(y) [K]. */
export function poseRepresentation(
  of: Representation,
  pose: RepresentedPose,
  f: Float64Array,
): void {
  const { R, t, corners, K, zMin } = pose;
  let at = 0;
  if (of === "quaternion") {
    rotationQuaternion(R, q);
    for (let k = 0; k < 4; k++) f[at++] = q[k];
  } else if (of === "axis-angle") {
    rotationVector(R, omega);
    for (let k = 0; k < 3; k++) f[at++] = omega[k];
  } else if (of === "two-column") {
    twoColumn(R, six);
    for (let k = 0; k < 6; k++) f[at++] = six[k];
  } else {
    clamps[0] = zMin;
    for (let g = 0; g < corners.length; g += 3) {
      placed(R, t, corners, g);
      if (of === "corners-3d") for (let a = 0; a < 3; a++) f[at++] = X[a];
      else {
        clampedProjection(X, K, clamps, pi);
        f[at++] = pi[0];
        f[at++] = pi[1];
      }
    }
    return;
  }
  for (let a = 0; a < 3; a++) f[at++] = t[a];
}

/** Writes J_f [K,6]. */
export function poseRepresentationJacobian(
  of: Representation,
  pose: RepresentedPose,
  J: Float64Array,
): void {
  const { R, t, corners, K, zMin } = pose;
  if (of === "corners-3d" || of === "corners-2d") {
    clamps[0] = zMin;
    const width = representationGroup(of);
    for (let g = 0; g < corners.length; g += 3) {
      if (of === "corners-2d") {
        placed(R, t, corners, g);
        clampedProjectionJacobian(X, K, clamps, P);
      }
      for (let i = 0; i < width; i++) {
        const row = 6 * ((width * g) / 3 + i);
        for (let a = 0; a < 3; a++)
          J[row + 3 + a] = of === "corners-2d" ? P[3 * i + a] : i === a ? 1 : 0;
        writeTurn(R, corners, g, J, row);
      }
    }
    return;
  }
  let rows = 3;
  if (of === "quaternion") {
    rotationQuaternion(R, q);
    rows = 4;
    const [w, x, y, z] = q;
    // The last three columns of left multiplication by q.
    writeHalf(J, 0, -x, -y, -z);
    writeHalf(J, 1, w, -z, y);
    writeHalf(J, 2, z, w, -x);
    writeHalf(J, 3, -y, x, w);
  } else if (of === "axis-angle") {
    rotationVector(R, omega);
    rightJacobianInverse(omega, turn);
    for (let i = 0; i < 9; i++) J[6 * Math.floor(i / 3) + (i % 3)] = turn[i];
  } else {
    rows = 6;
    for (const k of [0, 1] as const) {
      columnJacobian(R, k, turn);
      for (let i = 0; i < 9; i++) J[6 * (3 * k + Math.floor(i / 3)) + (i % 3)] = turn[i];
    }
  }
  for (let i = 0; i < rows; i++) J.fill(0, 6 * i + 3, 6 * i + 6);
  for (let a = 0; a < 3; a++)
    for (let p = 0; p < 6; p++) J[6 * (rows + a) + p] = p === 3 + a ? 1 : 0;
}

/** X = R b + t of the corner at index g. */
function placed(R: Float64Array, t: Float64Array, corners: Float64Array, g: number): void {
  for (let a = 0; a < 3; a++)
    X[a] =
      R[3 * a] * corners[g] + R[3 * a + 1] * corners[g + 1] + R[3 * a + 2] * corners[g + 2] + t[a];
}

/** b × Rᵀp to the first half of a row, for the p in its second half. */
function writeTurn(
  R: Float64Array,
  corners: Float64Array,
  g: number,
  J: Float64Array,
  row: number,
): void {
  for (let a = 0; a < 3; a++) {
    const b = (a + 1) % 3;
    const c = (a + 2) % 3;
    J[row + a] = corners[g + b] * inBody(R, J, row, c) - corners[g + c] * inBody(R, J, row, b);
  }
}

const inBody = (R: Float64Array, J: Float64Array, row: number, a: number): number =>
  R[a] * J[row + 3] + R[3 + a] * J[row + 4] + R[6 + a] * J[row + 5];

function writeHalf(J: Float64Array, row: number, a: number, b: number, c: number): void {
  J[6 * row] = a / 2;
  J[6 * row + 1] = b / 2;
  J[6 * row + 2] = c / 2;
}
