/** `pnp-oracle evaluate --dataset DIR --results FILE`: poses against the truth of a data set. */
import { stat } from "node:fs/promises";
import {
  type CompatibilitySwitch,
  compatibilityNames,
  type LayoutName,
  layoutNames,
} from "../evaluate/index.js";
import { nearestNames } from "../formats/nearest-name.js";
import type { Surroundings } from "./audit-command.js";
import { evaluationOf, isSuspect } from "./evaluation-formats.js";
import { CommandError } from "./failure.js";
import { written } from "./problems.js";
import { progressOn } from "./progress.js";

export interface EvaluateCommandOptions {
  /** Folder of the data set. */
  readonly dataset: string;
  /** File of the results. */
  readonly results: string;
  /** Which columns: names of layouts, with commas. */
  readonly layout?: string;
  /** Which objects ADD(-S) takes ADD-S for: tables, models, or their numbers, with commas. */
  readonly symmetric?: string;
  /** Published quirks to reproduce: names, with commas. */
  readonly compatibility?: string;
  /** Folders and file inside the data set, where there are several. */
  readonly split?: string;
  readonly models?: string;
  readonly targets?: string;
  /** Axes of the cameras of a UAVA table: as-written or blender [default: as-written]. */
  readonly axes?: string;
  /** How often to draw the images again for intervals; 0 for none [default: 1000]. */
  readonly resamples?: string;
  /** Name of the random stream of intervals [default: evaluate]. */
  readonly seed?: string;
  /** Print JSON and nothing else, or write it to a file. */
  readonly json?: string | boolean;
  readonly csv?: string;
  readonly html?: string;
  /** Print no table and no progress. */
  readonly quiet?: boolean;
}

/** Most resamples: more say nothing that these do not. */
const MOST_RESAMPLES = 100_000;

/** Runs the command; resolves to 0, or to 1 if the poses are probably not what was meant. */
export async function evaluateCommand(
  options: EvaluateCommandOptions,
  { stdout, stderr }: Surroundings = process,
): Promise<number> {
  const { dataset, results, json, csv, html, quiet = false } = options;
  const chosen = {
    ...(options.layout !== undefined && { layouts: layoutsOf(options.layout) }),
    ...(options.symmetric !== undefined && { symmetric: symmetricOf(options.symmetric) }),
    ...(options.split !== undefined && { split: options.split }),
    ...(options.models !== undefined && { models: options.models }),
    ...(options.targets !== undefined && { targets: options.targets }),
    ...(options.axes !== undefined && { axes: axesOf(options.axes) }),
    compatibility: compatibilityOf(options.compatibility),
    table: {
      ...(options.resamples !== undefined && { resamples: resamplesOf(options.resamples) }),
      ...(options.seed !== undefined && { seed: options.seed }),
    },
  };
  const size = await sizeOf(results);
  const shown = !quiet && json !== true;
  const reading = await progressOn(stderr, shown, "kB of results");
  const measuring = await progressOn(stderr, shown, "targets");
  const kilobytes = (bytes: number) => Math.ceil(bytes / 1000);
  let report: Awaited<ReturnType<typeof evaluationOf>>;
  try {
    report = await evaluationOf(dataset, results, {
      ...chosen,
      onRead: (bytes) => {
        reading.update(kilobytes(bytes), kilobytes(size), results);
        if (bytes >= size) reading.stop();
      },
      onProgress: measuring.update,
    });
  } finally {
    reading.stop();
    measuring.stop();
  }
  if (typeof json === "string") await written(json, report.json());
  if (csv !== undefined) await written(csv, report.csv());
  // Loaded late: drawing takes a moment.
  if (html !== undefined) await written(html, await report.html());
  const files = [json, csv, html].filter((file) => typeof file === "string");
  if (json === true) stdout.write(report.json());
  else {
    if (!quiet) stdout.write(report.text(terminalOf(stdout)));
    else for (const { sentence } of report.warnings) stdout.write(`Warning: ${sentence}\n`);
    if (files.length > 0) stdout.write(`Written: ${files.join(", ")}\n`);
  }
  return report.warnings.some(isSuspect) ? 1 : 0;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(`${path}: expected a file of results, got none (${code})`);
  }
}

const words = (list: string): string[] =>
  list
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");

/** Known names of a list. @throws CommandError naming the nearest, or all. */
function namesOf<T extends string>(option: string, list: string, known: readonly T[]): T[] {
  return words(list).map((word) => {
    const name = known.find((each) => each === word.toLowerCase());
    if (name !== undefined) return name;
    const near = nearestNames(word.toLowerCase(), known);
    const advice =
      near.length > 0 ? `did you mean ${near.join(", ")}?` : `known: ${known.join(", ")}`;
    throw new CommandError(`--${option}: there is no "${word}"; ${advice}`);
  });
}

function layoutsOf(list: string): LayoutName[] {
  const names = namesOf("layout", list, layoutNames);
  if (names.length === 0)
    throw new CommandError(`--layout: expected one of ${layoutNames.join(", ")}, got nothing`);
  return names;
}

function compatibilityOf(list: string | undefined): CompatibilitySwitch[] {
  return list === undefined ? [] : namesOf("compatibility", list, compatibilityNames);
}

function symmetricOf(list: string): "tables" | "models" | number[] {
  if (list === "tables" || list === "models") return list;
  return words(list).map((word) => {
    if (!/^\d{1,9}$/.test(word))
      throw new CommandError(
        `--symmetric: expected tables, models, or numbers of objects with commas, got ${word}`,
      );
    return Number(word);
  });
}

function axesOf(text: string): "as written" | "blender" {
  if (text === "blender") return text;
  if (text === "as-written") return "as written";
  throw new CommandError(`--axes: expected as-written or blender, got ${text}`);
}

function resamplesOf(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count === 1 || count > MOST_RESAMPLES)
    throw new CommandError(
      `--resamples: expected 0, or a whole number from 2 to ${MOST_RESAMPLES}, got ${text}`,
    );
  return count;
}

/** Width and colour that suit a stream; colour also obeys NO_COLOR and FORCE_COLOR. */
function terminalOf(stream: NodeJS.WriteStream): { width: number; colour: boolean } {
  if (!stream.isTTY) return { width: 100, colour: false };
  return { width: Math.min(stream.columns ?? 100, 160), colour: stream.hasColors() };
}
