import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CommandError } from "../../src/cli/failure.js";
import { type StudyCommandOptions, studyCommand } from "../../src/cli/study-command.js";
import { studies } from "../../src/study/index.js";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pnp-oracle-study-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(name: string | undefined, options: StudyCommandOptions = {}) {
  let text = "";
  const sink = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  }) as unknown as typeof process.stdout & typeof process.stderr;
  const surroundings = { stdout: sink, stderr: sink };
  const code = await studyCommand(name, { out: folder, ...options }, surroundings);
  return { code, text };
}
const read = (name: string) => readFileSync(join(folder, name), "utf8");

it("pnp-oracle study lists every study with its question and exits 0", async () => {
  const { code, text } = await run(undefined);
  expect(code).toBe(0);
  for (const { name, sentence } of studies)
    expect(text).toMatch(new RegExp(`^ {2}${name} +${sentence.slice(0, 20)}`, "m"));
  expect(readdirSync(folder)).toEqual([]);
});

it("pnp-oracle study NAME suggests the nearest study, and names a folder it cannot make", async () => {
  await expect(run("averageing-toy")).rejects.toThrow("did you mean averaging-toy?");
  await expect(run("zzz")).rejects.toThrow("known: averaging-toy");
  writeFileSync(join(folder, "file"), "");
  const out = join(folder, "file", "below");
  await expect(run("averaging-toy", { out })).rejects.toThrow(CommandError);
  await expect(run("averaging-toy", { out })).rejects.toThrow("--out FOLDER");
});

it("pnp-oracle study NAME --quick writes numbers, a page and pictures, and prints the same numbers", async () => {
  const { code, text } = await run("averaging-toy", { quick: true, seed: "spec" });
  expect(code).toBe(0);
  const report = JSON.parse(read("averaging-toy-quick.json"));
  expect(report).toMatchObject({
    ...{ schema: "pnp-oracle/study@1", study: "averaging-toy", seed: "spec", complete: true },
    settings: { repetitions: 3, pairs: 2000 },
  });
  expect(report.version).toMatch(/^\d+\.\d+\.\d+/);
  const { mean, error } = report.cells[0].measures.correctness[0];
  const shown = `${mean.toFixed(3)} ± ${error.toFixed(3)}`;
  expect(text).toContain(shown);
  const page = read("averaging-toy-quick.html");
  expect(page).toContain(shown);
  expect(page).toMatch(/^<!doctype html>[\s\S]*<svg /);
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  const picture = read("averaging-toy-quick-correctness.svg");
  expect(picture).toMatch(/^<svg [^>]*>\s*<rect [^>]*fill="#ffffff"/);
  expect(picture).not.toContain("var(");
  // Run again, everything is taken up and the numbers are the same.
  const again = await run("averaging-toy", { quick: true, seed: "spec", quiet: true });
  expect(again.text).not.toContain("±");
  expect(JSON.parse(read("averaging-toy-quick.json"))).toEqual({ ...report, reused: 9 });
});

/** Starts the command in a process of its own; `sent` once its results file holds a line. */
function killed(signal: NodeJS.Signals) {
  const args = ["--import", import.meta.resolve("tsx"), main];
  const child = spawn(process.execPath, [...args, "study", "averaging-toy", "--out", folder]);
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const file = join(folder, "averaging-toy.results.ndjson");
  const watch = setInterval(() => {
    if (!existsSync(file) || !readFileSync(file, "utf8").includes("\n")) return;
    clearInterval(watch);
    child.kill(signal);
  }, 1);
  return new Promise<{ code: number | null; by: string | null; stderr: string }>((resolve) =>
    child.on("close", (code, by) => {
      clearInterval(watch);
      resolve({ code, by, stderr });
    }),
  );
}

it.each([
  ["SIGKILL", null, "SIGKILL"],
  ["SIGINT", 130, null],
  ["SIGTERM", 143, null],
] as const)(
  "pnp-oracle study goes on after %s with what was finished, to the same numbers",
  async (signal, exit, by) => {
    const stopped = await killed(signal);
    expect([stopped.code, stopped.by]).toEqual([exit, by]);
    if (exit !== null) expect(stopped.stderr).toContain("the same command goes on from");
    expect(existsSync(join(folder, "averaging-toy.json"))).toBe(false);
    const kept = read("averaging-toy.results.ndjson").split("\n").length - 1;
    expect(kept).toBeGreaterThanOrEqual(1);
    await run("averaging-toy", { quiet: true });
    const resumed = JSON.parse(read("averaging-toy.json"));
    expect(resumed.complete).toBe(true);
    // Every whole line; one that the kill tore is measured again.
    expect(resumed.reused).toBe(kept);
    expect(resumed.reused).toBeLessThan(60);
    const out = join(folder, "whole");
    await run("averaging-toy", { out, quiet: true });
    const whole = JSON.parse(readFileSync(join(out, "averaging-toy.json"), "utf8"));
    expect(resumed.cells).toEqual(whole.cells);
  },
);
