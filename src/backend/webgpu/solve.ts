/**
 * Poses on a device: twin of ../operations/solve.ts.
 *
 * The oracle finds the starts and judges the minima; between, the device descends from the starts of all problems at
 * once, and Newton in doubles takes the last steps. Where that does not end at a minimum, the oracle descends from the start itself.
 */
import { huber } from "../../kernels/huber.js";
import { quaternionRotation, rotationQuaternion } from "../../kernels/quaternion.js";
import { luFactor, luSolve } from "../../linalg/lu.js";
import { type Status, statusSentences } from "../../problem/status.js";
import type { PoseMinimum } from "../../solve/pose-minima.js";
import { poseMinimum } from "../../solve/pose-minima.js";
import type { PnPSolution } from "../../solve/solution.js";
import { type DescentStart, solution } from "../../solve/solve-pnp.js";
import { poseOfRow, problemAt, row } from "../operations/fields.js";
import type { SolveSettings } from "../operations/solve.js";
import type { Task } from "../task.js";
import { descentKernel } from "./descent.wgsl.js";
import type { Device } from "./device.js";
import { type Frame, POINT, pointBytes } from "./frame.js";
import { inJob } from "./job.js";
import type { Kernel } from "./kernel.js";
import { packCosts, packProblem } from "./motions.js";
import { MOTION, PROBLEM } from "./pose-pair.wgsl.js";
import { packPosed } from "./posed-points.js";

const codes = Object.keys(statusSentences) as Status[];
/** Gradients beyond this, in units of their rounding, have not vanished: as the oracle judges them. */
const STATIONARY = 16;

/** A problem on its way: the start it waits at, and whether the oracle had to descend for it. */
interface Underway {
  readonly b: number;
  readonly steps: ReturnType<typeof solution>;
  start: DescentStart;
}

export const solveOnDevice: Kernel = {
  suits: () => true,
  size: () => ({
    bytesOfPoint: pointBytes,
    bytesOfProblem: 4 * PROBLEM,
    pairs: (n) => 16 * n,
  }),
  async run(device, task, from, to) {
    const { poseInit, maxIterations } = task.settings as SolveSettings;
    const left = new Set<number>();
    let underway: Underway[] = [];
    const advanced = (
      one: Omit<Underway, "start">,
      next: IteratorResult<DescentStart, PnPSolution>,
    ) => {
      if (next.done) write(task, one.b, next.value, left);
      else underway.push({ ...one, start: next.value });
    };
    for (let b = from; b < to; b++) {
      const delta = task.input.delta[b];
      if (!(delta > 0) || (poseInit && !row(task.input.poseInit, 7, b).every(Number.isFinite))) {
        left.add(b);
        continue;
      }
      const steps = solution(problemAt(task, b), {
        ...{ delta, maxIterations },
        poseInit: poseInit ? poseOfRow(row(task.input.poseInit, 7, b)) : undefined,
      });
      advanced({ b, steps }, steps.next());
    }
    while (underway.length > 0) {
      const wave = underway;
      underway = [];
      const minima = await descents(device, task, wave, from, to, maxIterations ?? 100);
      wave.forEach((one, i) => {
        const minimum = minima[i];
        if (minimum) advanced(one, one.steps.next(minimum));
        else left.add(one.b);
      });
    }
    return [...left];
  },
};

/** The minimum reached from each start; null where single precision did not lead to one. */
async function descents(
  device: Device,
  task: Task,
  wave: readonly Underway[],
  from: number,
  to: number,
  maxIterations: number,
): Promise<(PoseMinimum | null)[]> {
  const rows = new Float64Array(7 * to);
  const waiting = new Map(wave.map((one, i) => [one.b, i]));
  for (const { b, start } of wave) {
    rows.set(start.t, 7 * b);
    rotationQuaternion(start.R, rows.subarray(7 * b + 3, 7 * b + 7));
  }
  const delta = (b: number) => task.input.delta[b];
  const packed = packPosed(task, from, to, rows, delta, (b) => !waiting.has(b));
  const { taken, frames, firsts } = packed;
  const found: (PoseMinimum | null)[] = wave.map(() => null);
  if (taken.length === 0) return found;
  const problems = new Float32Array(PROBLEM * taken.length);
  taken.forEach((b, k) => {
    const n = firsts[k + 1] - firsts[k];
    packProblem(frames[k], firsts[k], n, delta(b), null, problems, PROBLEM * k);
    packCosts(n, problems, PROBLEM * k, packed.points, POINT * firsts[k]);
  });
  const motions = await inJob(device, async (job) => {
    const out = job.room(MOTION * taken.length);
    const sizes = job.input(Uint32Array.of(taken.length, 0, 0, 0));
    const arrays = [sizes, job.input(problems), job.input(packed.points), out];
    job.dispatch(descentKernel, taken.length, arrays);
    return (await job.read(out))[0];
  });
  taken.forEach((b, k) => {
    const pose = movedPose(frames[k], motions, MOTION * k);
    if (!pose) return;
    const minimum = poseMinimum(problemAt(task, b), pose.R, pose.t, delta(b), maxIterations);
    const { at } = minimum;
    if (at.minimum && at.behind === 0 && at.stationarity <= STATIONARY)
      found[waiting.get(b)!] = minimum;
  });
  return found;
}

const q = new Float64Array(4);
const turn = new Float64Array(9);
const inverse = new Float64Array(9);
const pivots = new Int32Array(3);

/** The pose of a motion: R δR, and t from where Y puts the centroid; null if it is none. */
function movedPose(at: Frame, motions: Float32Array, k: number): DescentStart | null {
  const { R, M, centroid, centre } = at;
  for (let j = 0; j < 4; j++) q[(j + 1) % 4] = motions[k + j];
  const shift = Float64Array.from(motions.subarray(k + 4, k + 7));
  if (!q.every(Number.isFinite) || !shift.every(Number.isFinite)) return null;
  if (!quaternionRotation(q, "normalised", turn)) return null;
  inverse.set(M);
  if (!luFactor(3, inverse, pivots)) return null;
  luSolve(3, inverse, pivots, shift);
  const R1 = new Float64Array(9);
  const t1 = new Float64Array(3);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++)
      for (let m = 0; m < 3; m++) R1[3 * i + j] += R[3 * i + m] * turn[3 * m + j];
    t1[i] = centre[i] + shift[i];
    for (let j = 0; j < 3; j++) t1[i] -= R1[3 * i + j] * centroid[j];
  }
  return { R: R1, t: t1 };
}

/** Share of the spread of the pixels beyond which residuals of a minimum leave room for others. */
const MISFIT = 1 / 3;

/**
 * Whether a cost is a small part of what it would be for all points at one pixel. Otherwise, as of few points among gross
 * outliers, there are several minima of like depth, and every step decides which of them is reached.
 */
function fits(task: Task, b: number, cost: number): boolean {
  const { n, x2d, w2d } = problemAt(task, b);
  const [sum, weight] = [new Float64Array(2), new Float64Array(2)];
  for (let k = 0; k < 2 * n; k++) {
    sum[k % 2] += w2d[k] * w2d[k] * x2d[k];
    weight[k % 2] += w2d[k] * w2d[k];
  }
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const e0 = w2d[2 * i] * (x2d[2 * i] - sum[0] / weight[0]);
    const e1 = w2d[2 * i + 1] * (x2d[2 * i + 1] - sum[1] / weight[1]);
    spread += huber(Math.hypot(e0, e1), task.input.delta[b]);
  }
  return cost <= MISFIT * MISFIT * spread;
}

/** Writes a solution, or leaves to the oracle what is not plainly solved. */
function write(task: Task, b: number, found: PnPSolution, left: Set<number>): void {
  const { status, pose, cost } = found;
  if (status !== "ok" || !pose || !fits(task, b, cost)) {
    left.add(b);
    return;
  }
  const out = row(task.output.pose, 7, b);
  out.set(pose.t.data);
  rotationQuaternion(pose.R.data, out.subarray(3));
  task.output.cost[b] = cost;
  task.status[b] = codes.indexOf(status);
}
