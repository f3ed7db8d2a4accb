import { yawRotation } from "../../src/kernels/yaw.js";
import type { Correspondences } from "../../src/problem/index.js";

/**
 * The posterior of a pose (yaw β, position t) by deterministic quadrature, with no sample and no code
 * of the estimators it judges.
 *
 * At fixed β and t_z a pinhole camera without skew makes every residual linear in t_x and t_y, so these
 * two are integrated exactly. What is left is a smooth function of a circle and a half line: the
 * trapezoidal rule in β and in log t_z, both of which converge faster than any power of the step.
 */
export interface YawPosterior {
  /** log ∫ exp(−c) dt dβ over t_z in `depths`. */
  readonly logEvidence: number;
  /** Change of log Z when both steps were doubled, and the share that the ends of `depths` could hold. */
  readonly error: number;
  /** Grid of β and t_z. */
  readonly yaws: Float64Array;
  readonly depths: Float64Array;
  /** Probability of each cell of the grids. */
  readonly yawMass: Float64Array;
  readonly depthMass: Float64Array;
}

export interface QuadratureOptions {
  /** t_z within which the posterior is proper and lies; every point stays in front of the camera. */
  readonly near: number;
  readonly far: number;
  /** Cells of the grids, even. */
  readonly yawCells?: number;
  readonly depthCells?: number;
}

/** log ∫∫ exp(−c(t, β)) dt_x dt_y at one β, by its R_y [9], and one t_z. */
export function lateralLogEvidence(of: Correspondences, R: Float64Array, depth: number): number {
  const { n, x2d, x3d, w2d, K } = of;
  let log = Math.log(2 * Math.PI);
  for (let axis = 0; axis < 2; axis++) {
    const focal = K[4 * axis];
    const centre = K[3 * axis + 2];
    let aa = 0;
    let ab = 0;
    let bb = 0;
    for (let i = 0; i < n; i++) {
      const x = x3d[3 * i];
      const y = x3d[3 * i + 1];
      const z = x3d[3 * i + 2];
      const inverse = 1 / (R[6] * x + R[7] * y + R[8] * z + depth);
      const side = R[3 * axis] * x + R[3 * axis + 1] * y + R[3 * axis + 2] * z;
      const w = w2d[2 * i + axis];
      const a = w * focal * inverse;
      const b = w * (x2d[2 * i + axis] - centre) - a * side;
      aa += a * a;
      ab += a * b;
      bb += b * b;
    }
    log -= 0.5 * (Math.log(aa) + bb - (ab * ab) / aa);
  }
  return log;
}

/** The posterior of (t, β) over all β and the given depths. @throws RangeError if K is no plain pinhole. */
export function yawPosterior(of: Correspondences, options: QuadratureOptions): YawPosterior {
  const { near, far, yawCells = 512, depthCells = 256 } = options;
  const { K } = of;
  if (K[1] !== 0 || K[3] !== 0 || K[6] !== 0 || K[7] !== 0 || K[8] !== 1)
    throw new RangeError("yawPosterior: expected a pinhole camera without skew");
  const step = Math.log(far / near) / depthCells;
  const depths = Float64Array.from({ length: depthCells + 1 }, (_, j) => near * Math.exp(j * step));
  const yaws = Float64Array.from(
    { length: yawCells },
    (_, k) => -Math.PI + (2 * Math.PI * k) / yawCells,
  );
  const R = new Float64Array(9);
  const logs = new Float64Array(yawCells * depths.length);
  for (let k = 0; k < yawCells; k++) {
    yawRotation(yaws[k], R);
    for (let j = 0; j < depths.length; j++)
      // dt_z = t_z d(log t_z).
      logs[k * depths.length + j] = lateralLogEvidence(of, R, depths[j]) + Math.log(depths[j]);
  }
  const top = logs.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
  const yawMass = new Float64Array(yawCells);
  const depthMass = new Float64Array(depths.length);
  let [total, coarse, ends] = [0, 0, 0];
  for (let k = 0; k < yawCells; k++)
    for (let j = 0; j < depths.length; j++) {
      const end = j === 0 || j === depthCells;
      const value = (end ? 0.5 : 1) * Math.exp(logs[k * depths.length + j] - top);
      total += value;
      if (k % 2 === 0 && j % 2 === 0) coarse += 4 * value;
      if (end) ends += depthCells * value;
      yawMass[k] += value;
      depthMass[j] += value;
    }
  const cell = (step * 2 * Math.PI) / yawCells;
  return {
    logEvidence: top + Math.log(total * cell),
    error: Math.abs(Math.log(coarse / total)) + ends / total,
    yaws,
    depths,
    yawMass: yawMass.map((m) => m / total),
    depthMass: depthMass.map((m) => m / total),
  };
}

/** Probability that β lies within `half` of `centre`. */
export function yawMassWithin(of: YawPosterior, centre: number, half: number): number {
  let mass = 0;
  of.yaws.forEach((yaw, k) => {
    const gap = Math.abs(Math.atan2(Math.sin(yaw - centre), Math.cos(yaw - centre)));
    // A cell on the border counts by the share of it that lies inside.
    const inside = ((half - gap) * of.yaws.length) / (2 * Math.PI) + 0.5;
    mass += Math.min(Math.max(inside, 0), 1) * of.yawMass[k];
  });
  return mass;
}
