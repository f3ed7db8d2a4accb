import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import {
  bunnyDiameter,
  bunnyShift,
  bunnyTurn,
  miniMeshes,
  miniScenes,
  sceneImages,
  secondIsFound,
  secondShift,
  vaseMissing,
  vaseShift,
  writeMiniDataset,
} from "../../fixtures/mini-dataset.js";
import { bopReport } from "../../src/evaluate/bop.js";

const committed = fileURLToPath(new URL("../../fixtures/mini-dataset", import.meta.url));
const results = join(committed, "perturbed_mini-dataset-test.csv");
const folder = mkdtempSync(join(tmpdir(), "pnp-oracle-mini-"));
afterAll(() => rmSync(folder, { recursive: true }));

const files = (of: string) =>
  readdirSync(of, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(of.length));

it("writeMiniDataset(folder) makes the committed bytes again, less than 150 kB of them", async () => {
  await writeMiniDataset(folder);
  expect(files(folder).sort()).toEqual(files(committed).sort());
  let size = 0;
  for (const name of files(committed)) {
    const bytes = readFileSync(join(committed, name));
    size += bytes.length;
    expect(bytes.equals(readFileSync(join(folder, name))), name).toBe(true);
  }
  expect(size).toBeLessThan(150_000);
});

const report = await bopReport(committed, results, {
  layouts: ["lm", "ycbv", "bop"],
  table: { resamples: 0 },
});
const scored = (object: 1 | 2, name: string) => {
  const c = report.table.columns.findIndex((column) => column.name === name);
  return report.table.rows[object - 1].results[c].value;
};
const range = (n: number) => Array.from({ length: n }, (_, k) => k);
const [first, second] = sceneImages;
const found = range(second).filter(secondIsFound).length;
const share = (hits: readonly boolean[], of: number) => hits.filter(Boolean).length / of;
/** Single precision of the vertices, and some sums of doubles. */
const ε = 2 ** -24 * 60;

it("bopReport of the mini data set counts targets, misses and what a better score beats", () => {
  expect(report.counts).toMatchObject({
    ...{ targets: 2 * first + second, instances: 2 * first + 2 * second, images: first + second },
    estimates: { rows: 36, kept: 35, surplus: 1, unasked: 0 },
  });
  expect(report.table.rows.map(({ instances, missing }) => [instances, missing])).toEqual([
    [first + 2 * second, second - found],
    [first, 1],
  ]);
  expect(report.warnings).toEqual([]);
});

it("bopReport of the mini data set: the angles and shifts that were put in are what n°, n cm counts", () => {
  for (const n of [2, 5]) {
    // Shifts of bunnies are below 2 cm, and turns leave the translation alone.
    const turned = range(second).map((k) => bunnyTurn(k) < n);
    expect(scored(1, `${n}° ${n} cm`)).toBe(
      share([...turned, ...Array(first + found).fill(true)], first + 2 * second),
    );
    // The vase is turned far about its own axis, which no angle forgives.
    expect(scored(2, `${n}° ${n} cm`)).toBe(0);
  }
});

it("bopReport of the mini data set: MSSD of the vase is its shift, however it is turned about its axis", () => {
  const vertices = miniMeshes().get(2)?.vertices ?? new Float64Array(3);
  let square = 0;
  for (let i = 0; i < vertices.length; i += 3)
    for (let j = 0; j < i; j += 3)
      square = Math.max(
        square,
        [0, 1, 2].reduce((s, a) => s + (vertices[i + a] - vertices[j + a]) ** 2, 0),
      );
  const diameter = Math.sqrt(square);
  expect(report.models[1].diameter).toBeCloseTo(diameter, 12);
  const recalls = range(10).map((i) => {
    const threshold = 0.05 * (i + 1) * diameter;
    // None of the shifts is on a threshold.
    for (const k of range(first)) expect(Math.abs(vaseShift(k) - threshold)).toBeGreaterThan(ε);
    return share(
      range(first).map((k) => k !== vaseMissing && vaseShift(k) < threshold),
      first,
    );
  });
  expect(scored(2, "AR MSSD")).toBeCloseTo(recalls.reduce((a, b) => a + b) / 10, 12);
});

/** Every error of every estimate by every pair, on vertices moved one by one. */
function byHand(object: 1 | 2) {
  const vertices = miniMeshes().get(object)?.vertices ?? new Float64Array(0);
  const moved = (P: Float64Array) =>
    range(vertices.length / 3).map((i) =>
      range(3).map(
        (r) =>
          P[4 * r] * vertices[3 * i] +
          P[4 * r + 1] * vertices[3 * i + 1] +
          P[4 * r + 2] * vertices[3 * i + 2] +
          P[4 * r + 3],
      ),
    );
  const distance = (a: readonly number[], b: readonly number[]) =>
    Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return (estimate: Float64Array, truth: Float64Array) => {
    const [to, from] = [moved(estimate), moved(truth)];
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
    return {
      add: mean(from.map((v, i) => distance(v, to[i]))),
      addS: () =>
        mean(from.map((v) => to.reduce((least, u) => Math.min(least, distance(u, v)), Infinity))),
    };
  };
}

it("bopReport of the mini data set: ADD of a shift is its length, and of a turn what every vertex says", () => {
  const { scenes, estimates } = miniScenes();
  const hand = byHand(1);
  const turns = range(second).map((k) => {
    const [turned] = estimates.filter(({ scene, image }) => scene === 2 && image === k);
    return hand(turned.pose, scenes.get(2)?.get(k)?.instances[0].pose ?? turned.pose).add;
  });
  const errors = [
    ...range(first).map(bunnyShift),
    ...turns,
    ...Array(found).fill(secondShift),
    ...Array(second - found).fill(Infinity),
  ];
  for (const k of [0.02, 0.05, 0.1])
    expect(scored(1, `ADD(-S) ${k}d`)).toBe(
      share(
        errors.map((e) => e < k * bunnyDiameter),
        errors.length,
      ),
    );
  const area = errors.reduce((sum, e) => sum + Math.max(0, 1 - e / 100), 0) / errors.length;
  // Errors of some millimetres are right to single precision, their shares of 100 mm to a hundredth of that.
  expect(Math.abs(scored(1, "AUC ADD(-S)") - area)).toBeLessThan(ε / 100);
});

it("bopReport of the mini data set: ADD-S of the vase is that of every pair, below its shift", () => {
  const { scenes, estimates } = miniScenes();
  const hand = byHand(2);
  const errors = estimates
    .filter(({ object }) => object === 2)
    .map(({ image, pose }) =>
      hand(pose, scenes.get(1)?.get(image)?.instances[1].pose ?? pose).addS(),
    );
  for (const [k, e] of errors.entries()) expect(e).toBeLessThanOrEqual(vaseShift(k) + ε);
  const area = errors.reduce((sum, e) => sum + Math.max(0, 1 - e / 100), 0) / first;
  expect(Math.abs(scored(2, "AUC ADD-S") - area)).toBeLessThan(ε / 100);
  expect(scored(2, "AUC ADD(-S)")).toBe(scored(2, "AUC ADD-S"));
});
