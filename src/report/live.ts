/** What a live audit found, for a terminal and as JSON. */
import { styleText } from "node:util";
import { type AuditReport, verdicts } from "../audit/report.js";
import type { Claims } from "../formats/claims.js";
import { writeClaimsJson } from "../formats/json.js";
import { listsText } from "../formats/nested-list.js";
import {
  type Asked,
  type Finding,
  type LawFinding,
  type LiveFailure,
  type LiveReport,
  livePasses,
  requestLine,
} from "../live/index.js";
import type { Check } from "./junit.js";
import type { Incident } from "./sarif.js";
import { prose } from "./table.js";
import { type TerminalOptions, terminalReport } from "./terminal.js";
import { count, exponent, listing } from "./wording.js";

/** Laws and faults of a live report as cases of a test report. */
export const liveChecks = ({ laws, findings }: LiveReport): Check[] => [
  ...laws.map((law): Check => {
    const [title, [body]] = lawText(law);
    return { name: law.law, failure: law.broken === 0 ? null : { title, body } };
  }),
  ...findings.map(
    ({ fault, sentence, remedy }): Check => ({
      name: fault,
      failure: { title: sentence, body: `To mend it: ${remedy}.` },
    }),
  ),
];

/** Broken laws and faults of a live report as results of code scanning. */
export function liveIncidents({ laws, findings }: LiveReport, saved: SavedPlaces): Incident[] {
  const [anywhere] = [...saved.findings, ...saved.failures].flatMap((path) => path ?? []);
  return [
    ...laws
      .filter(({ broken }) => broken > 0)
      .map((law) => {
        const [title, [text]] = lawText(law);
        return { rule: law.law, meaning: title, text, file: anywhere ?? "live" };
      }),
    ...findings.map(({ fault, sentence, remedy }, k) => ({
      ...{ rule: fault, meaning: `To mend it: ${remedy}.`, text: sentence },
      file: saved.findings[k] ?? anywhere ?? "live",
    })),
  ];
}

/** Where the problems of a report were written, in the order of its failures and of its findings. */
export interface SavedPlaces {
  readonly failures: readonly string[];
  /** Null where no request was open. */
  readonly findings: readonly (string | null)[];
}

/** The audit of a live report without problems that nobody could be right on. */
export function judgeable({ report }: LiveReport): AuditReport {
  const beside = (verdict: string) => verdict === "ill-posed" || verdict === "inconclusive";
  const files = report.files
    .map((file) => ({ ...file, claims: file.claims.filter(({ verdict }) => !beside(verdict)) }))
    .filter(({ claims }) => claims.length > 0);
  const left = verdicts.map((verdict) => [verdict, beside(verdict) ? 0 : report.summary[verdict]]);
  return { ...report, files, summary: Object.fromEntries(left) };
}

/** Text of a live report, ending in a newline. */
export function liveText(
  live: LiveReport,
  saved: SavedPlaces,
  options: TerminalOptions & { readonly quiet?: boolean } = {},
): string {
  const width = Math.max(80, options.width ?? 100);
  const paint = (style: "bold" | "green" | "red", text: string) =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  const lines: string[] = [];
  const entry = (good: boolean, title: string, body: readonly string[]) => {
    const [first, ...more] = prose(title, width - 2);
    const mark = good ? paint("green", "✓") : paint("red", "✗");
    lines.push(
      `${mark} ${paint("bold", first)}`,
      ...more.map((line) => `  ${paint("bold", line)}`),
    );
    for (const text of body) for (const line of prose(text, width - 2)) lines.push(`  ${line}`);
  };
  const judged = judgeable(live);
  if (judged.files.length > 0 && !options.quiet) lines.push(terminalReport(judged, options));
  if (!options.quiet) for (const law of live.laws) entry(law.broken === 0, ...lawText(law));
  for (const [k, finding] of live.findings.entries()) {
    const { fault, sentence, remedy, count: times, asked } = finding;
    entry(false, `${fault}${times > 1 ? `, ${times} times` : ""}`, [
      `${sentence}${asked ? ` ${requestText(asked)}` : ""}${aloneText(finding)} To mend it: ${remedy}.`,
      ...(saved.findings[k] ? [`The request: ${saved.findings[k]}`] : []),
    ]);
  }
  for (const [k, failure] of live.failures.entries()) {
    entry(false, failureTitle(failure), [
      `${failureNumbers(failure)} ${failure.sentence}`,
      `Replay it with pnp-oracle audit ${saved.failures[k]}`,
    ]);
    for (const line of problemLines(failure)) lines.push(`    ${line}`);
  }
  if (lines.length > 0) lines.push("");
  lines.push(...prose(liveSummary(live), width), paint("bold", liveConclusion(live)));
  return `${lines.join("\n")}\n`;
}

function lawText({ law, sentence, compared, broken, ...worst }: LawFinding): [string, string[]] {
  const { quantity, missedBy, allowed, asked } = worst;
  const held =
    broken === 0
      ? `Held in ${count(compared, "comparison")}`
      : `Broken in ${broken} of ${count(compared, "comparison")}`;
  const numbers = `; at worst ${quantity} missed it by ${exponent(missedBy)}, where rounding allows ${exponent(allowed)}.`;
  const where = broken > 0 && asked ? [requestText(asked)] : [];
  return [`${law}: ${sentence}`, [`${held}${numbers}`, ...where]];
}

/** What a process of its own does with the request, and how small one has become that does the same. */
function aloneText({ alone, smallest }: Finding): string {
  if (alone === undefined) return "";
  if (!alone) return " Alone, in a new process, it is answered: what was asked before it counts.";
  if (!smallest) return " Alone, in a new process, it does the same.";
  const axes = Object.entries(smallest.question.input)
    .filter(([name]) => name === "x3d" || name === "points")
    .map(([name, { shape }]) => `${name} has shape [${shape.join(", ")}]`);
  return ` Alone, in a new process, it does the same, and so does the smallest request found${axes.length > 0 ? `: ${axes}` : ""}.`;
}

const requestText = ({ id, question }: Asked): string => `Request ${id}: ${question.label}.`;

function failureTitle({ quantity, verdict, explanation }: LiveFailure): string {
  const is = verdict === "approximation" ? "an approximation" : verdict;
  return `${quantity} is ${is}${explanation ? `: ${explanation}` : ""}`;
}

function failureNumbers({ relativeError, budget, bySeed, ...rest }: LiveFailure): string {
  const { request, label, shrunk } = rest;
  const causes = bySeed
    ? `rounding and chance over ${bySeed.length} seeds allow`
    : "rounding allows";
  const off = `Off by ${exponent(relativeError)}, where ${causes} ${exponent(budget)}.`;
  const from = `request ${request} (${label})`;
  return shrunk ? `${off} The smallest problem found, from ${from}:` : `${off} Seen in ${from}.`;
}

/** The longest array that is printed; a file holds them all. */
const longest = 300;

/** A problem's numbers, one array a line. */
function problemLines({ claims }: LiveFailure): string[] {
  const line = ([name, array]: [string, LiveFailure["claims"]["input"][string]]) => {
    const text = listsText(array).replaceAll("\n", "").replaceAll(",", ", ");
    return `${name} = ${text.length > longest ? `${text.slice(0, longest)}…` : text}`;
  };
  return [...Object.entries(claims.input), ...Object.entries(claims.claim)].map(line);
}

/** What was asked and answered, in a sentence. */
function liveSummary(live: LiveReport): string {
  const { requests, answers, seconds, seed, method, dtype } = live;
  const pace = seconds
    ? `, ${milliseconds(seconds.median)} each in the middle and ${milliseconds(seconds.worst)} at most`
    : "";
  const aside = live.report.summary["ill-posed"] + live.report.summary.inconclusive;
  const left = aside > 0 ? ` ${count(aside, "claim")} could not be judged by anyone.` : "";
  const drawn = live.seeds > 0 ? `, each with ${live.seeds} seeds` : "";
  return `${count(requests, "request")} of ${method} in ${dtype} from seed ${seed}${drawn}, ${count(answers, "answer")}${pace}.${left}`;
}

const milliseconds = (seconds: number): string =>
  seconds < 1 ? `${Number((1000 * seconds).toPrecision(2))} ms` : `${seconds.toPrecision(2)} s`;

/** Whether a live audit passes, and if not, of what kind its failures are. */
export function liveConclusion(live: LiveReport): string {
  if (livePasses(live)) return "The command passes.";
  const broken = live.laws.filter((law) => law.broken > 0).length;
  const kinds = [
    [live.findings.length, "fault of the protocol", "faults of the protocol"],
    [broken, "broken law", "broken laws"],
    [live.failures.length, "cause of wrong numbers", "causes of wrong numbers"],
  ] as const;
  const named = kinds.flatMap(([n, one, many]) => (n > 0 ? [count(n, one, many)] : []));
  return `The command does not pass: ${listing(named.length > 0 ? named : ["no answer"])}.`;
}

/** JSON text of a live report, ending in a newline; requests and claims as they stand in files. */
export function liveJson(live: LiveReport): string {
  const request = (asked: Asked | null) =>
    asked && JSON.parse(requestLine(asked.id, asked.question));
  const parsed = (claims: Claims) => JSON.parse(writeClaimsJson(claims));
  const whole = {
    ...live,
    passes: livePasses(live),
    findings: live.findings.map(({ asked, smallest, ...rest }) => ({
      ...rest,
      request: request(asked),
      ...(smallest && { smallest: request(smallest) }),
    })),
    laws: live.laws.map(({ asked, ...rest }) => ({ ...rest, request: request(asked) })),
    failures: live.failures.map(({ claims, bySeed, ...rest }) => ({
      ...rest,
      claims: parsed(claims),
      ...(bySeed && { bySeed: bySeed.map(parsed) }),
    })),
  };
  const plain = (key: string, value: unknown) => {
    if (key === "entries") return undefined;
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  };
  return `${JSON.stringify(whole, plain, 2)}\n`;
}
