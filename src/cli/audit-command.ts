/** `pnp-oracle audit FILE...`: judge claims files, show what was found, and say so by the exit code. */
import { writeFile } from "node:fs/promises";
import type { NamedClaims } from "../audit/audit.js";
import { type AuditReport, exitCode } from "../audit/report.js";
import { FormatError, readClaims, readFileBytes } from "../formats/index.js";
import { conclusion, summaryLine } from "../report/findings.js";
import { reportJson } from "../report/json.js";
import { reportJunit } from "../report/junit.js";
import { reportSarif } from "../report/sarif.js";
import { terminalReport } from "../report/terminal.js";
import { CommandError, cannotRun } from "./failure.js";
import { inputFiles } from "./input-files.js";
import { written } from "./problems.js";
import { progressOn } from "./progress.js";

export interface AuditCommandOptions {
  /** Print the report as JSON and nothing else. */
  readonly json?: boolean;
  /** Where to write the page; false for nowhere [default: report.html, nowhere with json]. */
  readonly html?: string | boolean;
  /** Where to write JUnit XML and SARIF, for continuous integration [default: nowhere]. */
  readonly junit?: string;
  readonly sarif?: string;
  /** False to judge deviations that the files declare like any other. */
  readonly expect?: boolean;
  /** Print the summary only, and no progress. */
  readonly quiet?: boolean;
  /** One row a claim. */
  readonly each?: boolean;
  /** "64" to compute every truth at 64 digits [default: where 31 leave a verdict open]. */
  readonly digits?: string;
}

/** Where a command reads its surroundings from and writes to. */
export interface Surroundings {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Runs the command; resolves to its exit code. */
export async function auditCommand(
  names: readonly string[],
  options: AuditCommandOptions,
  { stdout, stderr }: Surroundings = process,
): Promise<number> {
  if (options.digits !== undefined && options.digits !== "64")
    throw new CommandError(`--digits: expected 64, got ${options.digits}`);
  const files = await readAll(await inputFiles(names), stderr);
  if (files === undefined) return cannotRun;
  const judged = options.expect === false ? files.map(withoutExpectations) : files;
  const progress = await progressOn(stderr, !options.quiet);
  let report: AuditReport;
  try {
    // Loaded late: big floats take a second, and an unreadable file should not wait for them.
    const { audit } = await import("../audit/audit.js");
    report = await audit(judged, {
      onProgress: progress.update,
      digits: options.digits ? 64 : "as needed",
    });
  } finally {
    progress.stop();
  }
  if (options.junit) await written(options.junit, reportJunit(report));
  if (options.sarif) await written(options.sarif, reportSarif(report));
  const page = pagePath(options);
  if (page !== undefined) {
    const { reportHtml } = await import("../report/html.js");
    await writePage(page, reportHtml(report));
  }
  if (options.json) stdout.write(reportJson(report));
  else if (options.quiet) stdout.write(`${summaryLine(report)}\n${conclusion(report)}\n`);
  else stdout.write(terminalReport(report, { ...terminalOf(stdout), each: options.each }));
  if (page !== undefined) (options.json ? stderr : stdout).write(`Pictures: ${page}\n`);
  return exitCode(report);
}

/** Claims of every file; undefined, with all that is wrong on standard error, if one is unreadable. */
async function readAll(
  paths: readonly string[],
  stderr: NodeJS.WriteStream,
): Promise<NamedClaims[] | undefined> {
  const files: NamedClaims[] = [];
  let failed = false;
  for (const path of paths) {
    try {
      const batches = readClaims(await readFileBytes(path), path);
      batches.forEach((claims, i) => {
        files.push({ name: batches.length > 1 ? `${path}:${i + 1}` : path, claims });
      });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      stderr.write(`pnp-oracle: ${error.message}\n`);
      failed = true;
    }
  }
  return failed ? undefined : files;
}

function withoutExpectations({ name, claims }: NamedClaims): NamedClaims {
  return { name, claims: { ...claims, expect: {} } };
}

function pagePath({ html, json }: AuditCommandOptions): string | undefined {
  if (typeof html === "string") return html;
  return html === false || json ? undefined : "report.html";
}

async function writePage(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new CommandError(
      `${path}: the report could not be written (${(error as NodeJS.ErrnoException).code}); --html FILE names another place, --no-html none`,
    );
  }
}

/** Width and colour that suit a stream; colour also obeys NO_COLOR and FORCE_COLOR. */
function terminalOf(stream: NodeJS.WriteStream): { width: number; colour: boolean } {
  if (!stream.isTTY) return { width: 100, colour: false };
  return { width: Math.min(stream.columns ?? 100, 120), colour: stream.hasColors() };
}
