/** Squared distance of keypoints in the image, in doubles, on flat arrays [2N]; see definitions/keypoint-loss.ts. */

export type KeypointReduction = "sum" | "mean";

/** L of keypoints u and x [2N]; 0 if N = 0. */
export function keypointLoss(
  n: number,
  u: Float64Array,
  x: Float64Array,
  reduction: KeypointReduction,
): number {
  let total = 0;
  for (let i = 0; i < 2 * n; i++) total += (u[i] - x[i]) ** 2;
  return reduction === "mean" && n > 0 ? total / n : total;
}

/** Writes ∂L/∂u [2N], which may be u or x. */
export function keypointLossGradient(
  n: number,
  u: Float64Array,
  x: Float64Array,
  reduction: KeypointReduction,
  gradient: Float64Array,
): void {
  const scale = reduction === "mean" ? 2 / n : 2;
  for (let i = 0; i < 2 * n; i++) gradient[i] = scale * (u[i] - x[i]);
}
