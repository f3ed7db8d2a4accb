import { describe, expect, it } from "vitest";
import { inFrame } from "../../src/heatmap/index.js";
import { betaSweep } from "../../src/study/beta-sweep.js";
import { droneMaps, image } from "../../src/study/drone-maps.js";
import { droneErrors, droneScores, scoreNames } from "../../src/study/drone-scores.js";
import { losses } from "../../src/study/losses.js";
import { mapDescent, mapEntropy } from "../../src/study/map-descent.js";
import type { Study, StudySettings } from "../../src/study/study.js";
import { expectWhole } from "./whole-study.js";

const size = { rows: 12, columns: 16 };
const hidden = { ...size, occluded: 0.2, cluttered: 0.3, labelNoise: 0 };

/** A cell's measures at the quick size. */
function measured<S extends StudySettings>(study: Study<S>, id: string, changes: Partial<S> = {}) {
  const settings = { ...study.quick, ...changes };
  const cell = study.cells(settings).find((of) => of.id === id);
  if (!cell) throw new RangeError(`no cell ${id}`);
  return study.measure(cell, settings, "spec") as Record<string, number>;
}

describe("droneMaps(name, …)", () => {
  it("has every keypoint in the image, and the same bits again", () => {
    for (let k = 0; k < 20; k++) {
      const { scene, logits } = droneMaps(`spec/${k}`, hidden);
      expect(inFrame(scene.correspondences.x2d, image)).toBe(true);
      expect(logits.length).toBe(9 * 12 * 16);
    }
    expect(droneMaps("spec", hidden)).toEqual(droneMaps("spec", hidden));
  });

  it("hides and clutters as many maps as it is told, and shows the others near their keypoints", () => {
    const peak = (logits: Float64Array, i: number) =>
      Math.max(...logits.subarray(192 * i, 192 * (i + 1)));
    const count = (changes: object, above: number) => {
      let found = 0;
      for (let k = 0; k < 30; k++) {
        const { logits } = droneMaps(`spec/${k}`, { ...hidden, ...changes });
        for (let i = 0; i < 9; i++) if (peak(logits, i) > above) found++;
      }
      return found / 270;
    };
    // A bump of 6 logits is cut to 2.5 by cells as wide as 20 px; noise of 192 cells stays below 1.5.
    const deviation = Math.sqrt(0.25 / 270);
    expect(Math.abs(count({ cluttered: 0 }, 2) - 0.8)).toBeLessThan(4 * deviation);
    expect(count({ occluded: 1, cluttered: 0 }, 2)).toBe(0);
    expect(count({ occluded: 0, cluttered: 0 }, 2)).toBe(1);
    expect(Math.abs(count({ occluded: 1, cluttered: 1 }, 1.5) - 1)).toBeLessThan(4 * deviation);
  });
});

it("droneScores(…) of true keypoints are perfect, and of a shift of 3 px what the shift makes of them", () => {
  const { scene } = droneMaps("spec", hidden);
  const { x2d } = scene.correspondences;
  const perfect = droneScores([droneErrors(scene, x2d)]);
  for (const name of scoreNames.slice(2)) expect(perfect[name], name).toBe(100);
  // The pose of exact pixels is known to their rounding, magnified by depth over size.
  expect(Math.max(perfect.NPE, perfect.AD)).toBeLessThan(1e6 * Number.EPSILON);
  const shifted = x2d.map((v, j) => (j % 2 === 0 ? v + 3 : v));
  const scores = droneScores([droneErrors(scene, x2d), droneErrors(scene, shifted)]);
  expect([scores.Proj2, scores.Proj5]).toEqual([50, 100]);
  expect(scores.ADD2).toBe(50);
});

it("mapDescent(…) lowers its loss under l_h, l_m and l_p, and moves no map that it was given", () => {
  const maps = droneMaps("spec", hidden);
  const before = maps.logits.slice();
  for (const terms of [
    { heatMap: 1 },
    { heatMap: 1, projection: 1e-5 },
    { projection: 1, regularisation: 1 },
  ]) {
    const options = { ...size, layer: "exact", optimiser: "adam", rate: 0.2, steps: 60 } as const;
    const found = mapDescent(maps, { ...options, terms: () => terms });
    expect(found.losses[60]).toBeLessThan(0.1 * found.losses[0]);
    expect(found.course).toHaveLength(61);
    expect(found.keypoints).toEqual(found.course[60]);
    expect(Number.isNaN(found.balance)).toBe(!("heatMap" in terms && "projection" in terms));
  }
  expect(maps.logits).toEqual(before);
});

it("mapEntropy(…) is log of the cells of a flat map, and 0 of one lit cell", () => {
  expect(mapEntropy(new Float64Array(8), 4)).toBeCloseTo(Math.log(4), 14);
  expect(mapEntropy(Float64Array.of(0, 1e4, 0, 0), 4)).toBe(0);
});

it("beta-sweep: descent diverges from a β on that falls as its rate grows (card S-07, 3)", () => {
  const rates = [1e3, 2e4];
  const diverged = (rate: number, beta: number) =>
    measured(betaSweep, `descent ${rate}/β=${beta.toExponential()}`, {
      rates,
      betas: [0, beta],
      scenes: 4,
    }).diverged;
  expect([diverged(2e4, 0), diverged(2e4, 1e-6), diverged(1e3, 2e-5)]).toEqual([0, 0, 0]);
  expect(diverged(2e4, 1e-3)).toBeGreaterThan(0.5);
  expect(diverged(1e3, 2e-2)).toBeGreaterThan(0.5);
});

it("losses: l_p ends at better poses than l_h where labels are exact (EXP-R3)", () => {
  const changes = { steps: 100, scenes: 4 };
  const [heat, pose] = ["l_h", "l_p"].map((row) => measured(losses, `${row}/labels 0 px`, changes));
  expect(pose["keypoint error [px]"]).toBeLessThan(0.5 * heat["keypoint error [px]"]);
  expect(pose.AD).toBeLessThan(heat.AD);
  expect(pose["entropy [nats]"]).toBeGreaterThan(heat["entropy [nats]"]);
});

for (const study of [betaSweep, losses] as readonly unknown[] as readonly Study[])
  it(`${study.name} --quick measures every cell, and every figure and printed number has its own`, async () => {
    await expectWhole(study);
  });
