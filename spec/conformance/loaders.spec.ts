import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { failures, type Numbers, vectorCases } from "../../docs/conformance/vectors.js";
import { folder as vectors } from "./committed.js";
// The copyable spec itself: its tests are run as part of this file.
import "../../docs/conformance/vectors.spec.js";

const pages = fileURLToPath(new URL("../../docs/conformance/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
afterAll(() => rmSync(folder, { recursive: true }));

const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PNP_ORACLE_VECTORS: vectors };
const python = (...args: string[]) =>
  spawnSync("python3", args, { cwd: folder, env, encoding: "utf8" });
const there = (module: string) => python("-c", `import ${module}`).status === 0;

/** What could not be tried here is said aloud: a green line alone would claim that it was. */
function unlessMissing(found: boolean, what: string): boolean {
  if (!found) console.warn(`NOT RUN: docs/conformance/*.py, since there is no ${what} here.`);
  return found;
}

it("the pytest file passes with a right implementation, and names the mistake of a wrong one", () => {
  if (!unlessMissing(there("numpy"), "numpy") || !unlessMissing(there("pytest"), "pytest")) return;
  cpSync(pages, folder, { recursive: true });
  const run = () => python("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_vectors.py");
  const right = run();
  expect(right.stdout, right.stderr).toMatch(/17 passed/);
  const layer = join(folder, "numpy_cost.py");
  const text = readFileSync(layer, "utf8");
  // Rows are multiplied by rho' instead of its root, and thresholds below zero are taken as they are.
  const rows = text.replace("root = np.sqrt(np.minimum", "root = (np.minimum");
  writeFileSync(layer, rows.replace("if not delta > 0", "if False"));
  const { status, stdout } = run();
  expect(status).toBe(1);
  expect(stdout).toMatch(/such as huber-derivative-squared: rows are multiplied by/);
  expect(stdout).toMatch(
    /expected a refusal \(contract: a negative Huber threshold\), got numbers/,
  );
});

it("failures(case, compute) finds a wrong number, a missing one, a refusal, and none where one is due", () => {
  const cases = vectorCases(`${vectors}metrics.json`, ["te"]);
  const [one] = cases;
  const right = { te: one.truth!.te.double };
  expect(failures(one, () => right, ["te"])).toEqual([]);
  const [value] = right.te as readonly number[];
  expect(failures(one, () => ({ te: [value * (1 + 1e-12)] }), ["te"])).toHaveLength(1);
  expect(failures(one, () => ({ te: [] as Numbers }), ["te"])).toHaveLength(1);
  expect(failures(one, () => ({ te: [Number.NaN] }), ["te"])).toHaveLength(1);
  const refuse = () => {
    throw new RangeError("no");
  };
  expect(failures(one, refuse, ["te"])).toEqual(["expected te, got RangeError: no"]);
  const refused = cases.find(({ result }) => result === "refused")!;
  expect(failures(refused, refuse, ["te"])).toEqual([]);
  expect(failures(refused, () => right, ["te"])).toEqual([
    "expected a refusal (contract), got numbers",
  ]);
});
