/** An evaluation as text: the table as papers lay it out, then what every number in it is. */
import { styleText } from "node:util";
import type { PoseReport } from "../evaluate/pose-report.js";
import { columnSentence, intervalDigits, modelWords, scoreDigits } from "./score-words.js";
import { type Column, prose, tableHeading, tableRow, tableWidth } from "./table.js";

export interface ScoreTextOptions {
  /** Width of the text in characters, at least 80 [default: 100]. */
  readonly width?: number;
  /** ANSI colours [default: false]. */
  readonly colour?: boolean;
}

/** Text of a report on poses, ending in a newline. */
export function scoreText(report: PoseReport, options: ScoreTextOptions = {}): string {
  const width = Math.max(80, options.width ?? 100);
  const paint = (style: "bold" | "dim" | "yellow") => (line: string) =>
    options.colour ? styleText(style, line, { validateStream: false }) : line;
  const { table, counts } = report;
  const rule = paint("dim")("─".repeat(width));
  const lines = [
    ...prose(`${report.results} on ${report.dataset} (${report.format})`, width).map(paint("bold")),
    ...prose(countsWords(report), width),
  ];
  for (const { sentence } of report.warnings)
    lines.push(...prose(`Warning: ${sentence}`, width).map(paint("yellow")));
  lines.push(rule);
  for (const part of partsOf(report, width)) {
    lines.push(...tableHeading(part.layout, paint("bold")), rule);
    for (const { name, instances, missing, results } of table.rows)
      lines.push(
        ...tableRow(part.layout, [
          { text: name },
          { text: `${instances - missing}/${instances}` },
          ...part.columns.map((c) => ({
            text: scoreDigits(results[c].value, table.columns[c].rule),
          })),
        ]),
      );
    lines.push(
      rule,
      ...tableRow(part.layout, [
        { text: "mean over objects", style: paint("bold") },
        { text: `${counts.estimates.kept}/${counts.instances}` },
        ...part.columns.map((c) => ({
          text: scoreDigits(table.means[c].value, table.columns[c].rule),
          style: paint("bold"),
        })),
      ]),
    );
    const [first] = table.means.flatMap(({ interval }) => interval ?? []);
    if (first)
      lines.push(
        ...tableRow(part.layout, [
          { text: `${100 * first.level} % interval` },
          { text: "" },
          ...part.columns.map((c) => ({
            text: intervalDigits(table.means[c].interval, table.columns[c].rule),
          })),
        ]),
      );
    lines.push(rule);
  }
  lines.push("");
  for (const sentence of legend(report))
    lines.push(...prose(sentence, width - 2).map((line, i) => (i > 0 ? `  ${line}` : line)));
  return `${lines.join("\n")}\n`;
}

/** What was counted, in a sentence or two. */
export function countsWords({ counts, table, imageWidth }: PoseReport): string {
  const { instances, images, estimates, defect } = counts;
  const objects = table.rows.length;
  const left = [
    estimates.surplus > 0 ? `${estimates.surplus} beaten by a better score` : "",
    estimates.unasked > 0 ? `${estimates.unasked} asked for by no target` : "",
  ].filter((part) => part !== "");
  return [
    `${instances} targets of ${objects} objects in ${images} images; ${estimates.kept} of them have an estimate, the ${instances - estimates.kept} others are misses.`,
    `${estimates.rows} rows${left.length > 0 ? `: ${left.join(", ")}` : ""}.`,
    `Worst departure from a rotation: ${defect.worst.toPrecision(2)}${defect.row > 0 ? `, row ${defect.row}` : ""}.`,
    `Images ${imageWidth} px wide.`,
  ].join(" ");
}

/** A sentence for each thing that a reader of the numbers has to know. */
export function legend({ table, models, notes, compatibility }: PoseReport): string[] {
  const [first] = table.means.flatMap(({ interval }) => interval ?? []);
  const quirks = [...new Set(table.means.flatMap((mean) => mean.compatibility))];
  return [
    "Scores are percentages of targets of an object, then means over objects; errors on a threshold are misses, and so are targets without an estimate.",
    ...table.columns.map((column, c) => columnSentence(column, table.means[c])),
    ...models.map((model) => `Object ${model.name}: ${modelWords(model)}.`),
    ...(first
      ? [
          `Intervals: ${100 * first.level} %, ${first.resamples} resamples of whole images, seed "${first.seed}".`,
        ]
      : []),
    ...notes,
    ...(quirks.length > 0 ? [`Compatibility: ${quirks.join("; ")}.`] : []),
    ...(compatibility.length > 0 ? [`Switches: ${compatibility.join(", ")}.`] : []),
  ];
}

interface Part {
  readonly layout: readonly Column[];
  /** Which columns of the table. */
  readonly columns: readonly number[];
}

/** The table's columns, cut into parts that fit the width. */
function partsOf({ table }: PoseReport, width: number): Part[] {
  const longest = Math.max(17, ...table.rows.map(({ name }) => name.length));
  const fixed: Column[] = [
    { title: "object", width: Math.min(24, longest) },
    { title: "found", width: Math.max(9, 0), align: "right" },
  ];
  const cells = table.columns.map(({ title, rule }, c): Column => {
    const texts = [
      ...title.split("\n"),
      intervalDigits(table.means[c].interval, rule),
      ...[...table.rows.map(({ results }) => results[c]), table.means[c]].map(({ value }) =>
        scoreDigits(value, rule),
      ),
    ];
    return { title, width: Math.max(...texts.map((text) => text.length)), align: "right" };
  });
  const parts: { layout: Column[]; columns: number[] }[] = [];
  cells.forEach((cell, c) => {
    const last = parts.at(-1);
    if (last && tableWidth([...last.layout, cell]) <= width) {
      last.layout.push(cell);
      last.columns.push(c);
    } else parts.push({ layout: [...fixed, cell], columns: [c] });
  });
  return parts;
}
