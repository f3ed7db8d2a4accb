/**
 * What networks of dense maps learn from beside their pose: coordinates or codes, and the visible mask.
 *
 * Maps are lists of pixels, row by row, of one image or of a batch one after another. The full loss adds
 * β L_LC to one of these: `covarianceLossWeights`, `totalLoss`. Source: EQUATIONS LC-27, LC-30, LC-31;
 * [LC2023] Eq 18, 19 and published code.
 */
import {
  type CoordinateReduction,
  gdrBaseLossGradient,
  gdrBaseLoss as gdrLoss,
} from "../kernels/gdr-base-loss.js";
import { runningMean } from "../kernels/loss-weights.js";
import {
  type MaskForm,
  maskLossGradient,
  maskLoss as meanMaskLoss,
  resampledMask,
} from "../kernels/mask-losses.js";
import {
  bitErrorRates,
  bitWeights,
  hierarchicalLoss,
  zebraBaseLossGradient,
} from "../kernels/zebra-base-loss.js";
import { type ArrayInput, axisCount, denseArray } from "../problem/dense-array.js";

/** λ of the second term of either loss, and the momentum and start of error rates, as published. */
export const publishedBaseLosses = {
  gdr: { reduction: "mean", maskWeight: 0.25 },
  zebra: { codeWeight: 3, momentum: 0.05, start: "half" },
} as const;

export interface MaskLoss {
  readonly loss: number;
  /** ∂L by the logits [P]. */
  readonly gradient: Float64Array;
}

/**
 * L of mask logits against a mask in [0, 1], [P] or both [H, W]: "cross-entropy" with GDR-Net, "difference"
 * with ZebraPose. Weights of dense correspondences are warmed up by it, their logits [P, 2] against the
 * visible mask of either axis. 0 without pixels.
 *
 * @throws TypeError or RangeError if the arrays do not fit, or a mask is outside [0, 1].
 */
export function maskLoss(form: MaskForm, logits: ArrayInput, mask: ArrayInput): MaskLoss {
  if (form !== "cross-entropy" && form !== "difference")
    throw new RangeError(`maskLoss: expected cross-entropy or difference, got ${form}`);
  const x = pixels("maskLoss", "logits", logits);
  const m = unit("maskLoss", "mask", mask, x.length);
  const gradient = new Float64Array(x.length);
  maskLossGradient(form, x.length, x, m, gradient);
  return { loss: meanMaskLoss(form, x.length, x, m), gradient };
}

/**
 * A mask [H, W] at another size, by its nearest pixels: [height · width], row by row.
 *
 * @throws TypeError or RangeError if it has no pixel, or a size is no whole number from 1 on.
 */
export function nearestMask(mask: ArrayInput, height: number, width: number): Float64Array {
  const { data, shape } = denseArray("nearestMask", "mask", mask, ["H", "W"]);
  if (![height, width].every((n) => Number.isInteger(n) && n >= 1))
    throw new RangeError(`nearestMask: expected sizes from 1 on, got ${height} x ${width}`);
  if (data.length === 0)
    throw new RangeError(`nearestMask: expected a mask with pixels, got [${shape.join(", ")}]`);
  const out = new Float64Array(height * width);
  resampledMask(shape[0], shape[1], data, height, width, out);
  return out;
}

export interface GdrBaseInput {
  /** Predicted and true normalised coordinates [P, 3]. */
  readonly coordinates: ArrayInput;
  readonly target: ArrayInput;
  /** Logits of the visible mask, and the mask, [P]. */
  readonly maskLogits: ArrayInput;
  readonly visible: ArrayInput;
  /** The mask that coordinates count in [P]; the visible one by default, as in the paper. */
  readonly coordinateMask?: ArrayInput;
}

export interface GdrBaseOptions {
  /** "mean" over all entries of the map, masked or not, as published, or the paper's "sum". */
  readonly reduction?: CoordinateReduction;
  /** λ ≥ 0 of the cross entropy. */
  readonly maskWeight?: number;
}

export interface GdrBaseLoss {
  readonly loss: number;
  /** ∂L by coordinates [3P] and by mask logits [P]. */
  readonly gradient: { readonly coordinates: Float64Array; readonly maskLogits: Float64Array };
}

/**
 * The base loss of dense coordinates. An empty mask leaves the cross entropy alone; no pixels, 0.
 *
 * @throws TypeError or RangeError if an array does not fit, a mask is outside [0, 1], or an option is
 * none of its values.
 */
export function gdrBaseLoss(input: GdrBaseInput, options: GdrBaseOptions = {}): GdrBaseLoss {
  const name = "gdrBaseLoss";
  const { reduction, maskWeight } = { ...publishedBaseLosses.gdr, ...options };
  if (reduction !== "mean" && reduction !== "sum")
    throw new RangeError(`${name}: expected reduction mean or sum, got ${reduction}`);
  requireWeight(name, "maskWeight", maskWeight);
  const maskLogits = pixels(name, "maskLogits", input.maskLogits);
  const P = maskLogits.length;
  const visible = unit(name, "visible", input.visible, P);
  const map = {
    coordinates: denseArray(name, "coordinates", input.coordinates, [P, 3]).data,
    target: denseArray(name, "target", input.target, [P, 3]).data,
    mask:
      input.coordinateMask === undefined
        ? visible
        : unit(name, "coordinateMask", input.coordinateMask, P),
    maskLogits,
    visible,
  };
  const gradient = { coordinates: new Float64Array(3 * P), maskLogits: new Float64Array(P) };
  const by = [gradient.coordinates, gradient.maskLogits] as const;
  gdrBaseLossGradient(reduction, maskWeight, P, map, ...by);
  return { loss: gdrLoss(reduction, maskWeight, P, map), gradient };
}

export interface ZebraBaseInput {
  /** Logits of the target bits, and those bits, 0 or 1, [P, B]. */
  readonly bitLogits: ArrayInput;
  readonly targets: ArrayInput;
  /** Logits of the visible mask, and the mask, [P]. */
  readonly maskLogits: ArrayInput;
  readonly visible: ArrayInput;
}

export interface ZebraBaseOptions {
  /** h [B] after the batch before this one; without it this batch is the first. */
  readonly errorRates?: ArrayInput;
  /** What comes before the first batch: rates of a "half", or its own rates, "batch", as [ZebraPose2022]. */
  readonly start?: "half" | "batch";
  /** Share in [0, 1] of a batch in the rates; 0 leaves them as they are, as one wants in tests. */
  readonly momentum?: number;
  /** λ ≥ 0 of L_hier. */
  readonly codeWeight?: number;
}

export interface ZebraBaseLoss {
  readonly loss: number;
  /** L_mask, and L_hier before its factor. */
  readonly maskLoss: number;
  readonly codeLoss: number;
  /** ν [B], and h [B] after this batch: `errorRates` of the next. */
  readonly bitWeights: Float64Array;
  readonly errorRates: Float64Array;
  /** ∂L by bit logits [P B] and by mask logits [P]. */
  readonly gradient: { readonly bitLogits: Float64Array; readonly maskLogits: Float64Array };
}

/**
 * The base loss of binary codes. The batch enters the error rates before they weigh its bits. A mask
 * predicted empty teaches no bit: L_hier is ln 2. 0 without pixels.
 *
 * @throws TypeError or RangeError if an array does not fit, there is no bit, a target is neither 0 nor
 * 1, a mask or a rate is outside [0, 1], or an option is out of range.
 */
export function zebraBaseLoss(
  input: ZebraBaseInput,
  options: ZebraBaseOptions = {},
): ZebraBaseLoss {
  const name = "zebraBaseLoss";
  const { momentum, codeWeight, start } = { ...publishedBaseLosses.zebra, ...options };
  requireWeight(name, "codeWeight", codeWeight);
  if (start !== "half" && start !== "batch")
    throw new RangeError(`${name}: expected start half or batch, got ${start}`);
  const maskLogits = pixels(name, "maskLogits", input.maskLogits);
  const P = maskLogits.length;
  const { data: bitLogits, shape } = denseArray(name, "bitLogits", input.bitLogits, [P, "B"]);
  const B = shape[1];
  if (!(B >= 1)) throw new RangeError(`${name}: expected at least one bit, got ${B}`);
  const targets = denseArray(name, "targets", input.targets, [P, B]).data;
  const wrong = targets.find((t) => t !== 0 && t !== 1);
  if (wrong !== undefined)
    throw new RangeError(`${name}: expected targets of 0 and 1, got ${wrong}`);
  const map = { bitLogits, targets, maskLogits, visible: unit(name, "visible", input.visible, P) };
  const batch = new Float64Array(B);
  bitErrorRates(P, B, map, batch);
  const first = start === "batch" ? batch : new Float64Array(B).fill(0.5);
  const before =
    options.errorRates === undefined ? first : unit(name, "errorRates", options.errorRates, B);
  const errorRates = batch.map((q, b) => runningMean(before[b], q, momentum));
  const nu = new Float64Array(B);
  bitWeights(B, errorRates, nu);
  const gradient = { bitLogits: new Float64Array(P * B), maskLogits: new Float64Array(P) };
  const by = [gradient.bitLogits, gradient.maskLogits] as const;
  zebraBaseLossGradient(P, B, map, nu, codeWeight, ...by);
  const [mask, code] = [
    meanMaskLoss("difference", P, maskLogits, map.visible),
    hierarchicalLoss(P, B, map, nu),
  ];
  return {
    loss: mask + codeWeight * code,
    maskLoss: mask,
    codeLoss: code,
    bitWeights: nu,
    errorRates,
    gradient,
  };
}

/** Any array of finite numbers, flat. */
function pixels(caller: string, name: string, input: ArrayInput): Float64Array {
  const axes = ["P", "Q", "R"].slice(0, axisCount(input) ?? 1);
  return denseArray(caller, name, input, axes).data;
}

/** The same, of `count` numbers in [0, 1]. */
function unit(caller: string, name: string, input: ArrayInput, count: number): Float64Array {
  const data = pixels(caller, name, input);
  if (data.length !== count)
    throw new RangeError(`${caller}: expected ${count} numbers in ${name}, got ${data.length}`);
  const wrong = data.find((x) => !(x >= 0 && x <= 1));
  if (wrong !== undefined)
    throw new RangeError(`${caller}: expected ${name} in [0, 1], got ${wrong}`);
  return data;
}

function requireWeight(caller: string, name: string, weight: number): void {
  if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
    throw new RangeError(`${caller}: expected a finite ${name} >= 0, got ${weight}`);
}
