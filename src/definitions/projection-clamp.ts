/**
 * The projection as published code clamps it, and the three Jacobians that go by its name.
 *
 *     d = max(h₃, z_min),   π̄ᵢ = hᵢ / d,   πᵢ = min(max(π̄ᵢ, lbᵢ), ubᵢ),      h = K X
 *
 *     clampedProjectionJacobian    ∂π/∂X itself: a row is 0 on the border, Kᵢ/d where only the depth
 *                                  is clamped, (Kᵢ − π̄ᵢK₃)/d elsewhere; on a clamp's edge, as beyond it
 *     formulaProjectionJacobian    (Kᵢ − πᵢK₃)/d with the clamped π and d everywhere
 *     maskedProjectionJacobian     that formula, with rows of clamped coordinates set to 0, both rows
 *                                  where the depth is clamped: what published solvers step with
 *
 * They agree where nothing is clamped. Where a depth is clamped, π still moves with X and Y, so a
 * solver that masks and an autograd pass through the clamp see different slopes: only the border
 * makes a cost flat. Published settings: z_min 0.1 or 0.01; border ±200 px around the image, a crop
 * with a margin, or none.
 * Source: EQUATIONS GEO-18, PVC-22; published code of [EProPnP2022] and [LC2023].
 */
import { apply, type Matrix, type Vector } from "../scalar/matrix.js";
import { max, min, type Real } from "../scalar/real.js";

/** What to clamp: the depth h₃ from below [m], pixels to [lower, upper] [2]; absent, not at all. */
export interface Clamps<S> {
  readonly zMin?: S;
  readonly lower?: Vector<S>;
  readonly upper?: Vector<S>;
}

/** Bits of `clampMask`. */
export const DEPTH_CLAMPED = 1;
export const U_CLAMPED = 2;
export const V_CLAMPED = 4;

/** π [2], pixels. */
export function clampedProjection<S extends Real<S>>(
  X: Vector<S>,
  K: Matrix<S>,
  clamps: Clamps<S>,
): S[] {
  const [h1, h2, h3] = apply(K, X);
  const depth = clampedDepth(h3, clamps);
  return [h1, h2].map((h, i) => {
    const pi = h.over(depth);
    const raised = clamps.lower ? max(clamps.lower[i], pi) : pi;
    return clamps.upper ? min(clamps.upper[i], raised) : raised;
  });
}

/** Which of depth, u and v are clamped, or on the edge of it: a sum of the bits above. */
export function clampMask<S extends Real<S>>(
  X: Vector<S>,
  K: Matrix<S>,
  clamps: Clamps<S>,
): number {
  const [h1, h2, h3] = apply(K, X);
  const depth = clampedDepth(h3, clamps);
  let mask = clamps.zMin && h3.atMost(clamps.zMin) ? DEPTH_CLAMPED : 0;
  [h1.over(depth), h2.over(depth)].forEach((pi, i) => {
    const out = (clamps.lower?.[i] && pi.atMost(clamps.lower[i])) || clamps.upper?.[i].atMost(pi);
    if (out) mask += i === 0 ? U_CLAMPED : V_CLAMPED;
  });
  return mask;
}

/** ∂π/∂X [2][3], one-sided on a clamp. */
export function clampedProjectionJacobian<S extends Real<S>>(
  X: Vector<S>,
  K: Matrix<S>,
  clamps: Clamps<S>,
): S[][] {
  const mask = clampMask(X, K, clamps);
  const depth = clampedDepth(apply(K, X)[2], clamps);
  return formulaProjectionJacobian(X, K, clamps).map((row, i) => {
    if (mask & (i === 0 ? U_CLAMPED : V_CLAMPED)) return row.map((x) => x.of(0));
    return mask & DEPTH_CLAMPED ? K[i].map((k) => k.over(depth)) : row;
  });
}

/** (Kᵢ − πᵢK₃)/d [2][3] at the clamped π and d. */
export function formulaProjectionJacobian<S extends Real<S>>(
  X: Vector<S>,
  K: Matrix<S>,
  clamps: Clamps<S>,
): S[][] {
  const depth = clampedDepth(apply(K, X)[2], clamps);
  return clampedProjection(X, K, clamps).map((pi, i) =>
    K[i].map((k, a) => k.minus(pi.times(K[2][a])).over(depth)),
  );
}

/** The formula's rows [2][3], those of clamped coordinates replaced by zero. */
export function maskedProjectionJacobian<S extends Real<S>>(
  X: Vector<S>,
  K: Matrix<S>,
  clamps: Clamps<S>,
): S[][] {
  const mask = clampMask(X, K, clamps);
  return formulaProjectionJacobian(X, K, clamps).map((row, i) =>
    mask & (DEPTH_CLAMPED | (i === 0 ? U_CLAMPED : V_CLAMPED)) ? row.map((x) => x.of(0)) : row,
  );
}

// On an edge the clamp wins here and above, so that a dual takes the side that the mask reports.
function clampedDepth<S extends Real<S>>(h3: S, { zMin }: Clamps<S>): S {
  return zMin && h3.atMost(zMin) ? zMin : h3;
}
