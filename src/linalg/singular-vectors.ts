/**
 * Right singular vectors of a tall matrix that comes row by row.
 *
 *     M [m, n],  M = Q R,  R = U diag(σ) V,   σ₁ ≤ σ₂ ≤ …,   rows of V orthonormal
 *
 * Rows are turned into the triangle R by Givens rotations as they arrive, so that M is never kept; the
 * columns of R are then made orthogonal by one-sided Jacobi rotations. MᵀM is not formed: a small singular
 * value and its vector lose the ratio of the largest to it in digits, not its square.
 * Matrices are row-major, n small; nothing is allocated.
 * Source: [GolubVanLoan2013] sections 5.1, 8.6; [Hestenes1958].
 */

const MAX_SWEEPS = 30;

/** Adds a row [n] of M to the triangle [n, n], zeros before the first row; the row is overwritten. */
export function appendRow(n: number, triangle: Float64Array, row: Float64Array): void {
  for (let k = 0; k < n; k++) {
    const b = row[k];
    if (b === 0) continue;
    const at = k * n;
    const a = triangle[at + k];
    const length = Math.sqrt(a * a + b * b);
    if (length === 0) continue;
    const c = a / length;
    const s = b / length;
    triangle[at + k] = length;
    for (let j = k + 1; j < n; j++) {
      const x = triangle[at + j];
      const y = row[j];
      triangle[at + j] = c * x + s * y;
      row[j] = c * y - s * x;
    }
  }
}

/**
 * Writes σ to values [n], ascending, and V [n, n], vectors as rows; overwrites the triangle [n, n].
 *
 * Returns false if the rotations did not settle or a value is not finite.
 */
export function singularVectors(
  n: number,
  triangle: Float64Array,
  values: Float64Array,
  V: Float64Array,
): boolean {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      V[i * n + j] = i === j ? 1 : 0;
      // Columns as rows, so that a rotation runs along memory.
      if (j <= i) continue;
      triangle[j * n + i] = triangle[i * n + j];
      triangle[i * n + j] = 0;
    }
  let settled = false;
  for (let sweep = 0; sweep < MAX_SWEEPS && !settled; sweep++) {
    settled = true;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) if (turnPair(n, triangle, V, n * p, n * q)) settled = false;
  }
  let finite = true;
  for (let i = 0; i < n; i++) {
    let squared = 0;
    for (let k = 0; k < n; k++) squared += triangle[i * n + k] * triangle[i * n + k];
    values[i] = Math.sqrt(squared);
    if (!Number.isFinite(values[i])) finite = false;
  }
  sortAscending(n, values, V);
  return settled && finite;
}

/** Makes the columns at p and q orthogonal; false if they were. */
function turnPair(
  n: number,
  columns: Float64Array,
  V: Float64Array,
  p: number,
  q: number,
): boolean {
  let alpha = 0;
  let beta = 0;
  let gamma = 0;
  for (let k = 0; k < n; k++) {
    const x = columns[p + k];
    const y = columns[q + k];
    alpha += x * x;
    beta += y * y;
    gamma += x * y;
  }
  if (!(Math.abs(gamma) > n * Number.EPSILON * Math.sqrt(alpha * beta))) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = c * t;
  for (let k = 0; k < n; k++) {
    const x = columns[p + k];
    const y = columns[q + k];
    columns[p + k] = c * x - s * y;
    columns[q + k] = s * x + c * y;
    const u = V[p + k];
    const v = V[q + k];
    V[p + k] = c * u - s * v;
    V[q + k] = s * u + c * v;
  }
  return true;
}

function sortAscending(n: number, values: Float64Array, V: Float64Array): void {
  for (let i = 0; i < n - 1; i++) {
    let least = i;
    for (let j = i + 1; j < n; j++) if (values[j] < values[least]) least = j;
    if (least === i) continue;
    const value = values[i];
    values[i] = values[least];
    values[least] = value;
    for (let k = 0; k < n; k++) {
      const entry = V[i * n + k];
      V[i * n + k] = V[least * n + k];
      V[least * n + k] = entry;
    }
  }
}
