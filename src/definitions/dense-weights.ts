/**
 * Weights of dense correspondences from logits s [N,2] and one log scale an image axis, g [2].
 *
 *     softmax:      w_ia = e^{g_a} e^{s_ia} / Σ_j e^{s_ja}
 *     geometric:    w_ia = e^{g_a} e^{s_ia} / (N · geometric mean over j of e^{s_ja})
 *     exponential:  w_ia = e^{g_a} e^{s_ia}
 *     joint:        w_ia = e^g e^{s_ia} / Σ_jb e^{s_jb}                      one log scale g for both axes
 *
 * The softmax runs over the points, for either axis alone; its weights sum to e^{g_a}. "geometric" is
 * what the published code computes: its weights sum to e^{g_a} or more, equal only for equal logits.
 * Both are blind to a common shift of the logits; "exponential", the ablation without a
 * denominator, is not. A gradient v = ∂L/∂w comes back as
 *
 *     ∂L/∂s_ia = w_ia v_ia − h_ia Σ_j w_ja v_ja     h = w e^{−g} | 1/N | 0     ∂L/∂g_a = Σ_i w_ia v_ia
 *     joint: the same, its sums over both axes
 *
 * Joint weights let the axes share one unit of mass: what one gains the other loses, down to none.
 * Logits and log scales are numbers; w is in weighted pixels per pixel. Source: EQUATIONS EPRO-34, LC-29; [EProPnP2022]
 * Sec 4.1 (softmax), published code (geometric), Table 1 row D0 (exponential); [LC2023] published code
 * (joint), whose text says that weights are those of [EProPnP2022].
 */
import type { Matrix, Vector } from "../scalar/matrix.js";
import { sum } from "../scalar/matrix.js";
import type { Real } from "../scalar/real.js";

/** How logits become weights: the paper's, the published code's, or neither's denominator. */
export type DenseWeightForm = "softmax" | "geometric" | "exponential";

/** w [N,2]; empty if N = 0. */
export function denseWeights<S extends Real<S>>(
  form: DenseWeightForm,
  s: Matrix<S>,
  g: Vector<S>,
): S[][] {
  const N = s.length;
  const columns = g.map((scale, a) => {
    const logits = s.map((row) => row[a]);
    const powers = logits.map((x) => x.exp());
    const denominator = {
      softmax: () => sum(powers, scale),
      geometric: () => sum(logits, scale).over(N).exp().times(N),
      exponential: () => scale.of(1),
    }[form]();
    return powers.map((x) => x.over(denominator).times(scale.exp()));
  });
  return s.map((_, i) => columns.map((column) => column[i]));
}

/** ∂L/∂s [N,2] and ∂L/∂g [2] of v = ∂L/∂w [N,2]. */
export function denseWeightsVjp<S extends Real<S>>(
  form: DenseWeightForm,
  s: Matrix<S>,
  g: Vector<S>,
  v: Matrix<S>,
): { logits: S[][]; scale: S[] } {
  const w = denseWeights(form, s, g);
  const N = s.length;
  const scale = g.map((like, a) =>
    sum(
      w.map((row, i) => row[a].times(v[i][a])),
      like,
    ),
  );
  const share = (i: number, a: number): S =>
    ({
      softmax: () => w[i][a].over(g[a].exp()),
      geometric: () => g[a].of(1).over(N),
      exponential: () => g[a].of(0),
    })[form]();
  const logits = w.map((row, i) =>
    row.map((x, a) => x.times(v[i][a]).minus(share(i, a).times(scale[a]))),
  );
  return { logits, scale };
}

/** w [N,2] of one softmax over both axes, with one log scale g; empty if N = 0. Σ w = e^g. */
export function jointWeights<S extends Real<S>>(s: Matrix<S>, g: S): S[][] {
  const powers = s.map((row) => row.map((x) => x.exp()));
  const total = sum(powers.flat(), g);
  return powers.map((row) => row.map((x) => x.over(total).times(g.exp())));
}

/** ∂L/∂s [N,2] and ∂L/∂g of v = ∂L/∂w [N,2]. */
export function jointWeightsVjp<S extends Real<S>>(
  s: Matrix<S>,
  g: S,
  v: Matrix<S>,
): { logits: S[][]; scale: S } {
  const w = jointWeights(s, g);
  const scale = sum(
    w.flatMap((row, i) => row.map((x, a) => x.times(v[i][a]))),
    g,
  );
  const mean = scale.over(g.exp());
  return { logits: w.map((row, i) => row.map((x, a) => x.times(v[i][a].minus(mean)))), scale };
}
