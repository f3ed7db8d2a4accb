/**
 * Monte Carlo losses from end to end on a device: twin of ../operations/seeded-monte-carlo-loss.ts.
 *
 * Draws, densities and refits are the oracle's, from the problem's own stream; the device takes the costs of all problems' new
 * poses in one dispatch a round, and the loss with its slopes in the end.
 */
import { rowRotation } from "../../kernels/pose-row.js";
import { seededLossSentences } from "../../loss/seeded-pose-loss.js";
import { type CostRequest, type PosteriorSample, sampling } from "../../sample/amis.js";
import { poseCovariance } from "../../solve/covariance.js";
import { newTask } from "../new-task.js";
import { problemAt, row } from "../operations/fields.js";
import { monteCarloLoss } from "../operations/monte-carlo-loss.js";
import type { SeededMonteCarloSettings } from "../operations/seeded-monte-carlo-loss.js";
import { solve } from "../operations/solve.js";
import type { Task } from "../task.js";
import type { Device } from "./device.js";
import { POINT } from "./frame.js";
import { inJob, type Job, type JobArray } from "./job.js";
import type { Kernel } from "./kernel.js";
import { monteCarloOnDevice } from "./monte-carlo.js";
import { costsKernel, SAMPLES_TOGETHER } from "./monte-carlo.wgsl.js";
import { packCosts, packMotions, packProblem, rowQuaternion } from "./motions.js";
import { MOTION, PROBLEM } from "./pose-pair.wgsl.js";
import { type PosedPoints, packPosed } from "./posed-points.js";
import { solveOnDevice } from "./solve.js";

const codes = Object.keys(seededLossSentences);

export const seededMonteCarloOnDevice: Kernel = {
  // Yaws and clamped poses are searched for by solvers that stay in doubles.
  suits: ({ width, clamps }: SeededMonteCarloSettings) => width === 7 && (clamps ?? null) === null,
  size: (task) =>
    monteCarloOnDevice.size({
      ...task,
      settings: drawing(task.settings as SeededMonteCarloSettings),
    }),
  async run(device, task, from, to) {
    const part = portionOf(task, from, to);
    const solved = newTask(solve, {}, part.offsets, part.input);
    const left = new Set(await solveOnDevice.run(device, solved, 0, to - from));
    const samples = await sampled(device, part, solved, left, task, from);
    const { poses, logDensities, settings } = gathered(task, samples);
    const target = task.input.target.subarray(7 * from, 7 * to);
    const input = { ...part.input, target, poses, logDensities };
    const loss = newTask(monteCarloLoss, settings, part.offsets, input);
    for (const b of await monteCarloOnDevice.run(device, loss, 0, to - from)) left.add(b);
    for (const [name, { per, width }] of Object.entries(monteCarloLoss.outputs(settings)))
      task.output[name].set(
        loss.output[name],
        width * (per === "point" ? task.offsets[from] : from),
      );
    task.output.pose.set(solved.output.pose, 7 * from);
    samples.forEach((sample, b) => {
      if (sample) task.status[from + b] = codes.indexOf(sample.status);
    });
    return [...left].map((b) => from + b);
  },
};

const drawing = ({ width, samples = 512, iterations = 4, ...rest }: SeededMonteCarloSettings) => ({
  ...{ width, samples, proposals: iterations },
  meanOverSamples: rest.meanOverSamples,
});

/** Problems from … to − 1 as a batch of their own: views. */
function portionOf({ offsets, input }: Task, from: number, to: number) {
  const view = (values: Float64Array, width: number) =>
    values.subarray(width * offsets[from], width * offsets[to]);
  return {
    offsets: offsets.slice(from, to + 1).map((first) => first - offsets[from]),
    input: {
      x2d: view(input.x2d, 2),
      x3d: view(input.x3d, 3),
      w2d: view(input.w2d, 2),
      K: input.K.subarray(9 * from, 9 * to),
      delta: input.delta.subarray(from, to),
    },
  };
}

/** Share of the first proposal's width below which a later one was fitted to a single pose and its rounding. */
const NARROW = 1e-4;

/** Whether every proposal was fitted to more poses than one: otherwise its scale is nothing but rounding. */
function isBroad({ proposals }: PosteriorSample): boolean {
  const [first] = proposals;
  return proposals.every(({ scaleTril, standIn }) => {
    const wide = [0, 4, 8].every((k) => scaleTril[k] > NARROW * first.scaleTril[k]);
    return wide && !standIn.position && !standIn.rotation;
  });
}

interface Underway {
  readonly steps: Generator<CostRequest, PosteriorSample>;
  request: CostRequest;
}

/** A sample of each problem that was solved, its costs the device's; null, and named in `left`, for the others. */
async function sampled(
  device: Device,
  part: ReturnType<typeof portionOf>,
  solved: Task,
  left: Set<number>,
  { settings, input }: Task,
  from: number,
): Promise<(PosteriorSample | null)[]> {
  const {
    width: _,
    seed,
    clamps,
    epsilon = 0,
    box,
    ...options
  } = settings as SeededMonteCarloSettings;
  const count = part.offsets.length - 1;
  const { pose } = solved.output;
  const underway = new Map<number, Underway>();
  const samples: (PosteriorSample | null)[] = Array.from({ length: count }, () => null);
  const advance = (b: number, steps: Underway["steps"]) => {
    const next = steps.next();
    if (!next.done) {
      underway.set(b, { steps, request: next.value });
      return;
    }
    underway.delete(b);
    const { status } = next.value;
    if ((status === "ok" || status === "improper") && isBroad(next.value)) samples[b] = next.value;
    else left.add(b);
  };
  const R = new Float64Array(9);
  for (let b = 0; b < count; b++) {
    if (left.has(b)) continue;
    const delta = part.input.delta[b];
    const problem = problemAt(solved, b);
    const start = row(pose, 7, b).slice();
    rowRotation(start, R);
    const how = { chart: "Q7", delta, hessian: "gauss-newton", epsilon } as const;
    const { covariance } = poseCovariance(problem, R, start.subarray(0, 3), how);
    if (!covariance) left.add(b);
    else {
      const own = `${seed}/${input.index[from + b]}`;
      const bounds = box && { lower: box.lower, upper: box.upper };
      advance(
        b,
        sampling(problem, start, covariance, { ...options, box: bounds, delta, seed: own }),
      );
    }
  }
  const delta = (b: number) => part.input.delta[b];
  const packed = packPosed(solved, 0, count, pose, delta, (b) => !underway.has(b));
  for (const b of packed.left) if (underway.delete(b)) left.add(b);
  if (packed.taken.length === 0) return samples;
  await inJob(device, async (job) => {
    const rounds = roundsOn(job, packed, pose, delta);
    while (underway.size > 0) {
      await rounds((b) => underway.get(b)?.request ?? null);
      for (const [b, { steps }] of [...underway]) advance(b, steps);
    }
  });
  return samples;
}

/** Writes the costs that problems ask for, in one submission a call. */
function roundsOn(
  job: Job,
  packed: PosedPoints,
  pose: Float64Array,
  delta: (b: number) => number,
): (requestOf: (b: number) => CostRequest | null) => Promise<void> {
  const { taken, frames, firsts } = packed;
  const count = taken.length;
  const records = new Float32Array(PROBLEM * count);
  const least = taken.map((b, k) => {
    const n = firsts[k + 1] - firsts[k];
    packProblem(frames[k], firsts[k], n, delta(b), null, records, PROBLEM * k);
    return packCosts(n, records, PROBLEM * k, packed.points, POINT * firsts[k]);
  });
  const problems: JobArray = job.input(records);
  const points = job.input(packed.points);
  const turn = new Float64Array(4);
  return async (requestOf) => {
    const requests = taken.map(requestOf);
    const share = requests.reduce((most, of) => Math.max(most, of ? of.to - of.from : 0), 0);
    const motions = new Float32Array(MOTION * share * count);
    requests.forEach((of, k) => {
      if (!of) return;
      rowQuaternion(pose, 7 * taken[k], 7, turn);
      const to = MOTION * share * k;
      packMotions(frames[k], turn, of.poses, 7 * of.from, 7, of.to - of.from, motions, to);
    });
    const costs = job.room(share * count);
    const sizes = job.input(Uint32Array.of(count, share, share, 0));
    const groups = count * Math.ceil(share / SAMPLES_TOGETHER);
    job.dispatch(costsKernel(false), groups, [sizes, problems, points, job.input(motions), costs]);
    const [found] = await job.read(costs);
    requests.forEach((of, k) => {
      if (!of) return;
      for (let j = of.from; j < of.to; j++) of.costs[j] = least[k] + found[share * k + j - of.from];
    });
  };
}

/** Samples as the loss for given ones takes them; those of problems without are no numbers, which it refuses. */
function gathered(task: Task, samples: readonly (PosteriorSample | null)[]) {
  const settings = drawing(task.settings as SeededMonteCarloSettings);
  const { samples: S, proposals: T } = settings;
  const poses = new Float64Array(7 * S * samples.length).fill(Number.NaN);
  const logDensities = new Float64Array(T * S * samples.length).fill(Number.NaN);
  samples.forEach((sample, b) => {
    if (!sample) return;
    poses.set(sample.poses, 7 * S * b);
    logDensities.set(sample.logDensities, T * S * b);
  });
  return { settings, poses, logDensities };
}
