/** Which data set and which results a command line means, and the report on them. */
import { open } from "node:fs/promises";
import { isBopDataset } from "../datasets/index.js";
import { type BopReportOptions, bopReport } from "../evaluate/bop.js";
import type { PoseReport, Warning } from "../evaluate/pose-report.js";
import { scoreCsv, scoreJson } from "../report/score-data.js";
import { type ScoreTextOptions, scoreText } from "../report/score-text.js";
import { CommandError } from "./failure.js";

/** A report in every form it can be shown in. */
export interface Shown {
  readonly warnings: readonly Warning[];
  text(options: ScoreTextOptions): string;
  json(): string;
  csv(): string;
  html(): Promise<string>;
}

/** Warnings after which the numbers mean little. */
const harmless = new Set([
  "rotation defect",
  "unasked estimates",
  "behind the camera",
  "image width",
  "diameter",
]);

/** Whether a warning says that the poses are probably not what was meant. */
export const isSuspect = ({ name }: Warning): boolean => !harmless.has(name);

/** The evaluation of a file of results on a data set, whose formats are found out. */
export async function evaluationOf(
  dataset: string,
  results: string,
  options: BopReportOptions,
): Promise<Shown> {
  const start = await startOf(results);
  if (!(await isBopDataset(dataset)))
    throw new CommandError(
      `${dataset}: expected a data set in BOP layout (models/models_info.json), got none`,
    );
  if (/^\s*[[{]/.test(start))
    throw new CommandError(
      `${results}: expected results for a data set in BOP layout (rows of scene_id,im_id,obj_id,score,R,t,time), got JSON`,
    );
  return shownPoses(await bopReport(dataset, results, options));
}

function shownPoses(report: PoseReport): Shown {
  return {
    warnings: report.warnings,
    text: (options) => scoreText(report, options),
    json: () => scoreJson(report),
    csv: () => scoreCsv(report),
    html: async () => (await import("../report/score-page.js")).scoreHtml(report),
  };
}

/** The first characters of a file. */
async function startOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString("latin1", 0, bytesRead).replace(/^\u00ef\u00bb\u00bf/, "");
  } finally {
    await file.close();
  }
}
