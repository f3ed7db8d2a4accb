import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { parsedXml } from "../report/strict-xml.js";
import { left, zoo } from "./asked.js";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs pnp-oracle audit in a folder of the specs' own; `interrupt` sends Ctrl-C once the command is there. */
function cli(
  args: string[],
  interrupt = false,
): Promise<{ code: number; out: string; err: string }> {
  const node = ["--import", import.meta.resolve("tsx"), main, "audit", ...args];
  const child = spawn(process.execPath, node, { cwd: folder });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    err += text;
    if (interrupt && /process \d+\n/.test(err)) interrupt = !child.kill("SIGINT");
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code: code ?? -1, out, err }));
  });
}
const asking = (fault: string) => ["--exec", zoo(fault), "--method", "metrics", "--want", "te"];

it("pnp-oracle audit --exec prints and keeps the smallest failing problem, which audit FILE judges alike", async () => {
  const found = await cli([...asking("from-six"), "--problems", "4", "--no-html"]);
  expect(found.code).toBe(1);
  expect(found.out).toMatch(/✗ te is wrong/);
  expect(found.out).toContain("Replay it with pnp-oracle audit failing.json");
  expect(found.out).toMatch(/points = \[\[(\[[^\]]*\](, )?){6}\]\]/);
  expect(found.out).toMatch(/The command does not pass: .*1 cause of wrong numbers\.\n$/);
  const again = await cli(["failing.json", "--json"]);
  expect(again.code).toBe(1);
  expect(JSON.parse(again.out).files[0].claims[0]).toMatchObject({
    quantity: "te",
    verdict: "wrong",
  });
});

it("pnp-oracle audit --exec --json prints one object, and keeps the request that a crash came from", async () => {
  const save = ["--save", "crash.json", "--junit", "crash.xml", "--sarif", "crash.sarif"];
  const { code, out } = await cli([...asking("crash"), "--problems", "4", "--json", ...save]);
  expect(code).toBe(1);
  const report = JSON.parse(out);
  expect(report).toMatchObject({ schema: "pnp-oracle/live-report@1", passes: false });
  expect(report.findings[0]).toMatchObject({
    fault: "crashed",
    request: { id: 3, method: "metrics" },
  });
  const request = JSON.parse(readFileSync(join(folder, "crash-crashed.ndjson"), "utf8"));
  expect(JSON.stringify(request)).toBe(JSON.stringify(report.findings[0].request));
  const junit = parsedXml(readFileSync(join(folder, "crash.xml"), "utf8"));
  const failures = Number(junit.attributes.get("failures"));
  expect(failures).toBe(1);
  const sarif = JSON.parse(readFileSync(join(folder, "crash.sarif"), "utf8"));
  const failed = sarif.runs[0].results.filter(({ kind }: { kind: string }) => kind === "fail");
  expect(failed).toHaveLength(1);
  expect(failed[0]).toMatchObject({ ruleId: "crashed", level: "error" });
  const [{ physicalLocation }] = failed[0].locations;
  expect(physicalLocation.artifactLocation.uri).toBe("crash-crashed.ndjson");
});

it("pnp-oracle audit --exec ends the command on Ctrl-C, and exits 130", async () => {
  const { code, err } = await cli([...asking("deaf"), "--timeout", "600"], true);
  expect(code).toBe(130);
  expect(err).toMatch(/pnp-oracle: stopped, and the command with it\n$/);
  expect(left(err)).toEqual([]);
  expect(existsSync(join(folder, "report.html"))).toBe(false);
});

it("pnp-oracle audit exits 2 with a sentence where options do not fit together", async () => {
  const [neither, both, method, pairs] = await Promise.all([
    cli([]),
    cli(["failing.json", "--exec", "true"]),
    cli(["--exec", "true"]),
    cli([...asking("none"), "--convention", "chart"]),
  ]);
  for (const { code } of [neither, both, method, pairs]) expect(code).toBe(2);
  expect(neither.err).toMatch(/expected claims files, or --exec "COMMAND", got neither\n$/);
  expect(both.err).toMatch(/expected claims files or --exec, got both/);
  expect(method.err).toMatch(/--method: expected one of pnp, bpnp/);
  expect(pairs.err).toMatch(/--convention: expected name=value with commas, got "chart"/);
});
