/**
 * The softmax over the cells of a heat map, at a temperature.
 *
 *     p_i = e^{l_i/τ} / Σ_j e^{l_j/τ}
 *     ∂L/∂l_i = p_i (v_i − Σ_j p_j v_j)/τ      ∂L/∂τ = −Σ_i l_i ∂L/∂l_i / τ      for v = ∂L/∂p
 *
 * Logits l and τ > 0 are numbers, p sums to 1. A shift of all logits changes nothing. As τ → 0 the map
 * becomes the cell of the greatest logit, and has no derivative in the end.
 * Source: EQUATIONS HM-2; [Nibali2018]; [UAVA2021] Sec 3.1.
 */
import { type Matrix, sum } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** p [H][W]. */
export function spatialSoftmax<S extends Real<S>>(logits: Matrix<S>, temperature: S): S[][] {
  const powers = logits.map((row) => row.map((l) => l.over(temperature).exp()));
  const total = sum(powers.flat(), temperature);
  return powers.map((row) => row.map((power) => power.over(total)));
}

/** ∂L/∂l [H][W] and ∂L/∂τ of v = ∂L/∂p [H][W]. */
export function spatialSoftmaxVjp<S extends Real<S>>(
  logits: Matrix<S>,
  temperature: S,
  v: Matrix<S>,
): { logits: S[][]; temperature: S } {
  const p = spatialSoftmax(logits, temperature);
  const mean = sum(
    p.flatMap((row, r) => row.map((value, c) => value.times(v[r][c]))),
    temperature,
  );
  const slopes = p.map((row, r) =>
    row.map((value, c) => value.times(v[r][c].minus(mean)).over(temperature)),
  );
  const along = sum(
    slopes.flatMap((row, r) => row.map((slope, c) => slope.times(logits[r][c]))),
    temperature,
  );
  return { logits: slopes, temperature: along.negated().over(temperature) };
}
