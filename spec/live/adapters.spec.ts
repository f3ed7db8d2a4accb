import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { livePasses } from "../../src/live/index.js";
import { heard, layer } from "./asked.js";

const adapters = fileURLToPath(new URL("../../docs/adapters/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
afterAll(() => rmSync(folder, { recursive: true }));

const runs = (command: string, ...args: string[]) =>
  spawnSync(command, args, { stdio: "ignore", env }).status === 0;
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
const python = runs("python3", "--version");
const numpy = python && runs("python3", "-c", "import numpy");
const compiler = runs("g++", "--version");

/** What could not be tried here is said aloud: a green line alone would claim that it was. */
function unlessMissing(there: boolean, what: string, adapter: string): boolean {
  if (!there) console.warn(`NOT RUN: docs/adapters/${adapter}, since there is no ${what} here.`);
  return there;
}

it("the layer in TypeScript passes a live audit of every quantity of pnp, epropnp-cost, -mc, -reg and lc", async () => {
  const methods = ["pnp", "epropnp-cost", "epropnp-mc", "epropnp-reg", "lc"];
  const reports = await Promise.all(
    methods.map((method) =>
      heard(layer(), {
        method,
        want: undefined,
        problems: 1,
        lawProblems: 1,
        timeout: 60,
        ahead: 2,
      }),
    ),
  );
  for (const { report } of reports)
    expect([report.findings, report.failures, livePasses(report)]).toEqual([[], [], true]);
  const judged = reports.flatMap(({ report }) =>
    report.report.files.flatMap(({ claims }) => claims),
  );
  const quantities = new Set(judged.map(({ quantity }) => quantity));
  for (const name of ["pose_cov", "residual", "jacobian"]) expect(quantities).toContain(name);
});

it("numpy_layer.py, where there is numpy, passes a live audit in all eight quantities", async () => {
  if (!unlessMissing(numpy, "Python with numpy", "numpy_layer.py")) return;
  const command = `PYTHONDONTWRITEBYTECODE=1 python3 '${adapters}numpy_layer.py'`;
  const options = {
    method: "bpnp",
    want: undefined,
    convention: { chart: "LEFT" },
    timeout: 60,
    lawProblems: 1,
  } as const;
  const right = await heard(command, { ...options, problems: 1 });
  expect([right.report.findings, right.report.failures]).toEqual([[], []]);
  expect(livePasses(right.report)).toBe(true);
  const wrong = await heard(`${command} --plant-sign`, {
    ...options,
    want: ["grad_K"],
    problems: 1,
  });
  expect(wrong.report.failures.map(({ explanation }) => explanation)).toEqual(["sign-flipped"]);
});

it("every adapter in Python, where there is Python, compiles", () => {
  if (!unlessMissing(python, "Python", "*.py")) return;
  const compile = "import sys; [compile(open(f).read(), f, 'exec') for f in sys.argv[1:]]";
  for (const name of ["protocol", "numpy_layer", "torch_layer", "jax_layer"])
    expect(runs("python3", "-c", compile, `${adapters}${name}.py`), name).toBe(true);
});

it("layer.cpp, where there is g++, compiles without a warning and passes a live audit", async () => {
  if (!unlessMissing(compiler, "g++", "layer.cpp")) return;
  const program = join(folder, "layer");
  const flags = ["-std=c++17", "-Wall", "-Wextra", "-Werror"];
  expect(runs("g++", ...flags, `${adapters}layer.cpp`, "-o", program)).toBe(true);
  const { report } = await heard(`'${program}'`, { want: ["te", "add"], problems: 12 });
  expect([report.findings, report.failures, livePasses(report)]).toEqual([[], [], true]);
});
