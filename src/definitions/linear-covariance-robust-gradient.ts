/**
 * Derivatives of the Linear-Covariance loss through a robustification, backwards.
 *
 *     ∂L/∂e += ∂L/∂M 2 min(|e|, δ_e) sign e            ∂L/∂w² = ∂L/∂ω min(1, δ_w/w)
 *
 * and with thresholds attached, δ_e = κ₁ mean |e| and δ_w² = κ₂ m/(M + ε), m = mean(w² M),
 *
 *     ∂δ_e = κ₁ mean(sign e ∂e)                        ∂δ_w = ½ δ_w (∂m/m − ∂M/(M + ε))
 *
 * Without a robustification M = e² and ω = w². A weight that is squared already is its own square.
 * Source: EQUATIONS LC-19, LC-22, LC-23, LC-24.
 */
import { apply, type Matrix, scale, transpose, type Vector } from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";
import { squaredHuberSlope, squaredHuberThresholdSlope } from "./huber.js";
import type {
  Detachable,
  LinearCovariance,
  LinearCovarianceOptions,
  LinearCovarianceProblem,
} from "./linear-covariance-loss.js";
import { shortenedResidualJacobian } from "./linear-covariance-robust.js";
import { twiceHuberSlope, twiceHuberThresholdSlope } from "./twice-huber.js";

/** ∂L/∂e and ∂L/∂w [N][2], of L's derivatives by M, e of E_linear and ω [N][2]. */
export function robustificationGradient<S extends Real<S>>(
  { w2d, valid = w2d.map(() => 1) }: LinearCovarianceProblem<S>,
  options: LinearCovarianceOptions<S>,
  at: LinearCovariance<S>,
  up: { readonly variance: Matrix<S>; readonly residual: Matrix<S>; readonly omega: Matrix<S> },
  free: (part: Detachable) => boolean,
): { e: S[][]; w: S[][] } {
  const { robust, weights } = options;
  const squared = weights === "squared";
  const squares = w2d.map((row) => row.map((w) => (squared ? w : w.times(w))));
  const byOmega = up.omega.map((row, i) => (options.maskWeights ? scale(row, valid[i]) : [...row]));
  const byM = up.variance.map((row) => row.map((g) => (free("covarianceResidual") ? g : g.of(0))));
  const byE = up.residual.map((row) => row.map((g) => (free("linearResidual") ? g : g.of(0))));
  const [deltaE, deltaW] = [at.residualThreshold, at.weightThreshold];
  let bySquare = byOmega;
  if (robust && deltaE && deltaW) {
    bySquare = byOmega.map((row, i) =>
      row.map((g, k) => g.times(squaredHuberSlope(squares[i][k], deltaW[i][k]))),
    );
    const counted = valid.reduce((total, x) => total + x, 0);
    const attached = free("thresholds") && counted > 0;
    for (const k of attached ? [0, 1] : []) {
      // δ_w² = κ₂ m / (M + ε) with m = mean(w² M), so that ∂δ_w = δ_w (∂m/m − ∂M/(M + ε))/2.
      let byMean = byM[0][k].of(0);
      const mean = squares
        .map((row, i) => row[k].times(at.variance[i][k]).times(valid[i]))
        .reduce((a, b) => a.plus(b))
        .over(counted);
      if (!mean.atMost(0))
        at.variance.forEach((M, i) => {
          const slope = squaredHuberThresholdSlope(squares[i][k], deltaW[i][k]);
          const half = byOmega[i][k].times(slope).times(deltaW[i][k]).over(2);
          byMean = byMean.plus(half.over(mean));
          // M is held where r in E_cov is.
          if (free("covarianceResidual"))
            byM[i][k] = byM[i][k].minus(half.over(M[k].plus(robust.epsilon)));
        });
      at.variance.forEach((M, i) => {
        const share = byMean.times(valid[i]).over(counted);
        bySquare[i][k] = bySquare[i][k].plus(share.times(M[k]));
        if (free("covarianceResidual")) byM[i][k] = byM[i][k].plus(share.times(squares[i][k]));
      });
    }
    for (const k of [0, 1]) {
      let byDelta = byM[0][k].of(0);
      at.e.forEach((e, i) => {
        const size = abs(e[k]);
        byDelta = byDelta.plus(byM[i][k].times(twiceHuberThresholdSlope(size, deltaE[k])));
        byE[i][k] = byE[i][k].plus(
          byM[i][k].times(twiceHuberSlope(size, deltaE[k])).times(sign(e[k])),
        );
      });
      if (attached)
        at.e.forEach((e, i) => {
          const share = byDelta.times(robust.residualFactor).times(valid[i]).over(counted);
          byE[i][k] = byE[i][k].plus(share.times(sign(e[k])));
        });
    }
  } else
    at.e.forEach((e, i) => {
      byE[i] = byE[i].map((g, k) => g.plus(byM[i][k].times(e[k]).times(2)));
    });
  const w = bySquare.map((row, i) =>
    row.map((g, k) => (squared ? g : g.times(w2d[i][k]).times(2))),
  );
  return { e: byE, w };
}

/** ∂L/∂r [2] of ∂L/∂e [2]: as it is, or by the clamp's own derivative. */
export function clampGradient<S extends Real<S>>(
  { robust }: LinearCovarianceOptions<S>,
  r: Vector<S>,
  byE: Vector<S>,
): S[] {
  if (!robust || robust.clamp === "straight-through") return [...byE];
  return apply(transpose(shortenedResidualJacobian(r, robust.maxLength, robust.epsilon)), byE);
}

const sign = <S extends Real<S>>(x: S): S => x.of(x.lessThan(0) ? -1 : x.atMost(0) ? 0 : 1);
