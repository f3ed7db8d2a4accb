import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { averagingToy } from "../../src/study/averaging-toy.js";
import { runStudy } from "../../src/study/run.js";
import { summary } from "../../src/study/statistics.js";
import type { Study, StudySettings } from "../../src/study/study.js";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "study-"));
  file = join(folder, "results.ndjson");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A study that counts how often it is asked. */
function counting(changes: Partial<Study> = {}): Study & { asked: string[] } {
  const asked: string[] = [];
  const settings: StudySettings = { repetitions: 3, size: 2 };
  return {
    ...{ name: "counting", sentence: "How often?", revision: 1, full: settings, quick: settings },
    cells: () => ["a", "b"].map((id) => ({ id, factors: { id } })),
    measure: ({ id }, _, stream) => {
      asked.push(`${id} ${stream}`);
      return { value: asked.length, curve: [1, Number.NaN] };
    },
    ...{ printed: [], figures: () => [], remarks: [], asked },
    ...changes,
  };
}

it("runStudy(study, { resultsFile }) takes up after an abort where it stopped", async () => {
  const stop = new AbortController();
  const first = counting();
  const onProgress = (done: number) => done === 3 && stop.abort();
  const part = await runStudy(first, { resultsFile: file, signal: stop.signal, onProgress });
  expect(part.complete).toBe(false);
  expect(first.asked.length).toBe(4);
  const second = counting();
  const whole = await runStudy(second, { resultsFile: file });
  expect([whole.complete, whole.reused, second.asked.length]).toEqual([true, 4, 2]);
  expect(whole.cells[0].measures.value[0].count).toBe(3);
  expect(whole.cells[0].measures.curve[1].missing).toBe(3);
});

it("runStudy(study, { resultsFile }) cuts off a torn line and measures that cell again", async () => {
  const before = await runStudy(counting(), { resultsFile: file });
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.slice(0, -5));
  const again = counting();
  const after = await runStudy(again, { resultsFile: file });
  expect(again.asked).toEqual(["b study/counting/2"]);
  expect([before.reused, after.reused]).toEqual([0, 5]);
  expect((await runStudy(counting(), { resultsFile: file })).reused).toBe(6);
});

it("runStudy(study, { resultsFile }) reuses nothing of another revision, setting or seed", async () => {
  await runStudy(counting(), { resultsFile: file });
  const size = { repetitions: 3, size: 3 };
  for (const [study, seed] of [
    [counting({ revision: 2 }), "study"],
    [counting({ full: size }), "study"],
    [counting(), "other"],
  ] as const) {
    const { reused } = await runStudy(study, { resultsFile: file, seed });
    expect(reused).toBe(0);
  }
  const { reused, others } = await runStudy(counting(), { resultsFile: file });
  expect([reused, others]).toEqual([6, 18]);
});

it("runStudy(…) refuses a results file with a line that is no result, and cells of one id", async () => {
  appendFileSync(file, "surprise\n");
  await expect(runStudy(counting(), { resultsFile: file })).rejects.toThrow("in line 1");
  const twins = counting({ cells: () => [0, 0].map(() => ({ id: "a", factors: {} })) });
  await expect(runStudy(twins)).rejects.toThrow("ids of their own");
});

it("summary(values) is the mean with its standard error, leaving out what is no number", () => {
  expect(summary([1, 3, Number.NaN])).toEqual({ mean: 2, error: 1, count: 2, missing: 1 });
  expect(summary([5]).error).toBeNaN();
});

it("averaging-toy: opposed measurements score exactly one half, and 3/4 in all without an offset", async () => {
  const { cells } = await runStudy(averagingToy, { quick: true });
  for (const { measures } of cells) expect(measures["correctness of opposed"][0].mean).toBe(0.5);
  // Half of the pairs are opposed: a share of 6000 coins, at four deviations.
  const deviation = 0.25 / Math.sqrt(3 * 2000);
  expect(Math.abs(cells[0].measures.correctness[0].mean - 0.75)).toBeLessThan(4 * deviation);
  expect(cells[2].measures.correctness[0].mean).toBeGreaterThan(0.99);
});
