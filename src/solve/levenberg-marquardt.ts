/**
 * Levenberg–Marquardt with a trust radius (PNP-6), as published with EPro-PnP. Per iteration, with H = JᵀJ and
 * g = Jᵀf of the Huber-rescaled residual,
 *
 *     D = clamp(diag H, 1e-6, 1e32);   (H + D/radius + ε I) s = −g;   y⁺ = y ⊞ s
 *     m = −sᵀ(½ H s + g);   κ = (c(y) − c(y⁺))/m;   accepted  ⇔  κ ≥ 1e-3 and m > 0
 *     accepted:  radius ← clamp(radius / max(⅓, 1 − (2κ − 1)³), ε, 1e16),  ν ← 2
 *     rejected:  radius ← radius / ν,  ν ← 2ν
 *
 * A fixed number of iterations is run; nothing is tested for convergence, and a step is never
 * differentiated through. `polish` is the solver that converges.
 * Source: [EProPnP2022] section 3.4, constants from its public implementation, doi:10.1109/CVPR52688.2022.00280.
 */
import { type Chart, tangentSize } from "../conventions/chart.js";
import { retraction } from "../kernels/retraction.js";
import { luFactor, luSolve } from "../linalg/lu.js";
import { type Clamps, clampedCost, clampRow, normalEquations } from "./normal-equations.js";
import type { PointSet } from "./polish.js";

export interface LevenbergMarquardtOptions {
  /** Tangent in which steps are taken and damped. Default: "LEFT"; published "Q7" and "YAW". */
  readonly chart?: Chart;
  /** Iterations, all of them run. Default: 10. */
  readonly iterations?: number;
  /** Huber threshold [px], ≥ 0. Default: Infinity. */
  readonly delta?: number;
  /** Clamps of GEO-18. Default: none. */
  readonly clamps?: Clamps;
  /** ε, added to the diagonal. Default: 1e-5. It is not scaled by the weights. */
  readonly epsilon?: number;
  /** Trust radius before the first step. Default: 30. */
  readonly radius?: number;
  /** Least gain ratio κ of an accepted step. Default: 1e-3. */
  readonly leastGain?: number;
  /** Least and greatest entry of D. Defaults: 1e-6 and 1e32. */
  readonly leastDiagonal?: number;
  readonly greatestDiagonal?: number;
  /** Greatest trust radius. Default: 1e16. */
  readonly greatestRadius?: number;
  /** Called after every iteration. */
  readonly trace?: (step: LevenbergMarquardtStep) => void;
}

/** One iteration; arrays are copies. */
export interface LevenbergMarquardtStep {
  readonly iteration: number;
  readonly accepted: boolean;
  /** Cost where the iteration started, and at the pose tried [px²]. */
  readonly costBefore: number;
  readonly costNew: number;
  readonly modelDecrease: number;
  /** Radius and ν after the iteration. */
  readonly radius: number;
  readonly decreaseFactor: number;
  /** s [d], g [d] and H [d, d], undamped, in the chart. */
  readonly step: Float64Array;
  readonly gradient: Float64Array;
  readonly normal: Float64Array;
  /** Pose after the iteration: R [3, 3], t [3]. */
  readonly R: Float64Array;
  readonly t: Float64Array;
}

export interface IterationResult {
  /** ½Σρ [px²] at the pose returned. */
  cost: number;
  /** Steps accepted. */
  accepted: number;
}

const g = new Float64Array(6);
const s = new Float64Array(6);
const R1 = new Float64Array(9);
const t1 = new Float64Array(3);
const pivots = new Int32Array(6);

/**
 * Runs the iterations from R [3, 3], t [3], which are moved in place.
 *
 * @throws RangeError if an option is out of range.
 */
export function levenbergMarquardt(
  points: PointSet,
  R: Float64Array,
  t: Float64Array,
  options: LevenbergMarquardtOptions = {},
): IterationResult {
  const {
    chart = "LEFT",
    iterations = 10,
    delta = Infinity,
    epsilon = 1e-5,
    leastGain = 1e-3,
    leastDiagonal = 1e-6,
    greatestDiagonal = 1e32,
    greatestRadius = 1e16,
  } = options;
  if (!(delta >= 0)) throw new RangeError(`levenbergMarquardt: expected delta >= 0, got ${delta}`);
  const clamps = clampRow("levenbergMarquardt", options.clamps);
  const d = tangentSize(chart);
  const H = new Float64Array(d * d);
  const A = new Float64Array(d * d);
  let radius = options.radius ?? 30;
  let ν = 2;
  let accepted = 0;
  let cost = normalEquations(points, chart, R, t, delta, clamps, g, H);
  for (let iteration = 0; iteration < iterations; iteration++) {
    A.set(H);
    for (let k = 0; k < d; k++) {
      const diagonal = Math.min(Math.max(H[k * d + k], leastDiagonal), greatestDiagonal);
      A[k * d + k] += diagonal / radius + epsilon;
      s[k] = -g[k];
    }
    if (luFactor(d, A, pivots)) luSolve(d, A, pivots, s);
    else s.fill(0);
    retraction(chart, R, t, s, R1, t1);
    const costNew = clampedCost(points, R1, t1, delta, clamps);
    let modelDecrease = 0;
    for (let k = 0; k < d; k++) {
      let bent = g[k];
      for (let l = 0; l < d; l++) bent += 0.5 * H[k * d + l] * s[l];
      modelDecrease -= s[k] * bent;
    }
    const gain = (cost - costNew) / modelDecrease;
    const accept = gain >= leastGain && modelDecrease > 0;
    const report = options.trace && {
      iteration,
      accepted: accept,
      costBefore: cost,
      costNew,
      modelDecrease,
      step: s.slice(0, d),
      gradient: g.slice(0, d),
      normal: H.slice(),
    };
    if (accept) {
      accepted++;
      R.set(R1);
      t.set(t1);
      radius /= Math.max(1 / 3, 1 - (2 * gain - 1) ** 3);
      radius = Math.min(Math.max(radius, epsilon), greatestRadius);
      ν = 2;
      // The last iteration's normal equations are nobody's.
      cost =
        iteration + 1 < iterations
          ? normalEquations(points, chart, R, t, delta, clamps, g, H)
          : costNew;
    } else {
      radius /= ν;
      ν *= 2;
    }
    if (report)
      options.trace?.({ ...report, radius, decreaseFactor: ν, R: R.slice(), t: t.slice() });
  }
  return { cost, accepted };
}
