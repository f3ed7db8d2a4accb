/**
 * Weights of dense correspondences from a network's logits, and the gradient that comes back through them.
 *
 * "joint" is one softmax over both image axes and all pixels, with one scale, as the code published with
 * [LC2023] has it; its text names the "softmax" of [EProPnP2022], over the pixels of either axis, with
 * two scales. Without a scale the weights sum to 1, or to 1 an axis: so they do where nothing, such as
 * E_prior, calibrates them. Source: EQUATIONS LC-29, EPRO-34; [LC2023] Sec 4.1 and published code.
 */
import {
  type DenseWeightForm,
  denseWeights,
  denseWeightsVjp,
  jointWeights,
  jointWeightsVjp,
} from "../kernels/dense-weights.js";
import { type ArrayInput, denseArray } from "../problem/dense-array.js";

export type WeightForm = "joint" | DenseWeightForm;

export interface WeightMap {
  readonly form: WeightForm;
  /** w [2N]. */
  readonly w2d: Float64Array;
  /** How many scales multiplied it: 0 without one. */
  readonly scales: number;
}

const forms: readonly WeightForm[] = ["joint", "softmax", "geometric", "exponential"];

/**
 * w of logits [N, 2] and log scales: [1] for "joint", [2] for the others, none by default. A whole axis
 * may lose its weight to the other under "joint": a pose is then not held, and the loss says so.
 *
 * @throws TypeError or RangeError if an array does not fit, the form is none of its values, or a weight
 * overflows.
 */
export function weightMap(form: WeightForm, logits: ArrayInput, logScale?: ArrayInput): WeightMap {
  if (!forms.includes(form))
    throw new RangeError(`weightMap: expected form of ${forms.join(", ")}, got ${form}`);
  const { data, shape } = denseArray("weightMap", "logits", logits, ["N", 2]);
  const wanted = form === "joint" ? 1 : 2;
  const scale =
    logScale === undefined
      ? new Float64Array(wanted)
      : denseArray("weightMap", "logScale", logScale, [wanted]).data;
  const w2d = new Float64Array(data.length);
  if (form === "joint") jointWeights(shape[0], data, scale[0], w2d);
  else denseWeights(form, shape[0], data, scale, w2d);
  return { form, w2d, scales: logScale === undefined ? 0 : wanted };
}

/** ∂L by logits [2N] and by log scales, as many as there were. */
export interface WeightMapGradient {
  readonly logits: Float64Array;
  readonly logScale: Float64Array;
}

/** What v = ∂L/∂w [N, 2], such as `gradient.w2d` of a loss, is of logits and log scales. @throws if v does not fit. */
export function weightMapPull({ form, w2d, scales }: WeightMap, v: ArrayInput): WeightMapGradient {
  const n = w2d.length / 2;
  const { data } = denseArray("weightMapPull", "v", v, [n, 2]);
  const logits = new Float64Array(2 * n);
  const logScale = new Float64Array(form === "joint" ? 1 : 2);
  if (form === "joint") logScale[0] = jointWeightsVjp(n, w2d, data, logits);
  else denseWeightsVjp(form, n, w2d, data, logits, logScale);
  return { logits, logScale: logScale.subarray(0, scales) };
}
