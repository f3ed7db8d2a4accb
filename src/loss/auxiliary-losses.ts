/**
 * The detector's auxiliary losses over dense grids, with their gradients.
 *
 *     L_proj = (1/P) Σ_pixels −ln Σ_m exp(−½ ‖ι_m Δ_m‖² + ln π_m − Σ ln σ_m) / n
 *     L_coord = Σ_i a_i ℓ(‖z_i − z*_i‖/D; β) / max(Σ_i a_i, a₀)
 *
 * n is the running mean of the inverse deviations ῑ, carried from batch to batch and a constant to every
 * derivative; in training the batch's own ῑ enters it before it divides. Where objects overlap, the
 * components of a pixel are those of all of them: each says whose it is.
 * Source: EQUATIONS EPRO-40, EPRO-33; [EProPnP2022] Sec 4.2, 5.4 and published code.
 */
import {
  coordinateRegression,
  coordinateRegressionGradient,
  meanInverseDeviation,
  mixtureLoss,
  mixtureLossGradient,
  relativeReprojectionError,
} from "../kernels/auxiliary-dense-losses.js";
import { normalisedLoss, runningMean } from "../kernels/loss-weights.js";

export interface AuxiliaryOptions {
  /** Z₀ > 0: errors of nearer objects are counted as at this distance. */
  readonly leastDistance?: number;
  /** ι₀ > 0: greatest 1/σ in the square. */
  readonly greatestInverseDeviation?: number;
  /** Share in [0, 1] of a batch in the running mean, and the least mean that divides. */
  readonly momentum?: number;
  readonly leastMean?: number;
  /** β > 0 of the smooth L1 [greatest dimensions], and a₀ > 0, the least total attention that divides. */
  readonly beta?: number;
  readonly leastAttention?: number;
}

/** Published settings, the defaults. */
export const publishedAuxiliary = {
  leastDistance: 0.1,
  greatestInverseDeviation: 1e4,
  momentum: 0.1,
  leastMean: 1e-4,
  beta: 0.05,
  leastAttention: 1e-4,
} as const satisfies Required<AuxiliaryOptions>;

/** An object in view: distance Z, dimensions [3] in the same unit, focal length [px]. */
export interface SeenObject {
  readonly distance: number;
  readonly dimensions: Float64Array;
  readonly focal: number;
}

/** M components at each of P pixels. A component that is none has logShare −∞. */
export interface MixtureGrid {
  /** Reprojection errors [P, M, 2] px at the true pose. */
  readonly error: Float64Array;
  /** ln σ [P, M, 2] and ln π [P, M]. */
  readonly logDeviation: Float64Array;
  readonly logShare: Float64Array;
  readonly components: number;
  /** The object of each component [P, M]. Default: the first of all. */
  readonly object?: ArrayLike<number>;
}

export interface MixtureResult {
  readonly loss: number;
  /** n after this batch, to be given to the next. */
  readonly mean: number;
  /** ∂L by error [P, M, 2], ln σ [P, M, 2] and ln π [P, M]. */
  readonly gradient: Pick<MixtureGrid, "error" | "logDeviation" | "logShare">;
}

/**
 * L_proj of a batch of pixels, n before it, and whether n is to follow the batch. 0 without pixels.
 *
 * @throws RangeError if lengths do not belong together, a component has no object, a pixel has no
 * component of finite density, or an option is out of range.
 */
export function reprojectionMixture(
  grid: MixtureGrid,
  objects: readonly SeenObject[],
  mean = 1,
  training = true,
  options: AuxiliaryOptions = {},
): MixtureResult {
  const {
    greatestInverseDeviation: cap,
    momentum,
    leastMean,
  } = { ...publishedAuxiliary, ...options };
  const { logDeviation, logShare, components } = grid;
  const pixels = checkedPixels(grid);
  const delta = relativeErrors(grid, objects, options);
  const inverse = meanInverseDeviation(logShare.length, logDeviation, logShare, cap, leastMean);
  const next = training && pixels > 0 ? runningMean(mean, inverse, momentum) : mean;
  const factor = pixels > 0 ? normalisedLoss(1 / pixels, next, leastMean) : 0;
  const gradient = {
    error: new Float64Array(2 * logShare.length),
    logDeviation: new Float64Array(2 * logShare.length),
    logShare: new Float64Array(logShare.length),
  };
  let loss = 0;
  for (let p = 0; p < pixels; p++) {
    const [from, to] = [p * components, (p + 1) * components];
    const at = [delta.subarray(2 * from, 2 * to), logDeviation.subarray(2 * from, 2 * to)] as const;
    const shares = logShare.subarray(from, to);
    loss += mixtureLoss(components, ...at, shares, cap) * factor;
    mixtureLossGradient(
      ...([components, ...at, shares, cap, gradient.error.subarray(2 * from, 2 * to)] as const),
      ...([
        gradient.logDeviation.subarray(2 * from, 2 * to),
        gradient.logShare.subarray(from, to),
      ] as const),
    );
  }
  // Δ is the error times a constant of its object: its slope goes the same way back.
  const back = relativeErrors({ ...grid, error: gradient.error }, objects, options);
  return {
    loss,
    mean: next,
    gradient: {
      error: back.map((x) => factor * x),
      logDeviation: gradient.logDeviation.map((x) => factor * x),
      logShare: gradient.logShare.map((x) => factor * x),
    },
  };
}

function checkedPixels({ error, logDeviation, logShare, components, object }: MixtureGrid): number {
  const pixels = logShare.length / components;
  if (!(components > 0 && Number.isInteger(pixels)))
    throw new RangeError(
      `reprojectionMixture: expected logShare [P, ${components}], got ${logShare.length} numbers`,
    );
  for (const [name, length, size] of [
    ["error", error.length, 2 * logShare.length],
    ["logDeviation", logDeviation.length, 2 * logShare.length],
    ["object", object?.length ?? logShare.length, logShare.length],
  ] as const)
    if (length !== size)
      throw new RangeError(
        `reprojectionMixture: expected ${size} numbers in ${name}, got ${length}`,
      );
  return pixels;
}

/** Δ of every component, or slopes by the errors of slopes by Δ. */
function relativeErrors(
  { error, object }: MixtureGrid,
  objects: readonly SeenObject[],
  options: AuxiliaryOptions,
): Float64Array {
  const { leastDistance } = { ...publishedAuxiliary, ...options };
  if (!(leastDistance > 0))
    throw new RangeError(`reprojectionMixture: expected leastDistance > 0, got ${leastDistance}`);
  const delta = new Float64Array(error.length);
  for (let m = 0; m < error.length / 2; m++) {
    const seen = objects[object?.[m] ?? 0];
    if (seen === undefined)
      throw new RangeError(
        `reprojectionMixture: expected an object of 0 to ${objects.length - 1}, got ${object?.[m] ?? 0}`,
      );
    const { distance, dimensions, focal } = seen;
    const pair = error.subarray(2 * m, 2 * m + 2);
    relativeReprojectionError(
      ...([pair, distance, dimensions, focal, leastDistance] as const),
      delta.subarray(2 * m, 2 * m + 2),
    );
  }
  return delta;
}

export interface RegressionResult {
  readonly loss: number;
  /** ∂L by z [N, 3] and by the attention [N]. */
  readonly gradient: { readonly points: Float64Array; readonly attention: Float64Array };
}

/**
 * L_coord of points z [N, 3] against LiDAR points z* [N, 3] with attention [N], on an object whose
 * greatest dimension is D, in the unit of the points. 0 without points.
 *
 * @throws RangeError if lengths do not belong together or D or an option is not positive.
 */
export function coordinateRegressionLoss(
  z: Float64Array,
  target: Float64Array,
  attention: Float64Array,
  D: number,
  options: AuxiliaryOptions = {},
): RegressionResult {
  const { beta, leastAttention } = { ...publishedAuxiliary, ...options };
  const count = attention.length;
  for (const [name, { length }] of [
    ["z", z],
    ["target", target],
  ] as const)
    if (length !== 3 * count)
      throw new RangeError(
        `coordinateRegressionLoss: expected ${3 * count} numbers in ${name}, got ${length}`,
      );
  const gradient = { points: new Float64Array(3 * count), attention: new Float64Array(count) };
  const loss = coordinateRegression(count, z, target, attention, D, beta, leastAttention);
  coordinateRegressionGradient(
    ...([count, z, target, attention, D, beta, leastAttention] as const),
    ...([gradient.points, gradient.attention] as const),
  );
  return { loss, gradient };
}
