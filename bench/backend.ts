/**
 * Monte Carlo losses with their gradients, 512 samples, on every backend that there is: float64 on one thread
 * (inline, the peer that others are compared with), on all threads, and float32 on a GPU. A share is that of the
 * roofline measured in the same run; two floors stand beside a time, what the arithmetic and what the bytes take at
 * least.
 *
 *     npm run bench -- backend [--full] [--process "COMMAND"]
 *
 * Batches that would take longer than a few seconds are left out, with the reason, unless `--full` is given.
 */
import {
  type Backend,
  InlineBackend,
  monteCarloLoss,
  newTask,
  type Task,
} from "../src/backend/index.js";
import { ProcessBackend } from "../src/backend/process.js";
import { sharedArray } from "../src/backend/shared-array.js";
import { ThreadsBackend } from "../src/backend/threads/threads.js";
import { webgpuBackend } from "../src/backend/webgpu/backend.js";
import { workOf } from "../src/backend/work.js";
import { movedRow } from "../src/kernels/pose-row.js";
import { rotationQuaternion } from "../src/kernels/quaternion.js";
import { scene } from "../src/problem/index.js";
import { stream } from "../src/random/index.js";
import { gpuRoofline, processorRoofline, type Roofline } from "./roofline.js";

const SAMPLES = 512;
const PROPOSALS = 4;
/** Problems that differ; larger batches repeat them. */
const DISTINCT = 16;
/** Seconds that one batch may take, unless all are wanted. */
const PATIENCE = 4;

interface Contender {
  readonly name: string;
  readonly on: Backend;
  readonly roofline: Roofline | null;
  /** Seconds a pair took in the last batch; before the first, what is feared. */
  secondsPerPair: number;
}

export async function bench(): Promise<void> {
  const full = process.argv.includes("--full");
  const contenders = await present();
  line(
    "B",
    "N",
    "backend",
    "time",
    "GFLOP/s",
    "Mpairs/s",
    "share",
    "arithmetic",
    "bytes",
    "inline",
  );
  for (const N of [64, 512])
    for (const B of [1, 4, 16, 64, 256, 1024, 4096]) {
      const pairs = B * N * (SAMPLES + 1);
      let task: Task | null = null;
      let inline = Number.NaN;
      for (const contender of contenders) {
        const feared = pairs * contender.secondsPerPair;
        if (feared > PATIENCE && !full) {
          line(B, N, contender.name, `left out: about ${Math.ceil(feared)} s, see --full`);
          continue;
        }
        task ??= batch(B, N);
        const seconds = await time(contender.on, task);
        contender.secondsPerPair = seconds / pairs;
        if (contender.name === "inline") inline = seconds;
        report(B, N, contender, task, seconds, inline);
      }
    }
  await Promise.all(contenders.map(({ on }) => on.close()));
}

/** Every backend that there is, unaudited, with its roofline; says which there is not. */
async function present(): Promise<Contender[]> {
  const found: Contender[] = [];
  const add = (on: Backend, detail: string, roofline: Roofline | null) => {
    found.push({ name: on.name, on, roofline, secondsPerPair: 2e-7 });
    const peak = roofline
      ? `${giga(roofline.operations)} GFLOP/s by multiply-adds, ${giga(roofline.bytes)} GB/s by copying`
      : "no roofline";
    process.stdout.write(`${on.name} (${on.precision}, ${detail}): ${peak}\n`);
  };
  add(new InlineBackend(), "1 thread", await processorRoofline(1));
  const several = new ThreadsBackend();
  add(several, `${several.threads} threads`, await processorRoofline(several.threads));
  const gpu = await webgpuBackend().catch((error: Error) => error);
  if (gpu instanceof Error) process.stdout.write(`webgpu: not here. ${gpu.message}\n`);
  else add(gpu, gpu.adapter, await gpuRoofline());
  const at = process.argv.indexOf("--process");
  if (at >= 0) {
    const command = process.argv[at + 1] ?? "";
    add(new ProcessBackend({ command }), command, null);
  }
  return found;
}

/** A task of B problems of N points whose samples lie around the true poses. */
function batch(B: number, N: number): Task {
  const shared = (length: number) => sharedArray(length);
  const input = {
    ...{ x2d: shared(2 * N * B), x3d: shared(3 * N * B), w2d: shared(2 * N * B) },
    ...{ K: shared(9 * B), delta: shared(B).fill(4), target: shared(7 * B) },
    ...{ poses: shared(7 * SAMPLES * B), logDensities: shared(PROPOSALS * SAMPLES * B) },
  };
  for (let b = 0; b < Math.min(B, DISTINCT); b++) {
    const { correspondences, pose } = scene("generic", { n: N, noise: 2, seed: b });
    const { x2d, x3d, K } = correspondences;
    const draw = stream(`bench/backend/${b}`);
    const target = input.target.subarray(7 * b, 7 * b + 7);
    target.set(pose.t.data as Float64Array);
    rotationQuaternion(pose.R.data as Float64Array, target.subarray(3));
    input.x2d.set(x2d, 2 * N * b);
    input.x3d.set(x3d, 3 * N * b);
    input.w2d.fill(0.5, 2 * N * b, 2 * N * (b + 1));
    input.K.set(K, 9 * b);
    for (let s = 0; s < SAMPLES; s++) {
      const at = 7 * (SAMPLES * b + s);
      const step = Float64Array.from({ length: 6 }, () => 2e-3 * draw.normal());
      movedRow(target, step, input.poses.subarray(at, at + 7));
    }
    for (let k = 0; k < PROPOSALS * SAMPLES; k++)
      input.logDensities[PROPOSALS * SAMPLES * b + k] = draw.normal();
  }
  for (const values of Object.values(input)) {
    const one = (values.length / B) * DISTINCT;
    for (let at = one; at < values.length; at += one)
      values.set(values.subarray(0, Math.min(one, values.length - at)), at);
  }
  const settings = { width: 7, samples: SAMPLES, proposals: PROPOSALS };
  const offsets = Int32Array.from({ length: B + 1 }, (_, b) => N * b);
  return newTask(monteCarloLoss, settings, offsets, input, true);
}

/** Median of the seconds that a task takes, after once to warm up. */
async function time(on: Backend, task: Task): Promise<number> {
  await on.run(task);
  const wrong = task.status.findIndex((code) => code !== 0);
  if (wrong >= 0) throw new Error(`bench: expected ok, got status ${task.status[wrong]}`);
  const times: number[] = [];
  for (let spent = 0; times.length < 1 || (spent < 0.3 && times.length < 50); ) {
    const start = performance.now();
    await on.run(task);
    times.push((performance.now() - start) / 1000);
    spent += times[times.length - 1];
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

function report(
  B: number,
  N: number,
  { name, on, roofline }: Contender,
  task: Task,
  seconds: number,
  inline: number,
): void {
  const { pairs, operations, bytes } = workOf(task, on.precision);
  const floors = roofline
    ? [operations / roofline.operations, bytes / roofline.bytes]
    : [Number.NaN, Number.NaN];
  const share = Math.max(...floors) / seconds;
  line(
    ...[B, N, name, milliseconds(seconds), giga(operations / seconds)],
    ...[(pairs / seconds / 1e6).toPrecision(3), known(share, `${(100 * share).toFixed(0)} %`)],
    ...floors.map((floor) => known(floor, milliseconds(floor))),
    known(inline / seconds, `${(inline / seconds).toFixed(2)}×`),
  );
}

const giga = (rate: number): string => (rate / 1e9).toPrecision(3);
const milliseconds = (seconds: number): string =>
  `${seconds < 1 ? (1000 * seconds).toPrecision(3) : (1000 * seconds).toFixed(0)} ms`;
const known = (value: number, text: string): string => (Number.isFinite(value) ? text : "-");
const widths = [5, 5, 8, 10, 8, 9, 6, 10, 10, 7];

function line(...cells: (string | number)[]): void {
  const text = cells.map((cell, i) => {
    const padded = String(cell).padStart(widths[i]);
    return i === 2 ? String(cell).padEnd(widths[i]) : padded;
  });
  process.stdout.write(`${text.join("  ")}\n`);
}
