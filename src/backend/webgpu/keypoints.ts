/** Keypoints of heat maps and their gradients on a device: twins of ../operations/keypoints.ts. */
import { mapCoordinates } from "../../heatmap/map-coordinates.js";
import { isFlat, mapSentences } from "../../heatmap/map-status.js";
import { mapDeviation, mapDeviationSlope } from "../../kernels/map-spread.js";
import { row } from "../operations/fields.js";
import type { KeypointSettings } from "../operations/keypoints.js";
import type { Settings, Task } from "../task.js";
import type { Device } from "./device.js";
import { inJob, type Job, type JobArray } from "./job.js";
import type { Kernel } from "./kernel.js";
import { cellSlopesKernel, momentsKernel } from "./keypoints.wgsl.js";

const FLAT = Object.keys(mapSentences).indexOf("flat");
/** Exponents below which a mass is nothing, whatever the map. */
const NOTHING = -200;
/** Share of a map that may cancel: masses of both signs are left to doubles. */
const CANCELLED = 1e-6;

const suits = (settings: Settings): boolean => {
  const { temperature = 1, from = "logits", guard = 0 } = settings as KeypointSettings;
  // What is out of range is for the oracle to refuse.
  return temperature > 0 && guard >= 0 && (from === "logits" || from === "maps");
};

const size = ({ settings }: Task) => {
  const { rows, columns } = settings as KeypointSettings;
  return {
    bytesOfPoint: 0,
    bytesOfProblem: Math.max(4 * rows * columns, 24),
    pairs: () => rows * columns,
  };
};

/** Maps that a device takes: their values, and the divisor of each. */
interface Packed {
  readonly taken: number[];
  readonly left: number[];
  readonly values: Float32Array<ArrayBuffer>;
  readonly divisors: number[];
}

/** Logits less their greatest, over τ, or masses over their greatest: subtracted and divided in doubles. */
function pack({ settings, input }: Task, from: number, to: number): Packed {
  const given = settings as KeypointSettings;
  const { rows, columns, temperature = 1 } = given;
  const logits = (given.from ?? "logits") === "logits";
  const cells = rows * columns;
  const values = new Float32Array(cells * (to - from));
  const [taken, left, divisors]: [number[], number[], number[]] = [[], [], []];
  const sharpness = 1 / temperature;
  for (let b = from; b < to; b++) {
    const map = row(input.maps, cells, b);
    const at = cells * taken.length;
    let greatest = logits ? Number.NEGATIVE_INFINITY : 0;
    let sum = 0;
    for (let i = 0; i < cells; i++) {
      const value = logits ? map[i] : Math.abs(map[i]);
      if (value > greatest) greatest = value;
      // −∞ is a logit; NaN and +∞ are nothing.
      if (!(value < Infinity)) sum = Number.NaN;
    }
    if (Number.isNaN(sum) || !Number.isFinite(greatest) || (!logits && greatest === 0)) {
      left.push(b);
      continue;
    }
    if (logits)
      for (let i = 0; i < cells; i++)
        values[at + i] = Math.max((map[i] - greatest) * sharpness, NOTHING);
    else for (let i = 0; i < cells; i++) values[at + i] = map[i] / greatest;
    taken.push(b);
    divisors.push(logits ? temperature : greatest);
  }
  return { taken, left, divisors, values: values.subarray(0, cells * taken.length) };
}

const isLogits = ({ settings }: Task) =>
  ((settings as KeypointSettings).from ?? "logits") === "logits";

interface Moments {
  readonly sizes: JobArray;
  readonly values: JobArray;
  /** Total, Σ |mass|, mean [2], variance [2] of each map. */
  readonly moments: Float32Array;
}

async function momentsOf(job: Job, task: Task, { taken, values }: Packed): Promise<Moments> {
  const { rows, columns } = task.settings as KeypointSettings;
  const sizes = job.input(Uint32Array.of(taken.length, rows, columns, 0));
  const maps = job.input(values);
  const out = job.room(6 * taken.length);
  job.dispatch(momentsKernel(isLogits(task)), taken.length, [sizes, out, maps]);
  const [moments] = await job.read(out);
  return { sizes, values: maps, moments };
}

/** Whether moments are those of a map with a keypoint, which cancellation has not spoilt. */
function settled(moments: Float32Array, k: number): boolean {
  const [total, whole, x, y, u, v] = moments.subarray(6 * k, 6 * k + 6);
  return (
    total > 0 && whole - total <= CANCELLED * whole && Number.isFinite(x + y) && u >= 0 && v >= 0
  );
}

/** Coordinates of the middle of a map, and the step of a column and of a row. */
function axes({ settings }: Task) {
  const given = settings as KeypointSettings;
  const { gx, gy } = mapCoordinates("keypoints", given.coordinates ?? "cells", given);
  const axis = (g: Float64Array) => {
    const last = g.length - 1;
    return { middle: 0.5 * (g[0] + g[last]), step: last > 0 ? (g[last] - g[0]) / last : 0 };
  };
  return [axis(gx), axis(gy)];
}

const guardOf = ({ settings }: Task) => {
  const { guard = 1e-6, floored = false } = settings as KeypointSettings;
  return { guard, floored };
};

const statusOf = (task: Task, b: number): number => {
  const { rows, columns } = task.settings as KeypointSettings;
  return isFlat(row(task.input.maps, rows * columns, b)) ? FLAT : 0;
};

export const keypointsOnDevice: Kernel = {
  suits,
  size,
  async run(device: Device, task, from, to) {
    const packed = pack(task, from, to);
    const { taken, left } = packed;
    if (taken.length === 0) return left;
    const { moments } = await inJob(device, (job) => momentsOf(job, task, packed));
    const along = axes(task);
    const { guard, floored } = guardOf(task);
    taken.forEach((b, k) => {
      if (!settled(moments, k)) {
        left.push(b);
        return;
      }
      along.forEach(({ middle, step }, a) => {
        task.output.keypoint[2 * b + a] = middle + step * moments[6 * k + 2 + a];
        const variance = step * step * moments[6 * k + 4 + a];
        task.output.deviation[2 * b + a] = mapDeviation(variance, guard, floored);
      });
      task.status[b] = statusOf(task, b);
    });
    return left;
  },
};

export const keypointsVjpOnDevice: Kernel = {
  suits,
  size,
  async run(device, task, from, to) {
    const packed = pack(task, from, to);
    const { taken, left } = packed;
    if (taken.length === 0) return left;
    const { rows, columns } = task.settings as KeypointSettings;
    const cells = rows * columns;
    await inJob(device, async (job) => {
      const { sizes, values, moments } = await momentsOf(job, task, packed);
      const about = new Float32Array(4 * taken.length);
      const upstream = new Float32Array(4 * taken.length);
      const scales = taken.map((b, k) => pull(task, b, moments, k, about, upstream));
      const slopes = job.room(cells * taken.length);
      const logits = isLogits(task);
      const arrays = [sizes, job.input(about), job.input(upstream), slopes];
      job.dispatch(cellSlopesKernel(logits), taken.length, logits ? [...arrays, values] : arrays);
      const [found] = await job.read(slopes);
      taken.forEach((b, k) => {
        if (!settled(moments, k) || !Number.isFinite(scales[k])) {
          left.push(b);
          return;
        }
        const share = scales[k] / (packed.divisors[k] * moments[6 * k]);
        const out = row(task.output.maps, cells, b);
        for (let i = 0; i < cells; i++) out[i] = found[cells * k + i] * share;
        task.status[b] = statusOf(task, b);
      });
    });
    return left;
  },
};

/**
 * Writes mean and variance of map k, and what the gradient weighs them with, in columns and rows and divided by its
 * largest entry, which is returned.
 */
function pull(
  task: Task,
  b: number,
  moments: Float32Array,
  k: number,
  about: Float32Array,
  upstream: Float32Array,
): number {
  const { byKeypoint, byDeviation } = task.input;
  const { guard, floored } = guardOf(task);
  const pulls = axes(task).map(({ step }, a) => {
    const variance = step * step * moments[6 * k + 4 + a];
    const given = byDeviation[2 * b + a];
    const slope = given === 0 ? 0 : given * mapDeviationSlope(variance, guard, floored);
    return [byKeypoint[2 * b + a] * step, slope * step * step];
  });
  const all = [pulls[0][0], pulls[1][0], pulls[0][1], pulls[1][1]];
  const scale = all.reduce((most, value) => (Math.abs(value) <= most ? most : Math.abs(value)), 0);
  for (let a = 0; a < 4; a++) {
    about[4 * k + a] = moments[6 * k + 2 + a];
    upstream[4 * k + a] = scale === 0 ? 0 : all[a] / scale;
  }
  return scale;
}
