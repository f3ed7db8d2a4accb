/** The report as text: one table, what was found in plain sentences, one line of summary. */
import { styleText } from "node:util";
import {
  type AuditReport,
  type ClaimReport,
  type FileReport,
  passes,
  type Verdict,
} from "../audit/report.js";
import { conclusion, findingNumbers, findings, findingTitle, summaryLine } from "./findings.js";
import { type Column, tableHeading, tableRow, tableWidth, wrapped } from "./table.js";
import { count, exponent, greatest } from "./wording.js";

export interface TerminalOptions {
  /** Width of the text in characters [default: 100], at least 80. */
  readonly width?: number;
  /** ANSI colours [default: false]. */
  readonly colour?: boolean;
  /** One row for each quantity; otherwise quantities judged alike share a row [default: false]. */
  readonly each?: boolean;
}

type Style = Parameters<typeof styleText>[0];

const verdictStyle: Readonly<Record<Verdict, Style>> = {
  correct: "green",
  "correct-under-convention": "green",
  rounding: "green",
  approximation: "yellow",
  wrong: "red",
  "ill-posed": "magenta",
  inconclusive: "magenta",
};

/** Claims of one file that share a row: same verdict, same explanation, same expectation. */
function rows(file: FileReport, each: boolean): ClaimReport[][] {
  if (each) return file.claims.map((claim) => [claim]);
  const groups = new Map<string, ClaimReport[]>();
  for (const claim of file.claims) {
    const key = JSON.stringify([claim.verdict, claim.explanation, claim.expected]);
    groups.set(key, [...(groups.get(key) ?? []), claim]);
  }
  return [...groups.values()];
}

function columns(width: number): Column[] {
  const fixed: Column[] = [
    { title: "", width: 1 },
    { title: "quantity", width: 21 },
    { title: "verdict", width: 14 },
    { title: "explanation", width: 0 },
    { title: "worst\nerror", width: 7, align: "right" },
    { title: "expl.\nerror", width: 7, align: "right" },
    { title: "budget", width: 7, align: "right" },
    { title: "prob-\nlems", width: 5, align: "right" },
  ];
  const rest = width - tableWidth(fixed);
  return fixed.map((column) => (column.width === 0 ? { ...column, width: rest } : column));
}

/** Text of a report for a terminal or a log, ending in a newline. */
export function terminalReport(report: AuditReport, options: TerminalOptions = {}): string {
  const width = Math.max(80, options.width ?? 100);
  const paint = (style: Style) => (line: string) =>
    options.colour ? styleText(style, line, { validateStream: false }) : line;
  const [bold, dim] = [paint("bold"), paint("dim")];
  const layout = columns(width);
  const rule = dim("─".repeat(width));
  const lines = [rule, ...tableHeading(layout, bold), rule];

  const mark = (claims: readonly ClaimReport[]) => {
    if (!claims.every(passes)) return { text: "✗", style: paint("red") };
    return claims.some(({ expected }) => expected)
      ? { text: "!", style: paint("yellow") }
      : { text: "✓", style: paint("green") };
  };
  for (const file of report.files) {
    const points = file.correspondences > 0 ? `, ${count(file.correspondences, "point")}` : "";
    lines.push(bold(file.file));
    const about = `${file.source === "" ? "" : `${file.source} · `}${file.method}, ${file.dtype}${points}`;
    for (const line of wrapped(about, width - 3)) lines.push(`   ${dim(line)}`);
    if (file.forward.status !== "ok" && file.forward.sentence !== "")
      for (const line of wrapped(`forward: ${file.forward.sentence}`, width - 3))
        lines.push(`   ${paint("yellow")(line)}`);
    for (const claims of rows(file, options.each ?? false)) {
      const [{ verdict, explanation, expected }] = claims;
      const explained = claims.flatMap(({ explanationError }) => explanationError ?? []);
      const text = [
        claims.map(({ quantity }) => quantity).join(", "),
        verdict + (expected ? "\n(expected)" : ""),
        explanation ?? (passes(claims[0]) ? "" : "none that fits"),
        exponent(greatest(claims.map((claim) => claim.worstRelativeError))),
        explained.length > 0 ? exponent(greatest(explained)) : "",
        exponent(greatest(claims.map(({ budget }) => budget))),
        `${file.problems}`,
      ].map((text, i) => (i === 1 ? { text, style: paint(verdictStyle[verdict]) } : { text }));
      lines.push(...tableRow(layout, [mark(claims), ...text]));
    }
  }
  lines.push(rule, "");

  for (const found of findings(report)) {
    const { text, style } = mark(found.claims);
    const [first, ...others] = wrapped(findingTitle(found), width - 2);
    lines.push(`${style(text)} ${bold(first)}`, ...others.map((line) => `  ${bold(line)}`));
    const expectation = found.expected ? " Declared as expected." : "";
    const body = [findingNumbers(found) + expectation];
    if (found.verdict !== "correct" && found.sentence !== "") body.push(found.sentence);
    for (const line of wrapped(body.join(" "), width - 2)) lines.push(`  ${line}`);
  }
  lines.push("", ...wrapped(summaryLine(report), width));
  lines.push(...wrapped(conclusion(report), width).map(bold));
  return `${lines.join("\n")}\n`;
}
