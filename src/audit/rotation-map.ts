/**
 * The stationarity condition under any map from ω to a matrix, differentiated by second-order duals.
 *
 * With X = R(ω) z + t, ∂X/∂ω_k = R_k z and ∂²X/∂ω_k∂ω_l = R_kl z, the force q on each point gives
 *
 *     g = Σ (∂X/∂y)ᵀ q,   H = Σ (∂X/∂y)ᵀ Q (∂X/∂y) + q · ∂²X/∂y²,   ∂g/∂z = Σ (∂X/∂y)ᵀ q_X R + q · R_k
 *
 * so published code whose rotation is not quite one can be followed exactly, and the closed forms of
 * bpnp.ts have a second writing that knows no Jacobian of SO(3).
 */
import type { ConstraintDerivative } from "../definitions/bpnp.js";
import { type BpnpForm, pointForce } from "../definitions/bpnp-force.js";
import type { Reprojection } from "../definitions/reprojection-cost.js";
import { type HyperDual, hyperDual, parts } from "../scalar/hyper-dual.js";
import {
  add,
  addMatrices,
  apply,
  dot,
  type Matrix,
  multiply,
  transpose,
  type Vector,
} from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** A matrix [3,3] that stands for a rotation, as a function of ω [3], in any scalar. */
export type RotationMap = <S extends Real<S>>(omega: Vector<S>) => S[][];

/** cosθ I + sinθ [a]× + (1 − cosθ) a aᵀ with a = ω / (θ + ε): a rotation only if ε = 0. */
export const axisAngleMap =
  (epsilon: number): RotationMap =>
  <S extends Real<S>>(omega: Vector<S>): S[][] => {
    const theta = dot(omega, omega).sqrt();
    const a = omega.map((v) => v.over(theta.plus(epsilon)));
    const [cos, sin] = [theta.cos(), theta.sin()];
    const versine = cos.negated().plus(1);
    const zero = theta.of(0);
    const turn = [
      [zero, a[2].negated(), a[1]],
      [a[2], zero, a[0].negated()],
      [a[1].negated(), a[0], zero],
    ];
    return turn.map((row, i) =>
      row.map((v, j) => {
        const entry = v.times(sin).plus(a[i].times(a[j]).times(versine));
        return i === j ? entry.plus(cos) : entry;
      }),
    );
  };

/** g and its derivatives at y = (ω, t) [6] as `constraintDerivative` has them, under a rotation map. */
export function mappedConstraint<S extends Real<S>>(
  y: Vector<S>,
  problem: Reprojection<S>,
  form: BpnpForm,
  map: RotationMap,
): ConstraintDerivative<S> {
  const { R, first, second } = mapDerivatives(y.slice(0, 3), map);
  const zero = y[0].of(0);
  const zeros = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => new Array<S>(columns).fill(zero));
  let [g, H, K, delta] = [zeros(6, 1), zeros(6, 6), zeros(6, 9), zeros(6, 1)];
  const [x2d, x3d, w2d]: S[][][][] = [[], [], []];
  const unit = [0, 1, 2].map((i) => [0, 1, 2].map((j) => zero.of(i === j ? 1 : 0)));
  for (const [i, z] of problem.x3d.entries()) {
    const X = add(apply(R, z), y.slice(3));
    const point = pointForce(X, problem.x2d[i], problem.w2d[i], problem.K, problem.delta, form);
    // Rows ∂X/∂y_j, so that (∂X/∂y)ᵀ F is a product with F [3][n].
    const arm = [...first.map((Rk) => apply(Rk, z)), ...unit];
    g = addMatrices(g, multiply(arm, column(point.q)));
    H = addMatrices(H, multiply(arm, multiply(point.hessian, transpose(arm))));
    if (form.hessian === "exact")
      H = H.map((row, a) =>
        row.map((h, b) => (a < 3 && b < 3 ? h.plus(dot(point.q, apply(second[a][b], z))) : h)),
      );
    K = addMatrices(K, multiply(arm, point.K));
    delta = addMatrices(delta, multiply(arm, column(point.delta)));
    x2d.push(multiply(arm, point.x));
    w2d.push(multiply(arm, point.w));
    const byPoint = multiply(arm, multiply(point.mixed, R));
    x3d.push(
      byPoint.map((row, a) =>
        a < 3 && form.mixed === "exact" ? add(row, apply(transpose(first[a]), point.q)) : row,
      ),
    );
  }
  return {
    g: g.map(([only]) => only),
    y: H,
    x2d: byRow(x2d),
    x3d: byRow(x3d),
    K,
    w2d: byRow(w2d),
    delta: delta.map(([only]) => only),
  };
}

/** R, R_k and R_kl of a map, by second-order duals: six evaluations. */
function mapDerivatives<S extends Real<S>>(omega: Vector<S>, map: RotationMap) {
  const first: S[][][] = [];
  const second: S[][][][] = [[], [], []];
  let R: S[][] = [];
  for (let k = 0; k < 3; k++)
    for (let l = k; l < 3; l++) {
      const moving: HyperDual<S>[] = omega.map((v, i) =>
        hyperDual(v, i === k ? 1 : 0, i === l ? 1 : 0),
      );
      const entries = map(moving).map((row) => row.map((v) => parts(v)));
      R = entries.map((row) => row.map((v) => v.value));
      if (k === l) first[k] = entries.map((row) => row.map((v) => v.first1));
      second[k][l] = entries.map((row) => row.map((v) => v.second));
      second[l][k] = second[k][l];
    }
  return { R, first, second };
}

const column = <S>(v: Vector<S>): S[][] => v.map((x) => [x]);

/** [N][6][m] as [6][N][m]. */
const byRow = <S>(blocks: readonly Matrix<S>[]): S[][][] =>
  [0, 1, 2, 3, 4, 5].map((j) => blocks.map((block) => [...block[j]]));
