/**
 * The truth that nuScenes detections are evaluated against: the samples of some scenes, where the vehicle was
 * at each, and what was around it. The vehicle is where the lidar's key frame says, as in the development
 * kit. Large tables are read record by record; only what belongs to the wanted scenes is kept.
 * Source: EQUATIONS DATA-4; [Caesar2020] and its development kit.
 */
import { FormatError, shown } from "../formats/format-error.js";
import { jsonItems } from "./json-items.js";
import { jsonLines } from "./number-text.js";
import { sampleBoxes } from "./nuscenes-annotations.js";
import type { DetectionBox, SampleSurroundings } from "./nuscenes-boxes.js";
import { NuscenesFolder, referred, type TableOptions } from "./nuscenes-tables.js";
import { type FileSource, sourceName } from "./source.js";

export interface NuscenesSample extends SampleSurroundings {
  /** Name of its scene, such as "scene-0001". */
  readonly scene: string;
  /** Boxes of the classes of the task, none left out yet; their score is 0. */
  readonly truths: readonly DetectionBox[];
}

export interface NuscenesOptions extends TableOptions {
  /** Names of the wanted scenes, those of a split; by default all. */
  readonly scenes?: Iterable<string>;
}

/** Numbers of scenes in the published splits. */
export const splitSizes = { train: 700, val: 150, test: 150, mini_train: 8, mini_val: 2 } as const;

/** Channel of the sensor whose key frames say where the vehicle was. */
const CHANNEL = "LIDAR_TOP";

/**
 * The samples of the wanted scenes by token, in the order of the tables.
 *
 * @throws FormatError naming table and record, if a table is missing, a record refers to one that is not
 * there, a sample has no key frame of the lidar, or a wanted scene is not among the scenes.
 */
export async function readNuscenes(
  folder: string,
  options: NuscenesOptions = {},
): Promise<Map<string, NuscenesSample>> {
  const tables = new NuscenesFolder(folder, options);
  const scenes = await wantedScenes(tables, options.scenes);
  const names = new Map<string, string>();
  const times = new Map<string, number>();
  for await (const [token, record] of tables.records("sample")) {
    const scene = scenes.get(record.member("scene_token").text());
    if (scene === undefined) continue;
    if (times.has(token)) record.fail("tokens that occur once", `${shown(token)} twice`);
    names.set(token, scene);
    times.set(token, record.member("timestamp").number());
  }
  if (times.size === 0)
    throw new FormatError(tables.file("sample"), "file", "samples of the wanted scenes", "none");
  const vehicles = await vehiclePositions(tables, times);
  const boxes = await sampleBoxes(tables, times);
  const samples = new Map<string, NuscenesSample>();
  for (const [token, scene] of names) {
    const vehicle = vehicles.get(token);
    const around = boxes.get(token);
    if (!vehicle || !around)
      throw new FormatError(
        tables.file("sample_data"),
        `sample ${shown(token)}`,
        `a key frame of ${CHANNEL} with its ego_pose`,
        "none",
      );
    samples.set(token, { scene, vehicle, ...around });
  }
  return samples;
}

/** The names of the wanted scenes by token. */
async function wantedScenes(
  tables: NuscenesFolder,
  wanted: Iterable<string> | undefined,
): Promise<Map<string, string>> {
  const scenes = await tables.column("scene", "name");
  if (wanted === undefined) return scenes;
  const missing = new Set(wanted);
  const kept = [...scenes].filter(([, name]) => missing.delete(name));
  if (missing.size > 0) {
    const [first] = missing;
    const got = `${missing.size} missing, such as ${shown(first)}`;
    throw new FormatError(tables.file("scene"), "file", "every wanted scene", got);
  }
  return new Map(kept);
}

/** Where the vehicle was at each sample [3], m, global frame. */
async function vehiclePositions(
  tables: NuscenesFolder,
  times: ReadonlyMap<string, number>,
): Promise<Map<string, SampleSurroundings["vehicle"]>> {
  const channels = await tables.column("sensor", "channel");
  const lidars = new Set<string>();
  for await (const [token, record] of tables.records("calibrated_sensor"))
    if (referred(record.member("sensor_token"), channels, "sensor") === CHANNEL) lidars.add(token);
  const poses = new Map<string, string[]>();
  for await (const [, record] of tables.records("sample_data")) {
    const sample = record.member("sample_token").text();
    if (record.member("is_key_frame").value !== true || !times.has(sample)) continue;
    if (!lidars.has(record.member("calibrated_sensor_token").text())) continue;
    const pose = record.member("ego_pose_token").text();
    poses.set(pose, [...(poses.get(pose) ?? []), sample]);
  }
  const found = new Map<string, SampleSurroundings["vehicle"]>();
  for await (const [token, record] of tables.records("ego_pose"))
    for (const sample of poses.get(token) ?? []) {
      const [x, y, z] = record.member("translation").numbers(3);
      found.set(sample, [x, y, z]);
    }
  return found;
}

/**
 * Splits of a data set, splits.json: {"train": ["scene-0001", …], …}.
 *
 * @throws FormatError if a split has no scene or one twice.
 */
export async function readSplits(source: FileSource): Promise<Map<string, string[]>> {
  const splits = new Map<string, string[]>();
  for await (const { key, value } of jsonItems(source, { root: "object" })) {
    const scenes = value.list().map((item) => item.text());
    const twice = scenes.find((scene, i) => scenes.indexOf(scene) !== i);
    if (twice !== undefined) value.fail("scenes that occur once", `${shown(twice)} twice`);
    if (scenes.length === 0) value.fail("at least one scene", "none");
    splits.set(String(key), scenes);
  }
  if (splits.size === 0) throw new FormatError(sourceName(source), "file", "splits", "none");
  return splits;
}

/** The text of a splits.json, a split a line. */
export function writeSplits(
  splits: Iterable<readonly [split: string, scenes: Iterable<string>]>,
): string {
  return jsonLines(Array.from(splits, ([split, scenes]) => [split, [...scenes]] as const));
}
