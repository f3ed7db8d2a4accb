import { expect, vi } from "vitest";
import { BackendError, type Task } from "../../../src/backend/task.js";
import { webgpuBackend } from "../../../src/backend/webgpu/backend.js";
import { answered, posePairs } from "../pose-pairs.js";
import { gpu, onGpu } from "./gpu.js";

interface Watched {
  readonly gpu: GPU;
  /** Devices given out, the latest last, and what they were asked with. */
  readonly devices: GPUDevice[];
  readonly descriptors: (GPUDeviceDescriptor | undefined)[];
}

/** The GPU of this machine, its devices in reach of a spec that breaks them. */
async function watched(): Promise<Watched> {
  const { create } = await import("webgpu");
  const real: GPU = create([]);
  const devices: GPUDevice[] = [];
  const descriptors: (GPUDeviceDescriptor | undefined)[] = [];
  const requestAdapter = async (options?: GPURequestAdapterOptions) => {
    const adapter = (await real.requestAdapter(options))!;
    const requestDevice = async (descriptor?: GPUDeviceDescriptor) => {
      descriptors.push(descriptor);
      const device = await adapter.requestDevice(descriptor);
      devices.push(device);
      return device;
    };
    return { info: adapter.info, requestDevice } as GPUAdapter;
  };
  return { gpu: { requestAdapter } as GPU, devices, descriptors };
}

/** The error that a run ends with. */
async function failure(run: Promise<unknown>): Promise<BackendError> {
  const error = await run.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(BackendError);
  return error as BackendError;
}

const close = (found: Task, truth: Task) =>
  found.output.add.every(
    (add, b) => Math.abs(add - truth.output.add[b]) <= 1e-4 * truth.output.add[b],
  );

onGpu("a device asks for default limits only", async () => {
  const { gpu: own, devices, descriptors } = await watched();
  const backend = await webgpuBackend({ gpu: own });
  expect(descriptors).toEqual([undefined]);
  expect(devices[0].limits.maxStorageBufferBindingSize).toBe(128 * 2 ** 20);
  expect(devices[0].limits.maxStorageBuffersPerShaderStage).toBe(8);
  await backend.close();
});

onGpu("run fails when the device is lost, names what was completed, and begins anew", async () => {
  const { gpu: own, devices } = await watched();
  // Two problems a portion: the buffer of their motions holds no more.
  const backend = await webgpuBackend({ gpu: own, bufferBytes: 1024 });
  const [device] = devices;
  const encoder = device.createCommandEncoder.bind(device);
  let submissions = 0;
  device.createCommandEncoder = () => {
    if (++submissions === 3) device.destroy();
    return encoder();
  };
  const task = posePairs(100);
  const { message, completed } = await failure(backend.run(task));
  expect(message).toMatch(/lost \(destroyed\)/);
  const done = completed.filter(Boolean).length;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(100);
  const truth = answered(posePairs(100));
  completed.forEach((is, b) => {
    if (is) expect(Math.abs(task.output.add[b] / truth.output.add[b] - 1)).toBeLessThan(1e-4);
  });
  const again = posePairs(100);
  await backend.run(again);
  expect(close(again, truth)).toBe(true);
  expect(devices.length).toBe(2);
  await backend.close();
});

onGpu("run fails when an answer never comes", async () => {
  const { gpu: own, devices } = await watched();
  const backend = await webgpuBackend({ gpu: own, timeout: 50_000 });
  const [device] = devices;
  const make = device.createBuffer.bind(device);
  const asked = new Promise<void>((resolve) => {
    device.createBuffer = (descriptor) => {
      const buffer = make(descriptor);
      buffer.mapAsync = () => {
        resolve();
        return new Promise(() => {});
      };
      return buffer;
    };
  });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const failed = failure(backend.run(posePairs(5)));
    await asked;
    await vi.advanceTimersByTimeAsync(50_001);
    const { message, completed } = await failed;
    expect(message).toMatch(/waited 50000 ms for the answer/);
    expect(completed).toEqual([false, false, false, false, false]);
  } finally {
    vi.useRealTimers();
    await backend.close();
  }
});

onGpu("run fails when memory runs out, or a command is refused", async () => {
  for (const [place, pattern] of [
    [1, /out of memory: no room/],
    [0, /invalid command: no room/],
  ] as const) {
    const { gpu: own, devices } = await watched();
    const backend = await webgpuBackend({ gpu: own });
    let popped = 0;
    devices[0].popErrorScope = async () =>
      popped++ % 2 === place ? ({ message: "no room" } as GPUError) : null;
    const { message } = await failure(backend.run(posePairs(5)));
    expect(message).toMatch(pattern);
    await backend.close();
  }
});

onGpu("run fails with the driver's words when a buffer is not what a shader needs", async () => {
  const { gpu: own, devices } = await watched();
  const backend = await webgpuBackend({ gpu: own });
  const [device] = devices;
  const make = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => make({ ...descriptor, usage: descriptor.usage & ~0x80 });
  expect((await failure(backend.run(posePairs(5)))).message).toMatch(
    /invalid command: .*[Ss]torage/,
  );
  await backend.close();
});

onGpu("run fails after close, and when close comes first", async () => {
  const backend = await webgpuBackend({ gpu: (await watched()).gpu });
  await backend.close();
  await expect(backend.run(posePairs(5))).rejects.toThrow(/open backend/);
});

onGpu(
  "webgpuBackend fails without an adapter, without a device, and for options out of range",
  async () => {
    const none = { requestAdapter: async () => null } as unknown as GPU;
    expect((await failure(webgpuBackend({ gpu: none }))).message).toMatch(/no adapter/);
    const info = { description: "", vendor: "", architecture: "" };
    const requestDevice = async () => {
      throw new Error("driver too old");
    };
    const old = { requestAdapter: async () => ({ info, requestDevice }) } as unknown as GPU;
    expect((await failure(webgpuBackend({ gpu: old }))).message).toMatch(
      /no device: driver too old/,
    );
    await expect(webgpuBackend({ timeout: 0 })).rejects.toThrow(RangeError);
    await expect(webgpuBackend({ bufferBytes: 8 })).rejects.toThrow(RangeError);
  },
);

onGpu("tasks that are started together run one after the other", async () => {
  const tasks = [posePairs(30), posePairs(7), posePairs(0)];
  await Promise.all(tasks.map((task) => gpu!.run(task)));
  for (const task of tasks) expect(close(task, answered(task))).toBe(true);
});
