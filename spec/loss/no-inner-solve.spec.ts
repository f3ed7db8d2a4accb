import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { scene } from "../../src/problem/index.js";
import { poseLossGradients } from "../../src/study/pose-losses.js";
import { module } from "../architecture/modules.js";

const imports = new Map<string, readonly string[]>();
function importsOf(path: string): readonly string[] {
  const known = imports.get(path);
  if (known) return known;
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const found = module(path, text).imports.flatMap((of) => (of.typeOnly ? [] : [of.target]));
  imports.set(path, found);
  return found;
}

/** Every file that this one loads, itself included. */
function loaded(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path) || !path.startsWith("src/")) return seen;
  seen.add(path);
  for (const target of importsOf(path)) loaded(target, seen);
  return seen;
}

const inner = (path: string) =>
  [...loaded(path)].filter((file) => /^src\/(solve|sample|differentiate)\//.test(file));

it("the LC loss loads no solver and no sampler; those it is compared with load them (LC-37)", () => {
  expect(inner("src/loss/linear-covariance-loss.ts")).toEqual([]);
  expect(inner("src/loss/linear-covariance-batch.ts")).toEqual([]);
  expect(inner("src/loss/seeded-pose-loss.ts").length).toBeGreaterThan(5);
  expect(inner("src/differentiate/implicit.ts").length).toBeGreaterThan(1);
});

it("the LC loss costs less than a tenth of EPro-PnP's, sampling 512 poses, at 64 points (LC-37)", () => {
  const { correspondences, pose } = scene("generic", { n: 64, noise: 2, seed: 1 });
  const corners = [-1, 1].flatMap((x) => [-1, 1].map((y) => [x, y, 1]));
  const least = (name: "LC" | "EPro-PnP", times: number) => {
    let best = Number.POSITIVE_INFINITY;
    for (let k = 0; k < times; k++) {
      const from = performance.now();
      expect(poseLossGradients(name, correspondences, pose, corners, "time")).not.toBeNull();
      best = Math.min(best, performance.now() - from);
    }
    return best;
  };
  // The least of many runs is deaf to what else the machine does; the ratio is 17 and more.
  expect(least("LC", 50)).toBeLessThan(least("EPro-PnP", 4) / 10);
});
