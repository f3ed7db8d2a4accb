/**
 * A data set in BOP layout, such as LineMOD (lm, lmo) and YCB-V (ycbv):
 *
 *     models_eval/ or models/   models_info.json, obj_000005.ply              mm
 *     test/000001/              scene_gt.json, scene_camera.json, scene_gt_info.json
 *     test_targets_bop19.json   what is looked for; without it, every instance of every scene
 *     camera.json               width, height (and a camera for rendering, which no evaluation reads)
 *
 * Scenes are read one at a time, and only what is looked for is kept. Source: [Hodan2018], [BopChallenge2020].
 */
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { FormatError } from "../formats/format-error.js";
import { type BopModelInfo, readModelsInfo } from "./bop-models.js";
import { idList } from "./bop-results.js";
import {
  type BopCamera,
  type BopInstance,
  readSceneCameras,
  readSceneInfo,
  readSceneTruth,
} from "./bop-scene.js";
import { type BopTarget, readTargets, targetName } from "./bop-targets.js";
import { jsonItems } from "./json-items.js";
import { type ObjectListName, objectLists, objectName } from "./object-lists.js";
import { readPly } from "./ply.js";
import { cause, wholeFile } from "./source.js";

export interface BopDataset {
  readonly folder: string;
  /** Folder of the scenes, such as "test". */
  readonly split: string;
  /** Folder of the models, such as "models_eval". */
  readonly models: string;
  /** A list of object-lists.ts, if the folder is named after one. */
  readonly name?: ObjectListName;
  readonly infos: ReadonlyMap<number, BopModelInfo>;
  /** File of the targets; undefined if there is none and every instance is a target. */
  readonly targetsFile?: string;
  readonly targets: readonly BopTarget[];
  /** Folders of the scenes by their ids. */
  readonly scenes: ReadonlyMap<number, string>;
  /** Width and height of the images, px, if camera.json tells. */
  readonly imageSize?: readonly [width: number, height: number];
}

export interface BopDatasetOptions {
  /** By default the folder test, or the only one whose name begins so, or with val, or with train. */
  readonly split?: string;
  /** By default models_eval if it is there, else models. */
  readonly models?: string;
  /** By default test_targets_bop19.json if it is there. */
  readonly targets?: string;
}

/** Models of scanned objects have some 100 000 vertices. */
const LARGEST_MODEL = 2 ** 29;
const modelsInfo = "models_info.json";

/** True if a folder looks like a data set in BOP layout: it has models with a models_info.json. */
export async function isBopDataset(folder: string): Promise<boolean> {
  return (await modelsFolder(folder).catch(() => undefined)) !== undefined;
}

/**
 * A data set's models, targets and scenes; poses and vertices are left on disk.
 *
 * @throws FormatError if a folder or file is missing or ambiguous, a target names an unknown object or
 * scene, or as the readers of the files do.
 */
export async function openBopDataset(
  folder: string,
  options: BopDatasetOptions = {},
): Promise<BopDataset> {
  const entries = await entriesOf(folder);
  const models = options.models ?? (await modelsFolder(folder));
  if (models === undefined)
    throw new FormatError(
      folder,
      "models",
      `models_eval/${modelsInfo} or models/${modelsInfo}`,
      "neither",
    );
  const infos = await readModelsInfo(join(folder, models, modelsInfo));
  const split = options.split ?? splitFolder(folder, entries);
  const scenes = new Map<number, string>();
  for (const { name, isFolder } of await entriesOf(join(folder, split)))
    if (isFolder && /^\d{1,9}$/.test(name)) scenes.set(Number(name), join(folder, split, name));
  if (scenes.size === 0)
    throw new FormatError(join(folder, split), "folder", "scenes such as 000001", "none");
  const common = "test_targets_bop19.json";
  const isThere = entries.some(({ name, isFolder }) => name === common && !isFolder);
  const targetsFile = options.targets ?? (isThere ? common : undefined);
  const targets =
    targetsFile === undefined
      ? await everyInstance(scenes)
      : await readTargets(join(folder, targetsFile));
  const list = basename(resolve(folder));
  const dataset = {
    folder,
    split,
    models,
    ...(Object.hasOwn(objectLists, list) && { name: list as ObjectListName }),
    infos,
    ...(targetsFile !== undefined && { targetsFile: join(folder, targetsFile) }),
    targets,
    scenes,
    ...(await imageSize(join(folder, "camera.json"), entries)),
  };
  for (const target of targets) {
    const file = dataset.targetsFile ?? scenes.get(target.scene) ?? folder;
    const where = targetName(target);
    if (!infos.has(target.object))
      throw new FormatError(
        file,
        where,
        `an object of ${modelsInfo} (${idList(infos.keys())})`,
        "another",
      );
    if (!scenes.has(target.scene))
      throw new FormatError(
        file,
        where,
        `a scene of ${split} (${idList(scenes.keys())})`,
        "another",
      );
  }
  return dataset;
}

/** What the truth says of a target. */
export interface SceneTarget {
  readonly target: BopTarget;
  /** Every instance of the object in the image, at least target.count of them. */
  readonly truths: readonly BopInstance[];
  /** Share of each that is seen; undefined without a scene_gt_info.json. */
  readonly visibleShares?: readonly number[];
  readonly camera: BopCamera;
}

/**
 * The targets of one scene with their truth, in the order of the targets.
 *
 * @throws FormatError if an image is missing from a file, or it has fewer instances than are looked for.
 */
export async function sceneTargets(dataset: BopDataset, scene: number): Promise<SceneTarget[]> {
  const folder = dataset.scenes.get(scene);
  if (folder === undefined)
    throw new FormatError(dataset.folder, "scene", idList(dataset.scenes.keys()), `${scene}`);
  const targets = dataset.targets.filter((target) => target.scene === scene);
  const wanted = new Set(targets.map(({ image }) => image));
  const files = (await entriesOf(folder)).map(({ name }) => name);
  const file = (name: string) => join(folder, name);
  const truths = await kept(readSceneTruth(file("scene_gt.json")), wanted);
  const cameras = await kept(readSceneCameras(file("scene_camera.json")), wanted);
  const infos = files.includes("scene_gt_info.json")
    ? await kept(readSceneInfo(file("scene_gt_info.json")), wanted)
    : undefined;
  return targets.map((target) => {
    const missing = (name: string, expected: string, got: string): never => {
      throw new FormatError(file(name), targetName(target), expected, got);
    };
    const instances = truths.get(target.image) ?? missing("scene_gt.json", "this image", "none");
    const camera = cameras.get(target.image) ?? missing("scene_camera.json", "this image", "none");
    const seen =
      infos && (infos.get(target.image) ?? missing("scene_gt_info.json", "this image", "none"));
    if (seen && seen.length !== instances.length)
      missing("scene_gt_info.json", `${instances.length} instances`, `${seen.length}`);
    const places = instances.flatMap(({ object }, i) => (object === target.object ? [i] : []));
    if (places.length < target.count)
      missing("scene_gt.json", `${target.count} instances`, `${places.length}`);
    return {
      target,
      truths: places.map((i) => instances[i]),
      ...(seen && { visibleShares: places.map((i) => seen[i].visibleShare) }),
      camera,
    };
  });
}

/** The vertices [3n] of an object's model, mm. @throws FormatError if it is missing, or as readPly does. */
export async function modelVertices(dataset: BopDataset, object: number): Promise<Float64Array> {
  const path = join(dataset.folder, dataset.models, modelFile(object));
  const list = dataset.name && objectLists[dataset.name];
  try {
    return readPly(await wholeFile(path, LARGEST_MODEL), path).vertices;
  } catch (error) {
    if (error instanceof FormatError && error.got === "no such file")
      throw new FormatError(
        path,
        "file",
        `the model of object ${objectName(object, list)}`,
        error.got,
      );
    throw error;
  }
}

/** The name of an object's model. */
export function modelFile(object: number): string {
  return `obj_${String(object).padStart(6, "0")}.ply`;
}

/** Every object of every image as a target, with the number of its instances. */
async function everyInstance(scenes: ReadonlyMap<number, string>): Promise<BopTarget[]> {
  const targets: BopTarget[] = [];
  for (const [scene, folder] of scenes)
    for await (const [image, instances] of readSceneTruth(join(folder, "scene_gt.json"))) {
      const counts = new Map<number, number>();
      for (const { object } of instances) counts.set(object, (counts.get(object) ?? 0) + 1);
      for (const [object, count] of counts) targets.push({ scene, image, object, count });
    }
  return targets;
}

async function kept<T>(
  images: AsyncIterable<readonly [number, T]>,
  wanted: ReadonlySet<number>,
): Promise<Map<number, T>> {
  const found = new Map<number, T>();
  for await (const [image, value] of images) if (wanted.has(image)) found.set(image, value);
  return found;
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What is in a folder, by name. */
async function entriesOf(folder: string): Promise<Entry[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    return found
      .map((entry) => ({ name: entry.name, isFolder: !entry.isFile() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new FormatError(folder, "folder", "a folder that can be read", cause(error));
  }
}

async function modelsFolder(folder: string): Promise<string | undefined> {
  for (const { name, isFolder } of (await entriesOf(folder)).toReversed())
    if (isFolder && (name === "models_eval" || name === "models")) {
      const files = await entriesOf(join(folder, name));
      if (files.some((file) => file.name === modelsInfo)) return name;
    }
  return undefined;
}

function splitFolder(folder: string, entries: readonly Entry[]): string {
  const folders = entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  for (const kind of ["test", "val", "train"]) {
    if (folders.includes(kind)) return kind;
    const like = folders.filter((name) => name.startsWith(`${kind}_`));
    if (like.length === 1) return like[0];
    if (like.length > 1)
      throw new FormatError(folder, "split", "one to be chosen", `several: ${like.join(", ")}`);
  }
  throw new FormatError(folder, "split", "a folder test, val or train", "none");
}

async function imageSize(
  file: string,
  entries: readonly Entry[],
): Promise<Pick<BopDataset, "imageSize">> {
  if (!entries.some(({ name }) => name === basename(file))) return {};
  const found = new Map<string, number>();
  for await (const { key, value } of jsonItems(file, { root: "object" }))
    if (key === "width" || key === "height") found.set(key, value.positive());
  const [width, height] = [found.get("width"), found.get("height")];
  return width === undefined || height === undefined ? {} : { imageSize: [width, height] };
}
