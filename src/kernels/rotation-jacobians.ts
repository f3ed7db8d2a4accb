/**
 * Jacobians of Exp and derivatives of a rotated vector in doubles; see definitions/rotation-jacobians.ts.
 *
 * Inverses fail by a returned false, not by an exception. The Hessian is written in its symmetric
 * form, φ_p × (φ_q × u) + φ_q × (φ_p × u) = φ_p (φ_q·u) + φ_q (φ_p·u) − 2 (φ_p·φ_q) u, so that it is
 * symmetric to the last bit; the antisymmetric part of ∂J_l, which cancels in the sum, is never formed.
 */
import { hatPolynomial } from "./hat.js";
import { rotation } from "./rodrigues.js";
import { seriesB, seriesBSlope, seriesC, seriesCSlope, seriesD } from "./rotation-series.js";

const R = new Float64Array(9);
const L = new Float64Array(9);
const turned = new Float64Array(3);
const bend = new Float64Array(3);

/** Writes J_l(ω) to J [9] for ω [3]. */
export function leftJacobian(omega: Float64Array, J: Float64Array): void {
  const s = omega[0] * omega[0] + omega[1] * omega[1] + omega[2] * omega[2];
  hatPolynomial(omega, seriesB(s), seriesC(s), J);
}

/** Writes J_r(ω) to J [9] for ω [3]. */
export function rightJacobian(omega: Float64Array, J: Float64Array): void {
  const s = omega[0] * omega[0] + omega[1] * omega[1] + omega[2] * omega[2];
  hatPolynomial(omega, -seriesB(s), seriesC(s), J);
}

/**
 * Writes J_l⁻¹(ω) to J [9]. False, and nothing written, where ‖ω‖ is 2πk, k ≥ 1, as far as doubles
 * can tell: J_l is singular there.
 */
export function leftJacobianInverse(omega: Float64Array, J: Float64Array): boolean {
  return writeInverse(omega, -0.5, J);
}

/** Writes J_r⁻¹(ω) to J [9]; false, and nothing written, as leftJacobianInverse. */
export function rightJacobianInverse(omega: Float64Array, J: Float64Array): boolean {
  return writeInverse(omega, 0.5, J);
}

function writeInverse(omega: Float64Array, a: number, J: Float64Array): boolean {
  const s = omega[0] * omega[0] + omega[1] * omega[1] + omega[2] * omega[2];
  if (s > 10) {
    // Rounding of s alone moves θ/2 by up to θε, so a sine below that has no correct digit.
    const theta = Math.sqrt(s);
    if (!(Math.abs(Math.sin(0.5 * theta)) > theta * Number.EPSILON)) return false;
  }
  hatPolynomial(omega, a, seriesD(s), J);
  return true;
}

/** Writes ∂J_l/∂ω to T [27], the index of ω first: T[9k …] is ∂J_l/∂ω_k. */
export function leftJacobianDerivative(omega: Float64Array, T: Float64Array): void {
  const s = omega[0] * omega[0] + omega[1] * omega[1] + omega[2] * omega[2];
  const B = seriesB(s);
  const C = seriesC(s);
  const b = 2 * seriesBSlope(s);
  const c = 2 * seriesCSlope(s);
  for (let k = 0; k < 3; k++) {
    const wk = omega[k];
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        // [ω]×² = ω ωᵀ − s I
        let value = c * wk * omega[i] * omega[j];
        if (i === k) value += C * omega[j];
        if (j === k) value += C * omega[i];
        if (i === j) value -= (c * s + 2 * C) * wk;
        else {
          const l = 3 - i - j;
          const sign = (j - i + 3) % 3 === 1 ? -1 : 1;
          value += sign * (b * wk * omega[l] + (l === k ? B : 0));
        }
        T[9 * k + 3 * i + j] = value;
      }
  }
}

/** Writes ∂(Exp(ω) v)/∂ω to J [9], for ω [3] and v [3]. */
export function rotatedVectorJacobian(omega: Float64Array, v: Float64Array, J: Float64Array): void {
  writeTurned(omega, v);
  leftJacobian(omega, L);
  for (let q = 0; q < 3; q++) {
    J[q] = L[3 + q] * turned[2] - L[6 + q] * turned[1];
    J[3 + q] = L[6 + q] * turned[0] - L[q] * turned[2];
    J[6 + q] = L[q] * turned[1] - L[3 + q] * turned[0];
  }
}

/** Writes ∂²(Exp(ω) v)/∂ω² to H [27], H[9i + 3p + q] for component i, symmetric in p and q. */
export function rotatedVectorHessian(omega: Float64Array, v: Float64Array, H: Float64Array): void {
  writeTurned(omega, v);
  leftJacobian(omega, L);
  const s = omega[0] * omega[0] + omega[1] * omega[1] + omega[2] * omega[2];
  const b = 2 * seriesBSlope(s);
  const c = 2 * seriesCSlope(s);
  const C = seriesC(s);
  for (let p = 0; p < 3; p++)
    for (let q = p; q < 3; q++) {
      writeBend(omega, p, q, s, b, C, c);
      const pu = L[p] * turned[0] + L[3 + p] * turned[1] + L[6 + p] * turned[2];
      const qu = L[q] * turned[0] + L[3 + q] * turned[1] + L[6 + q] * turned[2];
      const pq = L[p] * L[q] + L[3 + p] * L[3 + q] + L[6 + p] * L[6 + q];
      for (let i = 0; i < 3; i++) {
        const j = (i + 1) % 3;
        const k = (i + 2) % 3;
        const swing = bend[j] * turned[k] - bend[k] * turned[j];
        const pull = 0.5 * (L[3 * i + p] * qu + L[3 * i + q] * pu) - pq * turned[i];
        H[9 * i + 3 * p + q] = H[9 * i + 3 * q + p] = swing + pull;
      }
    }
}

/** ½ (∂_p J_l e_q + ∂_q J_l e_p), in which the terms in B itself cancel. */
function writeBend(
  omega: Float64Array,
  p: number,
  q: number,
  s: number,
  b: number,
  C: number,
  c: number,
): void {
  const wp = omega[p];
  const wq = omega[q];
  for (let i = 0; i < 3; i++) bend[i] = (c * wp * wq + (p === q ? C : 0)) * omega[i];
  const diagonal = 0.5 * (c * s + C);
  bend[p] -= diagonal * wq;
  bend[q] -= diagonal * wp;
  // ½ b (ω_p ω × e_q + ω_q ω × e_p)
  const half = 0.5 * b;
  bend[(q + 1) % 3] += half * wp * omega[(q + 2) % 3];
  bend[(q + 2) % 3] -= half * wp * omega[(q + 1) % 3];
  bend[(p + 1) % 3] += half * wq * omega[(p + 2) % 3];
  bend[(p + 2) % 3] -= half * wq * omega[(p + 1) % 3];
}

function writeTurned(omega: Float64Array, v: Float64Array): void {
  rotation(omega, R);
  turned[0] = R[0] * v[0] + R[1] * v[1] + R[2] * v[2];
  turned[1] = R[3] * v[0] + R[4] * v[1] + R[5] * v[2];
  turned[2] = R[6] * v[0] + R[7] * v[1] + R[8] * v[2];
}
