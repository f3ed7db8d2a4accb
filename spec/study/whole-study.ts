/** What every study owes: at its quick size all cells have numbers, and figures and printed numbers their cells. */
import { expect } from "vitest";
import { runStudy, type StudyRun } from "../../src/study/run.js";
import type { Study } from "../../src/study/study.js";

export async function expectWhole(study: Study): Promise<StudyRun> {
  const run = await runStudy(study, { quick: true });
  const known = new Map(run.cells.map(({ id, measures }) => [id, measures]));
  expect([...known.keys()]).toEqual(study.cells(study.quick).map(({ id }) => id));
  for (const [id, measures] of known)
    for (const [name, found] of Object.entries(measures))
      for (const { count, missing } of found) expect(count + missing, `${id} ${name}`).toBe(2);
  for (const { at, series, name } of study.figures(study.quick))
    for (const { cells, measure, across } of series) {
      const values = (of: string) => cells.flatMap((cell) => known.get(cell)?.[of] ?? []);
      const length = across === undefined ? at.length : values(across).length;
      expect(values(measure).length, `${name} ${measure}`).toBeGreaterThan(0);
      if (across !== undefined) expect(values(measure), name).toHaveLength(length);
      else expect(values(measure).length, name).toBeLessThanOrEqual(length);
    }
  const full = new Set(study.cells(study.full).map(({ id }) => id));
  for (const { cell, measure } of study.printed) {
    expect(full.has(cell), cell).toBe(true);
    const quick = known.get(cell);
    if (quick) expect(quick).toHaveProperty([measure]);
  }
  expect(study.remarks.length).toBeGreaterThan(2);
  return run;
}
