/** `pnp-oracle audit --exec COMMAND --method NAME`: ask a command, judge its answers, keep what fails. */
import { writeFile } from "node:fs/promises";
import type { Convention } from "../formats/claims.js";
import { writeClaimsJson } from "../formats/json.js";
import { methods } from "../formats/methods.js";
import type { LiveOptions, LiveReport } from "../live/index.js";
import { reportJunit } from "../report/junit.js";
import type { SavedPlaces } from "../report/live.js";
import { reportSarif } from "../report/sarif.js";
import type { AuditCommandOptions, Surroundings } from "./audit-command.js";
import { CommandError } from "./failure.js";
import { progressOn } from "./progress.js";

export interface LiveCommandOptions extends Omit<AuditCommandOptions, "expect"> {
  readonly exec?: string;
  readonly method?: string;
  /** Names with commas. */
  readonly want?: string;
  readonly problems?: string;
  readonly seed?: string;
  readonly seeds?: string;
  readonly dtype?: string;
  /** name=value with commas. */
  readonly convention?: string;
  readonly expect?: string | boolean;
  readonly timeout?: string;
  readonly ahead?: string;
  readonly shrink?: string;
  /** Where the first failing problem goes; others get names like it [default: failing.json]. */
  readonly save?: string;
}

/** Exit codes of an interrupted command: 128 and the number of the signal. */
const interrupted = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Interrupt = keyof typeof interrupted;

/** Runs the command; resolves to its exit code. */
export async function liveCommand(
  files: readonly string[],
  options: LiveCommandOptions,
  { stdout, stderr }: Surroundings = process,
): Promise<number> {
  const settings = checked(files, options);
  const stop = new AbortController();
  let received: Interrupt | undefined;
  const abort = (signal: Interrupt) => {
    received ??= signal;
    stop.abort();
  };
  const signals = Object.keys(interrupted) as Interrupt[];
  for (const signal of signals) process.on(signal, abort);
  const progress = await progressOn(stderr, !options.quiet, "steps");
  let report: LiveReport;
  try {
    const { liveAudit } = await import("../live/index.js");
    report = await liveAudit({
      ...settings,
      signal: stop.signal,
      onProgress: progress.update,
      onErrorText: (text) => stderr.write(text),
    });
  } catch (error) {
    if (received === undefined) throw error;
    stderr.write("pnp-oracle: stopped, and the command with it\n");
    return interrupted[received];
  } finally {
    progress.stop();
    for (const signal of signals) process.off(signal, abort);
  }
  return shown(report, options, { stdout, stderr });
}

/** Writes all that a report is kept as; resolves to the exit code. */
async function shown(
  report: LiveReport,
  options: LiveCommandOptions,
  { stdout, stderr }: Surroundings,
): Promise<number> {
  const saved = await save(report, options.save ?? "failing.json");
  const { judgeable, liveChecks, liveIncidents, liveJson, liveText } = await import(
    "../report/live.js"
  );
  const { html } = options;
  const page =
    typeof html === "string" ? html : html === false || options.json ? null : "report.html";
  const judged = judgeable(report);
  if (options.junit)
    await written(options.junit, reportJunit(judged, liveChecks(report)), "--junit");
  if (options.sarif) {
    // Claims were never in a file, but for those that were saved.
    const [kept = "live"] = saved.failures;
    const sarif = reportSarif(judged, liveIncidents(report, saved), () => kept);
    await written(options.sarif, sarif, "--sarif");
  }
  if (page !== null && judged.files.length > 0) {
    const { reportHtml } = await import("../report/html.js");
    await written(page, reportHtml(judged), "--html");
  }
  if (options.json) stdout.write(liveJson(report));
  else {
    const look = stdout.isTTY
      ? { width: Math.min(stdout.columns ?? 100, 120), colour: stdout.hasColors() }
      : { width: 100, colour: false };
    stdout.write(liveText(report, saved, { ...look, each: options.each, quiet: options.quiet }));
  }
  if (page !== null && judged.files.length > 0)
    (options.json ? stderr : stdout).write(`Pictures: ${page}\n`);
  const { livePasses } = await import("../live/index.js");
  return livePasses(report) ? 0 : 1;
}

/** Writes failing problems as claims files, and requests that met a fault as lines to send again. */
async function save(report: LiveReport, name: string): Promise<SavedPlaces> {
  const { requestLine } = await import("../live/index.js");
  const base = name.replace(/\.json$/i, "");
  const failures: string[] = [];
  for (const [k, { claims, bySeed }] of report.failures.entries()) {
    const own = k === 0 ? name : `${base}-${k + 1}.json`;
    // A line for each seed: together they are judged by their mean.
    const path = bySeed ? `${own.replace(/\.json$/i, "")}.ndjson` : own;
    const text = bySeed?.map((one) => `${writeClaimsJson(one).replaceAll("\n", "")}\n`).join("");
    await written(path, text ?? writeClaimsJson(claims), "--save");
    failures.push(path);
  }
  const findings: (string | null)[] = [];
  for (const { fault, asked: first, smallest } of report.findings) {
    const asked = smallest ?? first;
    const path = asked ? `${base}-${fault}.ndjson` : null;
    if (path && asked) await written(path, `${requestLine(asked.id, asked.question)}\n`, "--save");
    findings.push(path);
  }
  return { failures, findings };
}

async function written(path: string, text: string, option: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(`${path}: could not be written (${code}); ${option} FILE names another`);
  }
}

/** Options as the audit takes them. @throws CommandError naming the option. */
function checked(files: readonly string[], options: LiveCommandOptions): LiveOptions {
  const { exec, method } = options;
  if (exec === undefined)
    throw new CommandError('audit: expected claims files, or --exec "COMMAND", got neither');
  if (files.length > 0)
    throw new CommandError(`audit: expected claims files or --exec, got both (${files[0]})`);
  if (exec.trim() === "") throw new CommandError("--exec: expected a command, got nothing");
  const known = Object.keys(methods).join(", ");
  if (method === undefined) throw new CommandError(`--method: expected one of ${known}, got none`);
  const { want, convention, expect, seed, dtype } = options;
  return {
    ...{ command: exec, method, seed, dtype: dtype as LiveOptions["dtype"] },
    want: want?.split(",").map((name) => name.trim()),
    convention: convention === undefined ? {} : (pairs("--convention", convention) as Convention),
    expect: typeof expect === "string" ? pairs("--expect", expect) : {},
    problems: numberOf("--problems", options.problems),
    timeout: numberOf("--timeout", options.timeout),
    ahead: numberOf("--ahead", options.ahead),
    shrink: numberOf("--shrink", options.shrink),
    seeds: numberOf("--seeds", options.seeds),
  };
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value))
    throw new CommandError(`${option}: expected a number, got "${text}"`);
  return value;
}

/** "a=b,c=d" as an object. */
function pairs(option: string, text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const [, name, value] = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(pair) ?? [];
      if (name === undefined)
        throw new CommandError(`${option}: expected name=value with commas, got "${pair}"`);
      return [name, value];
    }),
  );
}
