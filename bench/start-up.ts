/**
 * How long it takes to load what a program or a shell loads first: whole processes, the least of many
 * runs, which other work on the machine disturbs least, and their median.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dist = (path: string) => fileURLToPath(new URL(`../dist/${path}`, import.meta.url));
const runs = 15;

function times(args: string[]): number[] {
  return Array.from({ length: runs }, () => {
    const from = performance.now();
    execFileSync(process.execPath, args, { stdio: "ignore" });
    return performance.now() - from;
  }).sort((a, b) => a - b);
}

/** @throws Error if there is no build to measure. */
export async function bench(): Promise<void> {
  if (!existsSync(dist("cli/main.js")))
    throw new Error("expected a build to measure, got none: run npm run build first");
  const importing = (path: string) => [
    "--input-type=module",
    "--eval",
    `await import(${JSON.stringify(dist(path))})`,
  ];
  const subjects: Record<string, string[]> = {
    "node alone": ["--eval", ""],
    "import pnp-oracle": importing("index.js"),
    "import pnp-oracle/audit": importing("audit/index.js"),
    "pnp-oracle --help": [dist("cli/main.js"), "--help"],
  };
  for (const [name, args] of Object.entries(subjects)) {
    const sorted = times(args);
    const [least, median] = [sorted[0], sorted[Math.floor(runs / 2)]].map((ms) =>
      ms.toFixed(0).padStart(6),
    );
    process.stdout.write(`${name.padEnd(40)} ${least} ms   median ${median} ms\n`);
  }
}
