/** Backends by name, or by what there is. What needs Node, or a GPU, is loaded only when it is asked for. */
import { AuditedBackend, type AuditOptions } from "./audited.js";
import { InlineBackend } from "./inline.js";
import type { ProcessOptions } from "./process.js";
import { type Backend, BackendError } from "./task.js";
import type { ThreadsOptions } from "./threads/threads.js";
import type { DeviceOptions } from "./webgpu/device.js";

export const backendNames = ["inline", "threads", "webgpu", "process"] as const;
export type BackendName = (typeof backendNames)[number];

export interface BackendChoice {
  /** Which backend. Default: the fastest here that is precise enough and needs no command. */
  readonly name?: BackendName;
  /**
   * Precision that will do, where no name is given: with "float32" a GPU is taken if there is one, other than one that
   * a driver imitates. Default: "float64", so that no answer depends on where it is computed.
   */
  readonly precision?: "float64" | "float32";
  readonly threads?: ThreadsOptions;
  readonly webgpu?: DeviceOptions;
  /** The command of "process", which has no default. */
  readonly process?: ProcessOptions;
  /**
   * Which of its answers are checked against the oracle. Default: one in 1000 of a GPU and of a process, and none of
   * the others, which run the oracle itself.
   */
  readonly audit?: AuditOptions;
}

/** Drivers that compute on the processor, in its one thread or few: not what a GPU is asked for. */
const imitation = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

const inNode = typeof process === "object" && typeof process.versions?.node === "string";

/**
 * A backend, which checks some of its own answers (audited.ts). It holds threads, a device or a process until it is closed.
 *
 *     const threads = await backend();
 *     const { pose, status } = await solvedPoses(threads, problems);
 *     await threads.close();
 *
 * @throws RangeError if a name or an option is out of range; BackendError if the backend named is not to be had.
 */
export async function backend(choice: BackendChoice = {}): Promise<Backend> {
  const { name, precision = "float64" } = choice;
  if (precision !== "float64" && precision !== "float32")
    throw new RangeError(`backend: expected precision of float64, float32, got ${precision}`);
  if (name !== undefined && !backendNames.includes(name))
    throw new RangeError(`backend: expected name of ${backendNames.join(", ")}, got ${name}`);
  const found = name === undefined ? await chosen(choice, precision) : await named(choice, name);
  const checksItself = found.name === "webgpu" || found.name === "process";
  return checksItself || choice.audit ? new AuditedBackend(found, choice.audit) : found;
}

async function named(choice: BackendChoice, name: BackendName): Promise<Backend> {
  if (name === "inline") return new InlineBackend();
  if (name === "webgpu") return gpu(choice);
  if (!inNode) throw new BackendError(`backend: expected Node for ${name}, got a browser`, []);
  if (name === "threads") return threads(choice);
  if (choice.process === undefined)
    throw new RangeError("backend: expected process, with its command, got none");
  const { ProcessBackend } = await import("./process.js");
  return new ProcessBackend(choice.process);
}

async function chosen(choice: BackendChoice, precision: "float64" | "float32"): Promise<Backend> {
  if (precision === "float32") {
    const found = await gpu(choice).catch((error) => {
      if (error instanceof BackendError) return null;
      throw error;
    });
    if (found && !imitation.test(found.adapter)) return found;
    await found?.close();
  }
  if (!inNode) return new InlineBackend();
  const several = await threads(choice);
  return several.threads > 1 ? several : new InlineBackend();
}

async function gpu({ webgpu }: BackendChoice) {
  const { webgpuBackend } = await import("./webgpu/backend.js");
  return webgpuBackend(webgpu);
}

async function threads(choice: BackendChoice) {
  const { ThreadsBackend } = await import("./threads/threads.js");
  return new ThreadsBackend(choice.threads);
}
