import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import { readClaims, type Writable, writeNpz } from "../../src/formats/index.js";
import { solvedScene } from "./claims-file.js";

const root = new URL("../../", import.meta.url);
const readme = readFileSync(new URL("README.md", root), "utf8");
const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The first code block of a language, after the two commands. */
const snippet = (language: string) =>
  new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? "";

it("README.md opens with the two commands and keeps its examples to about ten lines", () => {
  expect(readme).toMatch(
    /^# pnp-oracle\n\n```sh\nnpm ci && npm start.*\nnpm ci && npm test\n```\n/,
  );
  for (const language of ["js", "python"]) {
    const lines = snippet(language)
      .split("\n")
      .filter((line) => line.trim() !== "");
    expect(lines.length).toBeLessThanOrEqual(11);
  }
});

it("README.md links to files that exist", () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) expect(() => readFileSync(new URL(link, root)), link).not.toThrow();
});

it("the library example of README.md runs and prints a solved pose with its gradient", () => {
  const source = snippet("js").replaceAll(
    /"pnp-oracle\/(\w+)"/g,
    (_, name) => `"${new URL(`src/${name}/index.ts`, root)}"`,
  );
  const script = join(folder, "example.mts");
  writeFileSync(script, source);
  const printed = execFileSync(process.execPath, ["--import", import.meta.resolve("tsx"), script], {
    encoding: "utf8",
    cwd: fileURLToPath(root),
  });
  expect(printed).toMatch(/^ok Float64Array\(3\)/);
  expect(printed).toContain("Float64Array(12)");
  expect(printed).toContain("Float64Array(9)");
  expect(printed).not.toContain("NaN");
});

const upstream = [0.3, -1.1, 0.7, 0.2, -0.4, 0.9];
const scenes = [0, 1].map((index) => solvedScene(index, upstream));

/** One array of two problems. */
const stacked = (shape: readonly number[], lists: readonly unknown[]): Writable => ({
  shape: [2, ...shape],
  data: Float64Array.from(lists.flat(3) as number[]),
});
const arrays: Readonly<Record<string, Writable>> = {
  x3d: stacked(
    [8, 3],
    scenes.map(({ problem }) => problem.x3d),
  ),
  x2d: stacked(
    [8, 2],
    scenes.map(({ problem }) => problem.x2d),
  ),
  K: stacked(
    [3, 3],
    scenes.map(({ problem }) => problem.K),
  ),
  pose: stacked(
    [6],
    scenes.map(({ pose }) => pose),
  ),
  grad_pose: stacked([6], [upstream, upstream]),
  grad_x2d: stacked(
    [8, 2],
    scenes.map(({ grad_x2d }) => grad_x2d),
  ),
};

/** The verdict on layer.npz. */
async function verdict(bytes: Uint8Array): Promise<string> {
  const [claims] = readClaims(bytes, "layer.npz");
  const report = await audit([{ name: "layer.npz", claims }]);
  expect(report.files[0]).toMatchObject({ method: "bpnp", source: "my layer", dtype: "float32" });
  return report.files[0].claims[0].verdict;
}

it("the archive that the PyTorch example of README.md writes is audited", async () => {
  const [, meta] = /"meta": json\.dumps\((\{.*\})\)/.exec(snippet("python")) ?? [];
  const { grad_x2d, ...inputs } = arrays;
  const archive = writeNpz([
    ["meta", { shape: [], data: [meta] }],
    ...Object.entries(inputs).map(([name, array]) => [`input/${name}`, array] as const),
    ["claim/grad_x2d", grad_x2d],
  ]);
  expect(await verdict(archive)).toBe("correct");
});

/** What the snippet needs of torch, in numpy: tensors with a gradient, and a layer. */
const standIn = `
import numpy as np
data = np.load("data.npz")
class Tensor:
    def __init__(self, array): self.array = array
    def numpy(self): return self.array
    def detach(self): return self
    def backward(self, upstream): x2d.grad = Tensor(data["grad_x2d"])
x2d, x3d, K, grad_pose = (Tensor(data[name]) for name in ("x2d", "x3d", "K", "grad_pose"))
layer = lambda *inputs: Tensor(data["pose"])
`;
const numpy = spawnSync("python3", ["-c", "import numpy"]).status === 0;

it("the PyTorch example of README.md runs as printed where there is numpy", async () => {
  if (!numpy) {
    console.info("There is no python3 with numpy here: only the archive it writes was checked.");
    return;
  }
  writeFileSync(join(folder, "data.npz"), writeNpz(Object.entries(arrays)));
  writeFileSync(join(folder, "example.py"), standIn + snippet("python"));
  const run = spawnSync("python3", ["example.py"], { cwd: folder, encoding: "utf8" });
  expect(run.stderr).toBe("");
  expect(await verdict(readFileSync(join(folder, "layer.npz")))).toBe("correct");
});
