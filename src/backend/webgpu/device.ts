/// <reference types="@webgpu/types" />
/**
 * A GPU device through the standard WebGPU API, the same in a browser and in Node, and the ways it fails.
 *
 * Buffers are kept by size and lent to one job after the other; shaders are compiled once. Whatever goes
 * wrong comes out as a GpuFailure that names its cause: nothing waits for longer than `timeout`.
 */

/** What a GPU did not do, and why. */
export class GpuFailure extends Error {
  override readonly name = "GpuFailure";
}

export interface DeviceOptions {
  /** Where adapters come from. Default: `navigator.gpu`, else the package "webgpu" (Dawn), if it is installed. */
  readonly gpu?: GPU;
  /** Which of several adapters is asked for. Default: "high-performance". */
  readonly powerPreference?: GPUPowerPreference;
  /** Longest wait for one submission [ms]. Default: 60 000. */
  readonly timeout?: number;
  /**
   * Most bytes of one buffer: smaller than the device's own limit where memory is short. Default: that limit, which is
   * 128 MiB unless the device was made with more.
   */
  readonly bufferBytes?: number;
}

/** Bits of GPUBufferUsage and GPUMapMode: Node has no such globals. */
export const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, storage: 0x80 } as const;
export const READ = 1;

/** Most workgroups along one axis that every device offers. */
export const GROUPS_ACROSS = 65535;

/** One device with its pipelines and its pool of buffers. */
export class Device {
  private readonly pipelines = new Map<string, Promise<GPUComputePipeline>>();
  private readonly pool = new Map<string, GPUBuffer[]>();
  /** Why the device is gone; null while it is there. */
  lost: GpuFailure | null = null;
  private readonly gone: Promise<never>;

  private constructor(
    readonly gpu: GPUDevice,
    /** Name of the adapter, as its driver tells it. */
    readonly adapter: string,
    readonly bufferBytes: number,
    readonly timeout: number,
    // Held so that Dawn's instance outlives its device.
    readonly instance: GPU,
  ) {
    this.gone = new Promise((_, reject) => {
      gpu.lost.then(({ reason, message }) => {
        this.lost = new GpuFailure(
          `webgpu: the device was lost (${reason}): ${message || "no reason given"}`,
        );
        reject(this.lost);
      });
    });
    // Nobody may be waiting when the device goes.
    this.gone.catch(() => {});
  }

  /** A device with the default limits. @throws GpuFailure if there is no WebGPU, no adapter, or no device. */
  static async open(options: DeviceOptions = {}): Promise<Device> {
    const { powerPreference = "high-performance", timeout = 60_000 } = options;
    if (!(timeout > 0)) throw new RangeError(`webgpu: expected timeout > 0, got ${timeout}`);
    if (options.bufferBytes !== undefined && !(options.bufferBytes >= 1024))
      throw new RangeError(`webgpu: expected bufferBytes >= 1024, got ${options.bufferBytes}`);
    const instance = options.gpu ?? (await foundGpu());
    const adapter = await within(
      timeout,
      "the adapter",
      instance.requestAdapter({ powerPreference }),
    );
    if (!adapter)
      throw new GpuFailure("webgpu: no adapter: no driver offers a GPU to this process");
    let gpu: GPUDevice;
    try {
      gpu = await within(timeout, "the device", adapter.requestDevice());
    } catch (cause) {
      throw new GpuFailure(`webgpu: no device: ${messageOf(cause)}`, { cause });
    }
    const { description, vendor, architecture } = adapter.info;
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.limits;
    const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    return new Device(
      gpu,
      description || `${vendor} ${architecture}`.trim() || "unnamed adapter",
      Math.min(most, options.bufferBytes ?? most),
      timeout,
      instance,
    );
  }

  /** The pipeline of a shader's entry `main`, compiled at its first use. */
  pipeline(code: string): Promise<GPUComputePipeline> {
    let made = this.pipelines.get(code);
    if (!made) {
      made = this.compiled(code);
      this.pipelines.set(code, made);
    }
    return made;
  }

  private async compiled(code: string): Promise<GPUComputePipeline> {
    const module = this.gpu.createShaderModule({ code });
    try {
      return await this.waitFor(
        "a shader",
        this.gpu.createComputePipelineAsync({
          layout: "auto",
          compute: { module, entryPoint: "main" },
        }),
      );
    } catch (cause) {
      if (cause instanceof GpuFailure) throw cause;
      const { messages } = await this.waitFor("the compiler", module.getCompilationInfo());
      const said = messages.map(
        ({ lineNum, linePos, message }) => `${lineNum}:${linePos} ${message}`,
      );
      throw new GpuFailure(
        `webgpu: a shader did not compile: ${[messageOf(cause), ...said].join("; ")}`,
        { cause },
      );
    }
  }

  /** A buffer of at least so many bytes, to be given back by `release`. @throws GpuFailure beyond `bufferBytes`. */
  buffer(bytes: number, uses: number): GPUBuffer {
    if (bytes > this.bufferBytes)
      throw new GpuFailure(
        `webgpu: expected buffers of at most ${this.bufferBytes} bytes, got ${bytes}`,
      );
    return this.pooled(bytes, uses);
  }

  /** A buffer that so many bytes come back in. */
  staging(bytes: number): GPUBuffer {
    return this.pooled(bytes, usage.mapRead | usage.copyTarget);
  }

  private pooled(bytes: number, uses: number): GPUBuffer {
    const size = roomFor(bytes);
    const free = this.pool.get(`${uses}/${size}`)?.pop();
    return free ?? this.gpu.createBuffer({ size, usage: uses });
  }

  release(buffer: GPUBuffer): void {
    const key = `${buffer.usage}/${buffer.size}`;
    const free = this.pool.get(key);
    if (free) free.push(buffer);
    else this.pool.set(key, [buffer]);
  }

  /** What a promise of the device comes to. @throws GpuFailure when the device goes first, or time runs out. */
  waitFor<T>(what: string, promise: Promise<T>): Promise<T> {
    return within(this.timeout, what, Promise.race([promise, this.gone]));
  }

  /** Ends the device; whoever waits for it hears of it. */
  close(): void {
    this.pool.clear();
    this.pipelines.clear();
    this.gpu.destroy();
  }
}

/** Powers of two: jobs of similar size share their buffers. */
const roomFor = (bytes: number): number => 2 ** Math.ceil(Math.log2(Math.max(bytes, 256)));

export const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

/** What a promise comes to within so many milliseconds. @throws GpuFailure if it does not. */
async function within<T>(timeout: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new GpuFailure(`webgpu: waited ${timeout} ms for ${what} in vain`)),
      timeout,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function foundGpu(): Promise<GPU> {
  const own = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (own) return own;
  let dawn: { create(flags: string[]): GPU };
  try {
    // A name that a bundler for browsers leaves alone.
    const name = "webgpu";
    dawn = await import(/* @vite-ignore */ name);
  } catch (cause) {
    throw new GpuFailure(
      'webgpu: no WebGPU here: expected navigator.gpu, or the package "webgpu" (npm install webgpu)',
      { cause },
    );
  }
  return dawn.create([]);
}
