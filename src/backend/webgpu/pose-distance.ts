/** ADD and ADD-S on a device: twin of ../operations/pose-distance.ts. */
import type { PoseDistanceSettings } from "../operations/pose-distance.js";
import type { Task } from "../task.js";
import { withinSingle } from "./frame.js";
import { inJob } from "./job.js";
import type { Kernel } from "./kernel.js";
import { rowQuaternion } from "./motions.js";
import { poseDistanceKernel } from "./pose-distance.wgsl.js";
import { LANES, MOTION } from "./pose-pair.wgsl.js";

export const poseDistanceOnDevice: Kernel = {
  suits: () => true,
  size: ({ settings }) => {
    const { vertices } = settings as PoseDistanceSettings;
    return {
      bytesOfPoint: 0,
      bytesOfProblem: Math.max(4 * MOTION, 8 * Math.ceil(vertices / LANES)),
      bytesOfTask: 16 * vertices,
      pairs: () => vertices * vertices,
    };
  },
  async run(device, task, from, to) {
    const count = (task.settings as PoseDistanceSettings).vertices;
    const { extent, centroid, rows } = centred(task.input.vertices, count);
    const motions = new Float32Array(MOTION * (to - from));
    const taken: number[] = [];
    const left: number[] = [];
    for (let b = from; b < to; b++) {
      const at = MOTION * taken.length;
      packMotion(task, b, centroid, extent, motions, at);
      if (withinSingle(motions, at, at + MOTION)) taken.push(b);
      else left.push(b);
    }
    if (taken.length === 0 || !withinSingle(rows, 0, rows.length)) return [...left, ...taken];
    const tiles = Math.ceil(count / LANES);
    const [sums] = await inJob(device, async (job) => {
      const out = job.room(2 * taken.length * tiles);
      const arrays = [
        job.input(Uint32Array.of(taken.length, count, tiles, 0)),
        job.input(rows),
        job.input(motions.subarray(0, MOTION * taken.length)),
      ];
      job.dispatch(poseDistanceKernel, taken.length * tiles, [...arrays, out]);
      return job.read(out);
    });
    const { add, addS } = task.output;
    taken.forEach((b, k) => {
      let [one, other] = [0, 0];
      for (let i = 2 * tiles * k; i < 2 * tiles * (k + 1); i += 2) {
        one += sums[i];
        other += sums[i + 1];
      }
      add[b] = (one * extent) / count;
      addS[b] = (other * extent) / count;
      task.status[b] = 0;
    });
    return left;
  },
};

/** Vertices [n, 4] about their centroid, in units of their extent. */
function centred(vertices: Float64Array, n: number) {
  const centroid = new Float64Array(3);
  for (let k = 0; k < 3 * n; k++) centroid[k % 3] += vertices[k] / n;
  let square = 0;
  for (let k = 0; k < 3 * n; k++) square += (vertices[k] - centroid[k % 3]) ** 2;
  const extent = Math.sqrt(square / n) || 1;
  const rows = new Float32Array(4 * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < 3; k++) rows[4 * i + k] = (vertices[3 * i + k] - centroid[k]) / extent;
  return { centroid, extent, rows };
}

const q = new Float64Array(4);
const p = new Float64Array(4);
const moved = new Float64Array(3);

/** Writes R̂ᵀR as (x, y, z, w), and R̂ᵀ(R z̄ + t − R̂ z̄ − t̂)/L, to `rows` at `to`. */
function packMotion(
  { input: { estimate, truth } }: Task,
  b: number,
  [a, c, e]: Float64Array,
  extent: number,
  rows: Float32Array,
  to: number,
): void {
  rowQuaternion(estimate, 7 * b, 7, p);
  rowQuaternion(truth, 7 * b, 7, q);
  const w = p[0] * q[0] + p[1] * q[1] + p[2] * q[2] + p[3] * q[3];
  const x = p[0] * q[1] - p[1] * q[0] - p[2] * q[3] + p[3] * q[2];
  const y = p[0] * q[2] - p[2] * q[0] - p[3] * q[1] + p[1] * q[3];
  const z = p[0] * q[3] - p[3] * q[0] - p[1] * q[2] + p[2] * q[1];
  rows[to] = x;
  rows[to + 1] = y;
  rows[to + 2] = z;
  rows[to + 3] = w;
  // R̂ᵀ(t − t̂), then what the turn does to the centroid: 2 (w v × z̄ + v × (v × z̄)).
  for (let k = 0; k < 3; k++) moved[k] = truth[7 * b + k] - estimate[7 * b + k];
  turnBack(p, moved);
  const u = y * e - z * c;
  const v = z * a - x * e;
  const n = x * c - y * a;
  rows[to + 4] = (moved[0] + 2 * (w * u + y * n - z * v)) / extent;
  rows[to + 5] = (moved[1] + 2 * (w * v + z * u - x * n)) / extent;
  rows[to + 6] = (moved[2] + 2 * (w * n + x * v - y * u)) / extent;
}

/** Overwrites v by Rᵀ v of a unit quaternion (w, x, y, z). */
function turnBack([w, x, y, z]: Float64Array, v: Float64Array): void {
  const a = z * v[1] - y * v[2];
  const b = x * v[2] - z * v[0];
  const c = y * v[0] - x * v[1];
  v[0] += 2 * (w * a + z * b - y * c);
  v[1] += 2 * (w * b + x * c - z * a);
  v[2] += 2 * (w * c + y * a - x * b);
}
