/**
 * Layer normalisation: every row brought to mean 0 and variance 1, then scaled and shifted by channel.
 *
 *     x̂_k = (x_k − μ)/s,   μ = (1/D) Σ x_k,   s = √((1/D) Σ (x_k − μ)² + ε)     y_k = γ_k x̂_k + β_k
 *     ∂L/∂x_k = (a_k − ā − x̂_k (1/D) Σ_j a_j x̂_j)/s,  a = γ ∘ v     ∂L/∂γ = Σ_rows v ∘ x̂     ∂L/∂β = Σ_rows v
 *
 * v = ∂L/∂y. ε > 0 (published 1e-5) keeps a row of equal entries at β, with a slope of 1/√ε.
 * Source: EQUATIONS EPRO-37; [BaKirosHinton2016] Eq 3, 4.
 */
import { dot, type Matrix, sum, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** x̂ [D] and s of one row. */
function standardised<S extends Real<S>>(x: Vector<S>, epsilon: S): { row: S[]; spread: S } {
  const mean = sum(x, epsilon).over(x.length);
  const apart = x.map((entry) => entry.minus(mean));
  const spread = dot(apart, apart).over(x.length).plus(epsilon).sqrt();
  return { row: apart.map((entry) => entry.over(spread)), spread };
}

/** y [N,D] of x [N,D], γ [D], β [D] and ε > 0. */
export function layerNormalisation<S extends Real<S>>(
  x: Matrix<S>,
  gain: Vector<S>,
  shift: Vector<S>,
  epsilon: S,
): S[][] {
  return x.map((row) =>
    standardised(row, epsilon).row.map((entry, k) => entry.times(gain[k]).plus(shift[k])),
  );
}

/** ∂L/∂x [N,D], ∂L/∂γ [D] and ∂L/∂β [D] of v = ∂L/∂y [N,D]. */
export function layerNormalisationVjp<S extends Real<S>>(
  x: Matrix<S>,
  gain: Vector<S>,
  epsilon: S,
  v: Matrix<S>,
): { input: S[][]; gain: S[]; shift: S[] } {
  const D = gain.length;
  const parts = x.map((row) => standardised(row, epsilon));
  return {
    input: parts.map(({ row, spread }, n) => {
      const a = v[n].map((entry, k) => entry.times(gain[k]));
      const mean = sum(a, epsilon).over(D);
      const along = dot(a, row).over(D);
      return a.map((entry, k) => entry.minus(mean).minus(row[k].times(along)).over(spread));
    }),
    gain: gain.map((like, k) =>
      sum(
        parts.map(({ row }, n) => row[k].times(v[n][k])),
        like,
      ),
    ),
    shift: gain.map((like, k) =>
      sum(
        v.map((row) => row[k]),
        like,
      ),
    ),
  };
}
