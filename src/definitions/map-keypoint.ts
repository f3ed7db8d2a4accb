/**
 * From the logits of a heat map to its keypoint and spread, in one derivative.
 *
 *     p = softmax(l/τ),   x̂ = Σ p g,   s² = Σ p (g − x̂)²
 *     ∂x̂/∂l_i = p_i (g_i − x̂)/τ      ∂s²/∂l_i = p_i ((g_i − x̂)² − s²)/τ
 *
 * Source: EQUATIONS HM-2, HM-3, HM-5; [Nibali2018]; [LC2023] Sec 4.2.
 */
import type { Matrix, Vector } from "../scalar/matrix.js";
import { type Real, square } from "../scalar/real.js";
import { centreOfMass } from "./centre-of-mass.js";
import { mapVariance } from "./map-spread.js";
import { spatialSoftmax } from "./spatial-softmax.js";

/** x̂ [2] and s² [2] of logits [H][W] over coordinates gx [W] and gy [H]. */
export function logitKeypoint<S extends Real<S>>(
  logits: Matrix<S>,
  temperature: S,
  gx: Vector<S>,
  gy: Vector<S>,
): { mean: S[]; variance: S[] } {
  const p = spatialSoftmax(logits, temperature);
  return {
    mean: centreOfMass(p, gx, gy, "divided"),
    variance: mapVariance(p, gx, gy, "divided"),
  };
}

/** ∂L/∂l [H][W] of v = ∂L/∂x̂ [2] and s = ∂L/∂s² [2]. */
export function logitKeypointVjp<S extends Real<S>>(
  logits: Matrix<S>,
  temperature: S,
  gx: Vector<S>,
  gy: Vector<S>,
  v: Vector<S>,
  s: Vector<S>,
): S[][] {
  const p = spatialSoftmax(logits, temperature);
  const { mean, variance } = logitKeypoint(logits, temperature, gx, gy);
  const pull = (g: S, axis: number): S => {
    const away = g.minus(mean[axis]);
    return away.times(v[axis]).plus(square(away).minus(variance[axis]).times(s[axis]));
  };
  return p.map((row, r) =>
    row.map((value, c) => value.times(pull(gx[c], 0).plus(pull(gy[r], 1))).over(temperature)),
  );
}
