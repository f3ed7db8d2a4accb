/**
 * Derivative regularisation: how far one Gauss–Newton step from a fixed pose lands from the true one,
 * so that a network is rewarded for correspondences whose solver steps towards the truth.
 *
 *     L = a ℓ(‖t⁺ − t′‖; β₀) + b (1 − cos θ(y⁺, y′)),   y⁺ = y ⊞ Δy(x, z, w, δ),   y held fixed
 *
 * The gradient runs through Δy alone. At a stationary pose it is the implicit gradient with the
 * Gauss–Newton matrix for the Hessian; gauss-newton-gap.ts says how far that is from the exact one.
 * Source: EQUATIONS EPRO-28..31; [EProPnP2022] Eq 9, 10.
 */
import {
  adaptiveThreshold,
  adaptiveThresholdPointSlope,
  adaptiveThresholdWeightSlope,
} from "../kernels/adaptive-threshold.js";
import {
  gaussNewtonStep,
  gaussNewtonStepVjp,
  type RegularisedReprojection,
} from "../kernels/derivative-regularisation.js";
import {
  orientationDistance,
  orientationDistanceGradient,
  positionDistance,
  positionDistanceGradient,
} from "../kernels/pose-distance.js";
import { movedRow, movedRowVjp, rowChart } from "../kernels/pose-row.js";
import type { Correspondences } from "../problem/correspondences.js";
import { type Clamps, clampRow } from "../solve/normal-equations.js";

/** A threshold δ = relative · (mean weight) · (spread of the pixels), as in ROB-3. */
export interface AdaptiveThreshold {
  readonly relative: number;
  /**
   * The inputs that δ's own derivative runs through. Default: both. Published dense training lets it
   * run through ["w2d"]; the published detector through none, [].
   */
  readonly through?: readonly ("x2d" | "w2d")[];
}

export interface RegularisationOptions {
  /** Huber threshold [px], ≥ 0, a constant or adaptive. Default: Infinity. */
  readonly delta?: number | AdaptiveThreshold;
  /** ε ≥ 0, added to the diagonal of JᵀJ. Default: 1e-5. It is not scaled by the weights. */
  readonly epsilon?: number;
  /** Clamps of GEO-18, with their rows of J zeroed. Default: none. */
  readonly clamps?: Omit<Clamps, "mask">;
  /** β₀ > 0 of the smooth L1, in the unit of the points. Default: 0.05; the detector has 1. */
  readonly beta?: number;
  /** a and b, ≥ 0. Defaults: 0.1 each; the detector has 0.05. */
  readonly positionWeight?: number;
  readonly orientationWeight?: number;
}

/** Every status of a regularisation loss with the sentence that explains it. */
export const regularisationSentences = {
  ok: "The step is determined.",
  empty: "There are no correspondences: the step is zero, and so is every gradient.",
  singular:
    "JᵀJ + εI is not positive definite to working precision, or not finite: there is no step.",
} as const;

export type RegularisationStatus = keyof typeof regularisationSentences;

/** Derivatives of the loss by its data, flat. */
export interface LossGradient {
  /** [2N] per pixel. */
  readonly x2d: Float64Array;
  /** [3N] per unit of the object points. */
  readonly x3d: Float64Array;
  /** [2N]; weights multiply residuals. */
  readonly w2d: Float64Array;
  /** By the threshold itself, with w and x fixed. */
  readonly delta: number;
}

/** The loss; where the status is "singular" every number is NaN. */
export interface RegularisationLoss {
  readonly status: RegularisationStatus;
  /** L, and its two distances before they are weighted. */
  readonly loss: number;
  readonly position: number;
  readonly orientation: number;
  /** Δy [6 or 4] and y ⊞ Δy [7 or 4]. */
  readonly step: Float64Array;
  readonly posePlus: Float64Array;
  readonly gradient: LossGradient;
}

/**
 * The loss and its gradient at the pose y against the true pose, rows (t, q) [7] or (t, β) [4].
 *
 * @throws RangeError if the rows differ in length, are not finite, hold a zero quaternion, or an
 * option is out of range.
 */
export function derivativeRegularisation(
  problem: Correspondences,
  y: Float64Array,
  truth: Float64Array,
  options: RegularisationOptions = {},
): RegularisationLoss {
  const name = "derivativeRegularisation";
  checkedRow(name, "y", y);
  checkedRow(name, "truth", truth);
  if (y.length !== truth.length)
    throw new RangeError(`${name}: expected truth of length ${y.length}, got ${truth.length}`);
  const a = atLeast(name, "positionWeight", options.positionWeight ?? 0.1, 0);
  const b = atLeast(name, "orientationWeight", options.orientationWeight ?? 0.1, 0);
  const beta = atLeast(name, "beta", options.beta ?? 0.05, Number.MIN_VALUE);
  const { n } = problem;
  const made = regularised(name, problem, options);
  const step = new Float64Array(rowChart(y.length) === "YAW" ? 4 : 6);
  const posePlus = new Float64Array(y.length);
  const gradient = {
    x2d: new Float64Array(2 * n),
    x3d: new Float64Array(3 * n),
    w2d: new Float64Array(2 * n),
    delta: new Float64Array(1),
  };
  const determined = n === 0 || gaussNewtonStep(made, y, step);
  movedRow(y, step, posePlus);
  const upstream = new Float64Array(y.length);
  const other = new Float64Array(y.length);
  positionDistanceGradient(posePlus, truth, beta, upstream);
  orientationDistanceGradient(posePlus, truth, other);
  for (let k = 0; k < y.length; k++) upstream[k] = a * upstream[k] + b * other[k];
  const v = new Float64Array(step.length);
  movedRowVjp(y, step, upstream, v);
  const whole = determined && (n === 0 || gaussNewtonStepVjp(made, y, v, gradient));
  if (!whole || !step.every(Number.isFinite)) return undetermined(n, step, posePlus);
  const position = positionDistance(posePlus, truth, beta);
  const orientation = orientationDistance(posePlus, truth);
  throughThreshold(problem, options.delta, gradient);
  return {
    status: n === 0 ? "empty" : "ok",
    loss: a * position + b * orientation,
    position,
    orientation,
    step,
    posePlus,
    gradient: { ...gradient, delta: gradient.delta[0] },
  };
}

/** The problem as the kernels take it. */
export function regularised(
  name: string,
  { n, x2d, x3d, w2d, K }: Correspondences,
  { delta = Number.POSITIVE_INFINITY, epsilon = 1e-5, clamps }: RegularisationOptions,
): RegularisedReprojection {
  const threshold =
    typeof delta === "number" || n === 0
      ? delta
      : adaptiveThreshold(n, x2d, w2d, atLeast(name, "relative", delta.relative, 0));
  return {
    n,
    x2d,
    x3d,
    w2d,
    K,
    delta: typeof threshold === "number" ? atLeast(name, "delta", threshold, 0) : 0,
    epsilon: atLeast(name, "epsilon", epsilon, 0),
    clamps: clampRow(name, clamps)?.bounds ?? null,
  };
}

/** Adds ∂L/∂δ times the derivative of an adaptive δ. */
function throughThreshold(
  { n, x2d, w2d }: Correspondences,
  delta: RegularisationOptions["delta"],
  gradient: { x2d: Float64Array; w2d: Float64Array; delta: Float64Array },
): void {
  if (delta === undefined || typeof delta === "number" || n === 0) return;
  const { relative, through = ["x2d", "w2d"] } = delta;
  const [byDelta] = gradient.delta;
  if (through.includes("w2d")) {
    const slope = adaptiveThresholdWeightSlope(n, x2d, relative);
    for (let k = 0; k < 2 * n; k++) gradient.w2d[k] += byDelta * slope;
  }
  if (through.includes("x2d")) {
    const slope = new Float64Array(2 * n);
    adaptiveThresholdPointSlope(n, x2d, w2d, relative, slope);
    for (let k = 0; k < 2 * n; k++) gradient.x2d[k] += byDelta * slope[k];
  }
}

function undetermined(n: number, step: Float64Array, posePlus: Float64Array): RegularisationLoss {
  const none = (length: number) => new Float64Array(length).fill(Number.NaN);
  return {
    status: "singular",
    loss: Number.NaN,
    position: Number.NaN,
    orientation: Number.NaN,
    step: step.fill(Number.NaN),
    posePlus: posePlus.fill(Number.NaN),
    gradient: { x2d: none(2 * n), x3d: none(3 * n), w2d: none(2 * n), delta: Number.NaN },
  };
}

/** @throws RangeError unless y is a finite row of 7 or 4 numbers with a quaternion other than zero. */
export function checkedRow(name: string, what: string, y: Float64Array): void {
  const chart = rowChart(y.length);
  if (!y.every(Number.isFinite))
    throw new RangeError(`${name}: expected a finite ${what}, got ${y}`);
  if (chart === "Q7" && !(Math.hypot(y[3], y[4], y[5], y[6]) > 0))
    throw new RangeError(`${name}: expected a quaternion in ${what} other than 0, got 0`);
}

function atLeast(name: string, what: string, value: number, least: number): number {
  if (!(value >= least))
    throw new RangeError(`${name}: expected ${what} >= ${least}, got ${value}`);
  return value;
}
