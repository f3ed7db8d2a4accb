import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import {
  AuditedBackend,
  type BackendChoice,
  BackendError,
  backend,
} from "../../src/backend/index.js";

const fastest = availableParallelism() > 1 ? "threads" : "inline";
const noAdapter = { gpu: { requestAdapter: async () => null } as unknown as GPU };

describe("backend", () => {
  it.each<[string, BackendChoice, string, string]>([
    ["nothing", {}, fastest, "float64"],
    ["float64", { precision: "float64" }, fastest, "float64"],
    ["one thread", { threads: { threads: 1 } }, "inline", "float64"],
    [
      "float32 where there is no GPU",
      { precision: "float32", webgpu: noAdapter },
      fastest,
      "float64",
    ],
    ["inline", { name: "inline" }, "inline", "float64"],
    [
      "threads, of which one will do",
      { name: "threads", threads: { threads: 1 } },
      "threads",
      "float64",
    ],
    ["process", { name: "process", process: { command: "true" } }, "process", "float64"],
  ])("asked for %s", async (_, choice, name, precision) => {
    const found = await backend(choice);
    expect([found.name, found.precision]).toEqual([name, precision]);
    await found.close();
  });

  it.each<[string, BackendChoice, boolean]>([
    ["a process", { name: "process", process: { command: "true" } }, true],
    ["this thread", { name: "inline" }, false],
    ["this thread and an audit", { name: "inline", audit: { oneIn: 5 } }, true],
  ])("asked for %s gives what checks its answers or not", async (_, choice, audited) => {
    const found = await backend(choice);
    expect(found instanceof AuditedBackend).toBe(audited);
    await found.close();
  });

  it("asked for a GPU by name says that there is none", async () => {
    await expect(backend({ name: "webgpu", webgpu: noAdapter })).rejects.toThrow(BackendError);
  });
});
