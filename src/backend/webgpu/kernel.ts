/** How an operation runs on a device. */
import type { Settings, Task } from "../task.js";
import type { Device } from "./device.js";
import type { Size } from "./portions.js";

export interface Kernel {
  /** Whether settings are those that the shaders are written for; the others stay in float64. */
  suits(settings: Settings): boolean;
  readonly size: (task: Task) => Size;
  /**
   * Writes outputs and status of problems from … to − 1, but for those that it returns: single precision
   * cannot settle them, and the oracle's own code finishes them.
   *
   * @throws GpuFailure if the device fails.
   */
  readonly run: (device: Device, task: Task, from: number, to: number) => Promise<number[]>;
}
