/**
 * What this machine reaches at most, measured: multiply-adds in a second, and bytes moved by a copy in one. On
 * processor threads in float64, compiled by V8 as the kernels are, which makes no use of vector units; on a GPU
 * in float32, by a shader of nothing else.
 */
import { Worker } from "node:worker_threads";
import { Device } from "../src/backend/webgpu/device.js";
import { inJob } from "../src/backend/webgpu/job.js";

export interface Roofline {
  /** Floating-point operations in a second; a multiply-add is two. */
  readonly operations: number;
  /** Bytes read and written in a second. */
  readonly bytes: number;
}

/** Text, since a worker has to read it. Twelve chains hide the latency of each. */
const probe = `
  const { parentPort } = require("node:worker_threads");
  function chains(count) {
    let [a, b, c, d, e, f, g, h, i, j, k, l] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    for (let n = 0; n < count; n++) {
      a = a * 0.999 + 0.001; b = b * 0.999 + 0.001; c = c * 0.999 + 0.001; d = d * 0.999 + 0.001;
      e = e * 0.999 + 0.001; f = f * 0.999 + 0.001; g = g * 0.999 + 0.001; h = h * 0.999 + 0.001;
      i = i * 0.999 + 0.001; j = j * 0.999 + 0.001; k = k * 0.999 + 0.001; l = l * 0.999 + 0.001;
    }
    return a + b + c + d + e + f + g + h + i + j + k + l;
  }
  const [from, to] = [new Float64Array(1 << 22).fill(1), new Float64Array(1 << 22)];
  function rate(work, amount) {
    work(); work();
    const start = performance.now();
    let done = 0;
    while (performance.now() - start < 400) { work(); done += amount; }
    return (1000 * done) / (performance.now() - start);
  }
  parentPort.once("message", () => parentPort.postMessage({
    operations: rate(() => chains(1e6), 24e6),
    bytes: rate(() => to.set(from), 16 * (1 << 22)),
  }));
  parentPort.postMessage("ready");
`;

/** Roofline of so many threads at once. */
export async function processorRoofline(threads: number): Promise<Roofline> {
  const workers = Array.from({ length: threads }, () => new Worker(probe, { eval: true }));
  const next = (worker: Worker) =>
    new Promise<unknown>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
  await Promise.all(workers.map(next));
  const answers = workers.map(next);
  for (const worker of workers) worker.postMessage("go");
  const found = (await Promise.all(answers)) as Roofline[];
  await Promise.all(workers.map((worker) => worker.terminate()));
  const sum = (name: keyof Roofline) => found.reduce((total, one) => total + one[name], 0);
  return { operations: sum("operations"), bytes: sum("bytes") };
}

const THREADS = 2 ** 16;
const GROUP = 256;

const chainShader = (steps: number) => `
@group(0) @binding(0) var<storage, read_write> result: array<f32>;
@compute @workgroup_size(${GROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  var a = vec4f(f32(id.x)); var b = a + 1.0; var c = a + 2.0; var d = a + 3.0;
  for (var i = 0u; i < ${steps}u; i++) {
    a = fma(a, vec4f(0.999), vec4f(0.001)); b = fma(b, vec4f(0.999), vec4f(0.001));
    c = fma(c, vec4f(0.999), vec4f(0.001)); d = fma(d, vec4f(0.999), vec4f(0.001));
  }
  let all = a + b + c + d;
  result[id.x] = all.x + all.y + all.z + all.w;
}`;

const COPIED = 2 ** 22;
const copyShader = `
@group(0) @binding(0) var<storage, read_write> given: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> result: array<vec4f>;
@compute @workgroup_size(${GROUP})
fn main(@builtin(global_invocation_id) id: vec3u) { result[id.x] = given[id.x]; }`;

/** Roofline of a GPU; null if there is none. */
export async function gpuRoofline(): Promise<Roofline | null> {
  const device = await Device.open().catch(() => null);
  if (!device) return null;
  try {
    const chains = (steps: number) => () =>
      inJob(device, async (job) => {
        const result = job.room(THREADS);
        job.dispatch(chainShader(steps), THREADS / GROUP, [result]);
        await job.read(result);
      });
    const copies = (count: number) => () =>
      inJob(device, async (job) => {
        const [given, result, mark] = [job.room(4 * COPIED), job.room(4 * COPIED), job.room(1)];
        for (let i = 0; i < count; i++) job.dispatch(copyShader, COPIED / GROUP, [given, result]);
        await job.read(mark);
      });
    return {
      operations: await grown(chains, 64, 32 * THREADS),
      bytes: await grown(copies, 1, 32 * COPIED),
    };
  } finally {
    device.close();
  }
}

/** Work per second between an amount that takes a tenth of a second and twice that: what starting costs cancels. */
async function grown(
  of: (amount: number) => () => Promise<void>,
  least: number,
  unit: number,
): Promise<number> {
  const time = async (run: () => Promise<void>) => {
    await run();
    const start = performance.now();
    await run();
    return performance.now() - start;
  };
  for (let amount = least; ; amount *= 2) {
    const once = await time(of(amount));
    if (once < 100 && amount < 2 ** 24) continue;
    const twice = await time(of(2 * amount));
    return (1000 * unit * amount) / Math.max(twice - once, once / 4);
  }
}
