import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = new URL("../../", import.meta.url);

/** Blocks of TypeScript on a page, importing from the sources. */
const blocks = (page: string) =>
  [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text]) =>
    text.replaceAll(
      /"pnp-oracle\/([\w-]+)"/g,
      (_, name) => `"${new URL(`src/${name}/index.ts`, root).href}"`,
    ),
  );

for (const name of ["linear-covariance", "encodings", "backends"])
  it(`every example of docs/${name}.md runs and prints what the page says`, () => {
    const page = readFileSync(new URL(`docs/${name}.md`, root), "utf8");
    const examples = blocks(page);
    expect(examples.length).toBeGreaterThan(1);
    const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-page-"));
    try {
      const files = examples.map((text, i) => {
        writeFileSync(join(folder, `${i}.mts`), text);
        return `await import("./${i}.mts");`;
      });
      writeFileSync(join(folder, "page.mts"), files.join("\n"));
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ["--import", import.meta.resolve("tsx"), join(folder, "page.mts")],
        { encoding: "utf8", cwd: fileURLToPath(root) },
      );
      const promised = [...page.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text);
      expect(stdout.trimEnd().split("\n"), stderr).toEqual(promised);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
