/**
 * Rotation from two columns in doubles, on flat arrays; see definitions/two-column.ts.
 *
 * Gram–Schmidt subtracts from a₂ nearly all of it when the columns are nearly collinear. Here b₃ comes
 * first, along a₁ × a₂ with every entry a difference of exact products, then b₂ = b₃ × b₁: the result
 * is accurate however small the angle. The Jacobian is the turn of the frame, dR = [φ]× R written by
 * its three rates α, β, γ in the frame itself, in which nothing is projected and nothing cancels.
 */

/** Writes the first two columns of R [9], one after the other, to a [6]. */
export function twoColumn(R: Float64Array, a: Float64Array): void {
  for (let i = 0; i < 3; i++) {
    a[i] = R[3 * i];
    a[3 + i] = R[3 * i + 1];
  }
}

/**
 * Writes R [9] of a [6]. False, and nothing written, if the columns are collinear, one of them is
 * zero, or their product of lengths leaves the range of doubles.
 */
export function twoColumnRotation(a: Float64Array, R: Float64Array): boolean {
  if (!writeNormal(a)) return false;
  const first = Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
  const third = Math.sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
  const x = a[0] / first;
  const y = a[1] / first;
  const z = a[2] / first;
  const u = normal[0] / third;
  const v = normal[1] / third;
  const w = normal[2] / third;
  R[0] = x;
  R[3] = y;
  R[6] = z;
  R[1] = v * z - w * y;
  R[4] = w * x - u * z;
  R[7] = u * y - v * x;
  R[2] = u;
  R[5] = v;
  R[8] = w;
  return true;
}

/** Writes ∂R/∂a to J [54], 9 x 6, for a [6]; false, and nothing written, as twoColumnRotation. */
export function twoColumnRotationJacobian(a: Float64Array, J: Float64Array): boolean {
  if (!twoColumnRotation(a, frame)) return false;
  const first = Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
  const third = Math.sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
  // a₂ = p b₁ + n b₂, and ‖a₁ × a₂‖ = ‖a₁‖ n.
  const p = frame[0] * a[3] + frame[3] * a[4] + frame[6] * a[5];
  const n = third / first;
  for (let q = 0; q < 6; q++) {
    const second = q >= 3;
    const row = second ? 3 * (q - 3) : 3 * q;
    // db₁ = α b₂ + β b₃, db₂ = −α b₁ + γ b₃, db₃ = −β b₁ − γ b₂
    const alpha = second ? 0 : frame[row + 1] / first;
    const beta = second ? 0 : frame[row + 2] / first;
    const gamma = second ? frame[row + 2] / n : -(p * beta) / n;
    for (let i = 0; i < 3; i++) {
      const b1 = frame[3 * i];
      const b2 = frame[3 * i + 1];
      const b3 = frame[3 * i + 2];
      J[18 * i + q] = alpha * b2 + beta * b3;
      J[18 * i + 6 + q] = gamma * b3 - alpha * b1;
      J[18 * i + 12 + q] = -(beta * b1 + gamma * b2);
    }
  }
  return true;
}

/** Writes ∂(R e_k)/∂a under RP to J [9] for R [9], which must not be the same array. */
export function columnJacobian(R: Float64Array, k: 0 | 1 | 2, J: Float64Array): void {
  const l = (k + 1) % 3;
  const m = (k + 2) % 3;
  for (let i = 0; i < 3; i++) {
    J[3 * i + k] = 0;
    J[3 * i + l] = -R[3 * i + m];
    J[3 * i + m] = R[3 * i + l];
  }
}

const frame = new Float64Array(9);
const normal = new Float64Array(3);

/** a₁ × a₂ to `normal`; false if it is zero or not finite. */
function writeNormal(a: Float64Array): boolean {
  normal[0] = productDifference(a[1], a[5], a[2], a[4]);
  normal[1] = productDifference(a[2], a[3], a[0], a[5]);
  normal[2] = productDifference(a[0], a[4], a[1], a[3]);
  const size = normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2];
  return size > 0 && size < Number.POSITIVE_INFINITY;
}

/** a b − c d within 2 ulp, after Kahan; the errors of the products are Dekker's. */
function productDifference(a: number, b: number, c: number, d: number): number {
  const ab = a * b;
  const cd = c * d;
  return ab - cd + (productError(a, b, ab) - productError(c, d, cd));
}

/** a b − fl(a b), exactly unless it underflows. */
function productError(a: number, b: number, product: number): number {
  const ah = a * splitter - (a * splitter - a);
  const bh = b * splitter - (b * splitter - b);
  const al = a - ah;
  const bl = b - bh;
  return al * bl - (product - ah * bh - al * bh - ah * bl);
}

const splitter = 2 ** 27 + 1;
