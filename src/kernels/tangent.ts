/**
 * One small motion of a pose in every chart, on flat arrays; see definitions/tangent.ts.
 *
 * Rotation blocks between AA and RP are J_r and its inverse outright instead of a product through the
 * camera frame, and a chart against itself is the identity to the bit. Where J_l has no inverse the
 * functions return false and write nothing.
 */
import {
  type Chart,
  rotationOffset,
  tangentSize,
  translationOffset,
} from "../conventions/chart.js";
import {
  leftJacobian,
  leftJacobianInverse,
  rightJacobian,
  rightJacobianInverse,
} from "./rotation-jacobians.js";

const block = new Float64Array(9);
const transform = new Float64Array(36);
const product = new Float64Array(36);

/**
 * Writes M [d_to, d_from], ξ_to = M ξ_from, to M [36, 24 or 16 entries], at R [9] with rotation
 * vector ω [3]; ω matters for AA only. False, and nothing written, if AA has no inverse at ω.
 */
export function tangentTransform(
  from: Chart,
  to: Chart,
  R: Float64Array,
  omega: Float64Array,
  M: Float64Array,
): boolean {
  if (!writeBlock(from, to, R, omega)) return false;
  const rows = tangentSize(to);
  const columns = tangentSize(from);
  for (let i = 0; i < rows * columns; i++) M[i] = 0;
  const blockRows = rows - 3;
  const blockColumns = columns - 3;
  const corner = rotationOffset(to) * columns + rotationOffset(from);
  // A YAW side keeps the middle row or column of the block: the turn about camera +Y.
  const firstRow = blockRows === 1 ? 1 : 0;
  const firstColumn = blockColumns === 1 ? 1 : 0;
  for (let i = 0; i < blockRows; i++)
    for (let j = 0; j < blockColumns; j++)
      M[corner + i * columns + j] = block[3 * (firstRow + i) + firstColumn + j];
  const shift = translationOffset(to) * columns + translationOffset(from);
  for (let i = 0; i < 3; i++) M[shift + i * columns + i] = 1;
  return true;
}

/** Writes ξ_to [d_to] of ξ_from [d_from], which must not be the same array. */
export function convertedTangent(
  from: Chart,
  to: Chart,
  R: Float64Array,
  omega: Float64Array,
  tangent: Float64Array,
  converted: Float64Array,
): boolean {
  if (!tangentTransform(from, to, R, omega, transform)) return false;
  multiply(tangentSize(to), tangentSize(from), 1, transform, tangent, converted);
  return true;
}

/** Writes g_to [d_to] of a gradient g_from [d_from], which must not be the same array. */
export function convertedGradient(
  from: Chart,
  to: Chart,
  R: Float64Array,
  omega: Float64Array,
  gradient: Float64Array,
  converted: Float64Array,
): boolean {
  if (!tangentTransform(to, from, R, omega, transform)) return false;
  multiply(1, tangentSize(from), tangentSize(to), gradient, transform, converted);
  return true;
}

/** Writes H_to [d_to, d_to] = M′ᵀ H_from M′ of H_from [d_from, d_from]; they may be the same array. */
export function convertedHessian(
  from: Chart,
  to: Chart,
  R: Float64Array,
  omega: Float64Array,
  hessian: Float64Array,
  converted: Float64Array,
): boolean {
  if (!tangentTransform(to, from, R, omega, transform)) return false;
  const n = tangentSize(from);
  const m = tangentSize(to);
  multiply(n, n, m, hessian, transform, product);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += transform[k * m + i] * product[k * m + j];
      converted[i * m + j] = sum;
    }
  return true;
}

/** Writes C_to [d_to, d_to] = M C_from Mᵀ of C_from [d_from, d_from]; they may be the same array. */
export function convertedCovariance(
  from: Chart,
  to: Chart,
  R: Float64Array,
  omega: Float64Array,
  covariance: Float64Array,
  converted: Float64Array,
): boolean {
  if (!tangentTransform(from, to, R, omega, transform)) return false;
  const n = tangentSize(from);
  const m = tangentSize(to);
  multiply(m, n, n, transform, covariance, product);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += product[i * n + k] * transform[j * n + k];
      converted[i * m + j] = sum;
    }
  return true;
}

/** The 3 x 3 of φ_to = block φ_from, YAW taken as LEFT; false if AA is singular at ω. */
function writeBlock(from: Chart, to: Chart, R: Float64Array, omega: Float64Array): boolean {
  if (from === to) {
    writeIdentity();
    return true;
  }
  const scale = (from === "Q7" ? -2 : 1) * (to === "Q7" ? -0.5 : 1);
  if (from === "AA") {
    if (to === "RP") rightJacobian(omega, block);
    else leftJacobian(omega, block);
  } else if (to === "AA") {
    const regular =
      from === "RP" ? rightJacobianInverse(omega, block) : leftJacobianInverse(omega, block);
    if (!regular) return false;
  } else if (from === "RP") block.set(R);
  else if (to === "RP")
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) block[3 * i + j] = R[3 * j + i];
  else writeIdentity();
  for (let i = 0; i < 9; i++) block[i] *= scale;
  return true;
}

function writeIdentity(): void {
  block.fill(0);
  block[0] = block[4] = block[8] = 1;
}

/** C [n, m] = A [n, k] B [k, m]. */
function multiply(
  n: number,
  k: number,
  m: number,
  A: Float64Array,
  B: Float64Array,
  C: Float64Array,
): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += A[i * k + l] * B[l * m + j];
      C[i * m + j] = sum;
    }
}
