/**
 * The feed-forward part of a transformer layer: two linear maps with a rectifier between, added to its input.
 *
 *     h = max(W₁ x + b₁, 0)     y = x + W₂ h + b₂
 *     ∂L/∂x = v + W₁ᵀ u,  u = 1[h > 0] ∘ W₂ᵀ v     ∂L/∂W₁ = Σ u xᵀ     ∂L/∂W₂ = Σ v hᵀ
 *
 * Each point alone. The rectifier's slope at zero is zero. Published: 256 → 1024 → 256 for an object,
 * 32 → 256 → 32 for a point. Source: EQUATIONS EPRO-37; [VaswaniEtAl2017] Sec 3.3, Eq 2; published code of
 * [EProPnP2022].
 */
import { addMatrices, type Matrix, type Vector } from "../scalar/matrix.js";
import { max, type Real } from "../scalar/real.js";
import { pixelwiseLinear, pixelwiseLinearVjp } from "./dense-head.js";

/** W₁ [F,D], b₁ [F], W₂ [D,F] and b₂ [D]; as a gradient, ∂L by each. */
export interface FeedForwardLayers<S> {
  readonly W1: Matrix<S>;
  readonly b1: Vector<S>;
  readonly W2: Matrix<S>;
  readonly b2: Vector<S>;
}

/** h [N,F]. */
function rectified<S extends Real<S>>(x: Matrix<S>, { W1, b1 }: FeedForwardLayers<S>): S[][] {
  return pixelwiseLinear(x, W1, b1).map((row) => row.map((u) => max(u.of(0), u)));
}

/** y [N,D] of x [N,D]. */
export function feedForward<S extends Real<S>>(x: Matrix<S>, layers: FeedForwardLayers<S>): S[][] {
  return addMatrices(x, pixelwiseLinear(rectified(x, layers), layers.W2, layers.b2));
}

/** ∂L/∂x [N,D] and ∂L by the layers, of v = ∂L/∂y [N,D]. */
export function feedForwardVjp<S extends Real<S>>(
  x: Matrix<S>,
  layers: FeedForwardLayers<S>,
  v: Matrix<S>,
): { input: S[][]; layers: FeedForwardLayers<S> } {
  const h = rectified(x, layers);
  const second = pixelwiseLinearVjp(h, layers.W2, v);
  const u = second.features.map((row, n) =>
    row.map((entry, k) => (h[n][k].atMost(0) ? entry.of(0) : entry)),
  );
  const first = pixelwiseLinearVjp(x, layers.W1, u);
  return {
    input: addMatrices(v, first.features),
    layers: { W1: first.weights, b1: first.bias, W2: second.weights, b2: second.bias },
  };
}
