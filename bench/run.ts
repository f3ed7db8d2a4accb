/**
 * `npm run bench`: runs every bench of this folder in turn; `npm run bench -- NAME...` only those
 * named, by file name without its ending. A bench is a module that exports `bench`, prints what it
 * measures, and throws if something it promises does not hold.
 */
import { readdirSync } from "node:fs";
import { arch, cpus, platform } from "node:os";

interface BenchModule {
  readonly bench?: () => Promise<void>;
}

const files = readdirSync(new URL(".", import.meta.url))
  .filter((name) => /^[a-z0-9-]+\.ts$/.test(name) && name !== "run.ts")
  .map((name) => name.slice(0, -3))
  .sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !files.includes(name));
if (unknown.length) {
  process.stderr.write(`bench: no ${unknown.join(", ")} here; there is ${files.join(", ")}\n`);
  process.exit(2);
}

process.stdout.write(`node ${process.version}, ${platform()} ${arch()}, ${cpus()[0]?.model}\n`);
for (const name of wanted.length ? wanted : files) {
  try {
    const { bench } = (await import(`./${name}.ts`)) as BenchModule;
    // The rest of the folder is what benches share.
    if (!bench) continue;
    process.stdout.write(`\n${name}\n`);
    await bench();
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
