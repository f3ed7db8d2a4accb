/**
 * The GPU as a backend, in single precision, through the standard WebGPU API.
 *
 * Every operation is a few compute shaders over packed problems, whose large differences are taken in doubles beforehand
 * (frame.ts). What single precision cannot settle (no pose, no curvature, numbers it cannot hold, settings rarely
 * used) is finished by the oracle's own float64 code, problem by problem, and counted.
 */
import { requireTask } from "../new-task.js";
import { type ProblemError, runRange } from "../run-range.js";
import { type Backend, BackendError, type Operation, type Task } from "../task.js";
import { Device, type DeviceOptions, messageOf } from "./device.js";
import { kernels } from "./kernels.js";
import { portions } from "./portions.js";

/** Where the problems of a backend were computed. */
export interface ProblemCounts {
  readonly device: number;
  /** Finished by the oracle's own code. */
  readonly float64: number;
}

/** Runs tasks on a GPU, in float32. */
export class WebgpuBackend implements Backend {
  readonly name = "webgpu";
  readonly precision = "float32";
  private closed = false;
  private last: Promise<unknown> = Promise.resolve();
  private device: Device | null;
  private counted = { device: 0, float64: 0 };
  /** The adapter, as its driver calls it. */
  readonly adapter: string;

  /** Use `webgpuBackend`. */
  constructor(
    device: Device,
    private readonly options: DeviceOptions,
  ) {
    this.device = device;
    this.adapter = device.adapter;
  }

  /** Problems so far, by where they were computed. */
  get counts(): ProblemCounts {
    return { ...this.counted };
  }

  has({ name }: Operation): boolean {
    return name in kernels;
  }

  /** Tasks run one after the other: error scopes and buffers are the device's, not the task's. */
  run(task: Task): Promise<void> {
    const done = this.last.then(() => this.compute(task));
    this.last = done.catch(() => {});
    return done;
  }

  private async compute(task: Task): Promise<void> {
    if (this.closed) throw new Error("run: expected an open backend, got webgpu after close");
    requireTask(task);
    const kernel = kernels[task.operation.name];
    if (!kernel)
      throw new RangeError(
        `run: expected an operation of ${Object.keys(kernels).join(", ")}, got ${task.operation.name}`,
      );
    const done = task.status.map(() => 0);
    const failed = (cause: unknown): BackendError =>
      new BackendError(messageOf(cause), Array.from(done, Boolean), { cause });
    const inDoubles = (b: number): void => {
      try {
        runRange(task, b, b + 1);
      } catch (error) {
        const { message, cause } = error as ProblemError;
        throw failed(new Error(`webgpu: ${task.operation.name} failed at ${message}`, { cause }));
      }
      done[b] = 1;
      this.counted.float64++;
    };
    if (task.status.length === 0) return;
    if (!kernel.suits(task.settings)) {
      for (let b = 0; b < task.status.length; b++) inDoubles(b);
      return;
    }
    let device: Device;
    try {
      device = await this.opened();
    } catch (cause) {
      throw failed(cause);
    }
    for (const { from, to, tooLarge } of portions(task, kernel.size(task), device.bufferBytes)) {
      if (tooLarge) {
        inDoubles(from);
        continue;
      }
      let left: number[];
      try {
        left = await kernel.run(device, task, from, to);
      } catch (cause) {
        throw failed(cause);
      }
      done.fill(1, from, to);
      for (const b of left) done[b] = 0;
      this.counted.device += to - from - left.length;
      for (const b of left) inDoubles(b);
    }
  }

  /** The device, or a new one in the place of one that was lost. */
  private async opened(): Promise<Device> {
    if (this.device === null || this.device.lost) this.device = await Device.open(this.options);
    return this.device;
  }

  /** Ends the device. A task that runs fails with what it has completed. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.device?.close();
    await this.last;
  }
}

/**
 * A backend on the GPU of this browser or, with the package "webgpu" installed, of this machine.
 *
 * @throws BackendError if there is no WebGPU, no adapter or no device; RangeError if an option is out of range.
 */
export async function webgpuBackend(options: DeviceOptions = {}): Promise<WebgpuBackend> {
  try {
    return new WebgpuBackend(await Device.open(options), options);
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    throw new BackendError(messageOf(cause), [], { cause });
  }
}
