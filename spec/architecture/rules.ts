/**
 * The rules of the tree, as pure functions from a tree of files to sentences about what breaks them.
 * docs/architecture.md says why each is there.
 */
import { module, reached, type Tree } from "./modules.js";

/** The folders of src in the order in which they may import: only from folders before themselves. */
export const order = [
  "scalar",
  "conventions",
  "catalogue",
  "definitions",
  "linalg",
  "random",
  "kernels",
  "problem",
  "solve",
  "differentiate",
  "sample",
  "linearise",
  "encoding",
  "heatmap",
  "loss",
  "pipeline",
  "optimise",
  "metrics",
  "formats",
  "datasets",
  "evaluate",
  "audit",
  "live",
  "conformance",
  "backend",
  "study",
  "report",
  "cli",
] as const;

/** Folders that import nothing from the rest. */
const leaves = ["scalar", "conventions", "catalogue", "linalg", "random"];
/** Folders that may import definitions: where a quantity meets its definition. */
const judges = ["definitions", "audit", "conformance", "report", "cli"];

/** Where each package may be imported: paths that start with one of these. */
const packages: Record<string, readonly string[]> = {
  mathjs: ["src/scalar/big.ts"],
  ndarray: [
    "src/problem/",
    "src/solve/",
    "src/differentiate/",
    "src/sample/",
    "src/linearise/",
    "src/encoding/",
    "src/heatmap/",
    "src/loss/",
    "src/pipeline/",
    "src/metrics/",
    "src/formats/",
    "src/audit/",
    "src/backend/",
    "src/study/",
    "src/cli/",
  ],
  "ndarray-ops": [
    "src/problem/",
    "src/solve/",
    "src/differentiate/",
    "src/heatmap/",
    "src/formats/",
    "src/audit/",
  ],
  fflate: ["src/formats/"],
  echarts: ["src/report/"],
  "fast-check": ["src/live/"],
  commander: ["src/cli/"],
  "cli-progress": ["src/cli/"],
  tinypool: ["src/backend/threads/"],
  webgpu: ["src/backend/webgpu/"],
};
/** Where the platform may be touched: the rest of src runs anywhere. */
const platform = [
  "src/formats/",
  "src/datasets/",
  "src/live/",
  "src/backend/threads/",
  "src/backend/process",
  "src/study/",
  "src/report/",
  "src/cli/",
];

/** Folders allowed to load big floats; the rest is doubles, or any scalar it is handed. */
const bigFolders = ["scalar", "audit", "live", "conformance", "report", "cli"];

const folder = (path: string): string | undefined =>
  path.startsWith("src/") && path.split("/").length > 2 ? path.split("/")[1] : undefined;
const isSource = (path: string) => path.startsWith("src/") && path.endsWith(".ts");
const rank = (name: string) => (order as readonly string[]).indexOf(name);

/** Imports that run against the arrows. */
export function arrowViolations(tree: Tree): string[] {
  const found: string[] = [];
  for (const [path, text] of tree) {
    const from = folder(path);
    if (!isSource(path) || from === undefined) continue;
    if (rank(from) < 0) found.push(`${path}: ${from} is not in the order of folders`);
    for (const { target } of module(path, text).imports) {
      if (target.startsWith("src/")) {
        const to = folder(target);
        if (!tree.has(target)) found.push(`${path} imports ${target}, which does not exist`);
        else if (to === undefined) found.push(`${path} imports the package's front, ${target}`);
        else if (to !== from && rank(to) >= rank(from))
          found.push(`${path} imports ${target}: ${to} comes after ${from}`);
        else if (to !== from && leaves.includes(from))
          found.push(`${path} imports ${target}: ${from} is a leaf`);
        else if (to === "definitions" && !judges.includes(from))
          found.push(`${path} imports ${target}: only ${judges.join(", ")} may see definitions`);
      } else if (target.startsWith("node:")) {
        if (!platform.some((prefix) => path.startsWith(prefix)))
          found.push(`${path} imports ${target}: it has to run without a platform`);
      } else if (/^(spec|bench|fixtures|docs)\//.test(target))
        found.push(`${path} imports ${target}, which is not shipped`);
      else if (!packages[target]?.some((prefix) => path.startsWith(prefix)))
        found.push(`${path} imports the package ${target}`);
    }
  }
  return found;
}

/** What loading a folder or the package's front must not load. */
export function reachViolations(tree: Tree): string[] {
  const found: string[] = [];
  for (const path of tree.keys()) {
    if (!isSource(path)) continue;
    const from = folder(path);
    const banned =
      from === undefined
        ? ["mathjs", "commander", "cli-progress", "echarts"]
        : bigFolders.includes(from)
          ? []
          : ["mathjs"];
    if (banned.length === 0) continue;
    const loaded = reached(tree, path);
    for (const name of banned) if (loaded.has(name)) found.push(`${path} loads ${name}`);
  }
  return found;
}

/** Files that import one another in a ring: neither can be read, or loaded, first. */
export function ringViolations(tree: Tree): string[] {
  const loads = new Map<string, string[]>();
  for (const [path, text] of tree)
    if (isSource(path)) {
      const imports = module(path, text).imports.filter(({ typeOnly }) => !typeOnly);
      loads.set(path, [...new Set(imports.map(({ target }) => target))]);
    }
  // Whoever loads nothing that is left is in no ring; taken away until nobody is, they leave the rings and what loads them.
  for (let before = -1; loads.size !== before; ) {
    before = loads.size;
    for (const [path, targets] of loads)
      if (!targets.some((target) => loads.has(target))) loads.delete(path);
  }
  const found: string[] = [];
  for (const [path, targets] of loads)
    for (const target of targets)
      if (loads.has(target) && target >= path && reached(tree, target).has(path))
        found.push(`${path} and ${target} import each other`);
  return found;
}

/** A difference between the halves that stands, and why. */
export interface MirrorException {
  /** File name both halves share, such as "huber.ts". */
  readonly file: string;
  /** The exported name that only one half has, or "*" for a file that only one half has. */
  readonly name: string;
  readonly only: "definitions" | "kernels";
  readonly reason: string;
}

/** Names that one of definitions/ and kernels/ exports and the other does not. */
export function mirrorViolations(tree: Tree, exceptions: readonly MirrorException[]): string[] {
  const halves = ["definitions", "kernels"] as const;
  const names = (half: string, file: string) => {
    const text = tree.get(`src/${half}/${file}`);
    return text === undefined ? undefined : module(file, text).exports;
  };
  const found: string[] = [];
  const unused = new Set(exceptions);
  const excused = (file: string, name: string, only: string) => {
    const match = exceptions.find((e) => e.file === file && e.name === name && e.only === only);
    if (match) unused.delete(match);
    return match !== undefined;
  };
  for (const half of halves) {
    const other = half === "definitions" ? "kernels" : "definitions";
    for (const path of tree.keys()) {
      if (!path.startsWith(`src/${half}/`) || path.endsWith("/index.ts")) continue;
      const file = path.slice(`src/${half}/`.length);
      const twins = names(other, file);
      if (twins === undefined) {
        if (!excused(file, "*", half)) found.push(`${path} has no twin in ${other}`);
        continue;
      }
      for (const name of names(half, file) ?? [])
        if (!twins.includes(name) && !excused(file, name, half))
          found.push(`${path} exports ${name}, src/${other}/${file} does not`);
    }
  }
  for (const { file, name } of unused)
    found.push(`the exception for ${name} of ${file} excuses nothing`);
  return found;
}

/** Files of definitions/ and kernels/ that their index does not pass on. */
export function indexViolations(tree: Tree): string[] {
  const found: string[] = [];
  for (const half of ["definitions", "kernels"]) {
    const index = `src/${half}/index.ts`;
    const passed = module(index, tree.get(index) ?? "").imports.map(({ target }) => target);
    for (const path of tree.keys())
      if (path.startsWith(`src/${half}/`) && path !== index && !passed.includes(path))
        found.push(`${index} does not pass on ${path}`);
  }
  return found;
}
