/** Seeded, resumable experiments: their numbers as data. */
export { type CellSummary, type RunOptions, runStudy, type StudyRun } from "./run.js";
export { type Summary, summary } from "./statistics.js";
export { studies } from "./studies.js";
export type { Cell, Figure, Measures, PrintedNumber, Study, StudySettings } from "./study.js";
