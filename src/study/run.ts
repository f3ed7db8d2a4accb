/** Runs a study: every cell for every seed, skipping what a results file already holds. */
import { version } from "../conventions/version.js";
import { appendResult, finishedResults, type Result, type ResultKey } from "./results-file.js";
import { type Summary, summary } from "./statistics.js";
import type { Cell, Measures, Study, StudySettings } from "./study.js";

export interface RunOptions {
  /** Name of the random streams. Default: "study". */
  readonly seed?: string;
  /** The quick settings instead of the full ones. Default: false. */
  readonly quick?: boolean;
  /** Where finished cells are kept and taken up again. Default: nowhere. */
  readonly resultsFile?: string;
  /** Stops before the next cell when aborted; what is finished is kept. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, label: string) => void;
}

/** A cell with each measure over its repetitions; lists entry by entry. */
export interface CellSummary extends Cell {
  readonly measures: Readonly<Record<string, readonly Summary[]>>;
}

export interface StudyRun {
  readonly study: string;
  readonly version: string;
  readonly revision: number;
  readonly seed: string;
  readonly settings: StudySettings;
  /** False if it was interrupted: some cells then lack repetitions. */
  readonly complete: boolean;
  /** Repetitions taken from the results file, and lines in it that other settings made. */
  readonly reused: number;
  readonly others: number;
  readonly cells: readonly CellSummary[];
}

/** The study's numbers. @throws RangeError if two cells share an id. */
export async function runStudy<S extends StudySettings>(
  study: Study<S>,
  options: RunOptions = {},
): Promise<StudyRun> {
  const { seed = "study", resultsFile, signal } = options;
  const settings = options.quick ? study.quick : study.full;
  const { name, revision } = study;
  const key: ResultKey = { study: name, revision, version, seed, settings };
  const cells = study.cells(settings);
  const ids = new Set(cells.map(({ id }) => id));
  if (ids.size !== cells.length)
    throw new RangeError(
      `runStudy: expected cells of ${name} with ids of their own, got ${cells.map(({ id }) => id)}`,
    );
  const finished = resultsFile ? finishedResults(resultsFile, key) : { results: [], others: 0 };
  const known = new Map(finished.results.map((result) => [place(result), result.measures]));
  const total = cells.length * settings.repetitions;
  const found = new Map<string, Measures[]>(cells.map(({ id }) => [id, []]));
  let done = 0;
  let reused = 0;
  // Repetitions outside, cells inside: an interrupted study has every cell about equally often.
  for (let repetition = 0; repetition < settings.repetitions && !signal?.aborted; repetition++)
    for (const cell of cells) {
      if (signal?.aborted) break;
      options.onProgress?.(done, total, cell.id);
      const at = { cell: cell.id, repetition };
      let measures = known.get(place(at));
      if (measures) reused++;
      else {
        // One stream a repetition: cells are compared on the same draws.
        measures = study.measure(cell, settings, `${seed}/${name}/${repetition}`);
        if (resultsFile) appendResult(resultsFile, key, { ...at, measures });
        // Lets a signal or a redraw of the progress bar through between cells.
        await new Promise((resolve) => setImmediate(resolve));
      }
      found.get(cell.id)?.push(measures);
      done++;
    }
  return {
    ...{ study: name, version, revision, seed, settings, reused, others: finished.others },
    complete: done === total,
    cells: cells.map((cell) => ({ ...cell, measures: summaries(found.get(cell.id) ?? []) })),
  };
}

const place = ({ cell, repetition }: Pick<Result, "cell" | "repetition">) =>
  `${repetition}:${cell}`;

function summaries(repetitions: readonly Measures[]): Record<string, Summary[]> {
  const [first = {}] = repetitions;
  return Object.fromEntries(
    Object.entries(first).map(([name, value]) => [
      name,
      [value].flat().map((_, i) => summary(repetitions.map((of) => [of[name]].flat()[i]))),
    ]),
  );
}
