/** What the inputs of method metrics look like, in doubles: where an error jumps, and what is unusual. */
import { rotationDefect } from "../metrics/pose-errors.js";
import { freeUlps } from "./budget.js";
import type { ForwardFinding } from "./report.js";

/** One problem, flat: two poses, and what was given beside them. */
export interface MetricProblem {
  readonly index: number;
  /** R [9] and t [3] of the estimate and of the truth. */
  readonly poses: Readonly<Record<"R_est" | "t_est" | "R_gt" | "t_gt", Float64Array>>;
  /** Points [3M], camera [9], symmetries [12 S], diameter and image width [1]; null if not given. */
  readonly points: Float64Array | null;
  readonly K: Float64Array | null;
  readonly symmetries: Float64Array | null;
  readonly diameter: Float64Array | null;
  readonly imageWidth: Float64Array | null;
}

/** How far RᵀR may be from the identity: nine entries in single precision, with room to spare. */
const roundedRotation = 2 ** -20;

/** Whether both rotations are rotations, but for what rounding with unit u takes away: what is called correct. */
export const areStored = ({ poses }: MetricProblem, u: number): boolean =>
  (["R_est", "R_gt"] as const).every(
    (name) => rotationDefect(motion(poses[name], poses.t_gt)) <= freeUlps * 2 * u,
  );

/** A matrix that is no rotation, or points behind the camera; null where there is neither. */
export function unusual(
  problems: readonly MetricProblem[],
): Pick<ForwardFinding, "status" | "sentence"> | null {
  for (const name of ["R_est", "R_gt"] as const)
    for (const { index, poses } of problems) {
      const defect = rotationDefect(motion(poses[name], poses.t_gt));
      if (!(defect <= roundedRotation))
        return {
          status: "no-rotation",
          sentence: `${name} of problem ${index} is no rotation: RᵀR or its determinant is off by ${defect.toPrecision(2)}. It is taken as it is.`,
        };
    }
  const behind = problems.filter(
    (problem) => problem.K && bothDepths(problem).some(({ depth }) => depth <= 0),
  );
  if (behind.length === 0) return null;
  const where = behind.map(({ index }) => index).join(", ");
  return {
    status: "behind-camera",
    sentence: `Points are behind the camera in problems ${where}; they are projected like any other.`,
  };
}

/** The least depth of a point in either pose, as a share of what it is summed of; 1 without points. */
export function leastDepth(problem: MetricProblem): number {
  return bothDepths(problem).reduce(
    (least, { depth, size }) => Math.min(least, Math.abs(depth) / size),
    1,
  );
}

/** ½ (tr R̂Rᵀ − 1). */
export function cosine({ poses: { R_est, R_gt } }: MetricProblem): number {
  return (R_est.reduce((sum, v, k) => sum + v * R_gt[k], 0) - 1) / 2;
}

/** K₃ (R v + t) of every point in both poses, and the sum of the absolute values of its terms. */
function bothDepths({ poses, points, K }: MetricProblem): { depth: number; size: number }[] {
  if (!points || !K) return [];
  return [motion(poses.R_est, poses.t_est), motion(poses.R_gt, poses.t_gt)].flatMap((P) =>
    Array.from({ length: points.length / 3 }, (_, i) => {
      let [depth, size] = [0, 0];
      for (let a = 0; a < 3; a++)
        for (let k = 0; k < 4; k++) {
          const term = K[6 + a] * P[4 * a + k] * (k < 3 ? points[3 * i + k] : 1);
          depth += term;
          size += Math.abs(term);
        }
      return { depth, size };
    }),
  );
}

/** [R | t] row by row. */
const motion = (R: Float64Array, t: Float64Array): Float64Array =>
  Float64Array.from({ length: 12 }, (_, k) =>
    k % 4 === 3 ? t[(k - 3) / 4] : R[3 * Math.floor(k / 4) + (k % 4)],
  );
