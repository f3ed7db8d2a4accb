/**
 * The Linear-Covariance loss: error of the linearised solver against the error its weights promise.
 *
 *     E_cov    = mean_g √Σ_{j∈g} (J_f C J_fᵀ)_jj             C = A diag(M) Aᵀ
 *     E_prior  = mean_g √Σ_{j∈g} (J_f C_prior J_fᵀ)_jj       C_prior = H⁻¹
 *     E_linear = mean_g ‖e_g‖                                e = J_f A r
 *     L        = log E_prior + ½ (E_cov + E_linear) / E_prior                        "laplace"
 *
 *     the same L of tr C^f, tr C_prior^f and ‖e‖², over groups or not               "gaussian"
 *
 * Groups g are corners (3 or 2 components) or single components; their mean or their sum. Without a
 * prior error L = ½ (E_cov + E_linear). What a term leaves out is zero.
 *
 * Detached quantities are handed in: `held` replaces what it names, so that a dual sees a constant.
 * The contract of the paper holds J, r in E_linear, and the thresholds of a robustification.
 *
 * L moves by log λ when z, t and corners grow by λ; along w → λw its least value is
 * 1 + log ½(E_cov + E_linear), where E_prior equals that half sum; for given M, C is least
 * (tr QC for every Q ⪰ 0) at ω = 1/M, where C = C_prior.
 * Source: EQUATIONS LC-11 … LC-21, LC-25; [LC2023] Eq 11–17.
 */
import { addMatrices, apply, type Matrix, scaleMatrix, type Vector } from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";
import * as robust from "./linear-covariance-robust.js";
import { type LinearisedPoint, linearisedPoint } from "./linearised-point.js";
import * as solver from "./linearised-solver.js";
import { poseDerivativesAt } from "./pose-jacobian.js";

/** Correspondences at their true pose, and J_f [K][6] with components in groups of `group`. */
export interface LinearCovarianceProblem<S> {
  readonly x2d: Matrix<S>;
  readonly x3d: Matrix<S>;
  readonly w2d: Matrix<S>;
  readonly K: Matrix<S>;
  readonly R: Matrix<S>;
  readonly t: Vector<S>;
  readonly Jf: Matrix<S>;
  readonly group: number;
  /** Which points count in means [N]; all by default. */
  readonly valid?: readonly number[];
}

export type LossTerm = "covariance" | "prior" | "linear";
/** What may be held constant by the gradient: see `detachable`. */
export type Detachable = (typeof detachable)[number];
export const detachable = [
  /** J in A and in H, as a function of z; the curvature of an observed Hessian is always held. */
  "linearisation",
  /** r in E_linear. */
  "linearResidual",
  /** r in E_cov. */
  "covarianceResidual",
  /** w in E_cov, E_prior and E_linear. */
  "covarianceWeights",
  "priorWeights",
  "linearWeights",
  /** δ_e and δ_w of a robustification. */
  "thresholds",
] as const;
/** The contract of the paper. */
export const paperDetached: readonly Detachable[] = [
  "linearisation",
  "linearResidual",
  "thresholds",
];

export interface LinearCovarianceOptions<S> {
  readonly form?: "laplace" | "gaussian";
  readonly reduction?: "mean" | "sum";
  readonly terms?: readonly LossTerm[];
  readonly detached?: readonly Detachable[];
  /** ω = w² or, as if weights were squared already, ω = w. */
  readonly weights?: "multiplier" | "squared";
  /** Linearise where residuals are zero, or with the exact Hessian at the residuals observed. */
  readonly hessian?: "consistent" | "observed";
  readonly robust?: robust.Robustification<S>;
  /** Whether `valid` multiplies ω, as published code does not. */
  readonly maskWeights?: boolean;
  readonly zMin?: S;
  /** What to do if H is not positive definite: throw, or the published identity in its place. */
  readonly failure?: "throw" | "identity";
}

/** Quantities to take as given. */
export interface Held<S> {
  /** What the clamp takes off r [N][2]. */
  readonly shortening?: Matrix<S>;
  readonly residualThreshold?: Vector<S>;
  readonly weightThreshold?: Matrix<S>;
  /** J [2N][6], and rₖ ∂²πₖ/∂y² [2N][6][6], r the residual that H is taken at. */
  readonly J?: Matrix<S>;
  readonly bending?: readonly Matrix<S>[];
  /** e [N][2] of E_linear, and M [N][2] of E_cov. */
  readonly linearResidual?: Matrix<S>;
  readonly variance?: Matrix<S>;
  /** ω [2N] of each term. */
  readonly omega?: Readonly<Partial<Record<LossTerm, Vector<S>>>>;
}

/** The loss and everything on the way to it. */
export interface LinearCovariance<S> {
  readonly points: readonly LinearisedPoint<S>[];
  /** r, e and what is taken off, M, ω [N][2]; δ_e [2] and δ_w [N][2] if there is a robustification. */
  readonly r: S[][];
  readonly e: S[][];
  readonly shortening: S[][];
  readonly variance: S[][];
  readonly omega: S[];
  readonly residualThreshold?: readonly S[];
  readonly weightThreshold?: Matrix<S>;
  /** Whether the identity stands for a Hessian that is not positive definite. */
  readonly substituted: boolean;
  readonly J: Matrix<S>;
  readonly bending: readonly Matrix<S>[];
  /** C_prior and C [6][6], A e [6]; their images in the representation [K]. */
  readonly prior: S[][];
  readonly covariance: S[][];
  readonly deviation: S[];
  readonly priorVariance: S[];
  readonly covarianceVariance: S[];
  readonly linearDelta: S[];
  readonly priorError: S;
  readonly covarianceError: S;
  readonly linearError: S;
  readonly loss: S;
}

/**
 * L and its parts at the true pose.
 *
 * @throws RangeError if N = 0, or if the Hessian is not positive definite and `failure` is "throw".
 */
export function linearCovarianceLoss<S extends Real<S>>(
  problem: LinearCovarianceProblem<S>,
  options: LinearCovarianceOptions<S> = {},
  held: Held<S> = {},
): LinearCovariance<S> {
  const { x2d, x3d, K, R, t, Jf, group } = problem;
  if (x2d.length === 0) throw new RangeError("linearCovarianceLoss: expected points, got none");
  const { terms = ["covariance", "prior", "linear"] } = options;
  const pose = poseDerivativesAt("RP", R, t);
  const points = x3d.map((z) => linearisedPoint(pose, z, K, options.zMin));
  const r = points.map(({ value }, i) => value.map((pi, k) => x2d[i][k].minus(pi)));
  const tamed = tamedResiduals(problem, options, held, r);
  const J = held.J ?? points.flatMap(({ y }) => y);
  const curving = options.hessian === "observed" ? r : points.map(({ gap }) => gap);
  const bending =
    held.bending ?? points.flatMap(({ yy }, i) => yy.map((B, k) => scaleMatrix(B, curving[i][k])));
  let substituted = false;
  const ofTerm = (term: LossTerm) => {
    const omega = held.omega?.[term] ?? tamed.omega;
    let H = solver.linearisedHessian(J, omega);
    bending.forEach((B, k) => {
      H = addMatrices(H, scaleMatrix(B, omega[k].negated()));
    });
    if (!positiveDefinite(H)) {
      if (options.failure !== "identity")
        throw new RangeError(
          "linearCovarianceLoss: expected H positive definite, got one that is not",
        );
      substituted = true;
      H = H.map((row, i) => row.map((h, j) => h.of(i === j ? 1 : 0)));
    }
    const P = solver.priorCovariance(H);
    return { P, A: solver.solverMatrix(P, J, omega) };
  };
  const { P: prior } = ofTerm("prior");
  const covariance = solver.linearisedCovariance(ofTerm("covariance").A, tamed.variance.flat());
  const deviation = apply(ofTerm("linear").A, (held.linearResidual ?? tamed.e).flat());
  const priorVariance = solver.transportedVariance(Jf, prior);
  const covarianceVariance = solver.transportedVariance(Jf, covariance);
  const linearDelta = apply(Jf, deviation);
  const zero = linearDelta[0].of(0);
  const sized = (term: LossTerm, size: () => S) => (terms.includes(term) ? size() : zero);
  const priorError = sized("prior", () => varianceError(priorVariance, group, options));
  const covarianceError = sized("covariance", () =>
    varianceError(covarianceVariance, group, options),
  );
  const linearError = sized("linear", () => deviationError(linearDelta, group, options));
  const half = covarianceError.plus(linearError).over(2);
  return {
    points,
    r,
    ...tamed,
    substituted,
    J,
    bending,
    prior,
    covariance,
    deviation,
    priorVariance,
    covarianceVariance,
    linearDelta,
    priorError,
    covarianceError,
    linearError,
    loss: terms.includes("prior") ? priorError.log().plus(half.over(priorError)) : half,
  };
}

/** One error of component variances [K] in groups of `group`. */
export function varianceError<S extends Real<S>>(
  variances: Vector<S>,
  group: number,
  options: Pick<LinearCovarianceOptions<S>, "form" | "reduction" | "failure">,
): S {
  const { form, reduction, failure } = options;
  const sums = grouped(variances, group).map((v) => v.reduce((a, b) => a.plus(b)));
  const spoilt = failure === "identity" && anyNotPositive(variances);
  const errors = sums.map((v) => {
    if (spoilt) return v.of(1);
    if (form === "gaussian") return v;
    return v.atMost(0) ? v.of(0) : v.sqrt();
  });
  const total = errors.reduce((a, b) => a.plus(b));
  return reduction === "sum" ? total : total.over(errors.length);
}

/** Whether published code puts ones in the place of these variances. */
export function anyNotPositive<S extends Real<S>>(variances: Vector<S>): boolean {
  return variances.some((v) => v.atMost(0));
}

/** One error of deviations e [K] in groups of `group`. */
export function deviationError<S extends Real<S>>(
  deviations: Vector<S>,
  group: number,
  { form, reduction }: Pick<LinearCovarianceOptions<S>, "form" | "reduction">,
): S {
  const errors = grouped(deviations, group).map((e) => {
    if (form !== "gaussian" && e.length === 1) return abs(e[0]);
    const square = e.map((x) => x.times(x)).reduce((a, b) => a.plus(b));
    if (form === "gaussian") return square;
    return square.atMost(0) ? square.of(0) : square.sqrt();
  });
  const total = errors.reduce((a, b) => a.plus(b));
  return reduction === "sum" ? total : total.over(errors.length);
}

const grouped = <S>(values: Vector<S>, group: number): S[][] =>
  Array.from({ length: values.length / group }, (_, g) => values.slice(group * g, group * (g + 1)));

function tamedResiduals<S extends Real<S>>(
  { w2d, valid = w2d.map(() => 1) }: LinearCovarianceProblem<S>,
  options: LinearCovarianceOptions<S>,
  held: Held<S>,
  r: S[][],
) {
  const like = r[0][0];
  const { robust: by } = options;
  const shortened = by
    ? r.map((row) => robust.shortenedResidual(row, by.maxLength, by.epsilon))
    : r;
  const shortening =
    held.shortening?.map((row) => [...row]) ??
    r.map((row, i) => row.map((x, k) => x.minus(shortened[i][k])));
  const e = held.shortening
    ? r.map((row, i) => row.map((x, k) => x.minus(shortening[i][k])))
    : shortened;
  const squares = w2d.map((row) =>
    row.map((w) => (options.weights === "squared" ? w : w.times(w))),
  );
  const masked = (omega: S[][]) =>
    omega.flatMap((row, i) => (options.maskWeights ? row.map((x) => x.times(valid[i])) : row));
  if (!by) {
    const variance = held.variance ?? e.map((row) => row.map((x) => x.times(x)));
    return { e, shortening, variance: variance.map((row) => [...row]), omega: masked(squares) };
  }
  const residualThreshold =
    held.residualThreshold ?? robust.residualThreshold(e, valid, by.residualFactor, like);
  const variance = held.variance ?? robust.residualVariance(e, residualThreshold);
  const weightThreshold =
    held.weightThreshold ??
    robust.weightThreshold(squares, variance, valid, by.weightFactor, by.epsilon, like);
  return {
    e,
    shortening,
    variance: variance.map((row) => [...row]),
    omega: masked(robust.limitedWeight(squares, weightThreshold)),
    residualThreshold,
    weightThreshold,
  };
}

/** Whether every pivot of a Cholesky factorisation is positive. */
function positiveDefinite<S extends Real<S>>(H: Matrix<S>): boolean {
  const L: S[][] = H.map((row) => row.map((h) => h.of(0)));
  for (let j = 0; j < H.length; j++)
    for (let i = j; i < H.length; i++) {
      let rest = H[i][j];
      for (let k = 0; k < j; k++) rest = rest.minus(L[i][k].times(L[j][k]));
      if (i > j) L[i][j] = rest.over(L[j][j]);
      else if (rest.atMost(0)) return false;
      else L[j][j] = rest.sqrt();
    }
  return true;
}
