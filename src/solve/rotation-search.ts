/**
 * Minima of the algebraic cost f(R) = rᵀ Ω r over the rotations.
 *
 * Newton in the left chart, R ← Exp(φ) R to second order. With V = mat(Ω r), columns v_j and r_j:
 *
 *     ½∇f  = Σⱼ r_j × v_j
 *     ½∇²f = Dᵀ Ω D + sym(V Rᵀ) − f I,      D_k = vec([e_k]× R).
 *
 * The second part is what makes a minimum on the sphere of rotations differ from one of the plane
 * quadratic; it vanishes with the residual. Where the sum is not positive definite the step uses the first part alone,
 * raised until f decreases. Nothing here depends on the number of points.
 */

const v = new Float64Array(9);
const ΩD = new Float64Array(27);
const gradient = new Float64Array(3);
const normal = new Float64Array(6);
const curved = new Float64Array(6);
const φ = new Float64Array(3);
const trial = new Float64Array(9);

/** f(R) = rᵀ Ω r; leaves Ω r in `v`. */
function value(form: Float64Array, R: Float64Array): number {
  let f = 0;
  for (let i = 0; i < 9; i++) {
    const k = 9 * i;
    const s =
      form[k] * R[0] +
      form[k + 1] * R[1] +
      form[k + 2] * R[2] +
      form[k + 3] * R[3] +
      form[k + 4] * R[4] +
      form[k + 5] * R[5] +
      form[k + 6] * R[6] +
      form[k + 7] * R[7] +
      form[k + 8] * R[8];
    v[i] = s;
    f += s * R[i];
  }
  return f;
}

/**
 * Half the gradient, and both halves of the Hessian, at R; `v` must hold Ω r. Entries 00 01 02 11 12
 * 22. Each column of D has three zeros, which the sums below leave out.
 */
function expand(form: Float64Array, R: Float64Array, f: number): void {
  const a0 = R[0];
  const a1 = R[1];
  const a2 = R[2];
  const b0 = R[3];
  const b1 = R[4];
  const b2 = R[5];
  const c0 = R[6];
  const c1 = R[7];
  const c2 = R[8];
  for (let i = 0, k = 0; i < 9; i++, k += 9) {
    const f0 = form[k];
    const f1 = form[k + 1];
    const f2 = form[k + 2];
    const f3 = form[k + 3];
    const f4 = form[k + 4];
    const f5 = form[k + 5];
    const f6 = form[k + 6];
    const f7 = form[k + 7];
    const f8 = form[k + 8];
    ΩD[i] = f6 * b0 + f7 * b1 + f8 * b2 - f3 * c0 - f4 * c1 - f5 * c2;
    ΩD[9 + i] = f0 * c0 + f1 * c1 + f2 * c2 - f6 * a0 - f7 * a1 - f8 * a2;
    ΩD[18 + i] = f3 * a0 + f4 * a1 + f5 * a2 - f0 * b0 - f1 * b1 - f2 * b2;
  }
  // V Rᵀ, row by row.
  const m00 = v[0] * a0 + v[1] * a1 + v[2] * a2;
  const m01 = v[0] * b0 + v[1] * b1 + v[2] * b2;
  const m02 = v[0] * c0 + v[1] * c1 + v[2] * c2;
  const m10 = v[3] * a0 + v[4] * a1 + v[5] * a2;
  const m11 = v[3] * b0 + v[4] * b1 + v[5] * b2;
  const m12 = v[3] * c0 + v[4] * c1 + v[5] * c2;
  const m20 = v[6] * a0 + v[7] * a1 + v[8] * a2;
  const m21 = v[6] * b0 + v[7] * b1 + v[8] * b2;
  const m22 = v[6] * c0 + v[7] * c1 + v[8] * c2;
  // Σⱼ r_j × v_j is the axial vector of the skew part of V Rᵀ.
  gradient[0] = m21 - m12;
  gradient[1] = m02 - m20;
  gradient[2] = m10 - m01;
  normal[0] = across(0, b0, b1, b2, c0, c1, c2, 6, 3);
  normal[1] = across(9, b0, b1, b2, c0, c1, c2, 6, 3);
  normal[2] = across(18, b0, b1, b2, c0, c1, c2, 6, 3);
  normal[3] = across(9, c0, c1, c2, a0, a1, a2, 0, 6);
  normal[4] = across(18, c0, c1, c2, a0, a1, a2, 0, 6);
  normal[5] = across(18, a0, a1, a2, b0, b1, b2, 3, 0);
  curved[0] = normal[0] + m00 - f;
  curved[1] = normal[1] + 0.5 * (m01 + m10);
  curved[2] = normal[2] + 0.5 * (m02 + m20);
  curved[3] = normal[3] + m11 - f;
  curved[4] = normal[4] + 0.5 * (m12 + m21);
  curved[5] = normal[5] + m22 - f;
}

/** Inner product of a column of Ω D with the column of D that holds p at row `plus` and −q at `minus`. */
function across(
  column: number,
  p0: number,
  p1: number,
  p2: number,
  q0: number,
  q1: number,
  q2: number,
  plus: number,
  minus: number,
): number {
  const i = column + plus;
  const j = column + minus;
  return (
    p0 * ΩD[i] + p1 * ΩD[i + 1] + p2 * ΩD[i + 2] - q0 * ΩD[j] - q1 * ΩD[j + 1] - q2 * ΩD[j + 2]
  );
}

/** Solves (A + μ diag(scale)) φ = −gradient by Cholesky; false when the matrix is not positive definite. */
function step(A: Float64Array, μ: number, scale: Float64Array): boolean {
  const a = A[0] + μ * scale[0];
  if (!(a > 0)) return false;
  const l10 = A[1] / a;
  const l20 = A[2] / a;
  const d = A[3] + μ * scale[3] - l10 * A[1];
  if (!(d > 0)) return false;
  const e = A[4] - l20 * A[1];
  const l21 = e / d;
  const f = A[5] + μ * scale[5] - l20 * A[2] - l21 * e;
  if (!(f > 0)) return false;
  const y0 = -gradient[0];
  const y1 = -gradient[1] - l10 * y0;
  const y2 = -gradient[2] - l20 * y0 - l21 * y1;
  φ[2] = y2 / f;
  φ[1] = y1 / d - l21 * φ[2];
  φ[0] = y0 / a - l10 * φ[1] - l20 * φ[2];
  return true;
}

/**
 * Writes the Cayley rotation of φ, that of the quaternion (1, φ/2), times R to `trial`. It agrees with
 * Exp(φ) to second order, which is all Newton sees, and costs no sine.
 */
function turned(R: Float64Array): void {
  const x = 0.5 * φ[0];
  const y = 0.5 * φ[1];
  const z = 0.5 * φ[2];
  const s = 2 / (1 + x * x + y * y + z * z);
  for (let j = 0; j < 3; j++) {
    const a = R[j];
    const b = R[3 + j];
    const c = R[6 + j];
    // r + s q × r + s q × (q × r), q = φ/2.
    const u = y * c - z * b;
    const v = z * a - x * c;
    const w = x * b - y * a;
    trial[j] = a + s * (u + y * w - z * v);
    trial[3 + j] = b + s * (v + z * u - x * w);
    trial[6 + j] = c + s * (w + x * v - y * u);
  }
}

/**
 * Moves R [3, 3], in place, to a local minimum of f and returns f there.
 *
 * Stops once a step turns by less than `tolerance` radians: what is left is then of the order of
 * tolerance². A start on a saddle stays there, which a set of starts forgives.
 */
export function minimiseOverRotations(
  form: Float64Array,
  R: Float64Array,
  tolerance: number,
  maxIterations: number,
): number {
  let f = value(form, R);
  let μ = 0;
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    expand(form, R, f);
    if (μ > 0 || !step(curved, 0, normal)) {
      if (μ === 0) μ = 1e-3;
      if (!step(normal, μ, normal)) {
        μ = Math.max(4 * μ, 1e-3);
        if (!step(normal, μ, normal)) return f;
      }
    }
    const length = Math.sqrt(φ[0] * φ[0] + φ[1] * φ[1] + φ[2] * φ[2]);
    // Beyond a radian the quadratic model says nothing: shorten, keeping the direction.
    if (length > 1) for (let k = 0; k < 3; k++) φ[k] /= length;
    turned(R);
    const before = f;
    const next = value(form, trial);
    if (next <= before) {
      R.set(trial);
      f = next;
      μ = μ > 1e-2 ? μ / 8 : 0;
      if (length < tolerance) return f;
    } else {
      if (length < tolerance) return f;
      f = value(form, R);
      μ = μ === 0 ? 1e-3 : 8 * μ;
    }
  }
  return f;
}
