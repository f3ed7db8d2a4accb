/** The report as text: one table, what was found in plain sentences, one line of summary. */
import { styleText } from "node:util";
import {
  type AuditReport,
  type ClaimReport,
  type FileReport,
  passes,
  type Verdict,
} from "../audit/report.js";
import {
  code,
  conclusion,
  digitsLine,
  findingNumbers,
  findingSources,
  findings,
  findingTitle,
  summaryLine,
} from "./findings.js";
import { type Column, prose, tableHeading, tableRow, tableWidth } from "./table.js";
import { exponent, greatest } from "./wording.js";

export interface TerminalOptions {
  /** Width of the text in characters [default: 100], at least 80. */
  readonly width?: number;
  /** ANSI colours [default: false]. */
  readonly colour?: boolean;
  /** One row for each claim; otherwise claims of the same code judged alike share one [default: false]. */
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

/** Files that share a heading, with the claims that share each row below it. */
interface Section {
  readonly files: readonly FileReport[];
  readonly rows: readonly (readonly ClaimReport[])[];
  /** Problems behind each row. */
  readonly problems: readonly number[];
}

/** One section a file with a row a claim, or what is alike put together. */
function sections(report: AuditReport, each: boolean): Section[] {
  const files = new Map<string, FileReport[]>();
  for (const file of report.files) {
    const key = JSON.stringify(each ? file.file : [code(file), file.method, file.dtype]);
    files.set(key, [...(files.get(key) ?? []), file]);
  }
  return [...files.values()].map((files) => {
    const rows = new Map<string, { claims: ClaimReport[]; problems: Map<string, number> }>();
    for (const file of files)
      for (const claim of file.claims) {
        const { quantity, verdict, explanation, expected } = claim;
        const key = JSON.stringify([verdict, explanation, expected, each ? quantity : ""]);
        const row: { claims: ClaimReport[]; problems: Map<string, number> } = rows.get(key) ?? {
          claims: [],
          problems: new Map(),
        };
        row.claims.push(claim);
        row.problems.set(file.file, file.problems);
        rows.set(key, row);
      }
    return {
      files,
      rows: [...rows.values()].map(({ claims }) => claims),
      problems: [...rows.values()].map(({ problems }) =>
        [...problems.values()].reduce((a, b) => a + b, 0),
      ),
    };
  });
}

/** Names with what they share written once: "bpnp-n{4,8}-BPnP.json". */
export function braced(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  const [first] = names;
  let start = 0;
  while (start < first.length && names.every((name) => name[start] === first[start])) start++;
  const shortest = Math.min(...names.map((name) => name.length));
  let end = 0;
  while (end < shortest - start && names.every((name) => name.at(-1 - end) === first.at(-1 - end)))
    end++;
  const middles = names.map((name) => name.slice(start, name.length - end));
  return `${first.slice(0, start)}{${middles.join(",")}}${first.slice(first.length - end)}`;
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
  for (const { files, rows, problems } of sections(report, options.each ?? false)) {
    const [file] = files;
    const title = options.each ? file.file : code(file);
    const [first, ...more] = prose(`${title} · ${file.method}, ${file.dtype}`, width);
    lines.push(bold(first), ...more.map(bold));
    const note = options.each ? file.source : braced(files.map(({ file }) => file));
    if (note !== "" && note !== title)
      for (const line of prose(note, width - 3)) lines.push(`   ${dim(line)}`);
    for (const { file: name, forward } of files)
      if (forward.status !== "ok" && forward.sentence !== "")
        for (const line of prose(`${name}: ${forward.sentence}`, width - 3))
          lines.push(`   ${paint("yellow")(line)}`);
    rows.forEach((claims, row) => {
      const [{ verdict, explanation, expected }] = claims;
      const explained = claims.flatMap(({ explanationError }) => explanationError ?? []);
      const text = [
        [...new Set(claims.map(({ quantity }) => quantity))].join(", "),
        verdict + (expected ? "\n(expected)" : ""),
        explanation ?? (verdict === "wrong" ? "none that fits" : ""),
        exponent(greatest(claims.map((claim) => claim.worstRelativeError))),
        explained.length > 0 ? exponent(greatest(explained)) : "",
        exponent(greatest(claims.map(({ budget }) => budget))),
        `${problems[row]}`,
      ].map((text, i) => (i === 1 ? { text, style: paint(verdictStyle[verdict]) } : { text }));
      lines.push(...tableRow(layout, [mark(claims), ...text]));
    });
  }
  lines.push(rule, "");

  for (const found of findings(report)) {
    const { text, style } = mark(found.claims);
    const [first, ...others] = prose(findingTitle(found), width - 2);
    lines.push(`${style(text)} ${bold(first)}`, ...others.map((line) => `  ${bold(line)}`));
    for (const line of prose(findingSources(found), width - 2)) lines.push(`  ${dim(line)}`);
    const body = [findingNumbers(found)];
    if (found.expected) body.push("Declared as expected.");
    if (found.verdict !== "correct" && found.sentence !== "") body.push(found.sentence);
    for (const line of prose(body.join(" "), width - 2)) lines.push(`  ${line}`);
  }
  lines.push("", ...prose(`${summaryLine(report)} ${digitsLine(report)}`.trim(), width));
  lines.push(...prose(conclusion(report), width).map(bold));
  return `${lines.join("\n")}\n`;
}
