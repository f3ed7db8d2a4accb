/**
 * Gradient of the Linear-Covariance loss by x, z and w, backwards and in closed form.
 *
 * With G = J_fᵀ diag(∂L/∂C^f) J_f for C and for C_prior, g = J_fᵀ ∂L/∂e, P = C_prior, u = A e, v = P g,
 *
 *     Y = P G P                                     of E_cov
 *     Z = P G_prior P + (C G P + P G C) + ½ (v uᵀ + u vᵀ)     of E_prior, E_cov and E_linear
 *
 *     ∂L/∂Mₖ = ωₖ² aₖᵀ Y aₖ          ∂L/∂eₖ = ωₖ vᵀaₖ
 *     ∂L/∂ωₖ = 2 ωₖ Mₖ aₖᵀ Y aₖ − aₖᵀ Z aₖ + vᵀaₖ eₖ          + tr Z rₖ∂²πₖ, if H is taken at r
 *     ∂L/∂aₖ = 2 ωₖ² Mₖ Y aₖ − 2 ωₖ Z aₖ + ωₖ eₖ v
 *
 * and from there through M(e), ω(w, M), the clamp and r = x − π(z). In particular, without
 * robustification ∂L/∂xₖ = cₖ rₖ with cₖ = 2 ωₖ² aₖᵀ Y aₖ ≥ 0: a pixel is always pulled to its target.
 * What is detached has no such path; the identity in place of a Hessian has no derivative.
 * Source: EQUATIONS LC-5, LC-7, LC-11 … LC-13, LC-19, LC-22 … LC-25; [LC2023] Sec 3.2, 3.3.
 */
import {
  add,
  addMatrices,
  apply,
  dot,
  type Matrix,
  multiply,
  outer,
  scale,
  scaleMatrix,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import {
  anyNotPositive,
  type Detachable,
  type LinearCovariance,
  type LinearCovarianceOptions,
  type LinearCovarianceProblem,
  type LossTerm,
  linearCovarianceLoss,
  paperDetached,
} from "./linear-covariance-loss.js";
import { clampGradient, robustificationGradient } from "./linear-covariance-robust-gradient.js";

/** ∂L/∂x [N][2], ∂L/∂z [N][3], ∂L/∂w [N][2]. */
export interface LinearCovarianceGradient<S> {
  readonly x2d: S[][];
  readonly x3d: S[][];
  readonly w2d: S[][];
}

/** Derivatives of L by what stands between it and the data, for a point's two coordinates. */
interface Upstream<S> {
  /** By M, e of E_linear and ω [N][2], by J [2N][6]. */
  readonly variance: S[][];
  readonly residual: S[][];
  readonly omega: S[][];
  readonly J: S[][];
}

/**
 * ∂L/∂(x, z, w).
 *
 * @throws RangeError as the loss.
 */
export function linearCovarianceLossGradient<S extends Real<S>>(
  problem: LinearCovarianceProblem<S>,
  options: LinearCovarianceOptions<S> = {},
): LinearCovarianceGradient<S> {
  const { detached = paperDetached } = options;
  const free = (part: Detachable) => !detached.includes(part);
  const at = linearCovarianceLoss(problem, options);
  const up = upstream(problem, options, at, free);
  const { e: byE, w: byW } = robustificationGradient(problem, options, at, up, free);
  const byR = byE.map((g, i) => clampGradient(options, at.r[i], g));
  return {
    x2d: byR,
    x3d: byR.map((g, i) => {
      const { z, yz } = at.points[i];
      const pulled = scale(apply(transpose(z), g), -1);
      if (!free("linearisation")) return pulled;
      return [0, 1]
        .map((k) => apply(transpose(yz[k]), up.J[2 * i + k]))
        .reduce((total, part) => add(total, part), pulled);
    }),
    w2d: byW,
  };
}

/**
 * cₖ ≥ 0 [N][2] with ∂L/∂x = c ∘ r, without robustification: how strongly each pixel is pulled.
 *
 * @throws RangeError as the loss.
 */
export function residualPull<S extends Real<S>>(
  problem: LinearCovarianceProblem<S>,
  options: Omit<LinearCovarianceOptions<S>, "robust"> = {},
): S[][] {
  const at = linearCovarianceLoss(problem, options);
  return upstream(problem, options, at, () => true).variance.map((row) => scale(row, 2));
}

function upstream<S extends Real<S>>(
  { Jf, group }: LinearCovarianceProblem<S>,
  options: LinearCovarianceOptions<S>,
  at: LinearCovariance<S>,
  free: (part: Detachable) => boolean,
): Upstream<S> {
  const { terms = ["covariance", "prior", "linear"] } = options;
  const { prior: P, covariance: C, deviation: u, J, omega, loss } = at;
  const has = (term: LossTerm) => terms.includes(term);
  const half = at.covarianceError.plus(at.linearError).over(2);
  // ∂L/∂E of E_prior, and of either of the two others.
  const one = loss.of(1);
  const byOther = has("prior") ? one.over(at.priorError).over(2) : one.over(2);
  const byPrior = one.minus(half.over(at.priorError)).over(at.priorError);
  const spread = (variances: Vector<S>, factor: S): S[][] => {
    const slopes = scale(varianceErrorSlope(variances, group, options), factor);
    return multiply(
      transpose(Jf),
      Jf.map((row, j) => scale(row, slopes[j])),
    );
  };
  const none = P.map((row) => row.map((p) => p.of(0)));
  const G = has("covariance") ? spread(at.covarianceVariance, byOther) : none;
  const Gp = has("prior") ? spread(at.priorVariance, byPrior) : none;
  const slope = deviationErrorSlope(at.linearDelta, group, options);
  const g = has("linear") ? apply(transpose(Jf), scale(slope, byOther)) : none[0];
  const v = apply(P, g);
  const Y = multiply(P, multiply(G, P));
  const CGP = multiply(C, multiply(G, P));
  const Z: Record<LossTerm, S[][]> = {
    prior: multiply(P, multiply(Gp, P)),
    covariance: addMatrices(CGP, transpose(CGP)),
    linear: scaleMatrix(addMatrices(outer(v, u), outer(u, v)), 0.5),
  };
  if (at.substituted) for (const term of ["prior", "covariance", "linear"] as const) Z[term] = none;
  const [M, e] = [at.variance.flat(), at.e.flat()];
  const whole = addMatrices(Z.prior, addMatrices(Z.covariance, Z.linear));
  const weighing = (["prior", "covariance", "linear"] as const)
    .filter((term) => free(`${term}Weights`))
    .reduce((total, term) => addMatrices(total, Z[term]), none);
  const rows = J.map((a, k) => {
    const [Ya, va, w] = [apply(Y, a), dot(v, a), omega[k]];
    const pull = dot(a, Ya);
    const byOmega = [
      dot(a, apply(weighing, a)).negated(),
      trace(weighing, at.bending[k]),
      free("covarianceWeights") ? w.times(M[k]).times(pull).times(2) : w.of(0),
      free("linearWeights") ? va.times(e[k]) : w.of(0),
    ];
    return {
      variance: w.times(w).times(pull),
      residual: w.times(va),
      omega: byOmega.reduce((a, b) => a.plus(b)),
      J: [
        scale(Ya, w.times(w).times(M[k]).times(2)),
        scale(apply(whole, a), w.times(-2)),
        scale(v, w.times(e[k])),
      ].reduce((a, b) => add(a, b)),
    };
  });
  const paired = (key: "variance" | "residual" | "omega") =>
    at.r.map((_, i) => [rows[2 * i][key], rows[2 * i + 1][key]]);
  return {
    variance: paired("variance"),
    residual: paired("residual"),
    omega: paired("omega"),
    J: rows.map((row) => row.J),
  };
}

/** ∂/∂variances [K] of `varianceError`: zero where a group has none, or where ones stand for it. */
export function varianceErrorSlope<S extends Real<S>>(
  variances: Vector<S>,
  group: number,
  { form, reduction, failure }: Pick<LinearCovarianceOptions<S>, "form" | "reduction" | "failure">,
): S[] {
  const groups = variances.length / group;
  const share = reduction === "sum" ? 1 : groups;
  const sums = Array.from({ length: groups }, (_, g) =>
    variances.slice(group * g, group * (g + 1)).reduce((a, b) => a.plus(b)),
  );
  const spoilt = failure === "identity" && anyNotPositive(variances);
  return variances.map((v, j) => {
    const sum = sums[Math.floor(j / group)];
    if (spoilt) return v.of(0);
    if (form === "gaussian") return v.of(1).over(share);
    return sum.atMost(0) ? v.of(0) : v.of(1).over(sum.sqrt().times(2 * share));
  });
}

/** ∂/∂e [K] of `deviationError`; zero where a group of them is. */
export function deviationErrorSlope<S extends Real<S>>(
  deviations: Vector<S>,
  group: number,
  { form, reduction }: Pick<LinearCovarianceOptions<S>, "form" | "reduction">,
): S[] {
  const share = reduction === "sum" ? 1 : deviations.length / group;
  return deviations.map((e, j) => {
    if (form === "gaussian") return e.times(2).over(share);
    const first = group * Math.floor(j / group);
    const square = deviations
      .slice(first, first + group)
      .map((x) => x.times(x))
      .reduce((a, b) => a.plus(b));
    return square.atMost(0) ? e.of(0) : e.over(square.sqrt().times(share));
  });
}

/** tr(A B) of symmetric matrices. */
function trace<S extends Real<S>>(A: Matrix<S>, B: Matrix<S>): S {
  return A.map((row, i) => dot(row, B[i])).reduce((a, b) => a.plus(b));
}
