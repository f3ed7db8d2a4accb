import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import { readClaimsLines, writeClaimsJson } from "../../src/formats/index.js";
import { livePasses } from "../../src/live/index.js";
import { liveText } from "../../src/report/live.js";
import { heard, layer, zoo } from "./asked.js";

const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("liveAudit over seeds asks each question once a seed, and judges the mean of the answers", async () => {
  const asking = `tee '${join(folder, "asked")}' | ${zoo("noisy")}`;
  const { report } = await heard(asking, { seeds: 12, problems: 3 });
  expect([report.findings, report.failures, report.laws]).toEqual([[], [], []]);
  expect(livePasses(report)).toBe(true);
  expect([report.requests, report.answers, report.seeds]).toEqual([36, 36, 12]);
  const asked = readFileSync(join(folder, "asked"), "utf8").trim().split("\n");
  const requests = asked.map((line) => JSON.parse(line));
  expect(requests.map(({ seed }) => seed)).toEqual(requests.map((_, k) => k % 12));
  expect(new Set(requests.map(({ input }) => JSON.stringify(input))).size).toBe(3);
  expect(report.report.files).toHaveLength(3);
  for (const { claims } of report.report.files)
    expect(claims[0]).toMatchObject({ verdict: "correct", seeds: { count: 12 } });
  const text = liveText(report, { failures: [], findings: [] });
  expect(text).toMatch(/known to ± [\d.]+ %\s+but for one claim in 10000/);
  expect(text).toContain("from seed live, each with 12 seeds, 36 answers");
});

it("liveAudit over seeds names what is wrong with the mean, and keeps a line for each seed that is judged alike", async () => {
  const { report } = await heard(zoo("noisy-doubled"), { seeds: 12, problems: 2, shrink: 6 });
  expect(report.failures).toHaveLength(1);
  const [{ quantity, verdict, explanation, bySeed, shrunk }] = report.failures;
  expect([quantity, verdict, explanation, shrunk]).toEqual(["te", "wrong", "factor-2", true]);
  const lines = bySeed!.map((one) => writeClaimsJson(one).replaceAll("\n", "")).join("\n");
  const path = join(folder, "failing.ndjson");
  writeFileSync(path, lines);
  const read = readClaimsLines(readFileSync(path, "utf8"), path);
  const again = await audit(read.map((claims, k) => ({ name: `${k}`, claims })));
  expect(again.files).toHaveLength(1);
  expect(again.files[0].claims[0]).toMatchObject({ verdict: "wrong", explanation: "factor-2" });
});

it("liveAudit over seeds lets a command draw its own samples, and tells a right loss from one without its kernel", async () => {
  const options = { method: "epropnp-mc", seeds: 12, problems: 2, timeout: 60, shrink: 0 } as const;
  const [right, wrong] = await Promise.all([
    heard(layer(), { ...options, want: ["cost_target", "loss", "grad_x3d"] }),
    heard(layer("no-huber"), { ...options, problems: 1, want: ["loss"] }),
  ]);
  expect([right.report.findings, right.report.failures]).toEqual([[], []]);
  const [, { claims }] = right.report.report.files;
  expect(claims.map(({ quantity, verdict }) => [quantity, verdict])).toEqual([
    ["cost_target", "correct"],
    ["loss", "correct"],
    ["grad_x3d", "correct"],
  ]);
  expect(wrong.report.failures.map(({ explanation }) => explanation)).toEqual([
    "threshold-ignored",
  ]);
});

it("liveAudit over seeds refuses fewer than four, and what nobody can say of samples that it does not have", async () => {
  await expect(heard("true", { seeds: 3 })).rejects.toThrow(
    "seeds as a whole number from 4, got 3",
  );
  const samples = { method: "epropnp-mc", want: ["log_weights"], seeds: 8 } as const;
  await expect(heard("true", samples)).rejects.toThrow(/want for epropnp-mc .*loss.*log_weights/);
});
