/**
 * Singular value decomposition of a 3×3 matrix, and the rotation nearest to it.
 *
 *     A = U diag(s) Vᵀ,   s₁ ≥ s₂ ≥ s₃ ≥ 0
 *     nearest rotation = argmin ‖A − R‖_F over det R = +1  =  U diag(1, 1, det U det V) Vᵀ
 *
 * Columns of A are made orthogonal by one-sided Jacobi rotations, which never form AᵀA and so keep
 * small singular values accurate. Matrices are row-major [9].
 * Sources: [Hestenes1958] doi:10.1137/0106005; [Umeyama1991] doi:10.1109/34.88573 for the sign.
 */

const MAX_SWEEPS = 30;
const columns = new Float64Array(9);

/**
 * Writes the orthogonal U [9], the singular values s [3], descending, and the orthogonal V [9]
 * (singular vectors in columns). A is not changed.
 */
export function svd3(A: Float64Array, U: Float64Array, s: Float64Array, V: Float64Array): void {
  for (let i = 0; i < 9; i++) {
    columns[i] = A[i];
    V[i] = i % 4 === 0 ? 1 : 0;
  }
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    const turned = orthogonalise(0, 1, V) + orthogonalise(0, 2, V) + orthogonalise(1, 2, V);
    if (turned === 0) break;
  }
  for (let j = 0; j < 3; j++) s[j] = Math.hypot(columns[j], columns[3 + j], columns[6 + j]);
  if (s[0] < s[1]) exchange(0, 1, s, V);
  if (s[0] < s[2]) exchange(0, 2, s, V);
  if (s[1] < s[2]) exchange(1, 2, s, V);
  leftVectors(U, s);
}

/** One rotation of columns p and q; returns 1 if they were not yet orthogonal, else 0. */
function orthogonalise(p: number, q: number, V: Float64Array): number {
  let alpha = 0;
  let beta = 0;
  let gamma = 0;
  for (let i = 0; i < 9; i += 3) {
    alpha += columns[i + p] * columns[i + p];
    beta += columns[i + q] * columns[i + q];
    gamma += columns[i + p] * columns[i + q];
  }
  if (!(Math.abs(gamma) > 2 * Number.EPSILON * Math.sqrt(alpha * beta))) return 0;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  turn(columns, p, q, c, c * t);
  turn(V, p, q, c, c * t);
  return 1;
}

function turn(M: Float64Array, p: number, q: number, c: number, s: number): void {
  for (let i = 0; i < 9; i += 3) {
    const x = M[i + p];
    const y = M[i + q];
    M[i + p] = c * x - s * y;
    M[i + q] = s * x + c * y;
  }
}

function exchange(p: number, q: number, s: Float64Array, V: Float64Array): void {
  const value = s[p];
  s[p] = s[q];
  s[q] = value;
  for (let i = 0; i < 9; i += 3) {
    const x = columns[i + p];
    columns[i + p] = columns[i + q];
    columns[i + q] = x;
    const v = V[i + p];
    V[i + p] = V[i + q];
    V[i + q] = v;
  }
}

/** Columns over their lengths; where a length vanishes, whatever completes an orthonormal frame. */
function leftVectors(U: Float64Array, s: Float64Array): void {
  const negligible = 4 * Number.EPSILON * s[0];
  if (s[0] > 0) for (let i = 0; i < 9; i += 3) U[i] = columns[i] / s[0];
  else {
    U[0] = 1;
    U[3] = U[6] = 0;
  }
  if (s[1] > negligible) for (let i = 0; i < 9; i += 3) U[i + 1] = columns[i + 1] / s[1];
  else perpendicular(U);
  const x = U[3] * U[7] - U[6] * U[4];
  const y = U[6] * U[1] - U[0] * U[7];
  const z = U[0] * U[4] - U[3] * U[1];
  // The cross product is u₃ up to sign, and orthogonal to rounding even when s₃ is tiny.
  const sign = columns[2] * x + columns[5] * y + columns[8] * z < 0 ? -1 : 1;
  U[2] = sign * x;
  U[5] = sign * y;
  U[8] = sign * z;
}

/** A unit second column orthogonal to the first. */
function perpendicular(U: Float64Array): void {
  const x = Math.abs(U[0]);
  const y = Math.abs(U[3]);
  const z = Math.abs(U[6]);
  const axis = x <= y && x <= z ? 0 : y <= z ? 3 : 6;
  for (let i = 0; i < 9; i += 3) U[i + 1] = (i === axis ? 1 : 0) - U[axis] * U[i];
  const length = Math.hypot(U[1], U[4], U[7]);
  for (let i = 1; i < 9; i += 3) U[i] /= length;
}

const left = new Float64Array(9);
const right = new Float64Array(9);
const singular = new Float64Array(3);

/** det M of a row-major [9] matrix. */
export function determinant3(M: Float64Array): number {
  return (
    M[0] * (M[4] * M[8] - M[5] * M[7]) -
    M[1] * (M[3] * M[8] - M[5] * M[6]) +
    M[2] * (M[3] * M[7] - M[4] * M[6])
  );
}

/**
 * Writes to R [9] the rotation nearest to A [9] in the Frobenius norm. R may be A itself.
 *
 * Returns false if that rotation is not unique to rounding: s₂ + sign(det A) s₃ vanishes.
 */
export function nearestRotation(A: Float64Array, R: Float64Array): boolean {
  svd3(A, left, singular, right);
  const sign = determinant3(left) * determinant3(right) < 0 ? -1 : 1;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      R[3 * i + j] =
        left[3 * i] * right[3 * j] +
        left[3 * i + 1] * right[3 * j + 1] +
        sign * left[3 * i + 2] * right[3 * j + 2];
  return singular[1] + sign * singular[2] > 8 * Number.EPSILON * singular[0];
}
