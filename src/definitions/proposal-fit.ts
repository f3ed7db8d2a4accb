/**
 * Fitting proposals to a pose with its covariance, or to weighted poses. A proposal is a trivariate t
 * in position times an angular central Gaussian (Q7) or a von Mises–uniform mixture (YAW).
 *
 *     start, yaw         κ = share / max(Σ_ββ, floor)
 *     start, quaternion  A = (T(q*) Σ_δδ⁻¹ T(q*)ᵀ + I)⁻¹,   Λ = A / tr A, dispersed
 *     refit, position    μ = Σ v̄ⱼ tⱼ,   S = Σ v̄ⱼ (tⱼ − μ)(tⱼ − μ)ᵀ
 *     refit, yaw         C = Σ v̄ⱼ cos βⱼ, S = Σ v̄ⱼ sin βⱼ,   μ = atan2(S, C),   r² = C² + S²,
 *                        κ = share · max(r, floor) (2 − r²) / max(1 − r², floor)
 *     refit, quaternion  Λ ← I; three times: cⱼ = v̄ⱼ / max(qⱼᵀΛ⁻¹qⱼ, floor),
 *                        Λ ← Σ cⱼ qⱼqⱼᵀ / Σ cⱼ + ridge · I;   then dispersed
 *     dispersed          Λ + dispersion · det(Λ)^¼ I
 *
 * v̄ [S] are weights of sum 1. The start in position takes μ = t* and S = Σ_tt as they are: a covariance used
 * as the scale of a t whose covariance is three times that. κ of the refit approximates the root of
 * I₁/I₀(κ) = r, times the share; three Tyler steps are not converged. All by published code; the text
 * leaves them to its supplement.
 * Source: EQUATIONS EPRO-14 … EPRO-19, PVC-17 … PVC-19; [EProPnP2022] Sec 3.2, Algorithm 1 line 11 and
 * published code; [Tyler1987] for the iteration.
 */
import {
  add,
  addMatrices,
  dot,
  identity,
  type Matrix,
  multiply,
  outer,
  scale,
  scaleMatrix,
  solve,
  subtract,
  sum,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import { max, type Real } from "../scalar/real.js";
import { quaternionTangent } from "./quaternion.js";

/** Published constants of the fits. */
export const proposalConstants = {
  /** Share of the matched von Mises concentration that is used. */
  concentrationShare: 0.33,
  /** Floor of a yaw variance, of r, of 1 − r² and of qᵀΛ⁻¹q. */
  floor: 1e-5,
  /** Multiple of det(Λ)^¼ I added to Λ. */
  dispersion: 0.001,
  /** Added to the diagonal after every Tyler step. */
  ridge: 1e-5,
  /** Tyler steps. */
  tylerIterations: 3,
} as const;

/** A direction and a concentration. */
export interface YawFit<S> {
  readonly mean: S;
  readonly kappa: S;
}

/** κ of a yaw of variance Σ_ββ [rad²]. */
export function initialConcentration<S extends Real<S>>(
  variance: S,
  share: number = proposalConstants.concentrationShare,
  floor: number = proposalConstants.floor,
): S {
  return variance.of(share).over(max(variance, variance.of(floor)));
}

/**
 * Λ [4][4] of trace 1 before dispersion, for q* [4] and Σ_δδ [3][3] in the Q7 tangent.
 *
 * @throws RangeError if Σ_δδ is singular.
 */
export function initialRotationScale<S extends Real<S>>(
  q: Vector<S>,
  covariance: Matrix<S>,
): S[][] {
  const T = quaternionTangent(q);
  const one = identity(4, q[0]);
  const precision = addMatrices(multiply(T, solve(covariance, transpose(T))), one);
  const A = solve(precision, one);
  return scaleMatrix(A, q[0].of(1).over(trace(A)));
}

/** Λ + dispersion · det(Λ)^¼ I [4][4]. */
export function dispersedScale<S extends Real<S>>(
  scaleMatrix4: Matrix<S>,
  dispersion: number = proposalConstants.dispersion,
): S[][] {
  const like = scaleMatrix4[0][0];
  const root = determinant(scaleMatrix4).sqrt().sqrt();
  return addMatrices(scaleMatrix4, scaleMatrix(identity(4, like), root.times(dispersion)));
}

/** μ [3] of positions t [S][3]. */
export function weightedMean<S extends Real<S>>(t: Matrix<S>, v: Vector<S>): S[] {
  return t.map((row, j) => scale(row, v[j])).reduce(add);
}

/** S [3][3] of positions t [S][3] about their weighted mean. */
export function weightedCovariance<S extends Real<S>>(t: Matrix<S>, v: Vector<S>): S[][] {
  const mean = weightedMean(t, v);
  return t
    .map((row, j) => {
      const off = subtract(row, mean);
      return scaleMatrix(outer(off, off), v[j]);
    })
    .reduce(addMatrices);
}

/** (μ, κ) of yaws β [S]. */
export function weightedYaw<S extends Real<S>>(
  beta: Vector<S>,
  v: Vector<S>,
  share: number = proposalConstants.concentrationShare,
  floor: number = proposalConstants.floor,
): YawFit<S> {
  const C = dot(
    beta.map((b) => b.cos()),
    v,
  );
  const sine = dot(
    beta.map((b) => b.sin()),
    v,
  );
  const square = C.times(C).plus(sine.times(sine));
  // A root has no slope at zero; below the floor it is not looked at.
  const r = square.lessThan(floor * floor) ? C.of(floor) : max(square.sqrt(), C.of(floor));
  const gap = max(square.negated().plus(1), C.of(floor));
  return {
    mean: sine.atan2(C),
    kappa: r.times(square.negated().plus(2)).over(gap).times(share),
  };
}

/** Λ [4][4] after Tyler steps on quaternions q [S][4] before dispersion. */
export function weightedRotationScale<S extends Real<S>>(
  q: Matrix<S>,
  v: Vector<S>,
  iterations: number = proposalConstants.tylerIterations,
  floor: number = proposalConstants.floor,
  ridge: number = proposalConstants.ridge,
): S[][] {
  const one = identity(4, v[0]);
  let scale4: S[][] = one;
  for (let step = 0; step < iterations; step++) {
    const inverse = solve(scale4, one);
    const c = q.map((row, j) => {
      const form = dot(row, multiply([row], inverse)[0]);
      return v[j].over(max(form, form.of(floor)));
    });
    const total = q.map((row, j) => scaleMatrix(outer(row, row), c[j])).reduce(addMatrices);
    const mean = scaleMatrix(total, v[0].of(1).over(sum(c, v[0])));
    scale4 = addMatrices(mean, scaleMatrix(one, one[0][0].times(ridge)));
  }
  return scale4;
}

const trace = <S extends Real<S>>(A: Matrix<S>): S =>
  A.map((row, i) => row[i]).reduce((total, x) => total.plus(x));

/** det of a matrix by its first row. */
function determinant<S extends Real<S>>(A: Matrix<S>): S {
  if (A.length === 1) return A[0][0];
  return A[0]
    .map((x, j) => {
      const minor = A.slice(1).map((row) => row.filter((_, k) => k !== j));
      const term = x.times(determinant(minor));
      return j % 2 ? term.negated() : term;
    })
    .reduce((total, x) => total.plus(x));
}
