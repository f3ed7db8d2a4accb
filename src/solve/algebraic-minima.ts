/**
 * The minima of the algebraic cost that put the object in front of the camera: the poses from which
 * the reprojection cost is worth descending.
 */
import {
  type AlgebraicCost,
  accumulateAlgebraicCost,
  algebraicCost,
  algebraicTranslation,
} from "./algebraic-cost.js";
import type { PointSet } from "./polish.js";
import { minimiseOverRotations } from "./rotation-search.js";

/** One minimum: its pose R [3, 3], t [3] and the algebraic cost there [px²]. */
export interface AlgebraicMinimum {
  readonly R: Float64Array;
  readonly t: Float64Array;
  readonly cost: number;
}

/** Turns shorter than this end a descent [rad]; what is left is its square. */
const TOLERANCE = 1e-3;
/** tr(RᵀR′) above which two minima are one: 1.8° apart, where a stopped descent is off by 1e-6. */
const SAME = 3 - 1e-3;
/** Descents from the farthest starts take about seven steps. */
const MAX_STEPS = 24;

const shared = algebraicCost();
const R = new Float64Array(9);
const t = new Float64Array(3);

/**
 * Distinct minima reached from `starts`, lowest first, with the object's centroid in front of the
 * camera; and, in `form`, the scatter and size of the points, valid until the next call.
 */
export function algebraicMinima(
  points: PointSet,
  starts: readonly Float64Array[],
): { minima: AlgebraicMinimum[]; form: AlgebraicCost } {
  const { n, x2d, x3d, w2d, K } = points;
  const minima: AlgebraicMinimum[] = [];
  if (!accumulateAlgebraicCost(n, x2d, x3d, w2d, K, shared)) return { minima, form: shared };
  const c = shared.centroid;
  for (const start of starts) {
    R.set(start);
    const cost = minimiseOverRotations(shared.form, R, TOLERANCE, MAX_STEPS);
    let known = false;
    for (const other of minima) {
      let trace = 0;
      for (let i = 0; i < 9; i++) trace += other.R[i] * R[i];
      known ||= trace > SAME;
    }
    if (known) continue;
    algebraicTranslation(shared, R, t);
    const X = R[0] * c[0] + R[1] * c[1] + R[2] * c[2] + t[0];
    const Y = R[3] * c[0] + R[4] * c[1] + R[5] * c[2] + t[1];
    const Z = R[6] * c[0] + R[7] * c[1] + R[8] * c[2] + t[2];
    if (!(K[6] * X + K[7] * Y + K[8] * Z > 0)) continue;
    minima.push({ R: R.slice(), t: t.slice(), cost });
  }
  minima.sort((a, b) => a.cost - b.cost);
  return { minima, form: shared };
}
