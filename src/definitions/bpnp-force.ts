/**
 * Force of one correspondence on its camera point, and its derivatives: what bpnp.ts sums.
 *
 *     q = −Σₖ mₖ Jₖ,   Jₖ = ∂πₖ/∂X,   mₖ = ρ′(s) Ωₖ r̃ₖ,   s = Σₖ Ωₖ rₖ²,   r = x − π(X, K)
 *     ∂q/∂θ = −Σₖ Jₖᵀ ∂mₖ/∂θ − Σₖ mₖ ∂Jₖ/∂θ
 *
 * Ω = w² and r̃ = r make q the gradient of ½ρ(s) in X. Published code differs in four ways, which
 * the four switches of `BpnpForm` name; the second sum is what "holding the coefficients constant"
 * drops. Source: EQUATIONS PNP-2 … PNP-4, BPNP-2 … BPNP-5, ROB-1, ROB-2, CONV-4.
 */
import {
  add,
  apply,
  type Matrix,
  multiply,
  scale,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { squaredHuberCurvature, squaredHuberSlope } from "./huber.js";
import {
  projection,
  projectionCameraJacobian,
  projectionHessian,
  projectionJacobian,
  projectionPointCameraHessian,
} from "./projection.js";

/**
 * Which formula. `exactForm` is the derivative of the argmin (BPNP-2); "faster" is Gauss–Newton and
 * dropped (BPNP-3); Gauss–Newton and exact is the derivative of one regularised step (BPNP-4); the
 * published implementation is depth-weighted, exact or fast (BPNP-5).
 */
export interface BpnpForm {
  /** "gauss-newton" holds ∂π/∂y and ρ′ constant in H: JᵀWJ, robustly rescaled (ROB-2). */
  hessian: "exact" | "gauss-newton";
  /** "dropped" holds ∂π/∂y constant in the derivatives by x, z, K, w, δ. */
  mixed: "exact" | "dropped";
  /** "depth-weighted" is r̃ = h₃ x − (h₁, h₂) = h₃ r with h = K X, the depth factor differentiated too. */
  residual: "plain" | "depth-weighted";
  /** What multiplies a residual: w, w² or √w, so that Ω is w², w⁴ or w. */
  weights: "w" | "w2" | "sqrt";
}

export const exactForm: BpnpForm = {
  hessian: "exact",
  mixed: "exact",
  residual: "plain",
  weights: "w",
};

/** q [3] and its derivatives: by X as it enters H and as it enters ∂g/∂z, then by x, K, w and δ. */
export interface PointForce<S> {
  q: S[];
  /** [3][3] */ hessian: S[][];
  /** [3][3] */ mixed: S[][];
  /** [3][2] */ x: S[][];
  /** [3][9] */ K: S[][];
  /** [3][2] */ w: S[][];
  /** [3] */ delta: S[];
}

/** The force of the correspondence (x, X) [px, m] with weights w [2]. */
export function pointForce<S extends Real<S>>(
  X: Vector<S>,
  x: Vector<S>,
  w: Vector<S>,
  K: Matrix<S>,
  delta: S | undefined,
  form: BpnpForm,
): PointForce<S> {
  const [zero, one] = [X[0].of(0), X[0].of(1)];
  const h = apply(K, X);
  const pi = projection(X, K);
  const J = projectionJacobian(X, K);
  const JK = projectionCameraJacobian(X, K);
  const r = [x[0].minus(pi[0]), x[1].minus(pi[1])];
  const [Omega, OmegaSlope] = precision(w, form);
  const s = Omega[0].times(r[0]).times(r[0]).plus(Omega[1].times(r[1]).times(r[1]));
  const outlier = delta !== undefined && !s.atMost(delta.times(delta));
  const slope = outlier ? squaredHuberSlope(s, delta) : one; // ρ′
  const curvature = outlier ? squaredHuberCurvature(s, delta) : zero; // ρ″

  const deep = form.residual === "depth-weighted";
  const residual = deep ? r.map((rk) => h[2].times(rk)) : r;
  const m = residual.map((rk, k) => slope.times(Omega[k]).times(rk));

  /** ∂m/∂θ [2][n] from ∂r/∂θ and ∂r̃/∂θ [2][n], with ρ′ held constant if `rescaled`. */
  const multiplier = (dr: Matrix<S>, dResidual: Matrix<S>, rescaled = false): S[][] =>
    dResidual.map((row, k) => {
      const direct = scale(row, slope.times(Omega[k]));
      if (!outlier || rescaled) return direct;
      const ds = add(scale(dr[0], Omega[0].times(r[0])), scale(dr[1], Omega[1].times(r[1])));
      return add(direct, scale(ds, curvature.times(Omega[k]).times(residual[k]).times(2)));
    });
  /** −Σₖ Jₖᵀ ∂mₖ/∂θ [3][n], less the kept Σₖ mₖ ∂Jₖ/∂θ. */
  const force = (dm: Matrix<S>, dJ?: readonly Matrix<S>[]): S[][] =>
    multiply(transpose(J), dm).map((row, a) =>
      row.map((v, n) => {
        const bent = dJ && m[0].times(dJ[0][a][n]).plus(m[1].times(dJ[1][a][n]));
        return (bent ? v.plus(bent) : v).negated();
      }),
    );

  const byX = J.map((row) => row.map((v) => v.negated()));
  const byK = JK.map((row) => row.map((v) => v.negated()));
  const bypoint = [
    [one, zero],
    [zero, one],
  ];
  // r̃ = h₃ x − (h₁, h₂), term by term.
  const deepX = [0, 1].map((k) => K[2].map((third, a) => x[k].times(third).minus(K[k][a])));
  const deepK = [0, 1].map((k) =>
    [0, 1, 2].flatMap((j) =>
      X.map((v) => (j === 2 ? x[k].times(v) : j === k ? v.negated() : zero)),
    ),
  );
  const deepPoint = bypoint.map((row) => scale(row, h[2]));

  const keep = form.mixed === "exact";
  const exact = form.hessian === "exact";
  const bend = keep || exact ? projectionHessian(X, K) : undefined;
  const mX = multiplier(byX, deep ? deepX : byX);
  const mXH = !exact ? multiplier(byX, deep ? deepX : byX, true) : mX;
  const mw = [0, 1].map((k) =>
    [0, 1].map((l) => {
      const ds = OmegaSlope[l].times(r[l]).times(r[l]);
      const viaHuber = curvature.times(Omega[k]).times(residual[k]).times(ds);
      return k === l ? slope.times(OmegaSlope[k]).times(residual[k]).plus(viaHuber) : viaHuber;
    }),
  );
  const mdelta = residual.map((rk, k) => [outlier ? Omega[k].times(rk).over(s.sqrt()) : zero]);
  return {
    q: force(m.map((mk) => [mk])).map(([only]) => only),
    hessian: force(mXH, exact ? bend : undefined),
    mixed: force(mX, keep ? bend : undefined),
    x: force(multiplier(bypoint, deep ? deepPoint : bypoint)),
    K: force(
      multiplier(byK, deep ? deepK : byK),
      keep ? projectionPointCameraHessian(X, K) : undefined,
    ),
    w: force(mw),
    delta: force(mdelta).map(([only]) => only),
  };
}

/** Ω and dΩ/dw, one per image axis. */
function precision<S extends Real<S>>(w: Vector<S>, form: BpnpForm): [S[], S[]] {
  if (form.weights === "sqrt") return [[...w], w.map((wk) => wk.of(1))];
  const square = w.map((wk) => wk.times(wk));
  if (form.weights === "w") return [square, w.map((wk) => wk.times(2))];
  return [square.map((v) => v.times(v)), w.map((wk, k) => wk.times(square[k]).times(4))];
}
