/**
 * Weights learned from the noise level of each point alone: w = exp(y(log s) − 1) on scene D2.
 *
 * The best weights are 1/s: log w then falls by one a unit of log s, and the poses' squared error in units
 * of their own covariance, δᵀHδ, is χ² of 6 degrees with median 5.35. A loss that only knows pixels has to
 * find both, from poses and noise that it never sees twice.
 * Source: SYSTEMS D2, S-18, S-20; EQUATIONS EXP-L4 (b), EXP-L5.
 */
import { reprojectionNormal } from "../kernels/reprojection-hessian.js";
import { rotationVector } from "../kernels/rodrigues.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Pose } from "../problem/pose.js";
import { scene } from "../problem/scenes.js";
import { Adam } from "./adam.js";
import { cornerError, type FlatPose, median, solvedFromTruth } from "./cloud.js";
import { LevelNetwork } from "./level-network.js";
import type { Measures } from "./study.js";

/** ∂L/∂w [2N] of a problem at its true pose; null where the loss is not defined. */
export type WeightSlopes = (
  problem: Correspondences,
  truth: Pose,
  name: string,
) => Float64Array | null;

export interface LevelTraining {
  readonly steps: number;
  /** Problems of a step, none of them seen twice. */
  readonly batch: number;
  /** Adam's step. */
  readonly rate: number;
}

/** Weight of a point whose noise has the standard deviation s [px]. */
export type LevelWeight = (s: number) => number;

/** Levels at which weights are drawn [px]. */
export const levels = [0.3, 0.42, 0.6, 0.84, 1.2, 1.7, 2.3, 3.3, 4.6, 6.4, 9];

/** The weights learned under a loss, from problems drawn by this name. */
export function learnedWeight(
  slopes: WeightSlopes,
  name: string,
  { steps, batch, rate }: LevelTraining,
): LevelWeight {
  const network = new LevelNetwork(name);
  const adam = new Adam(network.parameters, rate);
  const weight: LevelWeight = (s) => Math.exp(network.value(Math.log(s)) - 1);
  for (let step = 0; step < steps; step++) {
    network.gradient.fill(0);
    for (let b = 0; b < batch; b++) {
      const draw = `${name}/${step}/${b}`;
      const { correspondences, pose, noise } = scene("D2", { seed: draw });
      const w2d = pointWeights(noise, weight);
      const by = slopes({ ...correspondences, w2d }, pose, draw);
      if (by === null) continue;
      noise.forEach((s, i) => {
        const slope = by[2 * i] * w2d[2 * i] + by[2 * i + 1] * w2d[2 * i + 1];
        network.addGradient(Math.log(s), slope / batch);
      });
    }
    adam.step(network.gradient);
  }
  return weight;
}

/**
 * How weights do on `poses` problems of this name that no training has seen: the slope of log w
 * against log s by least squares, the mean of log w + log s, the mean corner error, the median of δᵀHδ,
 * and w s level by level. `normalised` weights sum to one in each problem.
 */
export function weightMeasures(
  weight: LevelWeight,
  name: string,
  poses: number,
  normalised = false,
): Measures {
  const squares: number[] = [];
  const [u, v]: [number[], number[]] = [[], []];
  let error = 0;
  for (let k = 0; k < poses; k++) {
    const { R, t, noise, correspondences } = scene("D2", { seed: `${name}/test/${k}` });
    const w2d = pointWeights(noise, weight);
    const total = normalised ? w2d.reduce((sum, w) => sum + w, 0) : 1;
    for (let j = 0; j < w2d.length; j++) w2d[j] /= total;
    noise.forEach((s, i) => {
      u.push(Math.log(s));
      v.push(Math.log(w2d[2 * i]));
    });
    const problem = { ...correspondences, w2d };
    const found = solvedFromTruth(problem, { R, t });
    error += cornerError(found, { R, t }) / poses;
    squares.push(squaredDeviation(problem, found, { R, t }));
  }
  return {
    slope: covariance(u, v) / covariance(u, u),
    scale: mean(u) + mean(v),
    "error [mm]": 1000 * error,
    "squared deviation": median(squares),
    "w s": levels.map((s) => weight(s) * s),
  };
}

const pointWeights = (noise: Float64Array, weight: LevelWeight): Float64Array =>
  Float64Array.from({ length: 2 * noise.length }, (_, j) => weight(noise[j >> 1]));

/** δᵀHδ of the pose error δ = (φ, τ), R = Exp(φ) R_gt, t = t_gt + τ, with H = JᵀW²J at the truth. */
function squaredDeviation(
  { n, x2d, x3d, w2d, K }: Correspondences,
  found: FlatPose,
  truth: FlatPose,
): number {
  const [g, H, turn, delta] = [6, 36, 9, 6].map((size) => new Float64Array(size));
  reprojectionNormal(n, x2d, x3d, w2d, K, truth.R, truth.t, Number.POSITIVE_INFINITY, g, H);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 3; k++) turn[3 * i + j] += found.R[3 * i + k] * truth.R[3 * j + k];
  rotationVector(turn, delta.subarray(0, 3));
  for (let k = 0; k < 3; k++) delta[3 + k] = found.t[k] - truth.t[k];
  let sum = 0;
  for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) sum += delta[i] * H[6 * i + j] * delta[j];
  return sum;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length;

function covariance(u: readonly number[], v: readonly number[]): number {
  const [middle, other] = [mean(u), mean(v)];
  return mean(u.map((x, i) => (x - middle) * (v[i] - other)));
}
