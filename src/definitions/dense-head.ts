/**
 * From a dense head's maps to correspondences, and back to their gradients.
 *
 *     y_p = W F_p + b  (1×1 convolution)      g = W̄ mean_p F_p + b̄
 *     z = n ∘ d     x_rc = o + (c + h, r + h) e/m     K′ = [[m/e, 0, −o₁ m/e − h], [0, m/e, −o₂ m/e − h], [0, 0, 1]] K
 *     L_rot = (1/3N) Σ m_i |n_i − n*_i|₁
 *
 * n are normalised object coordinates, d the size that one unit of them stands for: half extents,
 * |min corner|, of a model (6DoF) or full dimensions of a box (detector). The crop begins at pixel o,
 * is e pixels wide and high and has m cells an axis; h is 0 as published, ½ for cell centres. K′ maps
 * camera points to cells (c, r). Source: EQUATIONS EPRO-35, 36; [EProPnP2022] Sec 4.1, 5.2, Fig 4.
 */
import { add, apply, type Matrix, multiply, sum, type Vector } from "../scalar/matrix.js";
import { abs, type Real } from "../scalar/real.js";

/** y [P,O] of features F [P,C]: one linear map W [O,C], b [O] at every pixel. */
export function pixelwiseLinear<S extends Real<S>>(
  F: Matrix<S>,
  W: Matrix<S>,
  b: Vector<S>,
): S[][] {
  return F.map((feature) => add(apply(W, feature), b));
}

/** ∂L/∂F [P,C], ∂L/∂W [O,C] and ∂L/∂b [O] of v = ∂L/∂y [P,O]. */
export function pixelwiseLinearVjp<S extends Real<S>>(
  F: Matrix<S>,
  W: Matrix<S>,
  v: Matrix<S>,
): { features: S[][]; weights: S[][]; bias: S[] } {
  const like = W[0][0];
  return {
    features: multiply(v, W),
    weights: W.map((row, o) =>
      row.map((_, c) =>
        sum(
          F.map((feature, p) => v[p][o].times(feature[c])),
          like,
        ),
      ),
    ),
    bias: W.map((_, o) =>
      sum(
        v.map((row) => row[o]),
        like,
      ),
    ),
  };
}

/** mean over pixels of F [P,C]: [C]. Its gradient is v/P at every pixel. @throws RangeError if P = 0. */
export function meanFeature<S extends Real<S>>(F: Matrix<S>): S[] {
  if (F.length === 0) throw new RangeError("meanFeature: expected P >= 1 pixels, got 0");
  return F[0].map((like, c) =>
    sum(
      F.map((feature) => feature[c]),
      like,
    ).over(F.length),
  );
}

/** x [m²,2] px, row by row, of a crop at o [2] px, e px wide, of m cells an axis, offset h. */
export function cropGrid<S extends Real<S>>(o: Vector<S>, e: S, m: number, h: number): S[][] {
  return Array.from({ length: m * m }, (_, i) =>
    [i % m, Math.floor(i / m)].map((cell, a) => o[a].plus(e.of(cell).plus(h).times(e).over(m))),
  );
}

/** K′ [3,3], which projects camera points to cells (c, r) of the crop. */
export function cropCamera<S extends Real<S>>(
  K: Matrix<S>,
  o: Vector<S>,
  e: S,
  m: number,
  h: number,
): S[][] {
  const [zero, one] = [e.of(0), e.of(1)];
  const ratio = one.times(m).over(e);
  const shift = o.map((x) => x.times(ratio).plus(h).negated());
  return multiply(
    [
      [ratio, zero, shift[0]],
      [zero, ratio, shift[1]],
      [zero, zero, one],
    ],
    K,
  );
}

/** |min corner| [3], half the extents of a model centred on its origin. */
export function halfExtents<S extends Real<S>>(corner: Vector<S>): S[] {
  return corner.map(abs);
}

/** z [N,3] = n ∘ d, in the unit of d [3]. */
export function objectPoints<S extends Real<S>>(n: Matrix<S>, d: Vector<S>): S[][] {
  return n.map((row) => row.map((x, k) => x.times(d[k])));
}

/** n [N,3] = z / d: the coordinate target of an object point. */
export function objectCoordinates<S extends Real<S>>(z: Matrix<S>, d: Vector<S>): S[][] {
  return z.map((row) => row.map((x, k) => x.over(d[k])));
}

/** ∂L/∂n [N,3] and ∂L/∂d [3] of v = ∂L/∂z [N,3]. */
export function objectPointsVjp<S extends Real<S>>(
  n: Matrix<S>,
  d: Vector<S>,
  v: Matrix<S>,
): { coordinates: S[][]; size: S[] } {
  return {
    coordinates: objectPoints(v, d),
    size: d.map((like, k) =>
      sum(
        v.map((row, i) => row[k].times(n[i][k])),
        like,
      ),
    ),
  };
}

/** L_rot of n, n* [N,3] and a mask m [N] of zeros and ones; all 3N entries divide it. */
export function coordinateLoss<S extends Real<S>>(
  n: Matrix<S>,
  target: Matrix<S>,
  mask: Vector<S>,
): S {
  const terms = n.flatMap((row, i) => row.map((x, k) => abs(x.minus(target[i][k])).times(mask[i])));
  return sum(terms, mask[0]).over(terms.length);
}

/** ∂L_rot/∂n [N,3]: ±m/(3N), and 0 where n = n*. */
export function coordinateLossGradient<S extends Real<S>>(
  n: Matrix<S>,
  target: Matrix<S>,
  mask: Vector<S>,
): S[][] {
  return n.map((row, i) =>
    row.map((x, k) => {
      const difference = x.minus(target[i][k]);
      const sign = difference.lessThan(0) ? -1 : difference.atMost(0) ? 0 : 1;
      return mask[i].times(sign).over(3 * n.length);
    }),
  );
}
