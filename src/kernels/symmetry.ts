/**
 * Symmetries of an object in doubles; see definitions/symmetry.ts. A motion is [12]: the rows of [R | t].
 *
 * The dense error is taken in the camera frame, ‖R z + t − X‖: a rotation changes no length, and no
 * point has to be brought back for every candidate.
 */
import { rotation } from "./rodrigues.js";

const omega = new Float64Array(3);
const turn = new Float64Array(9);

/** Writes the turn by an angle [rad] about a unit axis [3] through offset [3] to out [12]. */
export function turnAbout(
  axis: Float64Array,
  offset: Float64Array,
  angle: number,
  out: Float64Array,
): void {
  for (let a = 0; a < 3; a++) omega[a] = axis[a] * angle;
  rotation(omega, turn);
  for (let i = 0; i < 3; i++) {
    let moved = 0;
    for (let j = 0; j < 3; j++) {
      out[4 * i + j] = turn[3 * i + j];
      moved += turn[3 * i + j] * offset[j];
    }
    out[4 * i + 3] = offset[i] - moved;
  }
}

/** Writes A ∘ B to out [12], which is neither of them. */
export function composedMotion(A: Float64Array, B: Float64Array, out: Float64Array): void {
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 4; j++)
      out[4 * i + j] =
        A[4 * i] * B[j] +
        A[4 * i + 1] * B[4 + j] +
        A[4 * i + 2] * B[8 + j] +
        (j === 3 ? A[4 * i + 3] : 0);
}

/**
 * Writes K⁻¹ h_i [3N] to X, which may be h, for K [9] whose lower triangle is zero.
 *
 * @throws RangeError if it is not, or a diagonal entry is zero.
 */
export function cameraPoints(n: number, K: Float64Array, h: Float64Array, X: Float64Array): void {
  const lower = Math.abs(K[3]) + Math.abs(K[6]) + Math.abs(K[7]);
  const diagonal = K[0] * K[4] * K[8];
  if (!(lower === 0 && diagonal !== 0 && Number.isFinite(diagonal)))
    throw new RangeError(
      `cameraPoints: expected an upper triangular, regular K, got ${Array.from(K).join(", ")}`,
    );
  for (let i = 0; i < 3 * n; i += 3) {
    const z = h[i + 2] / K[8];
    const y = (h[i + 1] - K[5] * z) / K[4];
    X[i] = (h[i] - K[1] * y - K[2] * z) / K[0];
    X[i + 1] = y;
    X[i + 2] = z;
  }
}

/** Mean ‖R z_i + t − X_i‖ of a pose P [12], camera points X and object points z [3N], N ≥ 1. */
export function denseCandidateError(
  n: number,
  P: Float64Array,
  X: Float64Array,
  z: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < 3 * n; i += 3) {
    let square = 0;
    for (let a = 0; a < 3; a++) {
      const d = P[4 * a] * z[i] + P[4 * a + 1] * z[i + 1] + P[4 * a + 2] * z[i + 2];
      const gap = d + (P[4 * a + 3] - X[i + a]);
      square += gap * gap;
    }
    total += Math.sqrt(square);
  }
  return total / n;
}

/** Mean ‖x_i − π(R z_i + t; K)‖ [px] of a pose P [12], camera K [9], z [3N] and x [2N], N ≥ 1. */
export function sparseCandidateError(
  n: number,
  P: Float64Array,
  K: Float64Array,
  z: Float64Array,
  x: Float64Array,
): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const a = 3 * i;
    const b = a + 1;
    const c = a + 2;
    const X = P[0] * z[a] + P[1] * z[b] + P[2] * z[c] + P[3];
    const Y = P[4] * z[a] + P[5] * z[b] + P[6] * z[c] + P[7];
    const Z = P[8] * z[a] + P[9] * z[b] + P[10] * z[c] + P[11];
    const depth = K[6] * X + K[7] * Y + K[8] * Z;
    const u = x[2 * i] - (K[0] * X + K[1] * Y + K[2] * Z) / depth;
    const v = x[2 * i + 1] - (K[3] * X + K[4] * Y + K[5] * Z) / depth;
    total += Math.sqrt(u * u + v * v);
  }
  return total / n;
}
