/**
 * The GPU of this machine, opened once for all specs of a worker. Without one they are skipped with a message, but in CI
 * (CI=true), where they fail.
 */
import { it } from "vitest";
import { type WebgpuBackend, webgpuBackend } from "../../../src/backend/webgpu/backend.js";

async function opened(): Promise<WebgpuBackend | null> {
  try {
    return await webgpuBackend();
  } catch (error) {
    const loud = `No GPU for specs of the webgpu backend: they were NOT run. ${(error as Error).message}`;
    if (process.env.CI) throw new Error(loud);
    process.stderr.write(`\n${"!".repeat(loud.length)}\n${loud}\n${"!".repeat(loud.length)}\n`);
    return null;
  }
}

/** Null where there is none; specs run by `onGpu` have it. */
export const gpu = await opened();

/** `it` where there is a GPU. */
export const onGpu = it.runIf(gpu !== null);
