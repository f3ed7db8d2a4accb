import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const script = fileURLToPath(new URL("./threads-script.ts", import.meta.url));
const built = mkdtempSync(join(tmpdir(), "pnp-oracle-built-"));

/** Writes a TypeScript file as a build does; returns the modules beside it that it loads at once. */
function compiled(from: string, to: string): string[] {
  mkdirSync(dirname(to), { recursive: true });
  const { outputText } = ts.transpileModule(readFileSync(from, "utf8"), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  writeFileSync(to, outputText);
  return [...outputText.matchAll(/from "(\.[^"]*)\.js"/g)].map(([, path]) => path);
}

beforeAll(() => {
  const open = [
    "backend/index",
    "problem/index",
    "backend/threads/threads",
    "backend/threads/worker",
  ];
  const seen = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const loaded = compiled(join(root, "src", `${path}.ts`), join(built, "package", `${path}.js`));
    for (const other of loaded) open.push(join(dirname(path), other));
  }
  compiled(script, join(built, "script.js"));
  writeFileSync(join(built, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(built, "node_modules"), "junction");
}, 120_000);
afterAll(() => rmSync(built, { recursive: true, force: true }));

const expected = `threads 2 true ${new Array(20).fill("ok").join()}\n`;

/** What a program prints until it ends by itself. */
async function printed(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: tmpdir(),
    timeout: 60_000,
  });
  return stdout;
}

describe("threads of a program", () => {
  it("work in a built package, and keep no program from ending that has not closed them", async () => {
    const source = pathToFileURL(join(built, "package")).href;
    const runs = ["open", "close"].map((how) => printed(join(built, "script.js"), source, how));
    expect(await Promise.all(runs)).toEqual([expected, expected]);
  });

  it("work in TypeScript that tsx reads", async () => {
    const source = pathToFileURL(join(root, "src")).href;
    expect(await printed("--import", import.meta.resolve("tsx"), script, source, "open")).toBe(
      expected,
    );
  });
});
