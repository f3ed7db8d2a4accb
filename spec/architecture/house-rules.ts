import type { Tree } from "./modules.js";

/** Lines up to which a file can be held in mind. */
export const longest = 300;

const scripts = /^(src|spec|bench|fixtures)\/.*\.(ts|js|mjs|py)$/;
// One letter of each stands in brackets, so that this file does not find itself.
const unfinished = /\b(TO[D]O|FIX[M]E|XX[X])\b/;
const focused = /\b(it|test|describe|suite)\s*\.\s*(skip|only|todo|skipIf|runIf|fails)\b/;
/** Where a program that is not there, and is not npm's to install, leaves tests out: loudly, and never in CI. */
const needsBrowser = /^spec\/browser\//;
const needsGpu = /^spec\/backend\/webgpu\/gpu\.ts$/;
const machinePath = /(?<![\w.~-])\/([w]ork|[t]mp|[r]oot|[h]ome|[U]sers)\//;
const vague = /^(utils?|misc|helpers?)$/;

/** What makes a tree hard to read or to trust, whatever it computes. */
export function houseViolations(tree: Tree): string[] {
  const found: string[] = [];
  for (const [path, text] of tree) {
    const lines = text.split("\n");
    if (scripts.test(path)) {
      const count = lines.length - (text.endsWith("\n") ? 1 : 0);
      if (count > longest) found.push(`${path} has ${count} lines, more than ${longest}`);
      for (const part of path.replace(/\.[^/]*$/, "").split("/"))
        if (vague.test(part)) found.push(`${path}: ${part} does not say what is in it`);
      lines.forEach((line, i) => {
        if (unfinished.test(line)) found.push(`${path}:${i + 1} is unfinished`);
        const excused =
          (needsBrowser.test(path) && line.includes(".runIf(path !== null)")) ||
          (needsGpu.test(path) && line.includes(".runIf(gpu !== null)"));
        if (focused.test(line) && !excused) found.push(`${path}:${i + 1} leaves tests out`);
      });
    }
    lines.forEach((line, i) => {
      if (machinePath.test(line)) found.push(`${path}:${i + 1} names a path of one machine`);
    });
  }
  return found;
}
