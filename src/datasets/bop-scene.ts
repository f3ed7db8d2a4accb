/**
 * What is known of the images of a BOP scene, in three files with a member an image:
 *
 *     scene_gt.json       "7": [{"cam_R_m2c": [9], "cam_t_m2c": [3], "obj_id": 5}, …]   mm
 *     scene_camera.json   "7": {"cam_K": [9], "depth_scale": 1, "cam_R_w2c": [9], "cam_t_w2c": [3]}
 *     scene_gt_info.json  "7": [{"bbox_obj": [4], "bbox_visib": [4], "px_count_all": …}, …]
 *
 * Matrices stand row by row; depth · depth_scale is in mm; boxes are x, y, width, height in px. Images
 * come one at a time, in the order of the file. Source: [Hodan2018], its data sets' format.
 */
import { itemsById } from "./json-items.js";
import type { JsonPlace } from "./json-place.js";
import { jsonLines } from "./number-text.js";
import {
  type PlacedObject,
  poseOfParts,
  reportedDefect,
  rotationPart,
  translationPart,
} from "./pose-numbers.js";
import type { FileSource, ReadOptions } from "./source.js";

/** A true pose: object, pose and defect, and what else the file says of it. */
export interface BopInstance extends PlacedObject {
  readonly other?: Readonly<Record<string, unknown>>;
}

export interface BopCamera {
  /** Camera matrix [9], row by row, px. */
  readonly K: Float64Array;
  /** Factor by which a depth image gives mm. */
  readonly depthScale?: number;
  /** [R | t] row by row [12], world to camera, mm. */
  readonly worldToCamera?: Float64Array;
  readonly other?: Readonly<Record<string, unknown>>;
}

/** How much of an instance is seen. Boxes [x, y, width, height] px, [-1, -1, -1, -1] for none. */
export interface BopInstanceInfo {
  readonly boxObject: Float64Array;
  readonly boxVisible: Float64Array;
  readonly pixelsAll: number;
  readonly pixelsValid: number;
  readonly pixelsVisible: number;
  /** pixelsVisible / pixelsAll, in 0 … 1. */
  readonly visibleShare: number;
  readonly other?: Readonly<Record<string, unknown>>;
}

type Images<T> = AsyncGenerator<readonly [image: number, value: T]>;

/** The true poses of a scene's images. @throws FormatError naming image and key. */
export function readSceneTruth(
  source: FileSource,
  options?: ReadOptions,
): Images<readonly BopInstance[]> {
  return images(source, options, (value) =>
    value.list().map((item) => {
      const R = item.member("cam_R_m2c").numbers(9);
      const pose = poseOfParts(R, item.member("cam_t_m2c").numbers(3));
      const object = item.member("obj_id").natural();
      const other = item.others(["cam_R_m2c", "cam_t_m2c", "obj_id"]);
      return { object, pose, defect: reportedDefect(pose), ...(other && { other }) };
    }),
  );
}

/** The cameras of a scene's images. @throws FormatError naming image and key. */
export function readSceneCameras(source: FileSource, options?: ReadOptions): Images<BopCamera> {
  return images(source, options, (item) => {
    const R = item.optional("cam_R_w2c");
    const t = item.optional("cam_t_w2c");
    if (!R !== !t) item.fail("cam_R_w2c and cam_t_w2c, or neither", "one of them");
    const other = item.others(["cam_K", "depth_scale", "cam_R_w2c", "cam_t_w2c"]);
    const depthScale = item.optional("depth_scale")?.positive();
    return {
      K: item.member("cam_K").numbers(9),
      ...(depthScale !== undefined && { depthScale }),
      ...(R && t && { worldToCamera: poseOfParts(R.numbers(9), t.numbers(3)) }),
      ...(other && { other }),
    };
  });
}

const infoKeys = {
  boxObject: "bbox_obj",
  boxVisible: "bbox_visib",
  pixelsAll: "px_count_all",
  pixelsValid: "px_count_valid",
  pixelsVisible: "px_count_visib",
  visibleShare: "visib_fract",
} as const;

/** How much of the instances is seen. @throws FormatError naming image and key. */
export function readSceneInfo(
  source: FileSource,
  options?: ReadOptions,
): Images<readonly BopInstanceInfo[]> {
  return images(source, options, (value) =>
    value.list().map((item) => {
      const share = item.member(infoKeys.visibleShare);
      const visibleShare = share.number();
      if (!(visibleShare >= 0 && visibleShare <= 1)) share.fail("a share in 0 … 1");
      const other = item.others(Object.values(infoKeys));
      return {
        boxObject: item.member(infoKeys.boxObject).numbers(4),
        boxVisible: item.member(infoKeys.boxVisible).numbers(4),
        pixelsAll: item.member(infoKeys.pixelsAll).natural(),
        pixelsValid: item.member(infoKeys.pixelsValid).natural(),
        pixelsVisible: item.member(infoKeys.pixelsVisible).natural(),
        visibleShare,
        ...(other && { other }),
      };
    }),
  );
}

async function* images<T>(
  source: FileSource,
  options: ReadOptions | undefined,
  read: (value: JsonPlace) => T,
): Images<T> {
  for await (const [image, value] of itemsById(source, options)) yield [image, read(value)];
}

type ImageEntries<T> = Iterable<readonly [image: number, value: T]>;

/** The text of a scene_gt.json, an image a line. @throws RangeError if a number is not finite. */
export function writeSceneTruth(
  entries: ImageEntries<readonly Omit<BopInstance, "defect">[]>,
): string {
  return imageLines(entries, (instances) =>
    instances.map(({ object, pose, other }) => ({
      cam_R_m2c: rotationPart(pose),
      cam_t_m2c: translationPart(pose),
      obj_id: object,
      ...other,
    })),
  );
}

/** The text of a scene_camera.json, an image a line. @throws RangeError if a number is not finite. */
export function writeSceneCameras(entries: ImageEntries<BopCamera>): string {
  return imageLines(entries, ({ K, depthScale, worldToCamera, other }) => ({
    cam_K: K,
    ...(worldToCamera && {
      cam_R_w2c: rotationPart(worldToCamera),
      cam_t_w2c: translationPart(worldToCamera),
    }),
    depth_scale: depthScale,
    ...other,
  }));
}

/** The text of a scene_gt_info.json, an image a line. @throws RangeError if a number is not finite. */
export function writeSceneInfo(entries: ImageEntries<readonly BopInstanceInfo[]>): string {
  return imageLines(entries, (infos) =>
    infos.map(({ other, ...info }) => ({
      ...Object.fromEntries(
        Object.entries(infoKeys).map(([name, key]) => [key, info[name as keyof typeof info]]),
      ),
      ...other,
    })),
  );
}

function imageLines<T>(entries: ImageEntries<T>, written: (value: T) => unknown): string {
  return jsonLines(Array.from(entries, ([image, value]) => [image, written(value)] as const));
}
