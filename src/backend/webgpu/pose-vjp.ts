/**
 * Gradients of poses on a device: twin of ../operations/pose-vjp.ts.
 *
 * The device sums the curvature and writes what belongs to points; doubles keep what decides: the gradient of the cost, which
 * vanishes at a solution, the factors of H, and λ.
 */
import {
  factorSystem,
  linearSystem,
  NEGATIVE,
  solveSystem,
} from "../../differentiate/linear-system.js";
import { derivativeSentences } from "../../differentiate/standing.js";
import { reprojectionGradient } from "../../kernels/reprojection-cost.js";
import { luFactor, luSolve } from "../../linalg/lu.js";
import { problemAt, row } from "../operations/fields.js";
import type { PoseVjpSettings } from "../operations/pose-vjp.js";
import type { Task } from "../task.js";
import { CURVATURE, curvatureKernel } from "./curvature.wgsl.js";
import type { Device } from "./device.js";
import { type Frame, pointBytes } from "./frame.js";
import { inJob } from "./job.js";
import type { Kernel } from "./kernel.js";
import { CAMERA, poseVjpKernel } from "./pose-vjp.wgsl.js";
import {
  areNumbers,
  besideThreshold,
  congruent,
  curvatureMatrix,
  type PosedPoints,
  packPosed,
  tangentOfFrame,
  writePointSlopes,
} from "./posed-points.js";

const codes = Object.keys(derivativeSentences);
const [OK, NOT_STATIONARY, SADDLE] = ["ok", "not-stationary", "saddle"].map((of) =>
  codes.indexOf(of),
);

/** Condition of the scaled H beyond which its sums, known to about 1e-6, leave too few digits of λ. */
const ILL = 2e3;
/** The oracle's tolerance of stationarity, and the share of it within which single precision cannot tell. */
const STATIONARY = Math.sqrt(Number.EPSILON);
const UNSURE = 0.01;

export const poseVjpOnDevice: Kernel = {
  suits: ({ variant = "exact" }: PoseVjpSettings) => variant === "exact" || variant === "faster",
  size: () => ({
    bytesOfPoint: pointBytes,
    // Room for the sums of a camera a tile, where tiles hold few points.
    bytesOfProblem: 4 * CURVATURE,
    pairs: (n) => 4 * n,
  }),
  async run(device, task, from, to) {
    const { delta, v, pose } = task.input;
    const refused = (b: number) => !(delta[b] > 0) || !row(v, 6, b).every(Number.isFinite);
    const packed = packPosed(task, from, to, pose, (b) => delta[b], refused);
    if (packed.taken.length > 0) await compute(device, task, packed);
    return packed.left;
  },
};

async function compute(device: Device, task: Task, packed: PosedPoints): Promise<void> {
  const exact = ((task.settings as PoseVjpSettings).variant ?? "exact") === "exact";
  const { taken, left, frames, firsts } = packed;
  await inJob(device, async (job) => {
    const count = taken.length;
    const tileCount = packed.tiles.length / 2;
    const problems = job.input(packed.problems);
    const points = job.input(packed.points);
    const sums = job.room(CURVATURE * count);
    job.dispatch(curvatureKernel(exact), count, [
      ...[job.input(Uint32Array.of(count, 0, 0, 0)), problems, points, sums],
    ]);
    const [curvature] = await job.read(sums);
    const motions = new Float32Array(8 * count);
    const found = taken.map((b, k) => {
      const sure = !besideThreshold(curvature, k);
      return sure ? adjointOf(task, b, frames[k], exact, curvature, k, motions) : null;
    });
    const slopes = job.room(8 * firsts[count]);
    const cameras = job.room(CAMERA * tileCount);
    job.dispatch(poseVjpKernel(exact), tileCount, [
      ...[job.input(Uint32Array.of(tileCount, 0, 0, 0)), problems, points],
      ...[job.input(motions), job.input(packed.tiles), slopes, cameras],
    ]);
    const [slope, camera] = await job.read(slopes, cameras);
    const byE = cameraSums(camera, packed.tiles, count);
    taken.forEach((b, k) => {
      const at = found[k];
      if (!at || !areNumbers(slope, 8 * firsts[k], 8 * firsts[k + 1])) {
        left.push(b);
        return;
      }
      task.output.delta[b] = writePointSlopes(
        ...([task.output, task, b, frames[k], slope, 8 * firsts[k], at.scale] as const),
      );
      cameraSlope(frames[k], byE, CAMERA * k, at.scale, row(task.output.K, 9, b));
      task.status[b] = at.status;
    });
  });
}

const g = new Float64Array(6);
const H = new Float64Array(36);
const T = new Float64Array(36);
const lambda = new Float64Array(6);
const own = linearSystem();
const left6 = linearSystem();

/** Writes the motion λ of problem b, in its frame, to entry k of motions; null if single precision cannot tell it. */
function adjointOf(
  task: Task,
  b: number,
  at: Frame,
  exact: boolean,
  sums: Float32Array,
  k: number,
  motions: Float32Array,
): { status: number; scale: number } | null {
  const { n, x2d, x3d, w2d, K } = problemAt(task, b);
  const { R, t, centroid } = at;
  reprojectionGradient(n, x2d, x3d, w2d, K, R, t, task.input.delta[b], g);
  curvatureMatrix(sums, CURVATURE * k, H);
  if (!H.every(Number.isFinite) || !g.every(Number.isFinite)) return null;
  if (!factorSystem(own, 6, H, true) || !(own.condition < ILL)) return null;
  tangentOfFrame(at, "camera", T);
  congruent(H, T, H);
  if (exact) addArm(R, centroid, H);
  if (!factorSystem(left6, 6, H, true)) return null;
  const offset = newtonStep(t);
  if (Math.abs(offset - STATIONARY) < UNSURE * STATIONARY) return null;
  for (let j = 0; j < 6; j++) lambda[j] = -task.input.v[6 * b + j];
  solveSystem(left6, lambda);
  let scale = 0;
  const moved = new Float64Array(6);
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) moved[i] += T[6 * i + j] * lambda[j];
    scale = Math.max(scale, Math.abs(moved[i]));
  }
  for (let i = 0; i < 6; i++)
    motions[8 * k + (i < 3 ? i : i + 1)] = scale === 0 ? 0 : moved[i] / scale;
  const saddle = left6.inertia[NEGATIVE] > 0;
  return { scale, status: offset > STATIONARY ? NOT_STATIONARY : saddle ? SADDLE : OK };
}

/** What turning about the camera's axes adds where forces do not balance: of φ × (φ × R z̄) on ∂c/∂τ. */
function addArm(R: Float64Array, [a, b, c]: Float64Array, matrix: Float64Array): void {
  const arm = [0, 1, 2].map((i) => R[3 * i] * a + R[3 * i + 1] * b + R[3 * i + 2] * c);
  const along = g[3] * arm[0] + g[4] * arm[1] + g[5] * arm[2];
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      matrix[6 * i + j] += 0.5 * (g[3 + i] * arm[j] + arm[i] * g[3 + j]) - (i === j ? along : 0);
}

/** The greater of the turn and of the shift over ‖t‖ in H⁻¹ g, as the oracle measures how far a pose is from stationary. */
function newtonStep(t: Float64Array): number {
  const step = g.slice();
  solveSystem(left6, step);
  const distance = Math.hypot(t[0], t[1], t[2]);
  const shift = Math.hypot(step[3], step[4], step[5]);
  return Math.max(Math.hypot(step[0], step[1], step[2]), distance > 0 ? shift / distance : shift);
}

function cameraSums(camera: Float32Array, tiles: Uint32Array, count: number): Float64Array {
  const sums = new Float64Array(CAMERA * count);
  for (let tile = 0; 2 * tile < tiles.length; tile++)
    for (let k = 0; k < CAMERA; k++)
      sums[CAMERA * tiles[2 * tile] + k] += camera[CAMERA * tile + k];
  return sums;
}

const inverse = new Float64Array(9);
const pivots = new Int32Array(3);
const byM = new Float64Array(9);

/** Writes ∂/∂K [9] of ∂/∂E [9], where E moves M to (I + E) M and K is in M as in frame.ts. */
function cameraSlope(
  { M, pixel, sigma, depth }: Frame,
  byE: Float64Array,
  at: number,
  scale: number,
  out: Float64Array,
): void {
  // ∂/∂M = ∂/∂E M⁻ᵀ: row i solves M x = (∂/∂E)ᵢ.
  for (let i = 0; i < 3; i++) {
    inverse.set(M);
    const line = byM.subarray(3 * i, 3 * i + 3);
    for (let j = 0; j < 3; j++) line[j] = byE[at + 3 * i + j];
    luFactor(3, inverse, pivots);
    luSolve(3, inverse, pivots, line);
  }
  for (let j = 0; j < 3; j++) {
    const across = (scale * byM[j]) / (sigma * depth);
    const down = (scale * byM[3 + j]) / (sigma * depth);
    out[j] = across;
    out[3 + j] = down;
    out[6 + j] = (scale * byM[6 + j]) / depth - pixel[0] * across - pixel[1] * down;
  }
}
