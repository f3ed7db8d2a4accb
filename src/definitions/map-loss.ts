/**
 * Distances of a heat map p from its target T, a mean over its n cells.
 *
 *     L1   1/n Σ |p − T|            ∂/∂p = sign(p − T)/n,  0 where they are equal
 *     MSE  1/n Σ mask (p − T)²      ∂/∂p = 2 mask (p − T)/n
 *
 * The mask says cell by cell how much counts; the mean is over all n all the same. ∂/∂T = −∂/∂p.
 * Two maps that sum to 1 are at most 2/n apart in L1.
 * Source: EQUATIONS HM-6, HM-7; [UAVA2021] Sec 3.3; [HigherHRNet2020] published code (mask).
 */
import { type Matrix, sum } from "../scalar/matrix.js";
import { abs, type Real, square } from "../scalar/real.js";

/** Mean absolute difference of maps [H][W], in their unit. */
export function absoluteMapLoss<S extends Real<S>>(map: Matrix<S>, target: Matrix<S>): S {
  const terms = map.flatMap((row, r) => row.map((p, c) => abs(p.minus(target[r][c]))));
  return sum(terms, terms[0]).over(terms.length);
}

/** ∂/∂p [H][W]. */
export function absoluteMapLossGradient<S extends Real<S>>(
  map: Matrix<S>,
  target: Matrix<S>,
): S[][] {
  const n = map.length * map[0].length;
  return map.map((row, r) =>
    row.map((p, c) => {
      const t = target[r][c];
      return p.of(p.lessThan(t) ? -1 : t.lessThan(p) ? 1 : 0).over(n);
    }),
  );
}

/** Mean squared difference of maps [H][W], under a mask [H][W]. */
export function squaredMapLoss<S extends Real<S>>(
  map: Matrix<S>,
  target: Matrix<S>,
  mask: Matrix<S>,
): S {
  const terms = map.flatMap((row, r) =>
    row.map((p, c) => mask[r][c].times(square(p.minus(target[r][c])))),
  );
  return sum(terms, terms[0]).over(terms.length);
}

/** ∂/∂p [H][W]. */
export function squaredMapLossGradient<S extends Real<S>>(
  map: Matrix<S>,
  target: Matrix<S>,
  mask: Matrix<S>,
): S[][] {
  const n = map.length * map[0].length;
  return map.map((row, r) =>
    row.map((p, c) => mask[r][c].times(p.minus(target[r][c])).times(2).over(n)),
  );
}
