/**
 * A pose and its derivatives by a second route, which shares no formula with the first (solved-routes.ts):
 *
 *   π        of K [R | t] folded into one matrix, R by turning axes with a quaternion (second-projection.ts)
 *   g        Σ ρ′ w² r ∂π/∂y with ∂π/∂y by duals, zero at the minimum
 *   H, ∂g/∂θ by differences, (g(+h) − g(−h)) / 2h with h = 1e-20, entry by entry
 *
 * Where coefficients are held (bpnp-faster), ∂π/∂y stays what it is at the pose while y and θ move.
 */

import { secondResiduals } from "../audit/second-projection.js";
import { huber } from "../definitions/huber.js";
import type { Reprojection } from "../definitions/reprojection-cost.js";
import { seriesA, seriesB } from "../definitions/rotation-series.js";
import { type Big, big } from "../scalar/big.js";
import { dual } from "../scalar/dual.js";
import { dot, type Matrix, norm, solve, sum, type Vector } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";
import { type BigJacobian, stationary } from "./first-pose.js";

/** h, and 2h. */
const h = big("1e-20");
const twice = big("2e-20");

/** What every point shows of a pose: r = π − x [N][2] and ∂π/∂y [6][N][2]. */
interface Sight {
  readonly r: Big[][];
  readonly c: readonly Big[][][];
}

/** (t, q) [7] of y = (ω, t) [6]: cos θ/2 and sin θ/2 as series of θ²/4. */
function quaternionRow<S extends Real<S>>(y: Vector<S>): S[] {
  const omega = y.slice(0, 3);
  const quarter = dot(omega, omega).over(4);
  const w = quarter.times(seriesB(quarter)).negated().plus(1);
  const share = seriesA(quarter).over(2);
  return [...y.slice(3), w, ...omega.map((v) => v.times(share))];
}

function sight({ x2d, x3d, K }: Reprojection<Big>, y: readonly Big[]): Sight {
  const still = (rows: Matrix<Big>) => rows.map((row) => row.map((v) => dual(v)));
  const plain = x2d.map((row) => row.map((v) => dual(v.of(1))));
  const zMin = dual(big(Number.NEGATIVE_INFINITY));
  const sighted = { x2d: still(x2d), x3d: still(x3d), w2d: plain, K: still(K), zMin };
  const along = y.map((_, p) => {
    const moving = y.map((v, q) => dual(v, p === q ? 1 : 0));
    return secondResiduals(sighted, quaternionRow(moving)).map(({ f }) => f);
  });
  return {
    r: along[0].map((f) => f.map((v) => v.a)),
    c: along.map((points) => points.map((f) => f.map((v) => v.b))),
  };
}

/** Each point's part of g [N][6]. */
function forces({ r, c }: Sight, w2d: Matrix<Big>, delta: Big | undefined): Big[][] {
  return r.map((own, i) => {
    const e = own.map((v, k) => v.times(w2d[i][k]));
    const pull = e.map((v, k) => v.times(w2d[i][k]));
    const size = delta && norm(e);
    const slope = delta && size && delta.lessThan(size) ? delta.over(size) : big(1);
    return c.map((points) => dot(points[i], pull).times(slope));
  });
}

const summed = (rows: readonly Big[][]): Big[] =>
  rows.reduce((a, b) => a.map((v, j) => v.plus(b[j])));

/** The minimum next to `start` (ω, t) [6], on the same branch of ω. @throws RangeError if there is none. */
export const secondMinimum = (
  data: Reprojection<Big>,
  start: ArrayLike<number>,
  inverse: readonly (readonly number[])[],
): Big[] => stationary((y) => summed(forces(sight(data, y), data.w2d, data.delta)), start, inverse);

/** ½ Σ ρ at a pose. */
export function secondCost(data: Reprojection<Big>, y: readonly Big[]): Big {
  const { r } = sight(data, y);
  const { w2d, delta } = data;
  const terms = r.map((own, i) => {
    const e = own.map((v, k) => v.times(w2d[i][k]));
    return delta ? huber(norm(e), delta) : dot(e, e).over(2);
  });
  return sum(terms, y[0]);
}

/** The derivatives of the minimum y by one datum, or H⁻¹, made as they are asked for. */
export function secondDerivative(
  data: Reprojection<Big>,
  y: readonly Big[],
  held: boolean,
): (variable: keyof BigJacobian) => Big[] {
  const { x2d, x3d, K, w2d, delta } = data;
  const base = sight(data, y);
  const seen = (moved: Reprojection<Big>, at: readonly Big[] = y): Sight => {
    const found = sight(moved, at);
    return held ? { r: found.r, c: base.c } : found;
  };
  /** The slope of each point's force along a move [N][6]. */
  const slope = (at: (step: Big) => Big[][]): Big[][] => {
    const [up, down] = [at(h), at(h.negated())];
    return up.map((row, i) => row.map((v, j) => v.minus(down[i][j]).over(twice)));
  };
  const shift = (rows: Matrix<Big>, of: (i: number, k: number) => boolean, step: Big) =>
    rows.map((row, i) => row.map((v, k) => (of(i, k) ? v.plus(step) : v)));
  const byPose = y.map((_, p) =>
    summed(
      slope((step) => {
        const moved = y.map((v, q) => (p === q ? v.plus(step) : v));
        return forces(seen(data, moved), w2d, delta);
      }),
    ),
  );
  // A datum moves its own point's force alone, so that one move of all points serves each of them.
  const perPoint = (of: readonly Big[][][]) => x2d.flatMap((_, i) => of.map((rows) => rows[i]));
  const columns: Readonly<Record<string, () => Big[][]>> = {
    x2d: () =>
      perPoint(
        [0, 1].map((k) =>
          slope((step) => {
            const r = shift(base.r, (_, l) => k === l, step.negated());
            return forces({ r, c: base.c }, w2d, delta);
          }),
        ),
      ),
    x3d: () =>
      perPoint(
        [0, 1, 2].map((k) =>
          slope((step) => {
            const moved = { ...data, x3d: shift(x3d, (_, l) => k === l, step) };
            return forces(seen(moved), w2d, delta);
          }),
        ),
      ),
    w2d: () =>
      perPoint(
        [0, 1].map((k) =>
          slope((step) =>
            forces(
              base,
              shift(w2d, (_, l) => k === l, step),
              delta,
            ),
          ),
        ),
      ),
    K: () =>
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((a) =>
        summed(
          slope((step) => {
            const moved = { ...data, K: shift(K, (i, k) => 3 * i + k === a, step) };
            return forces(seen(moved), w2d, delta);
          }),
        ),
      ),
  };
  const H = y.map((_, j) => byPose.map((column) => column[j]));
  const unit = y.map((_, p) => y.map((v, q) => v.of(p === q ? -1 : 0)));
  return (variable) => {
    const of = columns[variable]?.() ?? unit;
    return solve(
      H,
      y.map((_, j) => of.map((column) => column[j].negated())),
    ).flat();
  };
}
