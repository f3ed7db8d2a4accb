/**
 * What a pose does to the depths of its points, and how finely doubles resolve its residuals.
 */

/** Number of points of positive weight with K₃·(R z + t) ≤ 0: at or behind the camera. */
export function pointsBehind(
  n: number,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
): number {
  const a = K[6] * R[0] + K[7] * R[3] + K[8] * R[6];
  const b = K[6] * R[1] + K[7] * R[4] + K[8] * R[7];
  const c = K[6] * R[2] + K[7] * R[5] + K[8] * R[8];
  const d = K[6] * t[0] + K[7] * t[1] + K[8] * t[2];
  let count = 0;
  for (let i = 0, j = 0; j < 2 * n; i += 3, j += 2)
    if (!(a * x3d[i] + b * x3d[i + 1] + c * x3d[i + 2] + d > 0) && (w2d[j] > 0 || w2d[j + 1] > 0))
      count++;
  return count;
}

/**
 * √Σ w² m² [px], where ε m bounds the first-order rounding of one residual x − π up to a small constant:
 *
 *     m = |x| + (|Kₐ| A + |π| |K₃| A)/|K₃·X|,   A = |R||z| + |t|.
 *
 * The gradient Σ w² J r then carries an error of at most about ε √(H_kk) √Σ w² m² (Cauchy–Schwarz):
 * the unit in which stationarity is reported.
 */
export function residualMagnitude(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
): number {
  let sum = 0;
  const t0 = Math.abs(t[0]);
  const t1 = Math.abs(t[1]);
  const t2 = Math.abs(t[2]);
  for (let i = 0, j = 0; j < 2 * n; i += 3, j += 2) {
    const z0 = x3d[i];
    const z1 = x3d[i + 1];
    const z2 = x3d[i + 2];
    const a0 = R[0] * z0;
    const a1 = R[1] * z1;
    const a2 = R[2] * z2;
    const b0 = R[3] * z0;
    const b1 = R[4] * z1;
    const b2 = R[5] * z2;
    const c0 = R[6] * z0;
    const c1 = R[7] * z1;
    const c2 = R[8] * z2;
    const X = a0 + a1 + a2 + t[0];
    const Y = b0 + b1 + b2 + t[1];
    const Z = c0 + c1 + c2 + t[2];
    const A = Math.abs(a0) + Math.abs(a1) + Math.abs(a2) + t0;
    const B = Math.abs(b0) + Math.abs(b1) + Math.abs(b2) + t1;
    const C = Math.abs(c0) + Math.abs(c1) + Math.abs(c2) + t2;
    const inverse = 1 / Math.abs(K[6] * X + K[7] * Y + K[8] * Z);
    const depth = (Math.abs(K[6]) * A + Math.abs(K[7]) * B + Math.abs(K[8]) * C) * inverse;
    const u = (K[0] * X + K[1] * Y + K[2] * Z) * inverse;
    const v = (K[3] * X + K[4] * Y + K[5] * Z) * inverse;
    const mu = (Math.abs(K[0]) * A + Math.abs(K[1]) * B + Math.abs(K[2]) * C) * inverse;
    const mv = (Math.abs(K[3]) * A + Math.abs(K[4]) * B + Math.abs(K[5]) * C) * inverse;
    const ex = w2d[j] * (Math.abs(x2d[j]) + mu + Math.abs(u) * depth);
    const ey = w2d[j + 1] * (Math.abs(x2d[j + 1]) + mv + Math.abs(v) * depth);
    sum += ex * ex + ey * ey;
  }
  return Math.sqrt(sum);
}
