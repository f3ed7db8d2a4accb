import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { audit } from "../../src/audit/audit.js";
import { readClaimsJson, writeClaimsJson } from "../../src/formats/json.js";
import { livePasses } from "../../src/live/index.js";
import { heard, layer, zoo } from "./asked.js";

const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
afterAll(() => rmSync(folder, { recursive: true }));
const lines = (file: string) => readFileSync(join(folder, file), "utf8").trim().split("\n");

it("liveAudit with the same seed asks the same questions in the same order, with another others", async () => {
  const asking = (file: string, seed: string) =>
    heard(`tee '${join(folder, file)}' | ${zoo("from-six")}`, { seed, shrink: 20, lawProblems: 2 });
  await Promise.all([asking("first", "a"), asking("second", "a"), asking("third", "b")]);
  expect(lines("first").length).toBeGreaterThan(20);
  expect(lines("second")).toEqual(lines("first"));
  const inputs = (file: string) =>
    lines(file).map((line) => JSON.stringify(JSON.parse(line).input));
  const before = new Set(inputs("first"));
  expect(inputs("third").filter((input) => before.has(input))).toEqual([]);
});

it("liveAudit writes requests as the protocol has them", async () => {
  await heard(`tee '${join(folder, "requests")}' | ${zoo("none")}`, { problems: 2 });
  const requests = lines("requests").map((line) => JSON.parse(line));
  expect(requests.map(({ id }) => id)).toEqual(requests.map((_, k) => k + 1));
  for (const request of requests) {
    expect(Object.keys(request)).toEqual(["id", "method", "dtype", "input", "want"]);
    expect(request).toMatchObject({ method: "metrics", dtype: "float64", want: ["te"] });
  }
});

it("liveAudit makes a failure from six points on as small as six points, in round numbers", async () => {
  const { report } = await heard(zoo("from-six"), { shrink: 80 });
  expect(report.failures).toHaveLength(1);
  const [{ quantity, verdict, shrunk, claims }] = report.failures;
  expect([quantity, verdict, shrunk]).toEqual(["te", "wrong", true]);
  expect(claims.input.points.shape).toEqual([1, 6, 3]);
  // Powers of ten, and zeros of rotations that are none.
  for (const { data } of Object.values(claims.input))
    for (const v of data) expect(v === 0 || Number.isInteger(Math.log10(Math.abs(v)))).toBe(true);
});

it("liveAudit keeps a failing problem that an audit judges as it did, once written and read", async () => {
  const { report } = await heard(zoo("doubled"), { shrink: 30 });
  const [failure] = report.failures;
  expect([failure.verdict, failure.explanation]).toEqual(["wrong", "factor-2"]);
  const claims = readClaimsJson(writeClaimsJson(failure.claims), "failing.json");
  const again = (await audit([{ name: "failing.json", claims }])).files[0].claims[0];
  expect([again.verdict, again.explanation]).toEqual([failure.verdict, failure.explanation]);
  expect(again.worstRelativeError).toBe(failure.relativeError);
});

it("liveAudit calls numbers that are not finite wrong, and no fault of the protocol", async () => {
  const { report } = await heard(zoo("nan"));
  expect(report.findings).toEqual([]);
  expect(report.failures.map(({ explanation }) => explanation)).toEqual(["non-finite"]);
});

it("liveAudit judges by the precision that is claimed: single is no double", async () => {
  const [single, double] = await Promise.all([
    heard(zoo("single"), { dtype: "float32" }),
    heard(zoo("single")),
  ]);
  expect(livePasses(single.report)).toBe(true);
  expect(double.report.failures.map(({ quantity }) => quantity)).toEqual(["te"]);
});

it("liveAudit asks in the command's own conventions", async () => {
  const convention = { length: "mm" } as const;
  const asking = `tee '${join(folder, "millimetres")}' | ${zoo("none")}`;
  const { report } = await heard(asking, { convention });
  expect(livePasses(report)).toBe(true);
  const [metres, millimetres] = [lines("requests"), lines("millimetres")].map(
    (all) => JSON.parse(all[0]).input.t_gt[0][2],
  );
  expect(millimetres / metres).toBeCloseTo(1000, 9);
});

it("liveAudit of the project's own derivatives passes, and every law holds", async () => {
  const { report } = await heard(layer(), {
    method: "bpnp",
    want: ["J_x2d", "grad_x2d"],
    lawProblems: 2,
    problems: 2,
    timeout: 60,
  });
  expect([report.findings, report.failures]).toEqual([[], []]);
  expect(report.laws.map(({ law, broken }) => [law, broken])).toEqual([
    ["adjoint", 0],
    ["permutation", 0],
    ["unit-of-length", 0],
    ["size-of-weights", 0],
    ["batch-of-one", 0],
  ]);
});

it("liveAudit of a flipped gradient names the cause, breaks the adjoint law alone, and shows three points", async () => {
  const { report } = await heard(layer("sign"), {
    method: "bpnp",
    want: ["J_x2d", "grad_x2d"],
    lawProblems: 1,
    problems: 2,
    shrink: 30,
    timeout: 60,
  });
  expect(report.failures.map(({ quantity, explanation }) => [quantity, explanation])).toEqual([
    ["grad_x2d", "sign-flipped"],
  ]);
  expect(report.failures[0].claims.input.x2d.shape).toEqual([1, 3, 2]);
  expect(report.laws.filter(({ broken }) => broken > 0).map(({ law }) => law)).toEqual(["adjoint"]);
});

it("liveAudit accepts a deviation that is expected, and only that", async () => {
  const options = {
    method: "bpnp",
    want: ["J_x2d"],
    problems: 1,
    lawProblems: 0,
    timeout: 60,
  } as const;
  const expected = (explanation: string) =>
    heard(layer("gauss-newton"), { ...options, expect: { J_x2d: explanation } });
  const [right, other] = await Promise.all([
    expected("gauss-newton-hessian"),
    expected("depth-weighted-residual"),
  ]);
  expect(right.report.failures).toEqual([]);
  expect(other.report.failures.map(({ explanation }) => explanation)).toEqual([
    "gauss-newton-hessian",
  ]);
});
