/**
 * Where the kernels of the Linear-Covariance loss put what a loss and its gradient share, made once
 * for a number of points; and the pass that fills the part of it that depends on the points alone.
 */
import type { LinearisedPoint } from "./linearised-point.js";

export interface LinearCovarianceWorkspace {
  /** R, t and spins of chart RP [48]. */
  readonly motion: Float64Array;
  /** r, e, M, w², ω, δ_w [2n] and δ_e [2]. */
  readonly r: Float64Array;
  readonly e: Float64Array;
  readonly variance: Float64Array;
  readonly squares: Float64Array;
  readonly omega: Float64Array;
  readonly weightThreshold: Float64Array;
  readonly residualThreshold: Float64Array;
  /** J [2n,6], and ∂π/∂X [2n,3] with depths held. */
  readonly J: Float64Array;
  readonly slopes: Float64Array;
  /** How many depths are held, and whether the identity stands for the Hessian [1]. */
  readonly curved: Int32Array;
  readonly substituted: Uint8Array;
  /** H, Jᵀ diag(ω² M) J (lower triangles), C_prior and C [6,6], A e [6]. */
  readonly hessian: Float64Array;
  readonly spread: Float64Array;
  readonly prior: Float64Array;
  readonly covariance: Float64Array;
  readonly deviation: Float64Array;
  /** Diagonals of C_prior and C in the representation, and J_f A e [rows]. */
  readonly priorVariance: Float64Array;
  readonly covarianceVariance: Float64Array;
  readonly linearDelta: Float64Array;
  /** L, E_prior, E_cov, E_linear [4]. */
  readonly errors: Float64Array;
  /** Slopes of an error by its components [rows]; derivatives of L by M, e and ω [2n]. */
  readonly componentSlope: Float64Array;
  readonly byVariance: Float64Array;
  readonly byResidual: Float64Array;
  readonly byOmega: Float64Array;
  /** One point and its derivatives. */
  readonly z: Float64Array;
  readonly point: LinearisedPoint;
}

/** Indices of `errors`. */
export const LOSS = 0;
export const PRIOR = 1;
export const COVARIANCE = 2;
export const LINEAR = 3;

/** A workspace for up to n points and a representation of `rows` components. */
export function linearCovarianceWorkspace(n: number, rows: number): LinearCovarianceWorkspace {
  const of = (length: number) => new Float64Array(length);
  return {
    motion: of(48),
    r: of(2 * n),
    e: of(2 * n),
    variance: of(2 * n),
    squares: of(2 * n),
    omega: of(2 * n),
    weightThreshold: of(2 * n),
    residualThreshold: of(2),
    J: of(12 * n),
    slopes: of(6 * n),
    curved: new Int32Array(1),
    substituted: new Uint8Array(1),
    hessian: of(36),
    spread: of(36),
    prior: of(36),
    covariance: of(36),
    deviation: of(6),
    priorVariance: of(rows),
    covarianceVariance: of(rows),
    linearDelta: of(rows),
    errors: of(4),
    componentSlope: of(rows),
    byVariance: of(2 * n),
    byResidual: of(2 * n),
    byOmega: of(2 * n),
    z: of(3),
    point: {
      value: of(2),
      gap: of(2),
      z: of(6),
      free: {
        value: of(2),
        y: of(12),
        z: of(6),
        K: of(18),
        yy: of(72),
        yz: of(36),
        yK: of(108),
      },
    },
  };
}

/** Writes r, J, ∂π/∂X and the number of depths held at zMin (−Infinity: none). */
export function placeRows(
  problem: {
    readonly n: number;
    readonly x2d: Float64Array;
    readonly x3d: Float64Array;
    readonly K: Float64Array;
    readonly R: Float64Array;
    readonly t: Float64Array;
  },
  zMin: number,
  at: LinearCovarianceWorkspace,
): void {
  const { n, x2d, x3d, K, R, t } = problem;
  const { r, J, slopes } = at;
  const affine = K[6] === 0 && K[7] === 0 && K[8] === 1;
  let held = 0;
  for (let i = 0; i < n; i++) {
    const z0 = x3d[3 * i];
    const z1 = x3d[3 * i + 1];
    const z2 = x3d[3 * i + 2];
    const X0 = R[0] * z0 + R[1] * z1 + R[2] * z2 + t[0];
    const X1 = R[3] * z0 + R[4] * z1 + R[5] * z2 + t[1];
    const X2 = R[6] * z0 + R[7] * z1 + R[8] * z2 + t[2];
    const h3 = affine ? X2 : K[6] * X0 + K[7] * X1 + K[8] * X2;
    const isHeld = h3 <= zMin;
    if (isHeld) held++;
    for (let k = 0; k < 2; k++) {
      const c = 3 * k;
      const side = K[c] * X0 + K[c + 1] * X1;
      const h = side + K[c + 2] * X2;
      // Summed and divided in the order of published code, so that its exact zeros are zero here too.
      const pi = h / h3;
      const P0 = affine ? K[c] / h3 : (K[c] - pi * K[6]) / h3;
      const P1 = affine ? K[c + 1] / h3 : (K[c + 1] - pi * K[7]) / h3;
      // On the optical axis Kᵢ₃ − πᵢ would cancel.
      const P2 = affine ? -side / h3 / h3 : (K[c + 2] - pi * K[8]) / h3;
      const m0 = R[0] * P0 + R[3] * P1 + R[6] * P2;
      const m1 = R[1] * P0 + R[4] * P1 + R[7] * P2;
      const m2 = R[2] * P0 + R[5] * P1 + R[8] * P2;
      const row = 12 * i + 6 * k;
      J[row] = z1 * m2 - z2 * m1;
      J[row + 1] = z2 * m0 - z0 * m2;
      J[row + 2] = z0 * m1 - z1 * m0;
      J[row + 3] = P0;
      J[row + 4] = P1;
      J[row + 5] = P2;
      const slope = 6 * i + c;
      slopes[slope] = isHeld ? K[c] / zMin : P0;
      slopes[slope + 1] = isHeld ? K[c + 1] / zMin : P1;
      slopes[slope + 2] = isHeld ? K[c + 2] / zMin : P2;
      r[2 * i + k] = x2d[2 * i + k] - (isHeld ? h / zMin : pi);
    }
  }
  at.curved[0] = held;
}
