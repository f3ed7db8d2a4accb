/**
 * One submission: arrays in, dispatches one after the other, arrays out, read back at once.
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

export class Job {
  private readonly arrays: JobArray[] = [];
  private readonly wanted: JobArray[] = [];
  private readonly dispatches: Dispatch[] = [];

  /** Errors of everything from here to `run` are this job's. */
  constructor(private readonly device: Device) {
    if (device.lost) throw device.lost;
    device.gpu.pushErrorScope("out-of-memory");
    device.gpu.pushErrorScope("validation");
  }

  /** An array that shaders read. */
  input(values: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): JobArray {
    const array = this.scratch(values.length);
    if (values.length > 0) this.device.gpu.queue.writeBuffer(array.buffer, 0, values);
    return array;
  }

  /** Room for so many numbers of four bytes, for later dispatches of the same job. */
  scratch(length: number): JobArray {
    // No binding may be empty.
    const bytes = 4 * Math.max(length, 1);
    const array = { buffer: this.device.buffer(bytes, ON_DEVICE), bytes };
    this.arrays.push(array);
    return array;
  }

  /** Room for so many numbers that `run` brings back. */
  output(length: number): JobArray {
    const array = this.scratch(length);
    this.wanted.push(array);
    return array;
  }

  /** Runs `main` of a shader on so many workgroups, with arrays as bindings 0, 1, … of group 0. */
  dispatch(code: string, groups: number, arrays: readonly JobArray[]): void {
    if (groups > 0) this.dispatches.push({ code, groups, arrays });
  }

  /**
   * What the outputs hold in the end, in the order they were asked for.
   *
   * @throws GpuFailure if the device is lost, out of memory, refuses a command, or does not answer in time.
   */
  async run(): Promise<Float32Array<ArrayBuffer>[]> {
    const { device } = this;
    let staging: GPUBuffer | null = null;
    const scopes = { open: true };
    const errors = () => {
      scopes.open = false;
      return [device.gpu.popErrorScope(), device.gpu.popErrorScope()];
    };
    try {
      const bytes = this.wanted.reduce((sum, array) => sum + array.bytes, 0);
      const pipelines: GPUComputePipeline[] = [];
      for (const { code } of this.dispatches) pipelines.push(await device.pipeline(code));
      staging = device.buffer(bytes, usage.mapRead | usage.copyTarget);
      const encoder = device.gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      this.dispatches.forEach(({ groups, arrays }, i) => {
        pass.setPipeline(pipelines[i]);
        const entries = arrays.map(({ buffer, bytes: size }, binding) => ({
          binding,
          resource: { buffer, size },
        }));
        const layout = pipelines[i].getBindGroupLayout(0);
        pass.setBindGroup(0, device.gpu.createBindGroup({ layout, entries }));
        // Beyond one axis' limit workgroups fill a rectangle; shaders leave out what is too many.
        const across = Math.min(groups, GROUPS_ACROSS);
        pass.dispatchWorkgroups(across, Math.ceil(groups / across));
      });
      pass.end();
      let at = 0;
      for (const array of this.wanted) {
        encoder.copyBufferToBuffer(array.buffer, 0, staging, at, array.bytes);
        at += array.bytes;
      }
      device.gpu.queue.submit([encoder.finish()]);
      const refused = Promise.all(errors());
      const mapped = staging.mapAsync(READ, 0, bytes);
      // A refused submission leaves a map that is refused too: the scope says why.
      mapped.catch(() => {});
      const [validation, memory] = await device.waitFor("the queue", refused);
      if (memory) throw new GpuFailure(`webgpu: out of memory: ${memory.message}`);
      if (validation) throw new GpuFailure(`webgpu: invalid command: ${validation.message}`);
      await device.waitFor("the answer", mapped);
      const range = staging.getMappedRange(0, bytes);
      let from = 0;
      const found = this.wanted.map((array) => {
        const copy = range.slice(from, from + array.bytes);
        from += array.bytes;
        return new Float32Array(copy);
      });
      staging.unmap();
      for (const { buffer } of this.arrays) device.release(buffer);
      device.release(staging);
      return found;
    } catch (cause) {
      if (scopes.open) for (const error of errors()) error.catch(() => {});
      // Whatever still uses them: buffers of a job that failed are nobody's.
      for (const { buffer } of this.arrays) buffer.destroy();
      staging?.destroy();
      throw cause instanceof GpuFailure
        ? cause
        : new GpuFailure(`webgpu: ${messageOf(cause)}`, { cause });
    }
  }
}
