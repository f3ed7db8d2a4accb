/**
 * `npm run bench`: runs every bench of this folder in turn; `npm run bench -- NAME...` only those
 * named, by file name without its ending; what follows from the first `--OPTION` on is for the bench. A bench is a module that exports `bench`, prints what it
 * measures, and throws if something it promises does not hold. Each runs in a process of its own, so
 * that none is timed on code the others warmed up or spoilt.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { fileURLToPath } from "node:url";

const folder = new URL(".", import.meta.url);
const files = readdirSync(folder)
  .filter((name) => /^[a-z0-9-]+\.ts$/.test(name) && name !== "run.ts")
  // The rest of the folder is what benches share.
  .filter((name) =>
    /export (async )?function bench\b/.test(readFileSync(new URL(name, folder), "utf8")),
  )
  .map((name) => name.slice(0, -3))
  .sort();
const given = process.argv.slice(2);
const options = given.findIndex((one) => one.startsWith("--"));
const wanted = options < 0 ? given : given.slice(0, options);
const unknown = wanted.filter((name) => !files.includes(name));
if (unknown.length) {
  process.stderr.write(`bench: no ${unknown.join(", ")} here; there is ${files.join(", ")}\n`);
  process.exit(2);
}

if (wanted.length === 1) {
  const [name] = wanted;
  process.stdout.write(`\n${name}: node ${process.version}, ${platform()} ${arch()}, `);
  process.stdout.write(`${cpus()[0]?.model}\n`);
  const { bench } = (await import(`./${name}.ts`)) as { bench: () => Promise<void> };
  await bench().catch((error: Error) => {
    process.stderr.write(`${name}: ${error.message}\n`);
    process.exitCode = 1;
  });
} else
  for (const name of wanted.length ? wanted : files) {
    const itself = [
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      name,
      ...given.slice(wanted.length),
    ];
    const { status } = spawnSync(process.execPath, itself, { stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
