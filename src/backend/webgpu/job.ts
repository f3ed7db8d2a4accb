/**
 * Work on a device for one portion of a batch: arrays in, dispatches, arrays out, with buffers that go back to the pool in
 * the end. Dispatches between two reads are one command buffer and one submission.
 */
import { type Device, GpuFailure, GROUPS_ACROSS, messageOf, READ, usage } from "./device.js";

/** An array on the device for the length of a job. */
export interface JobArray {
  readonly buffer: GPUBuffer;
  readonly bytes: number;
}

interface Dispatch {
  readonly code: string;
  readonly groups: number;
  readonly arrays: readonly JobArray[];
}

const ON_DEVICE = usage.storage | usage.copySource | usage.copyTarget;

/**
 * What `body` comes to, given a job of its own.
 *
 * @throws GpuFailure if the device is lost, out of memory, refuses a command, or does not answer in time.
 */
export async function inJob<T>(device: Device, body: (job: Job) => Promise<T>): Promise<T> {
  if (device.lost) throw device.lost;
  const { gpu } = device;
  gpu.pushErrorScope("out-of-memory");
  gpu.pushErrorScope("validation");
  const job = new Job(device);
  try {
    const result = await body(job);
    job.end(true);
    return result;
  } catch (cause) {
    job.end(false);
    // What a job waits for in vain may have been refused: the scope knows why.
    throw (await job.refusal().catch(() => null)) ?? failureOf(cause);
  } finally {
    job.closeScopes();
  }
}

const failureOf = (cause: unknown): unknown =>
  cause instanceof GpuFailure || cause instanceof RangeError
    ? cause
    : new GpuFailure(`webgpu: ${messageOf(cause)}`, { cause });

export class Job {
  private readonly arrays: JobArray[] = [];
  private readonly stagings: GPUBuffer[] = [];
  private dispatches: Dispatch[] = [];
  private scopesOpen = true;

  constructor(private readonly device: Device) {}

  /** An array that shaders read. */
  input(values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): JobArray {
    const array = this.room(values.length);
    if (values.length > 0) this.device.gpu.queue.writeBuffer(array.buffer, 0, values);
    return array;
  }

  /** Room for so many numbers of four bytes. */
  room(length: number): JobArray {
    // No binding may be empty.
    const bytes = 4 * Math.max(length, 1);
    const array = { buffer: this.device.buffer(bytes, ON_DEVICE), bytes };
    this.arrays.push(array);
    return array;
  }

  /** Runs `main` of a shader on so many workgroups, with arrays as bindings 0, 1, … of group 0. */
  dispatch(code: string, groups: number, arrays: readonly JobArray[]): void {
    if (groups > 0) this.dispatches.push({ code, groups, arrays });
  }

  /** What arrays hold after all that was dispatched: one submission, one answer. */
  async read(...wanted: readonly JobArray[]): Promise<Float32Array<ArrayBuffer>[]> {
    const { device } = this;
    const bytes = wanted.reduce((sum, array) => sum + array.bytes, 0);
    const pipelines: GPUComputePipeline[] = [];
    for (const { code } of this.dispatches) pipelines.push(await device.pipeline(code));
    const staging = device.staging(bytes);
    this.stagings.push(staging);
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.dispatches.forEach(({ groups, arrays }, i) => {
      const layout = pipelines[i].getBindGroupLayout(0);
      const entries = arrays.map(({ buffer, bytes: size }, binding) => ({
        binding,
        resource: { buffer, size },
      }));
      pass.setPipeline(pipelines[i]);
      pass.setBindGroup(0, device.gpu.createBindGroup({ layout, entries }));
      // Beyond one axis' limit workgroups fill a rectangle; shaders leave out what is too many.
      const across = Math.min(groups, GROUPS_ACROSS);
      pass.dispatchWorkgroups(across, Math.ceil(groups / across));
    });
    pass.end();
    this.dispatches = [];
    let at = 0;
    for (const array of wanted) {
      encoder.copyBufferToBuffer(array.buffer, 0, staging, at, array.bytes);
      at += array.bytes;
    }
    device.gpu.queue.submit([encoder.finish()]);
    await device.waitFor("the answer", staging.mapAsync(READ, 0, bytes));
    const range = staging.getMappedRange(0, bytes);
    let from = 0;
    const found = wanted.map((array) => {
      const copy = range.slice(from, from + array.bytes);
      from += array.bytes;
      return new Float32Array(copy);
    });
    staging.unmap();
    const refusal = await this.refusal();
    if (refusal) throw refusal;
    return found;
  }

  /** Why the device refused something since the job began, or null. Scopes are open again afterwards. */
  async refusal(): Promise<GpuFailure | null> {
    if (!this.scopesOpen || this.device.lost) return this.device.lost;
    const { gpu } = this.device;
    const popped = [gpu.popErrorScope(), gpu.popErrorScope()];
    gpu.pushErrorScope("out-of-memory");
    gpu.pushErrorScope("validation");
    const [validation, memory] = await this.device.waitFor("the queue", Promise.all(popped));
    if (memory) return new GpuFailure(`webgpu: out of memory: ${memory.message}`);
    return validation && new GpuFailure(`webgpu: invalid command: ${validation.message}`);
  }

  /** Leaves the device's error scopes as they were found. */
  closeScopes(): void {
    if (!this.scopesOpen || this.device.lost) return;
    this.scopesOpen = false;
    for (let k = 0; k < 2; k++) this.device.gpu.popErrorScope().catch(() => {});
  }

  /** Gives buffers back, or destroys those of a job that failed, since something may still use them. */
  end(well: boolean): void {
    for (const buffer of [...this.arrays.map((array) => array.buffer), ...this.stagings])
      if (well) this.device.release(buffer);
      else buffer.destroy();
  }
}
