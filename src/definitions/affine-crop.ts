/**
 * An image cut out, turned and resized, and the camera that would have taken it.
 *
 *     x′ = M (x, 1)ᵀ,   K′ = M₃ K,   M₃ = [M; 0 0 1]
 *     M = (m/e) [Rot(φ) | −Rot(φ) c] + [0 | m/2 (1, 1)ᵀ]
 *
 * takes a square of side e [px] about c [px], turned by −φ [rad], to a map of m × m pixels. K′ is linear in
 * K and in M: ∂⟨G, K′⟩/∂K = M₃ᵀ G, ∂⟨G, K′⟩/∂M = (G Kᵀ) without its last row. A turn mixes the focal lengths
 * and puts a skew and an entry below the diagonal into K′.
 *
 * Source: EQUATIONS DATA-5; published code of [LC2023].
 */
import { type Matrix, multiply, transpose, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** M₃ [3,3] of M [2,3]. */
const squared = <S extends Real<S>>(M: Matrix<S>): S[][] => {
  const [zero, one] = [M[0][0].of(0), M[0][0].of(1)];
  return [[...M[0]], [...M[1]], [zero, zero, one]];
};

/** M [2,3] of centre c [2] px, side e px, turn φ rad, m pixels an axis. */
export function cropAffine<S extends Real<S>>(c: Vector<S>, e: S, phi: S, m: number): S[][] {
  const ratio = e.of(m).over(e);
  const [cos, sin] = [phi.cos().times(ratio), phi.sin().times(ratio)];
  const turn = [
    [cos, sin.negated()],
    [sin, cos],
  ];
  return turn.map((row) => [
    ...row,
    e
      .of(m)
      .over(2)
      .minus(row[0].times(c[0]).plus(row[1].times(c[1]))),
  ]);
}

/** x′ [2] px, where M [2,3] takes the pixel x [2]. */
export function affinePixel<S extends Real<S>>(M: Matrix<S>, x: Vector<S>): S[] {
  return M.map((row) => row[0].times(x[0]).plus(row[1].times(x[1])).plus(row[2]));
}

/** K′ [3,3] of K [3,3] and M [2,3]. */
export function affineCamera<S extends Real<S>>(K: Matrix<S>, M: Matrix<S>): S[][] {
  return multiply(squared(M), K);
}

/** Gradients of ⟨G, K′⟩ by K [3,3] and by M [2,3]. */
export function affineCameraVjp<S extends Real<S>>(
  K: Matrix<S>,
  M: Matrix<S>,
  G: Matrix<S>,
): { K: S[][]; M: S[][] } {
  return {
    K: multiply(transpose(squared(M)), G),
    M: multiply(G, transpose(K)).slice(0, 2),
  };
}
