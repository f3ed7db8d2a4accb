/**
 * What surrounds the linear-covariance loss while a network is trained with it.
 *
 *     clipper:  g ← g min(1, m / (‖g‖ + 1e-6)),  m ← 0.9 m + 0.1 (1 + ρ) min(‖g‖, (1 + ρ) m)
 *     ramp-in:  λ = clamp((t − t₀ + 1) / (T − t₀ + 1e-5), 0, 1),  T = max(step, epoch · steps per epoch)
 *     pose:     λ L_LC + (1 − λ) L_warm            full:  L_base + β L_LC
 *     sampling: rows and columns o, o + s, o + 2s, …      whose gradient is zero at all other pixels
 *
 * ‖g‖ is taken over all entries, before clipping. Source: EQUATIONS LC-26, 27, 28, 32; [LC2023] Eq 20,
 * Sec 4.2 (ideas) and published code (rules and constants).
 */
import type { Stream } from "../random/index.js";

/** ρ of the clippers in published code: the first is on by default there, the others off. */
export const publishedClippers = { weightLogits: 0.7, scale: 2, points: 2 } as const;

/** β of L_full = L_base + β L_LC; with keypoints the base loss has weight 1 and L_LC this one. */
export const covarianceLossWeights = { gdr: 0.02, zebra: 0.03, keypoints: 0.7 } as const;

/** When L_LC is fully on, in published code: a step, or as much later as its epoch ends. */
export const publishedRamps = {
  gdr: { step: 2000, epoch: 1 },
  zebra: { step: 3000, epoch: 0 },
  keypoints: { step: 4000, epoch: 1 },
} as const;

export interface ClippedGradient {
  /** A copy of g, clipped. */
  readonly gradient: Float64Array;
  /** ‖g‖ as it came. */
  readonly norm: number;
  /** The limit it was held to. */
  readonly limit: number;
  /** "not-finite": some entry is NaN or infinite; g is passed on as it is, and teaches no limit. */
  readonly status: "within" | "clipped" | "not-finite";
}

/** Norm that holds a first gradient, before any was seen. */
const FIRST_LIMIT = 100;

/**
 * A clipper whose limit follows the norms it sees, so that a rare huge gradient is cut to size. The first
 * gradient that is not zero sets the limit to (1 + ρ) times its norm, having been held to 100 itself. With
 * ρ = 0 the limit never rises.
 */
export class GradientClipper {
  private current: number | null = null;

  /** @throws RangeError unless ρ is finite and not negative. */
  constructor(readonly rho: number) {
    if (!(rho >= 0 && rho < Number.POSITIVE_INFINITY))
      throw new RangeError(`GradientClipper: expected a finite rho >= 0, got ${rho}`);
  }

  /** m, the limit of the next gradient. */
  get limit(): number {
    return this.current ?? FIRST_LIMIT;
  }

  /** Clips a gradient and learns from its norm. */
  clip(gradient: Float64Array): ClippedGradient {
    const { limit, rho } = this;
    const norm = euclideanNorm(gradient);
    if (!Number.isFinite(norm))
      return { gradient: gradient.slice(), norm, limit, status: "not-finite" };
    const factor = Math.min(1, limit / (norm + 1e-6));
    const seen = (1 + rho) * norm;
    if (this.current !== null)
      this.current = 0.9 * limit + 0.1 * (1 + rho) * Math.min(norm, (1 + rho) * limit);
    // A zero gradient at the start would set a limit of zero, which nothing passes ever after.
    else if (norm > 0) this.current = seen;
    return {
      gradient: gradient.map((x) => x * factor),
      norm,
      limit,
      status: factor < 1 ? "clipped" : "within",
    };
  }
}

/** ‖g‖, without overflow of its squares. */
function euclideanNorm(g: Float64Array): number {
  let largest = 0;
  for (const x of g) largest = Math.abs(x) <= largest ? largest : Math.abs(x);
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return largest;
  let sum = 0;
  for (const x of g) sum += (x / largest) ** 2;
  return largest * Math.sqrt(sum);
}

export interface Ramp {
  /** t₀, the step from which the ramp rises; by default 0. */
  readonly from?: number;
  /** The step at which it is over, unless the epoch below ends later. */
  readonly step: number;
  /** Epochs at whose end it is over, and steps in one; by default 0 epochs. */
  readonly epoch?: number;
  readonly stepsPerEpoch?: number;
}

/**
 * λ of a training step t, in [0, 1]: 0 before t₀, and 1 from T on; at once if T ≤ t₀. A run that is resumed
 * needs no more than its step.
 *
 * @throws RangeError if a step or epoch is not finite.
 */
export function rampIn(t: number, ramp: Ramp): number {
  const { from = 0, step, epoch = 0, stepsPerEpoch = 0 } = ramp;
  const T = Math.max(step, epoch * stepsPerEpoch);
  if (![t, from, step, epoch, stepsPerEpoch].every(Number.isFinite))
    throw new RangeError(`rampIn: expected finite steps, got ${t} of ${from} to ${T}`);
  if (T <= from) return t + 1 > from ? 1 : 0;
  return Math.min(1, Math.max(0, (t - from + 1) / (T - from + 1e-5)));
}

/** λ L_LC + (1 − λ) L_warm, whose derivatives by the two losses are λ and 1 − λ. */
export function rampedLoss(lambda: number, covarianceLoss: number, warmLoss: number): number {
  // A loss that has no say may be anything, and is not multiplied by zero.
  if (lambda === 0) return warmLoss;
  return lambda === 1 ? covarianceLoss : lambda * covarianceLoss + (1 - lambda) * warmLoss;
}

/**
 * Indices, row by row, of every s-th row and column of a map of height × width pixels, from the offset
 * (row, column) on: drawn from a stream in training, (0, 0) without one. The s² offsets share the
 * map out among them, whether or not s divides its sides.
 *
 * @throws RangeError unless sizes are whole numbers, s ≥ 1.
 */
export function sampledPixels(
  height: number,
  width: number,
  stride: number,
  stream?: Stream,
): Int32Array {
  if (![height, width].every((n) => Number.isInteger(n) && n >= 0))
    throw new RangeError(`sampledPixels: expected whole sides, got ${height} x ${width}`);
  if (!(Number.isInteger(stride) && stride >= 1))
    throw new RangeError(`sampledPixels: expected a whole stride >= 1, got ${stride}`);
  const row = stream ? stream.integer(stride) : 0;
  const column = stream ? stream.integer(stride) : 0;
  const kept: number[] = [];
  for (let i = row; i < height; i += stride)
    for (let j = column; j < width; j += stride) kept.push(i * width + j);
  return Int32Array.from(kept);
}

/** The rows [M, width] of a map [P, width] at these pixels, flat. @throws RangeError if a pixel is not of the map. */
export function sampledRows(
  map: Float64Array,
  pixels: ArrayLike<number>,
  width: number,
): Float64Array {
  requirePixels("sampledRows", pixels, map.length / width);
  const rows = new Float64Array(width * pixels.length);
  for (let k = 0; k < pixels.length; k++)
    rows.set(map.subarray(width * pixels[k], width * (pixels[k] + 1)), width * k);
  return rows;
}

/**
 * The gradient [count, width] by a map, of a gradient [M, width] by its rows at these pixels: zero at all
 * others; what one pixel was taken for twice, adds up.
 *
 * @throws RangeError if there are not as many rows as pixels, or a pixel is not of the map.
 */
export function sampledRowsPull(
  gradient: Float64Array,
  pixels: ArrayLike<number>,
  width: number,
  count: number,
): Float64Array {
  requirePixels("sampledRowsPull", pixels, count);
  if (gradient.length !== width * pixels.length)
    throw new RangeError(
      `sampledRowsPull: expected ${width * pixels.length} numbers, got ${gradient.length}`,
    );
  const map = new Float64Array(width * count);
  for (let k = 0; k < pixels.length; k++)
    for (let j = 0; j < width; j++) map[width * pixels[k] + j] += gradient[width * k + j];
  return map;
}

function requirePixels(caller: string, pixels: ArrayLike<number>, count: number): void {
  for (let k = 0; k < pixels.length; k++)
    if (!(Number.isInteger(pixels[k]) && pixels[k] >= 0 && pixels[k] < count))
      throw new RangeError(`${caller}: expected pixels of 0 to ${count - 1}, got ${pixels[k]}`);
}
