/**
 * Divergences between heat maps, sums over their cells.
 *
 *     KL(p ‖ q) = Σ p (ln(p + f) − ln(q + f)),   0 ln 0 = 0
 *         ∂/∂p = ln((p + f)/(q + f)) + p/(p + f)      ∂/∂q = −p/(q + f)
 *     JS(p, q) = ½ KL(p ‖ m) + ½ KL(q ‖ m),   m = ½ (p + q)
 *         ∂/∂p = ½ (ln((p + f)/(m + f)) + p/(p + f) − m/(m + f))
 *     of logits: KL(T ‖ softmax(l/τ)) = Σ T ln T − Σ T l/τ + (Σ T) ln Σ e^{l/τ}
 *         ∂/∂l = ((Σ T) p − T)/τ      ∂/∂τ = −Σ l ∂/∂l / τ
 *
 * f ≥ 0 is a floor inside the logarithms, 0 or the 1e-24 of published code. Maps that sum to 1 have
 * KL ≥ 0 and 0 ≤ JS ≤ ln 2, both zero for equal maps alone, if f = 0. The target comes first in the
 * loss of heat maps; published code of [Nibali2018] regularises with the prediction first.
 * Source: EQUATIONS HM-8; [UAVA2021] Sec 3.3; [Nibali2018].
 */
import { type Matrix, sum } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { spatialSoftmax } from "./spatial-softmax.js";

const overCells = <S extends Real<S>>(p: Matrix<S>, q: Matrix<S>, term: (p: S, q: S) => S): S =>
  sum(
    p.flatMap((row, r) => row.map((value, c) => term(value, q[r][c]))),
    p[0][0],
  );

/** x (ln(x + f) − ln(y + f)), 0 where x is. */
const weighted = <S extends Real<S>>(x: S, y: S, floor: number): S =>
  x.atMost(0) ? x.of(0) : x.times(x.plus(floor).log().minus(y.plus(floor).log()));

const middle = <S extends Real<S>>(p: Matrix<S>, q: Matrix<S>): S[][] =>
  p.map((row, r) => row.map((value, c) => value.plus(q[r][c]).over(2)));

/** KL(p ‖ q), nats, of maps [H][W] with q + f > 0 wherever p > 0. */
export function mapDivergence<S extends Real<S>>(p: Matrix<S>, q: Matrix<S>, floor: number): S {
  return overCells(p, q, (x, y) => weighted(x, y, floor));
}

/** ∂/∂p and ∂/∂q [H][W], nats, for p, q > 0 or f > 0. */
export function mapDivergenceGradient<S extends Real<S>>(
  p: Matrix<S>,
  q: Matrix<S>,
  floor: number,
): { first: S[][]; second: S[][] } {
  const [P, Q] = [p, q].map((map) => map.map((row) => row.map((x) => x.plus(floor))));
  return {
    first: p.map((row, r) =>
      row.map((x, c) => P[r][c].log().minus(Q[r][c].log()).plus(x.over(P[r][c]))),
    ),
    second: p.map((row, r) => row.map((x, c) => x.over(Q[r][c]).negated())),
  };
}

/** JS(p, q), nats, of maps [H][W]. */
export function symmetricDivergence<S extends Real<S>>(
  p: Matrix<S>,
  q: Matrix<S>,
  floor: number,
): S {
  const m = middle(p, q);
  return mapDivergence(p, m, floor)
    .plus(mapDivergence(q, m, floor))
    .over(2);
}

/** ∂/∂p [H][W], nats, for p > 0 or f > 0; ∂/∂q is that of the maps exchanged. */
export function symmetricDivergenceGradient<S extends Real<S>>(
  p: Matrix<S>,
  q: Matrix<S>,
  floor: number,
): S[][] {
  const m = middle(p, q);
  return p.map((row, r) =>
    row.map((x, c) => {
      const [X, M] = [x.plus(floor), m[r][c].plus(floor)];
      return X.log().minus(M.log()).plus(x.over(X)).minus(m[r][c].over(M)).over(2);
    }),
  );
}

/** KL(T ‖ softmax(l/τ)), nats, of logits and target [H][W]. */
export function logitDivergence<S extends Real<S>>(
  logits: Matrix<S>,
  temperature: S,
  target: Matrix<S>,
): S {
  return mapDivergence(target, spatialSoftmax(logits, temperature), 0);
}

/** ∂/∂l [H][W] and ∂/∂τ, nats. */
export function logitDivergenceGradient<S extends Real<S>>(
  logits: Matrix<S>,
  temperature: S,
  target: Matrix<S>,
): { logits: S[][]; temperature: S } {
  const p = spatialSoftmax(logits, temperature);
  const total = sum(target.flat(), temperature);
  const slopes = p.map((row, r) =>
    row.map((x, c) => x.times(total).minus(target[r][c]).over(temperature)),
  );
  const along = overCells(slopes, logits, (slope, l) => slope.times(l));
  return { logits: slopes, temperature: along.negated().over(temperature) };
}
