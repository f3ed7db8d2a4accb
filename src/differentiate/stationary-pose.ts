/**
 * The stationary pose next to a given one: where an implicit derivative has to be taken.
 *
 * A solver that stops at a tolerance leaves a pose whose implicit derivative silently describes
 * another point. With six degrees of freedom the solver's own polish is used; with four (chart YAW)
 * Newton on the four directions that the pose may move in.
 */
import { reprojectionHessian } from "../kernels/reprojection-hessian.js";
import type { Correspondences } from "../problem/correspondences.js";
import { leftUpdate, polish, polished } from "../solve/polish.js";
import { factorSystem, linearSystem, solveSystem } from "./linear-system.js";

const record = polished();
const system = linearSystem();
const g = new Float64Array(6);
const H = new Float64Array(36);
const H4 = new Float64Array(16);
const step4 = new Float64Array(4);
const step = new Float64Array(6);
const R1 = new Float64Array(9);
const t1 = new Float64Array(3);

/** Newton steps after which a polish gives up: quadratic convergence needs five. */
const mostSteps = 30;

/** Which LEFT direction each of the four YAW directions is: τ, then the turn about camera +Y. */
export const yawDirections = Uint8Array.of(3, 4, 5, 1);

/** Moves (R [9], t [3]), in place, to the stationary pose that Newton reaches with 6 or 4 freedoms. */
export function toStationary(
  problem: Correspondences,
  delta: number,
  freedoms: 4 | 6,
  R: Float64Array,
  t: Float64Array,
): void {
  if (freedoms === 6) polish(problem, R, t, delta, mostSteps, record);
  else toStationaryYaw(problem, delta, R, t);
}

function toStationaryYaw(
  { n, x2d, x3d, w2d, K }: Correspondences,
  delta: number,
  R: Float64Array,
  t: Float64Array,
): void {
  let last = Number.POSITIVE_INFINITY;
  for (let k = 0; k < mostSteps; k++) {
    reprojectionHessian(n, x2d, x3d, w2d, K, R, t, delta, g, H);
    restrictToYaw(H, H4);
    if (!factorSystem(system, 4, H4, true)) return;
    for (let j = 0; j < 4; j++) step4[j] = -g[yawDirections[j]];
    solveSystem(system, step4);
    let size = 0;
    step.fill(0);
    for (let j = 0; j < 4; j++) {
      step[yawDirections[j]] = step4[j];
      size = Math.max(size, Math.abs(step4[j]));
    }
    // Once steps stop shrinking they are rounding.
    if (!(size < last)) return;
    last = size;
    leftUpdate(R, t, step, R1, t1);
    R.set(R1);
    t.set(t1);
  }
}

/** Writes the 4 × 4 block of H [36] in the directions of chart YAW. */
export function restrictToYaw(H: Float64Array, block: Float64Array): void {
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 4; j++) block[4 * i + j] = H[6 * yawDirections[i] + yawDirections[j]];
}
