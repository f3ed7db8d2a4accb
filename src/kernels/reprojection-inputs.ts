/**
 * Derivative of the weighted reprojection cost with respect to its data: kernel of
 * ../definitions/reprojection-inputs.ts, in doubles on flat arrays, one pass over the points.
 *
 * With m = ∂c/∂x, the derivative by h = K X is f = (−m₁, −m₂, m·π)/h₃, and from it ∂c/∂X = Kᵀ f and
 * ∂c/∂K = f Xᵀ.
 */

/** Arrays that receive ∂c/∂x [2n], ∂c/∂z [3n], ∂c/∂w [2n], ∂c/∂K [9] and ∂c/∂δ [1]. */
export interface ReprojectionInputGradient {
  x: Float64Array;
  z: Float64Array;
  w: Float64Array;
  K: Float64Array;
  delta: Float64Array;
}

/** c [px²]; writes its derivatives to gradient. Arguments as in reprojection-cost.ts. */
export function reprojectionInputGradient(
  n: number,
  x2d: Float64Array,
  x3d: Float64Array,
  w2d: Float64Array,
  K: Float64Array,
  R: Float64Array,
  t: Float64Array,
  delta: number,
  gradient: ReprojectionInputGradient,
): number {
  const square = delta * delta;
  let cost = 0;
  let dDelta = 0;
  gradient.K.fill(0, 0, 9);
  for (let i = 0; i < n; i++) {
    const z0 = x3d[3 * i];
    const z1 = x3d[3 * i + 1];
    const z2 = x3d[3 * i + 2];
    const X0 = R[0] * z0 + R[1] * z1 + R[2] * z2 + t[0];
    const X1 = R[3] * z0 + R[4] * z1 + R[5] * z2 + t[1];
    const X2 = R[6] * z0 + R[7] * z1 + R[8] * z2 + t[2];
    const inv = 1 / (K[6] * X0 + K[7] * X1 + K[8] * X2);
    const u = (K[0] * X0 + K[1] * X1 + K[2] * X2) * inv;
    const v = (K[3] * X0 + K[4] * X1 + K[5] * X2) * inv;
    const r0 = x2d[2 * i] - u;
    const r1 = x2d[2 * i + 1] - v;
    const e0 = w2d[2 * i] * r0;
    const e1 = w2d[2 * i + 1] * r1;
    const s = e0 * e0 + e1 * e1;
    let slope = 1;
    if (s <= square) cost += 0.5 * s;
    else {
      const norm = Math.sqrt(s);
      slope = delta / norm;
      cost += delta * (norm - 0.5 * delta);
      dDelta += norm - delta;
    }
    gradient.w[2 * i] = slope * e0 * r0;
    gradient.w[2 * i + 1] = slope * e1 * r1;
    const m0 = (gradient.x[2 * i] = slope * w2d[2 * i] * e0);
    const m1 = (gradient.x[2 * i + 1] = slope * w2d[2 * i + 1] * e1);
    const f0 = -m0 * inv;
    const f1 = -m1 * inv;
    const f2 = (m0 * u + m1 * v) * inv;
    gradient.K[0] += f0 * X0;
    gradient.K[1] += f0 * X1;
    gradient.K[2] += f0 * X2;
    gradient.K[3] += f1 * X0;
    gradient.K[4] += f1 * X1;
    gradient.K[5] += f1 * X2;
    gradient.K[6] += f2 * X0;
    gradient.K[7] += f2 * X1;
    gradient.K[8] += f2 * X2;
    const q0 = K[0] * f0 + K[3] * f1 + K[6] * f2;
    const q1 = K[1] * f0 + K[4] * f1 + K[7] * f2;
    // cx f₁ + cy f₂ and the last term nearly cancel on long focal lengths: take them together.
    const q2 = (K[2] - u * K[8]) * f0 + (K[5] - v * K[8]) * f1;
    gradient.z[3 * i] = R[0] * q0 + R[3] * q1 + R[6] * q2;
    gradient.z[3 * i + 1] = R[1] * q0 + R[4] * q1 + R[7] * q2;
    gradient.z[3 * i + 2] = R[2] * q0 + R[5] * q1 + R[8] * q2;
  }
  gradient.delta[0] = dDelta;
  return cost;
}
