import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { houseViolations } from "./architecture/house-rules.js";
import { exceptions } from "./architecture/mirror-exceptions.js";
import { module } from "./architecture/modules.js";
import {
  arrowViolations,
  indexViolations,
  mirrorViolations,
  reachViolations,
  ringViolations,
} from "./architecture/rules.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folders = ["src", "spec", "bench", "fixtures", "docs"];

/** Every text file of the project that people write, by repository path. */
function projectTree(): Map<string, string> {
  const tree = new Map<string, string>();
  const read = (path: string) => tree.set(path, readFileSync(join(root, path), "utf8"));
  for (const entry of readdirSync(root, { withFileTypes: true }))
    if (entry.isFile() && /\.(ts|md|json)$/.test(entry.name) && entry.name !== "package-lock.json")
      read(entry.name);
  for (const folder of folders)
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name).slice(root.length).replaceAll("\\", "/");
      // Recorded numbers are data: only their scripts are written by people.
      if (entry.isFile() && /\.(ts|js|mjs|py|md)$/.test(entry.name)) read(path);
    }
  return tree;
}

const tree = projectTree();

it("every import of src/ follows the arrows", () => expect(arrowViolations(tree)).toEqual([]));

it("the front and the stages load no big floats, plots or command line", () =>
  expect(reachViolations(tree)).toEqual([]));

it("no files import each other", () => expect(ringViolations(tree)).toEqual([]));

it("definitions/ and kernels/ mirror each other, stated exceptions aside", () =>
  expect(mirrorViolations(tree, exceptions)).toEqual([]));

it("the index of either half passes on every file of it", () =>
  expect(indexViolations(tree)).toEqual([]));

it("every folder that package.json exports has an index that gives something out", () => {
  const manifest = JSON.parse(tree.get("package.json") ?? "{}");
  for (const target of Object.values<string | { default: string }>(manifest.exports)) {
    if (typeof target === "string") continue;
    const index = target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts");
    expect(module(index, tree.get(index) ?? "").imports.length, index).toBeGreaterThan(0);
  }
});

it("files are short, finished, aptly named and free of machine paths", () =>
  expect(houseViolations(tree)).toEqual([]));
