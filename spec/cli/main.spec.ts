import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { readNpz } from "../../src/formats/index.js";
import { claimsFile, problemFile } from "./claims-file.js";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");
const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line in the specs' own folder. */
function cli(...args: string[]): Promise<Run> {
  const options = { cwd: folder, env: { ...process.env, DEBUG: "", FORCE_COLOR: "1" } };
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", tsx, main, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? (error.code as unknown as number) : 0, stdout, stderr }),
    );
  });
}

const put = (name: string, content: string | Uint8Array) =>
  writeFileSync(join(folder, name), content);
put("right.json", claimsFile({}));
put("wrong.json", claimsFile({ factor: 1.01 }));
put("declared.json", claimsFile({ factor: 2, expect: { grad_x2d: "scaled" } }));
put("problem.json", problemFile());
put("cut.json", claimsFile({}).slice(0, 200));
put("other.json", '{"schema": "something/else@1", "input": {}, "claim": {}}');

it("pnp-oracle audit FILE exits 0 on a right claim, prints a table without colour and writes the page", async () => {
  const { code, stdout, stderr } = await cli("audit", "right.json");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/✓ {2}grad_x2d +correct/);
  expect(stdout).not.toContain(String.fromCharCode(27));
  expect(stdout).toContain("Pictures: report.html");
  expect(readFileSync(join(folder, "report.html"), "utf8")).toMatch(/^<!doctype html>/);
});

it("pnp-oracle audit --json prints one object and nothing else, and exits 1 on a wrong claim", async () => {
  const { code, stdout } = await cli("audit", "right.json", "wrong.json", "--json");
  expect(code).toBe(1);
  const report = JSON.parse(stdout);
  expect(report.schema).toBe("pnp-oracle/report@1");
  expect(report.files.map(({ file }: { file: string }) => file)).toEqual([
    "right.json",
    "wrong.json",
  ]);
  expect(report.files[1].claims[0]).toMatchObject({ quantity: "grad_x2d", verdict: "wrong" });
  // The worst error of a claim 1 % too large is that 1 %, to the rounding of the claim.
  expect(report.files[1].claims[0].worstRelativeError).toBeCloseTo(0.01, 12);
});

it("pnp-oracle audit exits 2 before it audits anything, naming file, place, expected and got", async () => {
  const { code, stdout, stderr } = await cli("audit", "right.json", "cut.json", "other.json");
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^pnp-oracle: cut\.json: .*expected .*got /m);
  expect(stderr).toMatch(
    /^pnp-oracle: other\.json: schema: expected "?pnp-oracle\/claims@1"?, got/m,
  );
  expect(stderr).not.toMatch(/^ +at /m);
});

it("pnp-oracle audit of a file that is not there, and of a wrong option, exits 2 with a sentence", async () => {
  const [missing, option] = await Promise.all([
    cli("audit", "nothing.json"),
    cli("audit", "right.json", "--jsn"),
  ]);
  expect(missing).toMatchObject({
    code: 2,
    stderr: "pnp-oracle: nothing.json: expected a file or a folder, got nothing of that name\n",
  });
  expect(option.code).toBe(2);
  expect(option.stderr).toContain("(Did you mean --json?)");
});

it("pnp-oracle solve FILE --out FILE.npz writes poses with covariance and gradients", async () => {
  const { code, stdout } = await cli("solve", "problem.json", "--gradients", "--out", "out.npz");
  expect([code, stdout]).toEqual([0, "2 of 2 problems solved: out.npz\n"]);
  const arrays = readNpz(readFileSync(join(folder, "out.npz")), "out.npz");
  expect(arrays.get("status")?.data).toEqual(["ok", "ok"]);
  const n = 8;
  for (const [name, shape] of Object.entries({
    pose: [2, 6],
    R: [2, 3, 3],
    pose_cov: [2, 6, 6],
    J_x2d: [2, 6, n, 2],
    J_x3d: [2, 6, n, 3],
    J_K: [2, 6, 3, 3],
  }))
    expect(arrays.get(name)?.shape).toEqual(shape);
});

it("pnp-oracle solve FILE prints what pnp-oracle audit then finds correct", async () => {
  const { code, stdout } = await cli("solve", "problem.json");
  expect(code).toBe(0);
  const { solutions } = JSON.parse(stdout);
  const problem = JSON.parse(problemFile());
  const claimed = { pose: solutions.map(({ pose }: { pose: number[] }) => pose) };
  put("solved.json", JSON.stringify({ ...problem, claim: claimed }));
  const audited = await cli("audit", "solved.json", "--json");
  expect(JSON.parse(audited.stdout).summary).toMatchObject({ correct: 1, wrong: 0 });
});

it("pnp-oracle explain ID prints an equation, and suggests ids for one that is unknown", async () => {
  const [known, unknown] = await Promise.all([cli("explain", "bpnp-2"), cli("explain", "BNPN-2")]);
  expect(known.code).toBe(0);
  expect(known.stdout).toMatch(/^BPNP-2: /);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toMatch(/no equation or explanation "BNPN-2"; did you mean .*BPNP-2/);
});

it("pnp-oracle --help and --version load neither big floats nor plots nor the audit", async () => {
  const { stdout, code } = await cli("--help");
  expect(code).toBe(0);
  for (const command of ["audit", "solve", "explain"]) expect(stdout).toContain(`  ${command} `);
  const source = readFileSync(main, "utf8");
  const eager = [...source.matchAll(/^import .* from "([^"]+)"/gm)].map(([, target]) => target);
  expect(eager).toEqual(["commander", "../conventions/version.js", "./failure.js"]);
});
