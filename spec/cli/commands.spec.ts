import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Writable } from "node:stream";
import { afterAll, expect, it } from "vitest";
import { bank } from "../../src/audit/bank.js";
import { equations } from "../../src/catalogue/index.js";
import { explained } from "../../src/cli/explain-command.js";
import { CommandError, failureText } from "../../src/cli/failure.js";
import { inputFiles } from "../../src/cli/input-files.js";
import { progressOn } from "../../src/cli/progress.js";
import { solveCommand } from "../../src/cli/solve-command.js";
import { FormatError } from "../../src/formats/index.js";
import { problemFile } from "./claims-file.js";

const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "deep", "er"), { recursive: true });
mkdirSync(join(folder, "empty"));
for (const name of [
  "b.json",
  "a.npz",
  "note.txt",
  "n10.json",
  "bxjson",
  "deep/c.json",
  "deep/er/d.json",
])
  writeFileSync(join(folder, name), "");

const found = async (...names: string[]) =>
  (await inputFiles(names.map((name) => join(folder, name)))).map((path) => relative(folder, path));

it("inputFiles(names) keeps files in order, each once, and takes a folder's claims files sorted", async () => {
  expect(await found("b.json", "a.npz", "b.json")).toEqual(["b.json", "a.npz"]);
  expect(await found("")).toEqual(["a.npz", "b.json", "n10.json"]);
  expect(await found("note.txt")).toEqual(["note.txt"]);
});

it("inputFiles(names) matches *, ? and ** where the shell has not", async () => {
  expect(await found("*.json")).toEqual(["b.json", "n10.json"]);
  expect(await found("?.json")).toEqual(["b.json"]);
  expect(await found("deep/**/*.json")).toEqual(["deep/c.json", "deep/er/d.json"]);
  await expect(found("*.yaml")).rejects.toThrow("no file matches this pattern");
});

it("inputFiles(names) throws, naming what it expected and what it got", async () => {
  await expect(found("missing.json")).rejects.toThrow(
    "missing.json: expected a file or a folder, got nothing of that name",
  );
  await expect(found("empty")).rejects.toThrow(
    "expected a folder with .json or .npz files, got none in it",
  );
});

it("explained(id) says of every equation its name, formula and sources", () => {
  for (const { id, name, formula, sources } of equations) {
    const text = explained(id.toLowerCase());
    expect(text).toContain(`${id}: ${name}`);
    expect(text).toContain(formula.split("\n")[0].trim());
    for (const source of sources) expect(text).toContain(source.split(" ")[0]);
  }
});

it("explained(slug) says of every explanation its verdict and remedy, of joined ones both", () => {
  for (const { slug } of bank)
    expect(explained(slug)).toMatch(/^\S+\n\nClaimed for\n {2}[a-z, -]+\n\nVerdict\n {2}\S+\n/);
  const [first, second] = bank;
  const both = explained(`${first.slug}+${second.slug}`);
  expect(both).toBe(`${explained(first.slug)}\n${explained(second.slug)}`);
});

it("explained(slug) says what each method means by it", () => {
  const text = explained("huber-derivative-squared");
  for (const method of ["epropnp-cost", "epropnp-mc", "epropnp-reg"])
    expect(text).toContain(method);
  expect(text.match(/What is computed instead/g)).toHaveLength(3);
});

it("explained() lists everything, and explained(unknown) suggests what is near", () => {
  const all = explained(undefined);
  for (const { id } of equations) expect(all).toContain(`  ${id} `);
  for (const { slug } of bank) expect(all).toContain(`  ${slug} `);
  expect(() => explained("BPNP2")).toThrow(/did you mean .*BPNP-2/);
  expect(() => explained("depth-weigted-residual")).toThrow(
    "did you mean depth-weighted-residual?",
  );
  expect(() => explained("nothing like it")).toThrow("`pnp-oracle explain` lists all");
});

it("failureText(error) is a sentence, with a stack only if asked for", () => {
  const bad = new FormatError("a.npz", "claim/J_K", "3 axes", "2");
  expect(failureText(bad, false)).toBe("pnp-oracle: a.npz: claim/J_K: expected 3 axes, got 2\n");
  expect(failureText(new CommandError("no"), false)).toBe("pnp-oracle: no\n");
  expect(failureText(new TypeError("x is null"), false)).toBe(
    "pnp-oracle: TypeError: x is null. This is a fault of pnp-oracle; DEBUG=1 shows where.\n",
  );
  expect(failureText(bad, true)).toMatch(/\n +at /);
});

/** A stream that keeps what is written to it. */
function kept(isTTY: boolean) {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const screen = { isTTY, columns: 100, cursorTo() {}, clearLine() {}, moveCursor() {} };
  return {
    stream: Object.assign(stream, screen) as unknown as NodeJS.WriteStream,
    text: () => text,
  };
}

it("progressOn(stream) draws on a terminal and is silent anywhere else", async () => {
  for (const isTTY of [true, false]) {
    const { stream, text } = kept(isTTY);
    const progress = await progressOn(stream);
    progress.update(0, 3, "a.json");
    progress.update(1, 3, "a.json");
    progress.stop();
    expect(text().includes("of 3 problems")).toBe(isTTY);
  }
});

const solving = (content: string, options: { out?: string; gradients?: boolean } = {}) => {
  const file = join(folder, "problem.json");
  writeFileSync(file, content);
  const [out, err] = [kept(false), kept(false)];
  const streams = { stdout: out.stream, stderr: err.stream };
  return solveCommand(file, options, streams as unknown as NodeJS.Process).then((code) => ({
    code,
    text: out.text(),
  }));
};

it("solveCommand(file) says why a problem has no pose, with no number in its place, and exits 1", async () => {
  const problem = JSON.parse(problemFile());
  problem.input.x3d[1] = problem.input.x3d[1].map((_: number[], i: number) => [i, 0, 0]);
  const { code, text } = await solving(JSON.stringify(problem));
  expect(code).toBe(1);
  const [solved, unsolved] = JSON.parse(text).solutions;
  expect(solved.status).toBe("ok");
  expect(unsolved).toMatchObject({ status: "collinear", pose: null, pose_cov: null, cost: "NaN" });
  expect(unsolved.sentence).toContain("lie on a line");
});

it("solveCommand(file) gives gradients for an upstream one, and Jacobians that agree with them", async () => {
  const problem = JSON.parse(problemFile());
  const upstream = [1, 0, 0, 0, 0, 0];
  problem.method = "bpnp";
  problem.input.grad_pose = [upstream, upstream];
  const { text } = await solving(JSON.stringify(problem), { gradients: true });
  for (const solution of JSON.parse(text).solutions)
    for (const name of ["x2d", "x3d", "K", "w2d"])
      expect(solution[`grad_${name}`]).toEqual(solution[`J_${name}`][0]);
});

it("solveCommand(file) throws, naming file, place, expected and got", async () => {
  const problem = JSON.parse(problemFile());
  problem.input.K[0] = [1, 2];
  await expect(solving(JSON.stringify(problem))).rejects.toThrow(/problem\.json: .*expected .*got/);
  await expect(solving(problemFile(), { out: "poses.txt" })).rejects.toThrow(
    "--out: expected a name that ends in .json or .npz, got poses.txt",
  );
});
