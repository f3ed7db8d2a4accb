/** How long it takes to load what a program or a shell loads first; medians of whole processes. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dist = (path: string) => fileURLToPath(new URL(`../dist/${path}`, import.meta.url));
const runs = 15;

function median(args: string[]): number {
  const times = Array.from({ length: runs }, () => {
    const from = performance.now();
    execFileSync(process.execPath, args, { stdio: "ignore" });
    return performance.now() - from;
  });
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)];
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
  for (const [name, args] of Object.entries(subjects))
    process.stdout.write(`${name.padEnd(52)} ${median(args).toFixed(0).padStart(6)} ms\n`);
}
