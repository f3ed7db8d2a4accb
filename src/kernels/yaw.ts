/** Rotation about camera +Y in doubles, on flat arrays; see definitions/yaw.ts. */

/** Writes R_y(β) to R [9]. */
export function yawRotation(beta: number, R: Float64Array): void {
  const c = Math.cos(beta);
  const s = Math.sin(beta);
  R[0] = R[8] = c;
  R[2] = s;
  R[6] = -s;
  R[4] = 1;
  R[1] = R[3] = R[5] = R[7] = 0;
}

/** Writes ∂(R_y(β) z)/∂β to slope [3], which may be z [3]. */
export function yawedVectorSlope(beta: number, z: Float64Array, slope: Float64Array): void {
  const c = Math.cos(beta);
  const s = Math.sin(beta);
  const x = c * z[0] + s * z[2];
  const depth = c * z[2] - s * z[0];
  slope[0] = depth;
  slope[1] = 0;
  slope[2] = -x;
}

/** Writes ∂²(R_y(β) z)/∂β² to curvature [3], which may be z [3]. */
export function yawedVectorCurvature(beta: number, z: Float64Array, curvature: Float64Array): void {
  const c = Math.cos(beta);
  const s = Math.sin(beta);
  const x = c * z[0] + s * z[2];
  const depth = c * z[2] - s * z[0];
  curvature[0] = -x;
  curvature[1] = 0;
  curvature[2] = -depth;
}

/**
 * a − b in [−π, π] rad, modulo 2π.
 *
 * Angles many turns apart lose digits in a − b; Knuth's two-sum recovers what was lost, and one step
 * of the addition theorem puts it back in.
 */
export function yawDifference(a: number, b: number): number {
  const difference = a - b;
  const taken = a - difference;
  const lost = a - (difference + taken) + (taken - b);
  const c = Math.cos(difference);
  const s = Math.sin(difference);
  return Math.atan2(s + lost * c, c - lost * s);
}
