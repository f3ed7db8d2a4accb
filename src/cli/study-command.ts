/** `pnp-oracle study [NAME]`: runs a study, keeps what is finished, and writes numbers and pictures. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { nearestNames } from "../formats/nearest-name.js";
import { runStudy, type Study, type StudyRun, studies } from "../study/index.js";
import type { Surroundings } from "./audit-command.js";
import { CommandError } from "./failure.js";
import { progressOn } from "./progress.js";

export interface StudyCommandOptions {
  /** The quick settings instead of the full ones. */
  readonly quick?: boolean;
  /** Name of the random streams [default: study]. */
  readonly seed?: string;
  /** Folder of results and pictures [default: studies]. */
  readonly out?: string;
  /** Print no table and no progress. */
  readonly quiet?: boolean;
}

/** Exit codes of an interrupted command: 128 and the number of the signal. */
const interrupted = { SIGINT: 130, SIGTERM: 143 } as const;
type Interrupt = keyof typeof interrupted;

/** Runs the command; resolves to its exit code. */
export async function studyCommand(
  name: string | undefined,
  options: StudyCommandOptions,
  { stdout, stderr }: Surroundings = process,
): Promise<number> {
  if (name === undefined) {
    stdout.write(studyList());
    return 0;
  }
  const study = namedStudy(name);
  const { quick = false, seed, out = "studies" } = options;
  const path = (end: string) => join(out, `${study.name}${quick ? "-quick" : ""}${end}`);
  const resultsFile = path(".results.ndjson");
  await made(out);
  const progress = await progressOn(stderr, !options.quiet, "measurements");
  const stop = new AbortController();
  let signal: Interrupt | undefined;
  const abort = (received: Interrupt) => {
    signal = received;
    stop.abort();
  };
  // Once: a second interrupt does not wait for the measurement under way.
  for (const each of Object.keys(interrupted) as Interrupt[]) process.once(each, abort);
  let run: StudyRun;
  try {
    const settings = { quick, seed, resultsFile, signal: stop.signal };
    run = await runStudy(study, { ...settings, onProgress: progress.update });
  } finally {
    for (const each of Object.keys(interrupted) as Interrupt[]) process.off(each, abort);
    progress.stop();
  }
  if (!run.complete) {
    stderr.write(
      `pnp-oracle: stopped; what is finished is in ${resultsFile}, and the same command goes on from there\n`,
    );
    return interrupted[signal ?? "SIGINT"];
  }
  const pictures = await writePictures(study, run, path);
  const { studyTable } = await import("../report/study-numbers.js");
  if (!options.quiet) stdout.write(`${studyTable(study, run, widthOf(stdout))}\n`);
  stdout.write(`Numbers: ${path(".json")}\nPictures: ${[path(".html"), ...pictures].join(", ")}\n`);
  return 0;
}

/** Every study with the question it asks. */
function studyList(): string {
  const widest = Math.max(...studies.map(({ name }) => name.length));
  const rows = studies.map(({ name, sentence }) => `  ${name.padEnd(widest)}  ${sentence}`);
  return `Studies:\n${rows.join("\n")}\n`;
}

/** @throws CommandError naming the nearest studies if there is none of this name. */
function namedStudy(name: string): Study {
  const names = studies.map((study) => study.name);
  const wanted = name.trim().toLowerCase();
  const study = studies.find((study) => study.name === wanted);
  if (study) return study;
  const near = nearestNames(wanted, names);
  const advice =
    near.length > 0 ? `did you mean ${near.join(", ")}?` : `known: ${names.join(", ")}`;
  throw new CommandError(`study: there is no study "${name}"; ${advice}`);
}

async function made(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `${folder}: the folder could not be made (${code}); --out FOLDER names another place`,
    );
  }
}

/** Writes JSON, page and figures; resolves to the names of the figures. */
async function writePictures(
  study: Study,
  run: StudyRun,
  path: (end: string) => string,
): Promise<string[]> {
  // Loaded late: drawing takes a moment, and an interrupted study draws nothing.
  const [{ studyHtml }, { studyJson }, { standaloneSvg, studyFigure }] = await Promise.all([
    import("../report/study-page.js"),
    import("../report/study-numbers.js"),
    import("../report/study-figure.js"),
  ]);
  await writeFile(path(".json"), studyJson(study, run));
  await writeFile(path(".html"), studyHtml(study, run));
  const names: string[] = [];
  for (const figure of study.figures(run.settings)) {
    names.push(path(`-${figure.name.replaceAll(/\W+/g, "-")}.svg`));
    await writeFile(names[names.length - 1], standaloneSvg(studyFigure(run, figure)));
  }
  return names;
}

const widthOf = (stream: NodeJS.WriteStream): number =>
  stream.isTTY ? Math.min(Math.max(stream.columns ?? 100, 80), 120) : 100;
