import type { Scene } from "../../src/problem/index.js";

/** The greater of max |R − R₀| and ‖t − t₀‖∞/‖t₀‖: how far a pose is from another, without unit. */
export function poseError(
  R: ArrayLike<number>,
  t: ArrayLike<number>,
  truth: { readonly R: ArrayLike<number>; readonly t: ArrayLike<number> },
): number {
  let worst = 0;
  for (let i = 0; i < 9; i++) worst = Math.max(worst, Math.abs(R[i] - truth.R[i]));
  const length = Math.hypot(...Array.from(truth.t));
  for (let i = 0; i < 3; i++) worst = Math.max(worst, Math.abs(t[i] - truth.t[i]) / length);
  return worst;
}

/** Depth over size: what a linear solver's rounding is amplified by, squared in normal equations. */
export function depthRatio({ correspondences: { n, x3d }, t }: Scene): number {
  let squared = 0;
  for (let k = 0; k < 3; k++) {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += x3d[3 * i + k] / n;
    for (let i = 0; i < n; i++) squared += (x3d[3 * i + k] - mean) ** 2 / n;
  }
  return Math.hypot(...t) / Math.sqrt(squared);
}

/** det R of a row-major [9] matrix. */
export function determinant(R: ArrayLike<number>): number {
  return (
    R[0] * (R[4] * R[8] - R[5] * R[7]) -
    R[1] * (R[3] * R[8] - R[5] * R[6]) +
    R[2] * (R[3] * R[7] - R[4] * R[6])
  );
}

/** Root mean square pixel distance at a pose. */
export function rms(cost: number, n: number): number {
  return Math.sqrt((2 * cost) / n);
}
