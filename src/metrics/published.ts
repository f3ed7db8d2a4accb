/**
 * Quirks of published evaluators, by name, for reproducing their numbers. Nothing here is a default.
 * Source: EQUATIONS PVC-26, PVC-45, LM-M4, YCB-M4, REPRO-M4; evaluators of [EProPnP2022], [LC2023],
 * [UAVA2021] and [Xiang2018].
 */
import { toolboxArea } from "./area.js";

/** Diameters that LineMOD evaluators carry in their code [m], by the object's number, 1 … 15. */
export const hardCodedLinemodDiameters: readonly number[] = [
  0.10209865663, 0.24750624233, 0.16735486092, 0.17249224865, 0.20140358597, 0.15454551808,
  0.12426430816, 0.26147178102, 0.10899920102, 0.16462758848, 0.17588933422, 0.14554287471,
  0.27807811733, 0.28260129399, 0.21235825148,
];

/** Diagonal of the larger drone [m], by which ADD-k of UAVA is normalised: of its box, no diameter. */
export const hardCodedDroneDiagonal = 0.354;

/** LineMOD objects whose ADD(-S) is ADD-S in tables, and those that code adds. */
export const linemodSymmetricObjects = ["eggbox", "glue"] as const;
export const linemodSymmetricInCode = ["eggbox", "glue", "bowl", "cup"] as const;

/** YCB-V objects whose ADD(-S) is ADD-S; the BOP challenge lists more of them as symmetric. */
export const ycbSymmetricObjects = [
  "bowl",
  "wood_block",
  "large_clamp",
  "extra_large_clamp",
  "foam_brick",
] as const;

/**
 * arccos(½ (tr(R̂ Rᵀ) − 1)) [rad] of poses [12], unclamped: NaN where rounding takes the trace beyond 3
 * or below −1, which a table of means then shows as NaN, or leaves out in silence.
 */
export function unclampedRotationError(estimate: Float64Array, truth: Float64Array): number {
  let trace = 0;
  for (let i = 0; i < 12; i += 4) for (let j = i; j < i + 3; j++) trace += estimate[j] * truth[j];
  return Math.acos(0.5 * (trace - 1));
}

/**
 * θ [rad] of poses [12] as evaluators of LineMOD take it for the eggbox: beyond a quarter turn, the
 * estimate is turned by π about its own z axis, once.
 */
export function retriedRotationError(
  rotationError: (estimate: Float64Array, truth: Float64Array) => number,
  estimate: Float64Array,
  truth: Float64Array,
): number {
  const angle = rotationError(estimate, truth);
  if (angle <= Math.PI / 2) return angle;
  return rotationError(
    estimate.map((x, k) => (k % 4 < 2 ? -x : x)),
    truth,
  );
}

/** The toolbox's area of no errors at most the limit, NaN in its evaluator, as 0. */
export function toolboxAreaOfNoneIsZero(errors: Float64Array, limit: number): number {
  return toolboxArea(errors, limit, { empty: 0 });
}
