/**
 * The matrix that the depth-weighted backward pass inverts (EQUATIONS BPNP-5): kernel of the `y` block
 * of constraintDerivative in ../definitions/bpnp.ts for residual "depth-weighted", in doubles.
 *
 * It is the Jacobian of f̃ = Σ (p × q̃, q̃), the gradient of nothing, so it is not symmetric and, where
 * f̃ ≠ 0, not a tensor: charts that curve differently disagree on it. Published code differentiates
 * in chart AA. What is written here is T⁻ᵀ H_AA T⁻¹, T = diag(J_l(ω), I): the matrix which, in the
 * LEFT tangent, gives the derivatives that chart AA gives. With M = Σ p q̃ᵀ and τ = Σ p × q̃ that is
 *
 *     Σ AᵀQA + (M − tr M · I) + J_l⁻ᵀ (Σₐ τₐ ∂J_l[a,·]/∂ω) J_l⁻¹        (last two: rotation block)
 *
 * Holding the coefficients constant leaves AᵀQA with Q = −Σ Jₖ (∂mₖ/∂X)ᵀ, the same in every chart.
 */
import { leftJacobianDerivative, leftJacobianInverse } from "./rotation-jacobians.js";

/**
 * Writes f̃ [6] and its Jacobian [36] by the pose (R [9], t [3]), LEFT tangent, as chart AA at ω [3],
 * R = Exp ω, defines it; `exact` is hessian "exact", else coefficients and ρ′ are held constant.
 * Returns false, the chart term left out, if ‖ω‖ = 2πk, k ≥ 1, where AA is no chart.
 *
 * Takes n correspondences x2d [2n], x3d [3n], w2d [2n], any regular K [9] and the Huber threshold δ.
 */
export function depthWeightedHessian(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  exact: boolean,
  omega: Float64Array,
  force: Float64Array,
  hessian: Float64Array,
): boolean {
  force.fill(0);
  hessian.fill(0);
  M.fill(0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < 3; j++) {
      p[j] = 0;
      for (let a = 0; a < 3; a++) p[j] += R[3 * j + a] * x3d[3 * i + a];
    }
    for (let j = 0; j < 3; j++) X[j] = p[j] + t[j];
    pointTerms(i, x2d, w2d, K, delta, exact);
    for (let a = 0; a < 3; a++) {
      force[3 + a] += q[a];
      for (let b = 0; b < 3; b++) M[3 * a + b] += p[a] * q[b];
    }
    addCongruence(hessian);
  }
  force[0] = M[5] - M[7];
  force[1] = M[6] - M[2];
  force[2] = M[1] - M[3];
  return exact ? addChartCurvature(omega, force, hessian) : true;
}

const p = new Float64Array(3);
const X = new Float64Array(3);
const q = new Float64Array(3);
const Q = new Float64Array(9);
const QA = new Float64Array(18);
const J = new Float64Array(6);
const M = new Float64Array(9);
const r = new Float64Array(2);
const inverse = new Float64Array(9);
const bend = new Float64Array(27);
const tau = new Float64Array(9);
const half = new Float64Array(9);

/** q̃ and Q = ∂q̃/∂X of point i at the camera point X. */
function pointTerms(
  i: number,
  x2d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  delta: number,
  exact: boolean,
): void {
  const Z = K[6] * X[0] + K[7] * X[1] + K[8] * X[2];
  let s = 0;
  for (let k = 0; k < 2; k++) {
    const pi = (K[3 * k] * X[0] + K[3 * k + 1] * X[1] + K[3 * k + 2] * X[2]) / Z;
    r[k] = x2d[2 * i + k] - pi;
    s += (w2d[2 * i + k] * r[k]) ** 2;
    for (let a = 0; a < 3; a++) J[3 * k + a] = (K[3 * k + a] - pi * K[6 + a]) / Z;
  }
  const outlier = s > delta * delta;
  const slope = outlier ? delta / Math.sqrt(s) : 1;
  q.fill(0);
  Q.fill(0);
  for (let k = 0; k < 2; k++) {
    const omega = w2d[2 * i + k] ** 2;
    for (let a = 0; a < 3; a++) q[a] -= slope * omega * Z * r[k] * J[3 * k + a];
    for (let b = 0; b < 3; b++) {
      // ∂r̃ₖ/∂X of r̃ = Z x − h, then what ρ′ adds through s.
      let dm = slope * (x2d[2 * i + k] * K[6 + b] - K[3 * k + b]);
      if (outlier && exact)
        for (let l = 0; l < 2; l++)
          dm += ((slope * Z * r[k]) / s) * w2d[2 * i + l] ** 2 * r[l] * J[3 * l + b];
      for (let a = 0; a < 3; a++) Q[3 * a + b] -= J[3 * k + a] * omega * dm;
    }
  }
  if (!exact) return;
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++) Q[3 * a + b] -= (q[a] * K[6 + b] + K[6 + a] * q[b]) / Z;
}

/** Adds Aᵀ Q A, A = [−[p]×, I], to H [36]: rows and columns each become (p × row, row). */
function addCongruence(H: Float64Array): void {
  for (let a = 0; a < 3; a++)
    for (let j = 0; j < 3; j++) {
      const k = next[j];
      const l = next[j + 1];
      QA[6 * a + j] = p[k] * Q[3 * a + l] - p[l] * Q[3 * a + k];
      QA[6 * a + 3 + j] = Q[3 * a + j];
    }
  for (let c = 0; c < 6; c++)
    for (let j = 0; j < 3; j++) {
      const k = next[j];
      const l = next[j + 1];
      H[6 * j + c] += p[k] * QA[6 * l + c] - p[l] * QA[6 * k + c];
      H[6 * (3 + j) + c] += QA[6 * j + c];
    }
}

/** The two indices after j, cyclically, are next[j] and next[j + 1]. */
const next = new Uint8Array([1, 2, 0, 1]);

/** Adds M − tr M · I + J_l⁻ᵀ (Σₐ τₐ ∂J_l[a,·]/∂ω) J_l⁻¹ to the rotation block of H. */
function addChartCurvature(omega: Float64Array, torque: Float64Array, H: Float64Array): boolean {
  const trace = M[0] + M[4] + M[8];
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++) H[6 * a + b] += M[3 * a + b] - (a === b ? trace : 0);
  if (!leftJacobianInverse(omega, inverse)) return false;
  leftJacobianDerivative(omega, bend);
  // tau[c, d] = Σₐ τₐ ∂J_l[a, c]/∂ω_d, then the congruence with J_l⁻¹.
  for (let c = 0; c < 3; c++)
    for (let d = 0; d < 3; d++) {
      tau[3 * c + d] = 0;
      for (let a = 0; a < 3; a++) tau[3 * c + d] += torque[a] * bend[9 * d + 3 * a + c];
    }
  for (let c = 0; c < 3; c++)
    for (let b = 0; b < 3; b++) {
      half[3 * c + b] = 0;
      for (let d = 0; d < 3; d++) half[3 * c + b] += tau[3 * c + d] * inverse[3 * d + b];
    }
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++)
      for (let c = 0; c < 3; c++) H[6 * a + b] += inverse[3 * c + a] * half[3 * c + b];
  return true;
}
