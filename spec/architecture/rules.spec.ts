import { expect, it } from "vitest";
import { houseViolations } from "./house-rules.js";
import type { Tree } from "./modules.js";
import {
  arrowViolations,
  indexViolations,
  mirrorViolations,
  reachViolations,
  ringViolations,
} from "./rules.js";

/** A small tree that keeps every rule; each test breaks one of them. */
const sound: Record<string, string> = {
  "src/scalar/big.ts": `import { create } from "mathjs"; export const big = create;`,
  "src/scalar/real.ts": `export interface Real<S> { plus(b: S): S }`,
  "src/definitions/huber.ts": `import type { Real } from "../scalar/real.js"; export function huber(s: Real<any>) { return s; }`,
  "src/definitions/index.ts": `export * from "./huber.js";`,
  "src/linalg/ldl.ts": `export function ldl() {}`,
  "src/kernels/huber.ts": `export function huber(s: number) { return s; }`,
  "src/kernels/index.ts": `export * from "./huber.js";`,
  "src/problem/camera.ts": `import ndarray from "ndarray"; export const camera = ndarray;`,
  "src/audit/audit.ts": `import { huber } from "../definitions/huber.js"; import { big } from "../scalar/big.js"; export const audit = [huber, big];`,
  "src/index.ts": `export * from "./problem/camera.js";`,
};
const tree = (planted: Record<string, string> = {}): Tree =>
  new Map(Object.entries({ ...sound, ...planted }));
const all = (files: Tree) => [
  ...arrowViolations(files),
  ...reachViolations(files),
  ...ringViolations(files),
  ...mirrorViolations(files, []),
  ...indexViolations(files),
  ...houseViolations(files),
];

it("a sound tree has no violations", () => expect(all(tree())).toEqual([]));

it.each([
  [
    "a kernel importing a definition",
    "src/kernels/huber.ts",
    `export { huber } from "../definitions/huber.js"; export function huber() {}`,
    "only definitions, audit",
  ],
  [
    "a definition importing a kernel",
    "src/definitions/huber.ts",
    `import "../kernels/huber.js"; export function huber() {}`,
    "kernels comes after definitions",
  ],
  [
    "a stage importing a definition",
    "src/solve/newton.ts",
    `import { huber } from "../definitions/huber.js"; huber;`,
    "only definitions, audit",
  ],
  [
    "a stage importing a definition's type",
    "src/solve/newton.ts",
    `export type T = import("../definitions/huber.js").T;`,
    "only definitions, audit",
  ],
  [
    "an import upwards",
    "src/problem/camera.ts",
    `import { audit } from "../audit/audit.js"; audit;`,
    "audit comes after problem",
  ],
  [
    "an import upwards on demand",
    "src/problem/camera.ts",
    `export const late = () => import("../audit/audit.js");`,
    "audit comes after problem",
  ],
  [
    "a leaf importing anything",
    "src/linalg/ldl.ts",
    `import { big } from "../scalar/big.js"; big;`,
    "linalg is a leaf",
  ],
  [
    "a file that does not exist",
    "src/linalg/ldl.ts",
    `import { lu } from "./lu.js"; lu;`,
    "does not exist",
  ],
  ["an unknown folder", "src/extras/thing.ts", `export {};`, "not in the order"],
  [
    "a fixture in the sources",
    "src/problem/scenes.ts",
    `import "../../fixtures/a.js";`,
    "not shipped",
  ],
  ["the front inside", "src/cli/main.ts", `import "../index.js";`, "the package's front"],
  [
    "mathjs outside big.ts",
    "src/scalar/ulp.ts",
    `import { create } from "mathjs"; create;`,
    "package mathjs",
  ],
  [
    "a package nobody agreed on",
    "src/problem/camera.ts",
    `import _ from "lodash/fp"; _;`,
    "package lodash",
  ],
  [
    "the platform in a kernel",
    "src/kernels/huber.ts",
    `import "node:fs"; export function huber() {}`,
    "without a platform",
  ],
])("arrowViolations(tree) finds %s", (_, path, text, message) => {
  const found = arrowViolations(tree({ [path]: text })).join("\n");
  expect(found).toContain(path);
  expect(found).toContain(message);
});

it("reachViolations(tree) finds big floats behind a stage, however far", () => {
  const planted = { "src/problem/camera.ts": `import { big } from "../scalar/big.js"; big;` };
  expect(reachViolations(tree(planted))).toEqual([
    "src/problem/camera.ts loads mathjs",
    "src/index.ts loads mathjs",
  ]);
});

it("reachViolations(tree) does not mind a type, which loads nothing", () => {
  const planted = {
    "src/problem/camera.ts": `import type { Big } from "../scalar/big.js"; export type B = Big;`,
  };
  expect(reachViolations(tree(planted))).toEqual([]);
});

it("reachViolations(tree) finds a named type import, which still loads its module", () => {
  const planted = {
    "src/problem/camera.ts": `import { type Big } from "../scalar/big.js"; export type B = Big;`,
  };
  expect(reachViolations(tree(planted))).toContain("src/index.ts loads mathjs");
});

it("reachViolations(tree) keeps the plots and the command line out of the front", () => {
  const planted = {
    "src/report/plot.ts": `import "echarts";`,
    "src/cli/main.ts": `import "commander";`,
    "src/index.ts": `export * from "./report/plot.js"; export * from "./cli/main.js";`,
  };
  expect(reachViolations(tree(planted))).toEqual([
    "src/index.ts loads commander",
    "src/index.ts loads echarts",
  ]);
});

it("ringViolations(tree) finds files that import each other", () => {
  const planted = {
    "src/solve/a.ts": `import { b } from "./b.js"; export const a = b;`,
    "src/solve/b.ts": `import { a } from "./a.js"; export const b = a;`,
  };
  expect(ringViolations(tree(planted))).toEqual([
    "src/solve/a.ts and src/solve/b.ts import each other",
  ]);
});

it("mirrorViolations(tree) finds a missing twin and a missing name on either side", () => {
  const planted = {
    "src/kernels/huber.ts": `export function huberSlope() {} export const huber = 1;`,
    "src/definitions/hat.ts": `export function hat() {}`,
  };
  expect(mirrorViolations(tree(planted), [])).toEqual([
    "src/definitions/hat.ts has no twin in kernels",
    "src/kernels/huber.ts exports huberSlope, src/definitions/huber.ts does not",
  ]);
});

it("mirrorViolations(tree) counts what is passed on by name, types aside", () => {
  const planted = {
    "src/definitions/hat.ts": `export { huber as hat, type T } from "./huber.js";`,
    "src/kernels/hat.ts": `function hat() {} export { hat };`,
  };
  expect(mirrorViolations(tree(planted), [])).toEqual([]);
});

it("mirrorViolations(tree, exceptions) excuses what is stated and nothing else", () => {
  const planted = { "src/definitions/hat.ts": `export function hat() {}` };
  const stated = { file: "hat.ts", name: "*", only: "definitions", reason: "a table" } as const;
  expect(mirrorViolations(tree(planted), [stated])).toEqual([]);
  expect(mirrorViolations(tree(), [stated])).toEqual([
    "the exception for * of hat.ts excuses nothing",
  ]);
});

it("indexViolations(tree) finds a file that the index does not pass on", () => {
  const planted = { "src/kernels/hat.ts": `export function hat() {}` };
  expect(indexViolations(tree(planted))).toEqual([
    "src/kernels/index.ts does not pass on src/kernels/hat.ts",
  ]);
});

it.each([
  ["a file too long to hold in mind", "spec/a.ts", "x;\n".repeat(301), "301 lines"],
  ["a vague name", "src/kernels/utils.ts", "export {};", "utils does not say"],
  ["a vague folder", "bench/misc/a.ts", "export {};", "misc does not say"],
  ["unfinished work", "src/kernels/a.ts", `// ${"TO"}${"DO"}: later`, ":1 is unfinished"],
  ["a test left out", "spec/a.spec.ts", `it${"."}skip("x", () => {});`, ":1 leaves tests out"],
  ["a test alone", "spec/a.spec.ts", `describe${"."}only("x", () => {});`, ":1 leaves tests out"],
  ["a machine's path in code", "bench/a.ts", `open("/${"home"}/me/x")`, ":1 names a path"],
  ["a machine's path in prose", "docs/a.md", `see /${"tmp"}/x`, ":1 names a path"],
])("houseViolations(tree) finds %s", (_, path, text, message) => {
  expect(houseViolations(tree({ [path]: text }))).toEqual([expect.stringContaining(message)]);
});

it("houseViolations(tree) leaves addresses and words alone", () => {
  const planted = { "docs/a.md": "https://example.org/work/a.html, put to work, a/t" + "mp/b\n" };
  expect(houseViolations(tree(planted))).toEqual([]);
});
