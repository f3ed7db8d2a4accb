import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { bopReport } from "../../src/evaluate/bop.js";
import { compatibilityNames, layoutNames } from "../../src/evaluate/index.js";
import { recallFigure } from "../../src/report/score-page.js";
import { scoreText } from "../../src/report/score-text.js";
import { standaloneSvg } from "../../src/report/study-figure.js";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/evaluate.md", root), "utf8");
const folder = fileURLToPath(new URL("fixtures/mini-dataset", root));
const report = await bopReport(folder, join(folder, "perturbed_mini-dataset-test.csv"));

it("docs/evaluate.md shows what the command prints, and every layout and switch there is", () => {
  const [, block] = /```\n(\d+ targets[\s\S]*?)```/.exec(page) ?? [];
  expect(scoreText(report)).toContain(block);
  for (const name of [...layoutNames, ...compatibilityNames])
    expect(page, name).toContain(`\`${name}\``);
});

it("docs/evaluate-recall.svg is the curve of those results", () =>
  expect(readFileSync(new URL("docs/evaluate-recall.svg", root), "utf8")).toBe(
    standaloneSvg(recallFigure(report.figures[0])),
  ));

it("the example of docs/evaluate.md runs and prints what the page says", () => {
  const [, source] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const place = mkdtempSync(join(tmpdir(), "pnp-oracle-page-"));
  try {
    const script = join(place, "example.mts");
    const index = new URL("src/evaluate/index.ts", root).href;
    writeFileSync(script, source.replace('"pnp-oracle/evaluate"', `"${index}"`));
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), script],
      { encoding: "utf8", cwd: fileURLToPath(root) },
    );
    const [, promised] = /\/\/ → (.*)$/m.exec(page) ?? [];
    expect(stdout.trim(), stderr).toBe(promised);
  } finally {
    rmSync(place, { recursive: true });
  }
});
