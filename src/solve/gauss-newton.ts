/**
 * Gauss–Newton with a constant ridge (PNP-5, "fast mode"):
 *
 *     s = −(JᵀJ + ε I)⁻¹ Jᵀf,   y ← y ⊞ s
 *
 * a fixed number of times, with no test of the step: from far away it may diverge, and the result says so
 * by its cost. As published the clip mask is off: clamped coordinates keep their rows of J. ε is not scaled, so with tiny weights it rules.
 * Source: [EProPnP2022], the public implementation's inference mode, doi:10.1109/CVPR52688.2022.00280.
 */
import { type Chart, tangentSize } from "../conventions/chart.js";
import { retraction } from "../kernels/retraction.js";
import { luFactor, luSolve } from "../linalg/lu.js";
import { type Clamps, clampRow, normalEquations } from "./normal-equations.js";
import type { PointSet } from "./polish.js";

export interface GaussNewtonOptions {
  /** Tangent in which steps are taken. Default: "LEFT"; published "Q7" and "YAW". */
  readonly chart?: Chart;
  /** Steps, all of them taken. Default: 5. */
  readonly iterations?: number;
  /** Huber threshold [px], ≥ 0. Default: Infinity. */
  readonly delta?: number;
  /** Clamps of GEO-18, rows unmasked unless `mask` is true. Default: none. */
  readonly clamps?: Clamps;
  /** ε, added to the diagonal. Default: 1e-5. */
  readonly epsilon?: number;
}

export interface GaussNewtonResult {
  /** ½Σρ [px²] and JᵀJ [d, d] where the last step started: the published code's, one step behind the pose. */
  readonly costBefore: number;
  readonly normalBefore: Float64Array;
  /** Steps taken: fewer than asked for if a system was singular or the cost not finite. */
  readonly steps: number;
}

/**
 * Takes the steps from R [3, 3], t [3], which are moved in place.
 *
 * @throws RangeError if an option is out of range.
 */
export function gaussNewton(
  points: PointSet,
  R: Float64Array,
  t: Float64Array,
  options: GaussNewtonOptions = {},
): GaussNewtonResult {
  const { chart = "LEFT", iterations = 5, delta = Infinity, epsilon = 1e-5 } = options;
  if (!(delta >= 0)) throw new RangeError(`gaussNewton: expected delta >= 0, got ${delta}`);
  const { mask = false } = options.clamps ?? {};
  const clamps = clampRow("gaussNewton", options.clamps && { ...options.clamps, mask });
  const d = tangentSize(chart);
  const s = new Float64Array(6);
  const H = new Float64Array(d * d);
  const A = new Float64Array(d * d);
  const pivots = new Int32Array(6);
  let costBefore = Number.NaN;
  let steps = 0;
  while (steps < iterations) {
    costBefore = normalEquations(points, chart, R, t, delta, clamps, s, H);
    A.set(H);
    for (let k = 0; k < d; k++) {
      A[k * d + k] += epsilon;
      s[k] = -s[k];
    }
    if (!Number.isFinite(costBefore) || !luFactor(d, A, pivots)) break;
    luSolve(d, A, pivots, s);
    retraction(chart, R, t, s, R, t);
    steps++;
  }
  return { costBefore, normalBefore: H, steps };
}
