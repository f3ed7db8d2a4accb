/** A data set in BOP layout, written so that openBopDataset and the challenges' own tools read it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { modelFile } from "./bop-dataset.js";
import { type BopModelInfo, writeModelsInfo } from "./bop-models.js";
import {
  type BopCamera,
  type BopInstance,
  type BopInstanceInfo,
  writeSceneCameras,
  writeSceneInfo,
  writeSceneTruth,
} from "./bop-scene.js";
import { type BopTarget, writeTargets } from "./bop-targets.js";
import { jsonLines } from "./number-text.js";
import { type PlyInput, type PlyOptions, writePly } from "./ply.js";

export interface BopImage {
  readonly camera: BopCamera;
  readonly instances: readonly Omit<BopInstance, "defect">[];
  /** One for each instance, in their order. */
  readonly infos?: readonly BopInstanceInfo[];
}

export interface BopDatasetContent {
  readonly models: Iterable<
    readonly [object: number, model: { readonly info: BopModelInfo; readonly mesh: PlyInput }]
  >;
  readonly scenes: Iterable<
    readonly [scene: number, images: Iterable<readonly [image: number, BopImage]>]
  >;
  readonly targets?: Iterable<BopTarget>;
  /** Camera for camera.json: image size px, and K [9] of which fx, fy, cx, cy are written. */
  readonly camera?: {
    readonly width: number;
    readonly height: number;
    readonly K: Float64Array;
    readonly depthScale?: number;
  };
}

export interface BopDatasetForm extends PlyOptions {
  /** By default "models" and "test". */
  readonly models?: string;
  readonly split?: string;
}

/**
 * Writes models/, a folder a scene under test/, camera.json and test_targets_bop19.json; files that are
 * there are replaced.
 *
 * @throws RangeError if a number is not finite, or some images of a scene have infos and others none.
 */
export async function writeBopDataset(
  folder: string,
  { models, scenes, targets, camera }: BopDatasetContent,
  { models: modelFolder = "models", split = "test", ...ply }: BopDatasetForm = {},
): Promise<void> {
  const made = async (...parts: string[]): Promise<string> => {
    const path = join(folder, ...parts);
    await mkdir(path, { recursive: true });
    return path;
  };
  const home = await made(modelFolder);
  const listed = [...models];
  for (const [object, { mesh }] of listed)
    await writeFile(join(home, modelFile(object)), writePly(mesh, ply));
  const infos = writeModelsInfo(listed.map(([object, { info }]) => [object, info]));
  await writeFile(join(home, "models_info.json"), infos);
  for (const [scene, content] of scenes) {
    const images = [...content];
    const place = await made(split, String(scene).padStart(6, "0"));
    const of = <T>(part: (image: BopImage) => T) =>
      images.map(([image, value]) => [image, part(value)] as const);
    const truth = writeSceneTruth(of(({ instances }) => instances));
    await writeFile(join(place, "scene_gt.json"), truth);
    const cameras = writeSceneCameras(of(({ camera }) => camera));
    await writeFile(join(place, "scene_camera.json"), cameras);
    const informed = images.filter(
      ([, { infos, instances }]) => infos?.length === instances.length,
    );
    if (informed.length > 0) {
      if (informed.length < images.length)
        throw new RangeError(
          `writeBopDataset: expected infos of every instance of scene ${scene}, got some`,
        );
      await writeFile(
        join(place, "scene_gt_info.json"),
        writeSceneInfo(of(({ infos }) => infos ?? [])),
      );
    }
  }
  if (targets) await writeFile(join(folder, "test_targets_bop19.json"), writeTargets(targets));
  if (camera) {
    const { width, height, K, depthScale = 1 } = camera;
    const parts = {
      cx: K[2],
      cy: K[5],
      depth_scale: depthScale,
      fx: K[0],
      fy: K[4],
      height,
      width,
    };
    await writeFile(join(folder, "camera.json"), jsonLines(Object.entries(parts)));
  }
}
