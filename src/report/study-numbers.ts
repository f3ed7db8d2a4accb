/** A study's numbers for people and for programs: beside those that the documents print. */
import type { StudyRun } from "../study/run.js";
import type { Summary } from "../study/statistics.js";
import type { PrintedNumber, Study } from "../study/study.js";
import { type Column, prose, tableHeading, tableRow, tableWidth } from "./table.js";
import { count } from "./wording.js";

/** One number of a study: a measure of a cell, and what a document prints for it. */
export interface StudyNumber {
  readonly cell: string;
  readonly measure: string;
  readonly found: Summary;
  readonly printed: readonly PrintedNumber[];
}

/** The numbers of a run, cell by cell; measures that are curves are left to the figures. */
export function studyNumbers(study: Pick<Study, "printed">, run: StudyRun): StudyNumber[] {
  return run.cells.flatMap(({ id, measures }) =>
    Object.entries(measures)
      .filter(([, found]) => found.length === 1)
      .map(([measure, [found]]) => ({
        ...{ cell: id, measure, found },
        printed: study.printed.filter((of) => of.cell === id && of.measure === measure),
      })),
  );
}

/** "0.563 ± 0.011"; "0.563" of one repetition; "–" where there was nothing to measure. */
export function withError({ mean, error }: Summary): string {
  if (!Number.isFinite(mean)) return "–";
  return Number.isFinite(error) ? `${digits(mean)} ± ${digits(error)}` : digits(mean);
}

/** Three decimals, or three significant digits of what they cannot tell from zero or that is large. */
export function digits(value: number): string {
  const size = Math.abs(value);
  return value === 0 || (size >= 0.0005 && size < 1000) ? value.toFixed(3) : value.toExponential(2);
}

/** What a run was: settings, seed and how many cells. */
export function runLine({ cells, settings, seed, reused }: StudyRun): string {
  const done = `${count(cells.length, "cell")}, ${count(settings.repetitions, "repetition")} each`;
  return `${done}, seed ${seed}${reused > 0 ? `; ${reused} taken up from an earlier run` : ""}.`;
}

/** The numbers as a table for a terminal, then what they show; ends in a newline. */
export function studyTable(study: Study, run: StudyRun, width = 100): string {
  const numbers = studyNumbers(study, run);
  const columns: Column[] = [
    {
      title: "cell",
      width: Math.min(
        34,
        widest(
          numbers.map(({ cell }) => cell),
          4,
        ),
      ),
    },
    {
      title: "measure",
      width: Math.min(
        26,
        widest(
          numbers.map(({ measure }) => measure),
          7,
        ),
      ),
    },
    { title: "here", width: 17, align: "right" },
    { title: "printed", width: 7, align: "right" },
  ];
  const rest = Math.max(8, width - tableWidth(columns) - 2);
  const layout = [...columns, { title: "by", width: rest }];
  const rule = "─".repeat(tableWidth(layout));
  const rows = numbers.flatMap(({ cell, measure, found, printed }, i) =>
    tableRow(layout, [
      { text: numbers[i - 1]?.cell === cell ? "" : cell },
      { text: measure },
      { text: withError(found) },
      { text: printed.map(({ value }) => digits(value)).join("\n") },
      { text: printed.map(({ source }) => source).join("\n") },
    ]),
  );
  const lines = [rule, ...tableHeading(layout, (line) => line), rule, ...rows, rule];
  const remarks = study.remarks.flatMap((remark) =>
    prose(remark, width - 2).map((line, i) => `${i === 0 ? "· " : "  "}${line}`),
  );
  const end = [...remarks, "", ...prose(`${runLine(run)} ± is one standard error.`, width)];
  return `${[...prose(study.sentence, width), ...lines, ...end].join("\n")}\n`;
}

const widest = (texts: readonly string[], least: number): number =>
  Math.max(least, ...texts.map((text) => text.length));

/** JSON text of a run and the printed numbers; numbers that JSON cannot say are strings. */
export function studyJson(study: Study, run: StudyRun): string {
  const plain = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  const { sentence, printed, remarks } = study;
  const report = { schema: "pnp-oracle/study@1", ...run, sentence, printed, remarks };
  return `${JSON.stringify(report, plain, 2)}\n`;
}
