/**
 * Attention of points to each other: what each takes from the values of all.
 *
 *     A_nm = e^{q_n·k_m/√D} / Σ_j e^{q_n·k_j/√D}     Y = A V
 *     with U = ∂L/∂A and c_n = Σ_m A_nm U_nm:   B = A ∘ (U − c)/√D,   ∂L/∂Q = B K,   ∂L/∂K = Bᵀ Q
 *     with v = ∂L/∂Y:   ∂L/∂A = v Vᵀ,   ∂L/∂V = Aᵀ v
 *
 * Rows of A sum to 1. Points have no order: permuting keys and values together changes nothing, and
 * permuting queries permutes rows. In the deformable head (one head of depth 32, over all 256 points
 * of an object) q = W_q (x + c) + b_q and k = W_k (x + c) + b_k see the positional code c, values
 * W_v x + b_v do not, and the layer goes on with x + W_o Y + b_o.
 * Source: EQUATIONS EPRO-37; [VaswaniEtAl2017] Sec 3.2, Eq 1; published code of [EProPnP2022].
 */
import { dot, type Matrix, multiply, sum, transpose } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** A [N,M] of queries [N,D] and keys [M,D]. @throws RangeError if M = 0. */
export function pointAttention<S extends Real<S>>(Q: Matrix<S>, K: Matrix<S>): S[][] {
  if (K.length === 0) throw new RangeError("pointAttention: expected M >= 1 keys, got 0");
  return Q.map((q) => {
    const root = q[0].of(q.length).sqrt();
    const powers = K.map((k) => dot(q, k).over(root).exp());
    const total = sum(powers, root);
    return powers.map((x) => x.over(total));
  });
}

/** ∂L/∂Q [N,D] and ∂L/∂K [M,D] of U = ∂L/∂A [N,M]. @throws RangeError if M = 0. */
export function pointAttentionVjp<S extends Real<S>>(
  Q: Matrix<S>,
  K: Matrix<S>,
  U: Matrix<S>,
): { queries: S[][]; keys: S[][] } {
  const root = K[0]?.[0].of(K[0].length).sqrt();
  const B = pointAttention(Q, K).map((row, n) => {
    const mean = dot(row, U[n]);
    return row.map((a, m) => a.times(U[n][m].minus(mean)).over(root));
  });
  return { queries: multiply(B, K), keys: multiply(transpose(B), Q) };
}

/** Y [N,D] of A [N,M] and values [M,D]. */
export function attendedPoints<S extends Real<S>>(A: Matrix<S>, V: Matrix<S>): S[][] {
  return multiply(A, V);
}

/** ∂L/∂A [N,M] and ∂L/∂V [M,D] of v = ∂L/∂Y [N,D]. */
export function attendedPointsVjp<S extends Real<S>>(
  A: Matrix<S>,
  V: Matrix<S>,
  v: Matrix<S>,
): { attention: S[][]; values: S[][] } {
  return { attention: multiply(v, transpose(V)), values: multiply(transpose(A), v) };
}
