/**
 * What can be said of a problem before solving it: how many correspondences carry weight, and how
 * many dimensions their object points span (EQUATIONS PNP-14).
 */

import { qrFactor } from "../linalg/qr.js";
import type { Correspondences } from "./correspondences.js";
import type { Status } from "./status.js";

export interface PointGeometry {
  /** Correspondences with a positive weight on some axis. */
  readonly weighted: number;
  /** Positive weights: scalar equations on the pose. */
  readonly equations: number;
  /** Dimensions the weighted object points span: 0 a point, 1 a line, 2 a plane, 3 space. */
  readonly dimension: 0 | 1 | 2 | 3;
}

/**
 * Counts and span of the weighted object points. A direction counts as spanned if the points leave
 * their mean along it by more than the rounding of their coordinates, 4ε√N times the largest.
 */
export function pointGeometry({ n, x3d, w2d }: Correspondences): PointGeometry {
  const chosen: number[] = [];
  let equations = 0;
  for (let i = 0; i < n; i++) {
    const active = (w2d[2 * i] > 0 ? 1 : 0) + (w2d[2 * i + 1] > 0 ? 1 : 0);
    equations += active;
    if (active > 0) chosen.push(i);
  }
  return { weighted: chosen.length, equations, dimension: spannedDimension(chosen, x3d) };
}

function spannedDimension(chosen: number[], x3d: Float64Array): 0 | 1 | 2 | 3 {
  const count = chosen.length;
  if (count === 0) return 0;
  const rows = Math.max(count, 3);
  const centred = new Float64Array(3 * rows);
  let largest = 0;
  for (let k = 0; k < 3; k++) {
    let mean = 0;
    for (const i of chosen) mean += x3d[3 * i + k] / count;
    chosen.forEach((i, row) => {
      centred[3 * row + k] = x3d[3 * i + k] - mean;
      largest = Math.max(largest, Math.abs(x3d[3 * i + k]));
    });
  }
  qrFactor(rows, 3, centred, new Float64Array(3), new Int32Array(3));
  const rounding = 4 * Number.EPSILON * Math.sqrt(count) * largest;
  let dimension = 0;
  while (dimension < 3 && Math.abs(centred[4 * dimension]) > rounding) dimension++;
  return dimension as 0 | 1 | 2 | 3;
}

/**
 * "ok", or the reason why no single pose, nor finitely many, can be expected (PNP-14). It looks at
 * weights and object points only; a solver may still find its Jacobian rank deficient.
 */
export function problemStatus(problem: Correspondences): Status {
  if (problem.n === 0) return "empty";
  const { weighted, equations, dimension } = pointGeometry(problem);
  if (weighted === 0) return "zero-weights";
  if (weighted < 3 || equations < 6) return "too-few-points";
  if (dimension === 0) return "coincident";
  if (dimension === 1) return "collinear";
  return "ok";
}

/** Number of points at or behind the camera plane, K₃ (R z + t) ≤ 0, at the pose R [9], t [3]. */
export function behindCamera(problem: Correspondences, R: Float64Array, t: Float64Array): number {
  const { n, x3d, K } = problem;
  let count = 0;
  for (let i = 0; i < n; i++) {
    const x = x3d[3 * i];
    const y = x3d[3 * i + 1];
    const z = x3d[3 * i + 2];
    const depth =
      K[6] * (R[0] * x + R[1] * y + R[2] * z + t[0]) +
      K[7] * (R[3] * x + R[4] * y + R[5] * z + t[1]) +
      K[8] * (R[6] * x + R[7] * y + R[8] * z + t[2]);
    if (!(depth > 0)) count++;
  }
  return count;
}
