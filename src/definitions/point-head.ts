/**
 * The points of a deformable head, from sampled features to coordinates and weights.
 *
 *     x̃_i = (x_i − x̄)/max(σ, 1),  σ² = Σ (x_i − x̄)²/(N − 1), either axis alone     code c_i = W x̃_i + b
 *     f_i = v_i + λ q_{h(i)}     (n_i, s_i) = W_{h(i)} f_i + b_{h(i)}     w_ia = μ_i e^{g_a} e^{s_ia} / Σ_j e^{s_ja}
 *
 * The N = H M points are those of H heads, one head after the other: h(i) = ⌊i/M⌋. v_i is the value
 * sampled at pixel x_i, q_h the query of a head and λ a learnt mix, 0.1 at first; between f and the
 * heads' linear maps stands one transformer layer (point-attention.ts, layer-normalisation.ts,
 * feed-forward.ts). n_i are normalised object coordinates, whose biases start on a lattice
 * (deformable-head.ts), and s_i weight logits; the softmax runs over the points of all heads, and the
 * mask μ_i of locations in the image comes after it.
 *
 * For a mirrored image x has its u negated before it is coded, n its third entry after
 * (mirroredPixels, mirroredPoints). Published code takes x̃ for a constant; its derivative is here all the
 * same. A single point has no spread, and is coded as 0, where published code has no number.
 * Source: EQUATIONS EPRO-37; [EProPnP2022] Sec 4.2 and published code.
 */
import { add, dot, type Matrix, scale, sum, type Vector } from "../scalar/matrix.js";
import { max, type Real } from "../scalar/real.js";
import { denseWeights, denseWeightsVjp } from "./dense-weights.js";

/** Mean and σ of one axis of x [N,2]; σ = 0 for one point. */
function spread<S extends Real<S>>(x: Vector<S>): { mean: S; deviation: S } {
  const mean = sum(x, x[0]).over(x.length);
  const apart = x.map((entry) => entry.minus(mean));
  const square = dot(apart, apart);
  // The root of zero has no slope, and below 1 none is asked for.
  const small = x.length === 1 || square.lessThan(x.length - 1);
  return { mean, deviation: small ? mean.of(0) : square.over(x.length - 1).sqrt() };
}

/** x̃ [N,2] of pixels x [N,2], a number where σ > 1 px, else px. */
export function normalisedPixels<S extends Real<S>>(x: Matrix<S>): S[][] {
  if (x.length === 0) return [];
  const axes = [0, 1].map((a) => spread(x.map((row) => row[a])));
  return x.map((row) =>
    row.map((entry, a) =>
      entry.minus(axes[a].mean).over(max(axes[a].deviation, axes[a].mean.of(1))),
    ),
  );
}

/** ∂L/∂x [N,2] of v = ∂L/∂x̃ [N,2]; where σ ≤ 1 the divisor is a constant. */
export function normalisedPixelsVjp<S extends Real<S>>(x: Matrix<S>, v: Matrix<S>): S[][] {
  if (x.length === 0) return [];
  const coded = normalisedPixels(x);
  const axes = [0, 1].map((a) => {
    const { deviation } = spread(x.map((row) => row[a]));
    const up = v.map((row) => row[a]);
    const free = deviation.of(1).lessThan(deviation);
    return {
      divisor: max(deviation, deviation.of(1)),
      mean: sum(up, deviation).over(x.length),
      along: free
        ? dot(
            up,
            coded.map((row) => row[a]),
          ).over(x.length - 1)
        : deviation.of(0),
    };
  });
  return v.map((row, i) =>
    row.map((up, a) => {
      const { divisor, mean, along } = axes[a];
      return up.minus(mean).minus(coded[i][a].times(along)).over(divisor);
    }),
  );
}

/** The head of point i of N points in H heads. @throws RangeError unless H divides N. */
function heads(N: number, H: number): (i: number) => number {
  if (!(H > 0 && N % H === 0))
    throw new RangeError(`point-head: expected points in equal numbers in ${H} heads, got ${N}`);
  return (i) => Math.floor((i * H) / N);
}

/** f [N,D] of values v [N,D], queries q [H,D] and the mix λ. @throws RangeError unless H divides N. */
export function queriedPoints<S extends Real<S>>(v: Matrix<S>, q: Matrix<S>, mix: S): S[][] {
  const head = heads(v.length, q.length);
  return v.map((row, i) => add(row, scale(q[head(i)], mix)));
}

/** ∂L/∂q [H,D] and ∂L/∂λ of u = ∂L/∂f [N,D]; ∂L/∂v is u itself. @throws as queriedPoints does. */
export function queriedPointsVjp<S extends Real<S>>(
  q: Matrix<S>,
  mix: S,
  u: Matrix<S>,
): { queries: S[][]; mix: S } {
  const head = heads(u.length, q.length);
  return {
    queries: q.map((row, h) =>
      row.map((_, d) =>
        sum(
          u.filter((_, i) => head(i) === h).map((up) => up[d]),
          mix,
        ).times(mix),
      ),
    ),
    mix: sum(
      u.map((up, i) => dot(up, q[head(i)])),
      mix,
    ),
  };
}

/** y [N,O] of features [N,D], a linear map W [H,O,D], b [H,O] a head. @throws as queriedPoints does. */
export function headwiseLinear<S extends Real<S>>(
  f: Matrix<S>,
  W: readonly Matrix<S>[],
  b: Matrix<S>,
): S[][] {
  const head = heads(f.length, W.length);
  return f.map((row, i) => W[head(i)].map((weights, o) => dot(weights, row).plus(b[head(i)][o])));
}

/** ∂L/∂f [N,D], ∂L/∂W [H,O,D] and ∂L/∂b [H,O] of v = ∂L/∂y [N,O]. @throws as queriedPoints does. */
export function headwiseLinearVjp<S extends Real<S>>(
  f: Matrix<S>,
  W: readonly Matrix<S>[],
  v: Matrix<S>,
): { features: S[][]; weights: S[][][]; bias: S[][] } {
  const head = heads(f.length, W.length);
  const total = (h: number, like: S, term: (i: number) => S) =>
    sum(
      f
        .map((_, i) => i)
        .filter((i) => head(i) === h)
        .map(term),
      like,
    );
  return {
    features: f.map((row, i) =>
      row.map((like, d) =>
        sum(
          W[head(i)].map((weights, o) => weights[d].times(v[i][o])),
          like,
        ),
      ),
    ),
    weights: W.map((layer, h) =>
      layer.map((row, o) => row.map((like, d) => total(h, like, (i) => v[i][o].times(f[i][d])))),
    ),
    bias: W.map((layer, h) => layer.map(([like], o) => total(h, like, (i) => v[i][o]))),
  };
}

/** w [N,2] of logits s [N,2], log scales g [2] and a mask μ [N]; sums to e^g or less. */
export function pointWeights<S extends Real<S>>(
  s: Matrix<S>,
  g: Vector<S>,
  mask: Vector<S>,
): S[][] {
  return denseWeights("softmax", s, g).map((row, i) => scale(row, mask[i]));
}

/** ∂L/∂s [N,2], ∂L/∂g [2] and ∂L/∂μ [N] of v = ∂L/∂w [N,2]. */
export function pointWeightsVjp<S extends Real<S>>(
  s: Matrix<S>,
  g: Vector<S>,
  mask: Vector<S>,
  v: Matrix<S>,
): { logits: S[][]; scale: S[]; mask: S[] } {
  const bare = denseWeights("softmax", s, g);
  const up = v.map((row, i) => scale(row, mask[i]));
  return {
    ...denseWeightsVjp("softmax", s, g, up),
    mask: bare.map((row, i) => dot(row, v[i])),
  };
}
