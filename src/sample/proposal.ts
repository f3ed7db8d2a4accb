/**
 * Proposals of adaptive importance sampling: a trivariate t in position times, in rotation, an angular
 * central Gaussian on S³ (Q7) or a von Mises–uniform mixture (YAW), independent of each other.
 *
 *     log q(y) = log q_pos(t) + log q_ori(rotation)                 measure dt dσ(q), or dt dβ
 *
 * A matrix that has no Cholesky factor gets a published stand-in for its factor, and the proposal says so:
 * the estimate stays unbiased, since any density that covers the posterior will do, but it gets noisy.
 * Source: EQUATIONS EPRO-9, EPRO-14 … EPRO-19, PVC-17 … PVC-20; [EProPnP2022] Sec 3.2 and published code.
 */
import { angularCentralGaussianLogDensity } from "../kernels/angular-central-gaussian.js";
import { logBesselI0Scaled } from "../kernels/log-bessel.js";
import { multivariateTLogDensity } from "../kernels/multivariate-t.js";
import {
  dispersedScale,
  initialConcentration,
  initialRotationScale,
  proposalConstants,
  weightedCovariance,
  weightedMean,
  weightedRotationScale,
  weightedYaw,
} from "../kernels/proposal-fit.js";
import { vonMisesMixtureLogDensity } from "../kernels/von-mises.js";
import { choleskyFactor } from "../linalg/cholesky.js";
import type { Stream } from "../random/stream.js";
import { angularCentralGaussianDraws, multivariateTDraws, vonMisesMixtureDraws } from "./draws.js";

export interface ProposalOptions {
  /** Share of the matched von Mises concentration that is used. Default: 0.33. */
  readonly concentrationShare?: number;
  /** Floor of a yaw variance, of r, of 1 − r² and of qᵀΛ⁻¹q. Default: 1e-5. */
  readonly floor?: number;
  /** Multiple of det(Λ)^¼ I added to Λ. Default: 0.001. */
  readonly dispersion?: number;
  /** Added to the diagonal after every Tyler step. Default: 1e-5. */
  readonly ridge?: number;
  /** Tyler steps. Default: 3, not converged. */
  readonly tylerIterations?: number;
  /** Share of the uniform density in yaw. Default: 0.25. */
  readonly uniformShare?: number;
}

/** A proposal; the rotation's part is that of its chart. */
export interface Proposal {
  /** Numbers of a pose: 7 for (t, q), 4 for (t, β). */
  readonly width: 7 | 4;
  /** Centre of the t [3] and lower-triangular factor of its scale matrix [9]. */
  readonly mean: Float64Array;
  readonly scaleTril: Float64Array;
  /** Lower-triangular factor of Λ [16]; empty for a yaw. */
  readonly rotationTril: Float64Array;
  /** Centre [rad] and concentration of the yaw; 0 for a quaternion. */
  readonly yaw: number;
  readonly kappa: number;
  readonly uniformShare: number;
  /** Which factors are stand-ins, since the fitted matrix had none. */
  readonly standIn: { readonly position: boolean; readonly rotation: boolean };
}

const yawFit = new Float64Array(2);

/**
 * The first proposal: at the pose y* [7 or 4], as wide as its covariance Σ [6, 6] or [4, 4] in the chart Q7
 * or YAW.
 *
 * @throws RangeError if the lengths do not belong together, or an entry of y* is not finite.
 */
export function initialProposal(
  pose: Float64Array,
  covariance: Float64Array,
  options: ProposalOptions = {},
): Proposal {
  const width = poseWidth("initialProposal", pose.length);
  const d = width === 7 ? 6 : 4;
  if (covariance.length !== d * d)
    throw new RangeError(
      `initialProposal: expected a covariance of ${d * d} numbers, got ${covariance.length}`,
    );
  if (!pose.every(Number.isFinite))
    throw new RangeError(`initialProposal: expected a finite pose, got [${pose.join(", ")}]`);
  const { concentrationShare, floor, dispersion, uniformShare } = resolved(options);
  const S = block(covariance, d, 0);
  const Λ = new Float64Array(16);
  // dispersedScale may write to its input; ‖δ‖ enters squared, so any Σ_δδ with a factor has a Λ.
  const fitted =
    width === 7 &&
    initialRotationScale(pose.subarray(3), block(covariance, d, 3), Λ) &&
    dispersedScale(Λ, dispersion, Λ);
  const kappa = width === 4 ? initialConcentration(covariance[15], concentrationShare, floor) : 0;
  return proposal(width, pose.slice(0, 3), S, fitted ? Λ : null, pose[3], kappa, uniformShare);
}

/**
 * The next proposal, from poses [count, width] with weights v̄ [count] of sum 1.
 *
 * @throws RangeError if width is not 7 or 4.
 */
export function refittedProposal(
  count: number,
  width: number,
  poses: Float64Array,
  weights: Float64Array,
  options: ProposalOptions = {},
): Proposal {
  const w = poseWidth("refittedProposal", width);
  const constants = resolved(options);
  const { concentrationShare, floor, dispersion, ridge, tylerIterations, uniformShare } = constants;
  const mean = new Float64Array(3);
  const S = new Float64Array(9);
  weightedMean(count, w, poses, weights, mean);
  weightedCovariance(count, w, poses, weights, S);
  if (w === 4) {
    weightedYaw(count, poses, weights, concentrationShare, floor, yawFit);
    return proposal(w, mean, S, null, yawFit[0], yawFit[1], uniformShare);
  }
  const Λ = new Float64Array(16);
  const fitted =
    weightedRotationScale(count, poses, weights, tylerIterations, floor, ridge, Λ) &&
    dispersedScale(Λ, dispersion, Λ);
  return proposal(w, mean, S, fitted ? Λ : null, 0, 0, uniformShare);
}

function proposal(
  width: 7 | 4,
  mean: Float64Array,
  S: Float64Array,
  Λ: Float64Array | null,
  yaw: number,
  kappa: number,
  uniformShare: number,
): Proposal {
  const position = !lowerFactor(3, S);
  // Published stand-ins, used as the factor itself: wider in depth where only the yaw is free.
  if (position) S.set([1, 0, 0, 0, 1, 0, 0, 0, width === 4 ? 4 : 1]);
  let rotationTril: Float64Array = new Float64Array(0);
  let rotation = false;
  if (width === 7) {
    rotationTril = Λ ?? new Float64Array(16);
    rotation = Λ === null || !lowerFactor(4, rotationTril);
    if (rotation) rotationTril.set([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  }
  return {
    width,
    mean,
    scaleTril: S,
    rotationTril,
    yaw: width === 4 ? yaw : 0,
    kappa,
    uniformShare,
    standIn: { position, rotation },
  };
}

/**
 * Writes log q of poses from … to − 1 of [.., width] to densities at + from … at + to − 1.
 *
 * @throws RangeError if a quaternion is more than 1e-6 off the unit sphere, or an entry is not finite.
 */
export function proposalLogDensities(
  q: Proposal,
  from: number,
  to: number,
  poses: Float64Array,
  densities: Float64Array,
  at = 0,
): void {
  const { width, mean, scaleTril, rotationTril, yaw, kappa, uniformShare } = q;
  const logI0 = width === 4 ? logBesselI0Scaled(kappa) : 0;
  for (let j = from; j < to; j++) {
    const row = width * j;
    densities[at + j] =
      multivariateTLogDensity(poses, mean, scaleTril, row) +
      (width === 7
        ? angularCentralGaussianLogDensity(poses, rotationTril, row + 3)
        : vonMisesMixtureLogDensity(poses[row + 3], yaw, kappa, uniformShare, logI0));
  }
}

/** Draws poses from … to − 1 of poses [.., width]; `stratified` as in vonMisesMixtureDraws. */
export function proposalDraws(
  q: Proposal,
  draw: Stream,
  from: number,
  to: number,
  poses: Float64Array,
  stratified: boolean,
): void {
  const { width, mean, scaleTril, rotationTril, yaw, kappa, uniformShare } = q;
  const position = { values: poses, at: width * from, stride: width };
  const turn = { ...position, at: width * from + 3 };
  multivariateTDraws(draw, to - from, mean, scaleTril, position);
  if (width === 7) angularCentralGaussianDraws(draw, to - from, rotationTril, turn);
  else vonMisesMixtureDraws(draw, to - from, yaw, kappa, turn, { uniformShare, stratified });
}

function resolved(options: ProposalOptions): Required<ProposalOptions> {
  const {
    concentrationShare = proposalConstants.concentrationShare,
    floor = proposalConstants.floor,
    dispersion = proposalConstants.dispersion,
    ridge = proposalConstants.ridge,
    tylerIterations = proposalConstants.tylerIterations,
    uniformShare = 0.25,
  } = options;
  const all = { concentrationShare, floor, dispersion, ridge, tylerIterations, uniformShare };
  for (const [name, value] of Object.entries(all))
    if (!(value >= 0 && value < Infinity))
      throw new RangeError(`proposal: expected ${name} >= 0, got ${value}`);
  if (!Number.isInteger(all.tylerIterations))
    throw new RangeError(
      `proposal: expected an integer number of tylerIterations, got ${all.tylerIterations}`,
    );
  if (all.uniformShare > 1)
    throw new RangeError(`proposal: expected uniformShare <= 1, got ${all.uniformShare}`);
  return all;
}

/** 7 or 4. @throws RangeError for anything else. */
export function poseWidth(caller: string, width: number): 7 | 4 {
  if (width !== 7 && width !== 4)
    throw new RangeError(`${caller}: expected poses of 7 or 4 numbers, got ${width}`);
  return width;
}

/** The 3 × 3 block at (offset, offset) of a matrix [d, d]. */
function block(matrix: Float64Array, d: number, offset: number): Float64Array {
  return Float64Array.from(
    { length: 9 },
    (_, k) => matrix[d * (offset + Math.floor(k / 3)) + offset + (k % 3)],
  );
}

/** Overwrites A [n, n] by its Cholesky factor, zero above the diagonal; false if there is none. */
function lowerFactor(n: number, A: Float64Array): boolean {
  if (!choleskyFactor(n, A)) return false;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) A[n * i + j] = 0;
  return true;
}
