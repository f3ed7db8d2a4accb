/**
 * How well correspondences hold a pose in place: rank and condition of the weighted Jacobian.
 *
 *     J [2N][6], rows wᵢₖ ∂πᵢₖ/∂(φ, τ) in the LEFT chart;  Ĵ = J D, D making its columns of unit length
 *     σ₁ ≥ … ≥ σ₆ singular values of Ĵ;  rank = #{σₖ > tolerance · σ₁};  condition = σ₁/σ₆
 *
 * Scaling the columns takes units and the size of the object out of σ; a column of zeros stays one.
 * A pose is held to first order only if the rank is 6: N ≥ 3 points, generically. It is unique only
 * for N ≥ 4; coplanar points (`pointSpread` [3] with a last entry of zero) give a second minimum near
 * the first. Collinear points leave a turn about their line: rank 5. Points on one ray of the camera
 * leave a turn about it and a slide along it: rank 4, and 2 if they coincide.
 * A point counts while one of its weights is positive; a weight of zero takes its row out of J.
 * Source: EQUATIONS PNP-14; [LC2023] Sec 1, 3.1; [EProPnP2022] Sec 1.
 */
import { type Matrix, norm, scale, subtract, transpose, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { poseDerivativesAt, poseJacobian } from "./pose-jacobian.js";

/** σ [6] of Ĵ, descending. */
export function poseSingularValues<S extends Real<S>>(
  x3d: Matrix<S>,
  w2d: Matrix<S>,
  K: Matrix<S>,
  R: Matrix<S>,
  t: Vector<S>,
): S[] {
  const pose = poseDerivativesAt("LEFT", R, t);
  const J = x3d.flatMap((z, i) => poseJacobian(pose, z, K).map((row, k) => scale(row, w2d[i][k])));
  const unit = transpose(J).map((column) => {
    const length = norm(column);
    return length.atMost(0) ? column : scale(column, length.of(1).over(length));
  });
  return singularValues(unit);
}

/** Singular values [3] of the points that count, about their mean: 0 in the last is a plane [m]. */
export function pointSpread<S extends Real<S>>(x3d: Matrix<S>, w2d: Matrix<S>): S[] {
  const counted = x3d.filter((_, i) => counts(w2d[i]));
  if (counted.length === 0) return [0, 1, 2].map(() => x3d[0][0].of(0));
  const mean = transpose(counted).map((axis) =>
    axis.reduce((sum, z) => sum.plus(z)).over(counted.length),
  );
  return singularValues(transpose(counted.map((z) => subtract(z, mean))));
}

/** How many points have a positive weight on at least one axis. */
export function effectivePoints<S extends Real<S>>(w2d: Matrix<S>): number {
  return w2d.filter(counts).length;
}

/** #{σₖ > tolerance · σ₁}; a tolerance of max(2N, 6) ε is what rounding J costs. */
export function numericalRank<S extends Real<S>>(sigma: Vector<S>, tolerance: S | number): number {
  const least = sigma[0].times(tolerance);
  return sigma.filter((s) => least.lessThan(s)).length;
}

/** σ₁/σₙ, infinite if σₙ is zero. */
export function conditionNumber<S extends Real<S>>(sigma: Vector<S>): S {
  const last = sigma[sigma.length - 1];
  return last.atMost(0) ? last.of(Number.POSITIVE_INFINITY) : sigma[0].over(last);
}

const counts = <S extends Real<S>>(w: Vector<S>): boolean => w.some((x) => !x.atMost(0));

/**
 * Singular values, descending, of the matrix with these columns: plane rotations from the right make
 * the columns orthogonal, their lengths are then σ (one-sided Jacobi). Convergence is quadratic, so
 * ten sweeps serve any precision in use.
 */
function singularValues<S extends Real<S>>(columns: Matrix<S>): S[] {
  const c = columns.map((column) => [...column]);
  const inner = (a: Vector<S>, b: Vector<S>) =>
    a.slice(1).reduce((sum, x, i) => sum.plus(x.times(b[i + 1])), a[0].times(b[0]));
  for (let sweep = 0; sweep < 10; sweep++)
    for (let p = 0; p < c.length; p++)
      for (let q = p + 1; q < c.length; q++) {
        const [pp, qq, pq] = [inner(c[p], c[p]), inner(c[q], c[q]), inner(c[p], c[q])];
        if (pq.atMost(0) && !pq.lessThan(0)) continue;
        const zeta = qq.minus(pp).over(pq.times(2));
        const size = zeta.lessThan(0) ? zeta.negated() : zeta;
        const rise = size.plus(size.times(size).plus(1).sqrt());
        const tan = (zeta.lessThan(0) ? rise.of(-1) : rise.of(1)).over(rise);
        const root = tan.times(tan).plus(1).sqrt();
        const cos = root.of(1).over(root);
        const sin = cos.times(tan);
        const cp = c[p].map((x, i) => cos.times(x).minus(sin.times(c[q][i])));
        c[q] = c[q].map((y, i) => sin.times(c[p][i]).plus(cos.times(y)));
        c[p] = cp;
      }
  const lengths = c.map((column) => norm(column));
  return lengths.sort((a, b) => (a.lessThan(b) ? 1 : b.lessThan(a) ? -1 : 0));
}
