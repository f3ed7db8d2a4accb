/**
 * Quaternions in doubles on flat arrays, w first; see definitions/quaternion.ts.
 *
 * Angles and distances subtract before they multiply: the vector part of ā ⊗ b is that of
 * ā ⊗ (b ∓ a), since ā ⊗ a has none. Near-equal rotations then keep all their digits, where
 * 1 − ⟨a, b⟩² would keep none.
 */

/** Which of the three extensions off the unit sphere is meant. */
export type QuaternionMode = "unit" | "homogeneous" | "normalised";

/**
 * Writes R(q) to R [9]. False, and nothing written, if q [4] is zero in mode "normalised".
 *
 * @throws RangeError if the mode is not one of the three.
 */
export function quaternionRotation(
  q: Float64Array,
  mode: QuaternionMode,
  R: Float64Array,
): boolean {
  const w = q[0];
  const x = q[1];
  const y = q[2];
  const z = q[3];
  let f = 2;
  if (mode === "normalised") {
    const size = w * w + x * x + y * y + z * z;
    if (!(size > 0)) return false;
    f = 2 / size;
  } else if (mode !== "unit" && mode !== "homogeneous")
    throw new RangeError(
      `quaternionRotation: expected mode unit, homogeneous or normalised, got ${mode}`,
    );
  if (mode === "homogeneous") {
    R[0] = w * w + x * x - (y * y + z * z);
    R[4] = w * w + y * y - (x * x + z * z);
    R[8] = w * w + z * z - (x * x + y * y);
  } else {
    // Over ‖q‖² the homogeneous diagonal is this as well, with fewer roundings.
    R[0] = 1 - f * (y * y + z * z);
    R[4] = 1 - f * (x * x + z * z);
    R[8] = 1 - f * (x * x + y * y);
  }
  R[1] = f * (x * y - w * z);
  R[2] = f * (x * z + w * y);
  R[3] = f * (x * y + w * z);
  R[5] = f * (y * z - w * x);
  R[6] = f * (x * z - w * y);
  R[7] = f * (y * z + w * x);
  return true;
}

/**
 * Writes ∂(R(q) p)/∂q to J [12], 3 x 4, for q [4] and p [3]. False, and nothing written, if q is zero
 * in mode "normalised".
 *
 * @throws RangeError if the mode is not one of the three.
 */
export function rotatedVectorQuaternionJacobian(
  q: Float64Array,
  p: Float64Array,
  mode: QuaternionMode,
  J: Float64Array,
): boolean {
  if (!quaternionRotation(q, mode, turn)) return false;
  const w = q[0];
  const x = q[1];
  const y = q[2];
  const z = q[3];
  const a = p[0];
  const b = p[1];
  const c = p[2];
  // What the homogeneous form has on top of the unit one is 2q pᵢ: both modes share the rest.
  const diagonal = mode === "unit" ? 0 : 2;
  J[0] = 2 * (y * c - z * b) + diagonal * w * a;
  J[1] = 2 * (y * b + z * c) + diagonal * x * a;
  J[2] = 2 * (x * b + w * c) - (4 - diagonal) * y * a;
  J[3] = 2 * (x * c - w * b) - (4 - diagonal) * z * a;
  J[4] = 2 * (z * a - x * c) + diagonal * w * b;
  J[5] = 2 * (y * a - w * c) - (4 - diagonal) * x * b;
  J[6] = 2 * (x * a + z * c) + diagonal * y * b;
  J[7] = 2 * (y * c + w * a) - (4 - diagonal) * z * b;
  J[8] = 2 * (x * b - y * a) + diagonal * w * c;
  J[9] = 2 * (z * a + w * b) - (4 - diagonal) * x * c;
  J[10] = 2 * (z * b - w * a) - (4 - diagonal) * y * c;
  J[11] = 2 * (x * a + y * b) + diagonal * z * c;
  if (mode !== "normalised") return true;
  const size = w * w + x * x + y * y + z * z;
  for (let i = 0; i < 3; i++) {
    const turned = 2 * (turn[3 * i] * a + turn[3 * i + 1] * b + turn[3 * i + 2] * c);
    for (let k = 0; k < 4; k++) J[4 * i + k] = (J[4 * i + k] - turned * q[k]) / size;
  }
  return true;
}

/** Writes ∂(R p)/∂δ at δ = 0, 2 [R p]×, to J [9] for unit q [4] and p [3]. */
export function rotatedVectorTangentJacobian(
  q: Float64Array,
  p: Float64Array,
  J: Float64Array,
): void {
  quaternionRotation(q, "unit", turn);
  const x = 2 * (turn[0] * p[0] + turn[1] * p[1] + turn[2] * p[2]);
  const y = 2 * (turn[3] * p[0] + turn[4] * p[1] + turn[5] * p[2]);
  const z = 2 * (turn[6] * p[0] + turn[7] * p[1] + turn[8] * p[2]);
  J[0] = J[4] = J[8] = 0;
  J[1] = -z;
  J[2] = y;
  J[3] = z;
  J[5] = -x;
  J[6] = -y;
  J[7] = x;
}

const turn = new Float64Array(9);

/** Writes to q [4] a positive multiple of the quaternion of R [9], signed as in rotationQuaternion. */
export function quaternionRay(R: Float64Array, q: Float64Array): void {
  const a = R[0];
  const e = R[4];
  const i = R[8];
  // With w² + x² + y² + z² = 1, R's diagonal says which of the four is largest.
  if (a + e + i >= Math.max(a, e, i)) {
    q[0] = 1 + (a + e + i);
    q[1] = R[7] - R[5];
    q[2] = R[2] - R[6];
    q[3] = R[3] - R[1];
  } else if (a >= e && a >= i) {
    q[0] = R[7] - R[5];
    q[1] = 1 + (a - e - i);
    q[2] = R[1] + R[3];
    q[3] = R[2] + R[6];
  } else if (e >= i) {
    q[0] = R[2] - R[6];
    q[1] = R[1] + R[3];
    q[2] = 1 + (e - a - i);
    q[3] = R[5] + R[7];
  } else {
    q[0] = R[3] - R[1];
    q[1] = R[2] + R[6];
    q[2] = R[5] + R[7];
    q[3] = 1 + (i - a - e);
  }
  let lead = 0;
  while (lead < 3 && q[lead] === 0) lead++;
  if (q[lead] < 0) for (let k = 0; k < 4; k++) q[k] = -q[k];
}

/**
 * Writes to q [4] the unit quaternion of R [9], w ≥ 0. True if w > 0; false at a half turn, where −q
 * would do as well: its first non-zero entry is then positive.
 */
export function rotationQuaternion(R: Float64Array, q: Float64Array): boolean {
  quaternionRay(R, q);
  const length = Math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  for (let k = 0; k < 4; k++) q[k] /= length;
  return q[0] > 0;
}

/** Writes a ⊗ b to product [4], which may be a or b. */
export function quaternionProduct(a: Float64Array, b: Float64Array, product: Float64Array): void {
  const w = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3];
  const x = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2];
  const y = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1];
  const z = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0];
  product[0] = w;
  product[1] = x;
  product[2] = y;
  product[3] = z;
}

const across = new Float64Array(3);

/** ⟨a, b⟩, and writes the vector part of ā ⊗ b, times the sign of ⟨a, b⟩, to `across`. */
function relative(a: Float64Array, b: Float64Array): number {
  const inner = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
  const sign = inner < 0 ? -1 : 1;
  const w = sign * b[0] - a[0];
  const x = sign * b[1] - a[1];
  const y = sign * b[2] - a[2];
  const z = sign * b[3] - a[3];
  across[0] = a[0] * x - a[1] * w - a[2] * z + a[3] * y;
  across[1] = a[0] * y + a[1] * z - a[2] * w - a[3] * x;
  across[2] = a[0] * z - a[1] * y + a[2] * x - a[3] * w;
  return inner;
}

/** Angle in [0, π] rad of the turn from R(a) to R(b), for a, b [4] of any sign. */
export function rotationAngle(a: Float64Array, b: Float64Array): number {
  const cosine = Math.abs(relative(a, b));
  const sine = Math.sqrt(across[0] ** 2 + across[1] ** 2 + across[2] ** 2);
  return 2 * Math.atan2(sine, cosine);
}

/** 1 − cos(angle) [1] of the turn from R(a) to R(b); a and b [4] that are not unit are normalised. */
export function rotationCosineDistance(a: Float64Array, b: Float64Array): number {
  relative(a, b);
  const sine = across[0] ** 2 + across[1] ** 2 + across[2] ** 2;
  return (2 * sine) / (squaredLength(a) * squaredLength(b));
}

/** Writes ∂(1 − cos angle)/∂a on R⁴ to gradient [4], which must be neither a nor b. */
export function rotationCosineDistanceGradient(
  a: Float64Array,
  b: Float64Array,
  gradient: Float64Array,
): void {
  const inner = relative(a, b);
  const size = squaredLength(a);
  // The part of b across a is a ⊗ (0, v) / ‖a‖² with v the vector part of ā ⊗ b.
  const f = (-4 * Math.abs(inner)) / (size * size * squaredLength(b));
  const x = across[0];
  const y = across[1];
  const z = across[2];
  gradient[0] = f * -(a[1] * x + a[2] * y + a[3] * z);
  gradient[1] = f * (a[0] * x + a[2] * z - a[3] * y);
  gradient[2] = f * (a[0] * y - a[1] * z + a[3] * x);
  gradient[3] = f * (a[0] * z + a[1] * y - a[2] * x);
}

const squaredLength = (q: Float64Array): number =>
  q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];

/** Writes T(q) to T [12], 4 x 3, for q [4]. */
export function quaternionTangent(q: Float64Array, T: Float64Array): void {
  T[0] = q[1];
  T[1] = q[2];
  T[2] = q[3];
  T[3] = -q[0];
  T[4] = -q[3];
  T[5] = q[2];
  T[6] = q[3];
  T[7] = -q[0];
  T[8] = -q[1];
  T[9] = -q[2];
  T[10] = q[1];
  T[11] = -q[0];
}

/** Writes normalise(q + T(q) δ) to moved [4], which may be q; for q [4] and δ [3]. */
export function movedQuaternion(q: Float64Array, delta: Float64Array, moved: Float64Array): void {
  const x = delta[0];
  const y = delta[1];
  const z = delta[2];
  const a = q[0] + q[1] * x + q[2] * y + q[3] * z;
  const b = q[1] - q[0] * x - q[3] * y + q[2] * z;
  const c = q[2] + q[3] * x - q[0] * y - q[1] * z;
  const d = q[3] - q[2] * x + q[1] * y - q[0] * z;
  const length = Math.sqrt(a * a + b * b + c * c + d * d);
  moved[0] = a / length;
  moved[1] = b / length;
  moved[2] = c / length;
  moved[3] = d / length;
}
