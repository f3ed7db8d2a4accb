/** Which data set and which results a command line means, and the report on them. */
import { open, readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isBopDataset, isNuscenesFolder, readPly, readSplits } from "../datasets/index.js";
import { type BopReportOptions, bopReport } from "../evaluate/bop.js";
import { type DroneReportOptions, droneReport } from "../evaluate/drone.js";
import { type DetectionReport, detectionReport } from "../evaluate/nuscenes.js";
import type { PoseReport, Warning } from "../evaluate/pose-report.js";
import { detectionCsv, detectionJson, detectionText } from "../report/detection-text.js";
import { scoreCsv, scoreJson } from "../report/score-data.js";
import { type ScoreTextOptions, scoreText } from "../report/score-text.js";
import { CommandError } from "./failure.js";

/** A report in every form it can be shown in. */
export interface ShownReport {
  readonly warnings: readonly Warning[];
  text(options: ScoreTextOptions): string;
  json(): string;
  csv(): string;
  html(): Promise<string>;
}

export interface EvaluationOptions extends BopReportOptions, Pick<DroneReportOptions, "axes"> {}

/** Warnings after which the numbers still mean what they say. */
const harmless = new Set([
  "rotation defect",
  "unasked estimates",
  "behind the camera",
  "image width",
  "diameter",
]);

/** Whether a warning says that the poses are probably not what was meant. */
export const isSuspect = ({ name }: Warning): boolean => !harmless.has(name);

/**
 * The evaluation of a file of results on a data set, whose formats are found out.
 *
 * @throws CommandError if the folder is no data set, or the results are not of its format.
 */
export async function evaluationOf(
  dataset: string,
  results: string,
  options: EvaluationOptions,
): Promise<ShownReport> {
  const isJson = /^\s*[[{]/.test(await startOf(results));
  if (await isNuscenesFolder(dataset)) {
    if (!isJson)
      throw new CommandError(
        `${results}: expected detections in JSON for nuScenes tables, got something else`,
      );
    return nuscenesEvaluation(dataset, results, options);
  }
  const isBop = await isBopDataset(dataset);
  const table = isBop ? undefined : await droneTable(dataset);
  if (!isBop && table === undefined)
    throw new CommandError(
      `${dataset}: expected a data set in BOP layout (models/models_info.json), nuScenes tables (sample.json, …), or one UAVA table (.csv, .tsv, .txt), got none of them`,
    );
  if (isJson) {
    const expected = isBop
      ? "for a data set in BOP layout (rows of scene_id,im_id,obj_id,score,R,t,time)"
      : "in a UAVA table";
    throw new CommandError(`${results}: expected results ${expected}, got JSON`);
  }
  if (table === undefined) return shownPoses(await bopReport(dataset, results, options));
  return shownPoses(await droneReport(table, results, { ...options, ...(await beside(table)) }));
}

async function nuscenesEvaluation(
  dataset: string,
  results: string,
  options: EvaluationOptions,
): Promise<ShownReport> {
  const { split, onRead, layouts, symmetric, compatibility = [] } = options;
  if (layouts || symmetric || compatibility.length > 0)
    throw new CommandError(
      "evaluate: nuScenes has one table: --layout, --symmetric and --compatibility are for poses",
    );
  let scenes: readonly string[] | undefined;
  if (split !== undefined) {
    const splits = await readSplits(join(dataset, "splits.json"));
    scenes = splits.get(split);
    if (scenes === undefined)
      throw new CommandError(
        `--split: expected one of ${[...splits.keys()].join(", ")}, got ${split}`,
      );
  }
  const report = await detectionReport(dataset, results, {
    ...(scenes && { scenes }),
    ...(onRead && { onRead }),
  });
  return shownDetections(report);
}

function shownPoses(report: PoseReport): ShownReport {
  return {
    warnings: report.warnings,
    text: (options) => scoreText(report, options),
    json: () => scoreJson(report),
    csv: () => scoreCsv(report),
    html: async () => (await import("../report/score-page.js")).scoreHtml(report),
  };
}

function shownDetections(report: DetectionReport): ShownReport {
  return {
    warnings: report.warnings,
    text: (options) => detectionText(report, options),
    json: () => detectionJson(report),
    csv: () => detectionCsv(report),
    html: async () => (await import("../report/detection-page.js")).detectionHtml(report),
  };
}

/** The table of a UAVA data set: the file itself, or the only one of its folder. */
async function droneTable(dataset: string): Promise<string | undefined> {
  const isFolder = (await stat(dataset).catch(() => undefined))?.isDirectory();
  if (isFolder === undefined) return undefined;
  if (!isFolder) return dataset;
  const tables = (await readdir(dataset)).filter((name) => /\.(csv|tsv|txt)$/i.test(name));
  if (tables.length > 1)
    throw new CommandError(
      `${dataset}: expected one UAVA table, got ${tables.join(", ")}; name one of them as the data set`,
    );
  return tables.length === 1 ? join(dataset, tables[0]) : undefined;
}

/** The drone's model and camera, if they lie beside its table. */
async function beside(table: string): Promise<Pick<DroneReportOptions, "vertices" | "camera">> {
  const folder = dirname(table);
  const files = await readdir(folder);
  const models = files.filter((name) => /\.ply$/i.test(name));
  if (models.length > 1)
    throw new CommandError(`${folder}: expected one model (.ply), got ${models.join(", ")}`);
  const [model] = models.map((name) => join(folder, name));
  return {
    ...(model && { vertices: readPly(await readFile(model), model).vertices }),
    ...(files.includes("camera.json") && { camera: await cameraOf(join(folder, "camera.json")) }),
  };
}

/** K and the width of the images of a camera.json: fx, fy, cx, cy and width. */
async function cameraOf(path: string): Promise<{ K: Float64Array; width: number }> {
  let content: Record<string, unknown>;
  try {
    content = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw new CommandError(`${path}: expected JSON, got ${(error as Error).message}`);
  }
  const number = (name: string): number => {
    const value = content?.[name];
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new CommandError(`${path}: ${name}: expected a finite number, got ${value}`);
  };
  const [fx, fy, cx, cy, width] = ["fx", "fy", "cx", "cy", "width"].map(number);
  return { K: Float64Array.of(fx, 0, cx, 0, fy, cy, 0, 0, 1), width };
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
