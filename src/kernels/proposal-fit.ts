/**
 * Fits of proposals: kernel of ../definitions/proposal-fit.ts, in doubles on flat arrays.
 *
 * Poses come as rows [S, width] with t first and β or q from column 3 on. Inverses and the determinant
 * go through Cholesky factors, qᵀΛ⁻¹q through one forward substitution, and A through the eigenbasis
 * that T(q) and q span: A = q qᵀ + T Σ (Σ + I)⁻¹ Tᵀ, so that Σ itself is never inverted. Positions are taken from the first of them before their mean is, so that their
 * distance from the origin costs no digits. Outputs may not alias inputs.
 */
import { choleskyFactor, choleskyInverse } from "../linalg/cholesky.js";
import { quaternionTangent } from "./quaternion.js";

/** Published constants of the fits. */
export const proposalConstants = {
  /** Share of the matched von Mises concentration that is used. */
  concentrationShare: 0.33,
  /** Floor of a yaw variance, of r, of 1 − r² and of qᵀΛ⁻¹q. */
  floor: 1e-5,
  /** Multiple of det(Λ)^¼ I added to Λ. */
  dispersion: 0.001,
  /** Added to the diagonal after every Tyler step. */
  ridge: 1e-5,
  /** Tyler steps. */
  tylerIterations: 3,
} as const;

const mean3 = new Float64Array(3);
const T = new Float64Array(12);
const factor = new Float64Array(16);
const inverse3 = new Float64Array(9);
const outers = new Float64Array(16);

/** κ of a yaw of variance Σ_ββ [rad²]. */
export function initialConcentration(
  variance: number,
  share: number = proposalConstants.concentrationShare,
  floor: number = proposalConstants.floor,
): number {
  return share / Math.max(variance, floor);
}

/**
 * Writes Λ, before dispersion, to scale [16] for q* [4] and Σ_δδ [9] in the Q7 tangent. False, and nothing
 * written, if Σ_δδ is not positive definite.
 */
export function initialRotationScale(
  q: Float64Array,
  covariance: Float64Array,
  scale: Float64Array,
): boolean {
  for (let k = 0; k < 9; k++) factor[k] = covariance[k];
  if (!choleskyFactor(3, factor)) return false;
  for (let k = 0; k < 9; k++) factor[k] = covariance[k];
  for (let k = 0; k < 9; k += 4) factor[k] += 1;
  if (!choleskyFactor(3, factor)) return false;
  choleskyInverse(3, factor, inverse3);
  quaternionTangent(q, T);
  // Σ (Σ + I)⁻¹ = I − (Σ + I)⁻¹, of which the second form loses the digits of a small Σ.
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += covariance[3 * i + k] * inverse3[3 * k + j];
      factor[3 * i + j] = sum;
    }
  let trace = 0;
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++) {
      let sum = q[i] * q[j];
      for (let k = 0; k < 3; k++)
        for (let l = 0; l < 3; l++)
          sum += T[3 * i + k] * 0.5 * (factor[3 * k + l] + factor[3 * l + k]) * T[3 * j + l];
      scale[4 * i + j] = sum;
      if (i === j) trace += sum;
    }
  for (let k = 0; k < 16; k++) scale[k] /= trace;
  return true;
}

/** Writes Λ + dispersion · det(Λ)^¼ I to out [16], which may be scale. False if Λ is not positive definite. */
export function dispersedScale(
  scale: Float64Array,
  dispersion: number = proposalConstants.dispersion,
  out: Float64Array,
): boolean {
  factor.set(scale);
  if (!choleskyFactor(4, factor)) return false;
  // det Λ is the square of the product of the diagonal; roots are taken in pairs, against underflow.
  const root = Math.sqrt(factor[0] * factor[5]) * Math.sqrt(factor[10] * factor[15]);
  for (let k = 0; k < 16; k++) out[k] = scale[k] + (k % 5 === 0 ? dispersion * root : 0);
  return true;
}

/** Writes μ to mean [3] of poses [count, width]. */
export function weightedMean(
  count: number,
  width: number,
  poses: Float64Array,
  v: Float64Array,
  mean: Float64Array,
): void {
  for (let a = 0; a < 3; a++) {
    let sum = 0;
    for (let j = 0; j < count; j++) sum += v[j] * (poses[width * j + a] - poses[a]);
    mean[a] = poses[a] + sum;
  }
}

/** Writes S to covariance [9] of poses [count, width] about their weighted mean. */
export function weightedCovariance(
  count: number,
  width: number,
  poses: Float64Array,
  v: Float64Array,
  covariance: Float64Array,
): void {
  weightedMean(count, width, poses, v, mean3);
  for (let a = 0; a < 3; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let j = 0; j < count; j++)
        sum += v[j] * (poses[width * j + a] - mean3[a]) * (poses[width * j + b] - mean3[b]);
      covariance[3 * a + b] = sum;
      covariance[3 * b + a] = sum;
    }
}

/** Writes (μ, κ) to fit [2] for poses [count, 4]. */
export function weightedYaw(
  count: number,
  poses: Float64Array,
  v: Float64Array,
  share: number = proposalConstants.concentrationShare,
  floor: number = proposalConstants.floor,
  fit: Float64Array,
): void {
  let C = 0;
  let S = 0;
  for (let j = 0; j < count; j++) {
    C += v[j] * Math.cos(poses[4 * j + 3]);
    S += v[j] * Math.sin(poses[4 * j + 3]);
  }
  fit[0] = Math.atan2(S, C);
  // 1 − r² = Σ v̄ (1 − cos(β − μ)) (1 + r), r = Σ v̄ cos(β − μ): no digit is lost where all yaws agree.
  let gap = 0;
  for (let j = 0; j < count; j++) {
    const half = Math.sin(0.5 * (poses[4 * j + 3] - fit[0]));
    gap += 2 * v[j] * half * half;
  }
  const square = C * C + S * S;
  const r = Math.sqrt(square);
  fit[1] = (share * Math.max(r, floor) * (2 - square)) / Math.max(gap * (1 + r), floor);
}

/**
 * Writes Λ, before dispersion, to scale [16] for poses [count, 7]. False if a step's Λ is not positive
 * definite.
 */
export function weightedRotationScale(
  count: number,
  poses: Float64Array,
  v: Float64Array,
  iterations: number = proposalConstants.tylerIterations,
  floor: number = proposalConstants.floor,
  ridge: number = proposalConstants.ridge,
  scale: Float64Array,
): boolean {
  scale.fill(0);
  for (let k = 0; k < 16; k += 5) scale[k] = 1;
  for (let step = 0; step < iterations; step++) {
    factor.set(scale);
    if (!choleskyFactor(4, factor)) return false;
    const total = tylerSum(count, poses, v, floor);
    for (let a = 0; a < 4; a++)
      for (let b = 0; b <= a; b++) {
        const entry = outers[4 * a + b] / total + (a === b ? ridge : 0);
        scale[4 * a + b] = entry;
        scale[4 * b + a] = entry;
      }
  }
  return true;
}

/**
 * Leaves Σ c q qᵀ of poses [count, 7] in the lower half of `outers` and returns Σ c, c = v/max(qᵀΛ⁻¹q, floor),
 * for the factor L of Λ in `factor`: written out, since it takes most of a fit's time.
 */
function tylerSum(count: number, poses: Float64Array, v: Float64Array, floor: number): number {
  const L = factor;
  const r0 = 1 / L[0];
  const r1 = 1 / L[5];
  const r2 = 1 / L[10];
  const r3 = 1 / L[15];
  outers.fill(0);
  let total = 0;
  for (let j = 0; j < count; j++) {
    if (v[j] === 0) continue;
    const w = poses[7 * j + 3];
    const x = poses[7 * j + 4];
    const y = poses[7 * j + 5];
    const z = poses[7 * j + 6];
    const u0 = w * r0;
    const u1 = (x - L[4] * u0) * r1;
    const u2 = (y - L[8] * u0 - L[9] * u1) * r2;
    const u3 = (z - L[12] * u0 - L[13] * u1 - L[14] * u2) * r3;
    const form = u0 * u0 + u1 * u1 + u2 * u2 + u3 * u3;
    const c = v[j] / Math.max(form, floor);
    total += c;
    outers[0] += c * w * w;
    outers[4] += c * x * w;
    outers[5] += c * x * x;
    outers[8] += c * y * w;
    outers[9] += c * y * x;
    outers[10] += c * y * y;
    outers[12] += c * z * w;
    outers[13] += c * z * x;
    outers[14] += c * z * y;
    outers[15] += c * z * z;
  }
  return total;
}
