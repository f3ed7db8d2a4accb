/**
 * Keypoints with a Laplace scale an axis, and what a heat map's spread makes of weights.
 *
 *     L = 1/(2N) Σ_ia ln σ_ia + |x_ia − u_ia| / σ_ia          ∂L/∂x = sign(x − u)/(2N σ),
 *                                                            ∂L/∂σ = (1 − |x − u|/σ)/(2N σ)
 *     w_ia = 1/σ_ia,  ω_ia = 1/σ_ia²                          dw/dσ = −1/σ²
 *
 * x is the predicted and u the true image point, σ the standard deviation of the heat map taken as the scale
 * of the Laplace density, all px; the constant ln 2 is left out. L is least over σ at σ = |x − u|. At
 * x = u the slope by x is 0. Source: EQUATIONS LC-35, LC-36; [LC2023] Sec 4.2, 4.5 and published code.
 */
import { type Matrix, sum } from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";

/** L of x, u and σ [N,2], N ≥ 1, σ > 0. */
export function keypointLikelihoodLoss<S extends Real<S>>(
  x: Matrix<S>,
  u: Matrix<S>,
  sigma: Matrix<S>,
): S {
  const terms = x.flatMap((row, i) =>
    row.map((value, a) => sigma[i][a].log().plus(abs(value.minus(u[i][a])).over(sigma[i][a]))),
  );
  return sum(terms, terms[0]).over(terms.length);
}

/** ∂L/∂x and ∂L/∂σ [N,2]; ∂L/∂u is −∂L/∂x. */
export function keypointLikelihoodLossGradient<S extends Real<S>>(
  x: Matrix<S>,
  u: Matrix<S>,
  sigma: Matrix<S>,
): { x2d: S[][]; sigma: S[][] } {
  const count = 2 * x.length;
  const sign = (e: S): number => (e.lessThan(0) ? -1 : e.atMost(0) ? 0 : 1);
  return {
    x2d: x.map((row, i) =>
      row.map((value, a) =>
        sigma[i][a]
          .of(sign(value.minus(u[i][a])))
          .over(sigma[i][a])
          .over(count),
      ),
    ),
    sigma: x.map((row, i) =>
      row.map((value, a) => {
        const ratio = abs(value.minus(u[i][a])).over(sigma[i][a]);
        return ratio.negated().plus(1).over(sigma[i][a]).over(count);
      }),
    ),
  };
}

/** w [N,2], weighted pixels per pixel. */
export function keypointWeights<S extends Real<S>>(sigma: Matrix<S>): S[][] {
  return sigma.map((row) => row.map((s) => s.of(1).over(s)));
}

/** dw/dσ [N,2], entry by entry. */
export function keypointWeightsSlope<S extends Real<S>>(sigma: Matrix<S>): S[][] {
  return sigma.map((row) => row.map((s) => s.of(-1).over(s.times(s))));
}
