/** The Monte Carlo pose loss on a device: twin of ../operations/monte-carlo-loss.ts. */
import { clampRow } from "../../solve/normal-equations.js";
import { pointCount } from "../operations/fields.js";
import { clampsOf, type MonteCarloSettings } from "../operations/monte-carlo-loss.js";
import type { Task } from "../task.js";
import type { Device } from "./device.js";
import {
  type Frame,
  fitFrame,
  frame,
  POINT,
  packPoints,
  pointBytes,
  withinSingle,
} from "./frame.js";
import { inJob, type Job } from "./job.js";
import type { Kernel } from "./kernel.js";
import { costsKernel, SAMPLES_TOGETHER, slopesKernel, weightsKernel } from "./monte-carlo.wgsl.js";
import { packCosts, packMotions, packProblem, rowQuaternion, setReference } from "./motions.js";
import { LANES, MOTION, PROBLEM } from "./pose-pair.wgsl.js";

/** Length off one beyond which the oracle is asked whether a quaternion is on the sphere. */
const OFF_SPHERE = 1e-6;
/** Log-densities and costs beyond this are as good as infinite. */
const ENDLESS = 1e28;

const SLOPES = 8;

/** Problems that a device takes, with the frame of each, and those left to float64. */
interface Packed {
  readonly taken: number[];
  readonly left: number[];
  /** σ and L [2] of each problem, and its cost at the reference. */
  readonly scales: Float64Array;
  readonly costs: Float64Array;
  readonly firsts: number[];
  readonly problems: Float32Array<ArrayBuffer>;
  readonly points: Float32Array<ArrayBuffer>;
  readonly motions: Float32Array<ArrayBuffer>;
  readonly densities: Float32Array<ArrayBuffer>;
  readonly tiles: Uint32Array<ArrayBuffer>;
}

export const monteCarloOnDevice: Kernel = {
  suits: () => true,
  size: ({ settings }) => {
    const { samples, proposals } = settings as MonteCarloSettings;
    return {
      bytesOfPoint: pointBytes,
      bytesOfProblem: Math.max(4 * MOTION * (samples + 1), 4 * samples * proposals, 4 * PROBLEM),
      pairs: (n) => n * (samples + 1),
    };
  },
  async run(device, task, from, to) {
    const packed = pack(task, from, to);
    if (packed.taken.length > 0) await compute(device, task, packed);
    return packed.left;
  },
};

const at: Frame = frame();
const turn = new Float64Array(4);

function pack(task: Task, from: number, to: number): Packed {
  const { samples, proposals, clamps, width } = task.settings as MonteCarloSettings;
  const { poses, target, logDensities, delta, K } = task.input;
  const bounds = clampRow("monteCarloLoss", clampsOf(clamps))?.bounds ?? null;
  const { offsets } = task;
  const count = to - from;
  const points = new Float32Array(POINT * (offsets[to] - offsets[from]));
  const problems = new Float32Array(PROBLEM * count);
  const motions = new Float32Array(MOTION * (samples + 1) * count);
  const densities = new Float32Array(proposals * samples * count);
  const scales = new Float64Array(2 * count);
  const costs = new Float64Array(count);
  const tiles: number[] = [];
  const taken: number[] = [];
  const left: number[] = [];
  const firsts: number[] = [];
  let first = 0;
  for (let b = from; b < to; b++) {
    const n = pointCount(task, b);
    const k = taken.length;
    const row = width * samples * b;
    const own = proposals * samples * k;
    const best = likeliest(logDensities, proposals * samples * b, proposals, samples);
    const fits =
      n > 0 &&
      samples > 0 &&
      delta[b] >= 0 &&
      best >= 0 &&
      onSphere(target, width * b, width, 1) &&
      onSphere(poses, row, width, samples) &&
      setReference(at, poses, row + width * best, width);
    if (fits) {
      rowQuaternion(poses, row + width * best, width, turn);
      fitFrame(task.input, offsets[b], n, K, 9 * b, at);
      packPoints(task.input, offsets[b], n, at, points, POINT * first);
      packProblem(at, first, n, delta[b], bounds, problems, PROBLEM * k);
      costs[k] = packCosts(n, problems, PROBLEM * k, points, POINT * first);
      const to7 = MOTION * (samples + 1) * k;
      packMotions(at, turn, poses, row, width, samples, motions, to7);
      packMotions(at, turn, target, width * b, width, 1, motions, to7 + MOTION * samples);
      densities.set(
        logDensities.subarray(proposals * samples * b, proposals * samples * (b + 1)),
        own,
      );
    }
    const end = first + n;
    const sound =
      fits &&
      withinSingle(points, POINT * first, POINT * end) &&
      withinSingle(motions, MOTION * (samples + 1) * k, MOTION * (samples + 1) * (k + 1));
    if (!sound) {
      left.push(b);
      continue;
    }
    for (let i = 0; i < n; i += LANES) tiles.push(k, i);
    scales[2 * k] = at.sigma;
    scales[2 * k + 1] = at.extent;
    taken.push(b);
    firsts.push(first);
    first = end;
  }
  const kept = taken.length;
  return {
    ...{ taken, left, scales, costs, firsts },
    problems: problems.subarray(0, PROBLEM * kept),
    points: points.subarray(0, POINT * first),
    motions: motions.subarray(0, MOTION * (samples + 1) * kept),
    densities: densities.subarray(0, proposals * samples * kept),
    tiles: Uint32Array.from(tiles),
  };
}

async function compute(device: Device, task: Task, packed: Packed): Promise<void> {
  const { samples, meanOverSamples } = task.settings as MonteCarloSettings;
  const { taken, left, firsts, scales } = packed;
  const [found, slope] = await inJob(device, (job) => weighed(job, task, packed));
  const { output, offsets } = task;
  taken.forEach((b, k) => {
    const [top, sum, cost] = found.subarray(4 * k, 4 * k + 3);
    if (!(Math.abs(top) < ENDLESS && sum > 0 && cost < ENDLESS)) {
      left.push(b);
      return;
    }
    const share = top + Math.log(meanOverSamples === false ? sum : sum / samples);
    output.loss[b] = cost + share;
    output.targetCost[b] = packed.costs[k] + cost;
    output.predicted[b] = share - packed.costs[k];
    const [sigma, extent] = scales.subarray(2 * k, 2 * k + 2);
    const bad = writeSlopes(
      task,
      b,
      slope,
      SLOPES * firsts[k],
      offsets[b],
      1 / sigma,
      sigma,
      1 / extent,
    );
    task.status[b] = 0;
    if (bad) left.push(b);
  });
}

/** Costs, weights and slopes, in one submission: [4] a problem and [8] a point. */
function weighed(job: Job, { settings }: Task, packed: Packed): Promise<Float32Array[]> {
  const { samples, proposals, clamps } = settings as MonteCarloSettings;
  const count = packed.taken.length;
  const clamped = (clamps ?? null) !== null;
  const problems = job.input(packed.problems);
  const points = job.input(packed.points);
  const motions = job.input(packed.motions);
  const densities = job.input(packed.densities);
  const tiles = job.input(packed.tiles);
  const tileCount = packed.tiles.length / 2;
  const sizes = job.input(Uint32Array.of(count, samples, samples + 1, proposals));
  const slopeSizes = job.input(Uint32Array.of(tileCount, samples, samples + 1, 0));
  const costs = job.room(count * samples);
  const weights = job.room(count * samples);
  const summary = job.room(4 * count);
  const slopes = job.room((SLOPES * packed.points.length) / POINT);
  const share = Math.ceil(samples / SAMPLES_TOGETHER);
  job.dispatch(costsKernel(clamped), count * share, [sizes, problems, points, motions, costs]);
  job.dispatch(weightsKernel(clamped), count, [
    ...[sizes, problems, points, motions],
    ...[costs, densities, weights, summary],
  ]);
  job.dispatch(slopesKernel(clamped), tileCount, [
    ...[slopeSizes, problems, points, motions, weights, tiles, slopes],
  ]);
  return job.read(summary, slopes);
}

/** Writes slopes of problem b in its own units; true if one of them is no number. */
function writeSlopes(
  { output, offsets }: Task,
  b: number,
  slopes: Float32Array,
  from: number,
  first: number,
  byX: number,
  byW: number,
  byZ: number,
): boolean {
  let delta = 0;
  let sum = 0;
  for (let i = first, s = from; i < offsets[b + 1]; i++, s += SLOPES) {
    output.x2d[2 * i] = slopes[s] * byX;
    output.x2d[2 * i + 1] = slopes[s + 1] * byX;
    output.w2d[2 * i] = slopes[s + 2] * byW;
    output.w2d[2 * i + 1] = slopes[s + 3] * byW;
    output.x3d[3 * i] = slopes[s + 4] * byZ;
    output.x3d[3 * i + 1] = slopes[s + 5] * byZ;
    output.x3d[3 * i + 2] = slopes[s + 6] * byZ;
    delta += slopes[s + 7];
    for (let k = 0; k < 7; k++) sum += slopes[s + k] * 0;
  }
  output.delta[b] = delta;
  return !(sum + delta * 0 === 0);
}

/** The pose where the last proposal is densest, about where costs are least; −1 if a density is none. */
function likeliest(
  logDensities: Float64Array,
  from: number,
  proposals: number,
  samples: number,
): number {
  let best = 0;
  const last = from + (proposals - 1) * samples;
  for (let j = from; j < from + proposals * samples; j++)
    if (!(Math.abs(logDensities[j]) < ENDLESS)) return -1;
  for (let s = 1; s < samples; s++)
    if (logDensities[last + s] > logDensities[last + best]) best = s;
  return best;
}

function onSphere(poses: Float64Array, from: number, width: number, count: number): boolean {
  if (width === 4) return true;
  for (let s = 0, p = from + 3; s < count; s++, p += 7) {
    const square =
      poses[p] * poses[p] +
      poses[p + 1] * poses[p + 1] +
      poses[p + 2] * poses[p + 2] +
      poses[p + 3] * poses[p + 3];
    if (!(Math.abs(square - 1) <= OFF_SPHERE)) return false;
  }
  return true;
}
