/** A nuScenes evaluation as text, JSON and CSV: the table of its development kit, and what was counted. */
import { version } from "../conventions/version.js";
import type { DetectionReport } from "../evaluate/nuscenes.js";
import { detectionClasses, matchErrors } from "../metrics/nuscenes-boxes.js";
import type { ScoreTextOptions } from "./score-text.js";
import { type Column, prose, tableHeading, tableRow } from "./table.js";

/** Titles of the five errors, with their units. */
export const matchErrorTitles = ["ATE\nm", "ASE\n1", "AOE\nrad", "AVE\nm/s", "AAE\n1"] as const;

/** One row: a class, its counts, AP and errors, as text. */
export function detectionRows({ score }: DetectionReport): string[][] {
  return detectionClasses.map((name) => {
    const { truths, predictions, matches, averagePrecision, errors } = score.classes[name];
    return [
      ...[name, `${truths}`, `${predictions}`, `${matches}`, digits(averagePrecision)],
      ...matchErrors.map((error) => digits(errors[error])),
    ];
  });
}

/** Means over classes, in the same columns. */
export function detectionMeans({ score }: DetectionReport): string[] {
  return [
    ...["mean over classes", "", "", "", digits(score.map)],
    ...matchErrors.map((error) => digits(score.errors[error])),
  ];
}

export const detectionTitles = [
  ...["class", "truths", "predictions", "matches\n< 2 m", "AP\n1"],
  ...matchErrorTitles,
];

const digits = (value: number) => (Number.isNaN(value) ? "–" : value.toFixed(3));

/** Text of a report on detections, ending in a newline. */
export function detectionText(report: DetectionReport, options: ScoreTextOptions = {}): string {
  const width = Math.max(80, options.width ?? 100);
  const plain = (line: string) => line;
  const rule = "─".repeat(width);
  const layout = detectionTitles.map((title, i): Column => {
    const longest = Math.max(...title.split("\n").map((line) => line.length));
    return { title, width: i === 0 ? 20 : Math.max(6, longest), ...(i > 0 && { align: "right" }) };
  });
  const row = (cells: readonly string[]) =>
    tableRow(
      layout,
      cells.map((text) => ({ text })),
    );
  const lines = [
    ...prose(`${report.results} on ${report.dataset} (nuScenes)`, width),
    ...prose(detectionCounts(report), width),
    ...report.warnings.flatMap(({ sentence }) => prose(`Warning: ${sentence}`, width)),
    ...[rule, ...tableHeading(layout, plain), rule, ...detectionRows(report).flatMap(row), rule],
    ...[...row(detectionMeans(report)), `NDS ${digits(report.score.nds)}`, rule, ""],
    ...report.notes.flatMap((note) => prose(note, width)),
  ];
  return `${lines.join("\n")}\n`;
}

/** What was counted, and what was left out by which rule. */
export function detectionCounts({ samples, truths, predictions }: DetectionReport): string {
  const words = (what: string, { read, evaluated, removed }: DetectionReport["truths"]) =>
    `${evaluated} of ${read} ${what} are evaluated (left out: ${removed.range} out of range, ${removed.points} without points, ${removed.rack} in racks)`;
  return `${samples} samples; ${words("true boxes", truths)}; ${words("predictions", predictions)}.`;
}

/** JSON text of a report on detections, ending in a newline. */
export function detectionJson(report: DetectionReport): string {
  const { curves, ...facts } = report;
  const plain = {
    ...{ schema: "pnp-oracle/evaluation@1", version, ...facts },
    curves: curves.map(({ name, precision }) => ({ name, precision: [...precision] })),
  };
  const said = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return `${JSON.stringify(plain, said, 2)}\n`;
}

/** CSV of a report on detections: a line a number, with unit, denominator and threshold. */
export function detectionCsv({ score }: DetectionReport): string {
  const units = ["m", "1", "rad", "m/s", "1"];
  const lines = ["class,metric,value,unit,count,of,matching_distance,frame"];
  const add = (cells: readonly (string | number)[]) => lines.push([...cells, "global"].join(","));
  for (const name of detectionClasses) {
    const { truths, averagePrecisions, averagePrecision, matches, errors } = score.classes[name];
    [0.5, 1, 2, 4].forEach((distance, i) => {
      add([name, "AP", averagePrecisions[i], 1, truths, "truths", distance]);
    });
    add([name, "AP", averagePrecision, 1, truths, "truths", "0.5 1 2 4"]);
    matchErrors.forEach((error, i) => {
      add([name, error, errors[error], units[i], matches, "matches", 2]);
    });
  }
  add(["mean", "mAP", score.map, 1, 10, "classes", "0.5 1 2 4"]);
  matchErrors.forEach((error, i) => {
    const count = detectionClasses.filter(
      (name) => !Number.isNaN(score.classes[name].errors[error]),
    );
    add(["mean", error, score.errors[error], units[i], count.length, "classes", 2]);
  });
  add(["mean", "NDS", score.nds, 1, 10, "classes", ""]);
  return `${lines.join("\n")}\n`;
}
