import { readFileSync } from "node:fs";
import ndarray from "ndarray";
import { expect, it } from "vitest";
import * as pipeline from "../../src/pipeline/index.js";
import * as problem from "../../src/problem/index.js";

const page = readFileSync(new URL("../../docs/keypoints.md", import.meta.url), "utf8");

it("the example of docs/keypoints.md runs and prints a loss, no failures and the shape of the gradient", () => {
  const source = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const names = [...source.matchAll(/^import (?:\{ (.*) \}|(\w+)) from/gm)].flatMap(
    ([, list, one]) => (one ? [one] : list.split(", ")),
  );
  const known: Record<string, unknown> = { ndarray, ...pipeline, ...problem };
  for (const name of names) expect(known[name], name).toBeDefined();
  const printed: unknown[] = [];
  const script = source.replace(/^import .*$/gm, "");
  const run = new Function(...names, "console", script);
  run(...names.map((name) => known[name]), {
    log: (...values: unknown[]) => printed.push(...values),
  });
  expect(printed[0]).toBeGreaterThan(0);
  expect(printed.slice(1)).toEqual([[], [1, 8, 60, 80]]);
});

it("docs/keypoints.md names every term and layer", () => {
  for (const name of [
    "heatMapTerms",
    "mixedTerms",
    "poseTerms",
    "monteCarloTerms",
    "linearCovarianceTerms",
  ])
    expect(page).toContain(name);
});
