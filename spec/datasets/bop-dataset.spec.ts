import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  type BopImage,
  isBopDataset,
  modelVertices,
  objectLists,
  objectName,
  openBopDataset,
  sceneTargets,
  writeBopDataset,
} from "../../src/datasets/index.js";
import { refusal } from "./files.js";

const K = Float64Array.of(500, 0, 320, 0, 510, 240, 0, 0, 1);
const pose = (depth: number) => Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, depth);
const mesh = { vertices: Float64Array.of(0, 0, 0, 1, 2, 3.5), faces: [0, 1, 1] };
const box = Float64Array.of(1, 2, 3, 4);
const info = { boxObject: box, boxVisible: box, pixelsAll: 9, pixelsValid: 9, pixelsVisible: 9 };
const image = (...instances: [object: number, depth: number][]): BopImage => ({
  camera: { K, depthScale: 1 },
  instances: instances.map(([object, depth]) => ({ object, pose: pose(depth) })),
  infos: instances.map(([, depth]) => ({ ...info, visibleShare: depth / 1000 })),
});
const scenes = (): [number, [number, BopImage][]][] => [
  [1, [[0, image([5, 700], [10, 800], [5, 900])]]],
  [12, [[3, image([10, 400])]]],
];
const models = [5, 10].map((object) => [object, { info: { diameter: object }, mesh }] as const);
const targets = [
  { scene: 1, image: 0, object: 5, count: 2 },
  { scene: 12, image: 3, object: 10, count: 1 },
];
const camera = { width: 640, height: 480, K };

let home = "";
let folder = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "bop-"));
  folder = join(home, "lm");
});
afterEach(() => rm(home, { recursive: true }));

it("openBopDataset finds models, targets, scenes and the image size of what writeBopDataset wrote", async () => {
  await writeBopDataset(folder, { models, scenes: scenes(), targets, camera });
  expect(await isBopDataset(folder)).toBe(true);
  expect(await isBopDataset(home)).toBe(false);
  expect(await isBopDataset(join(home, "nowhere"))).toBe(false);
  const dataset = await openBopDataset(folder);
  expect(dataset).toMatchObject({ split: "test", models: "models", name: "lm", targets });
  expect(dataset.imageSize).toEqual([640, 480]);
  expect([...dataset.infos.keys()]).toEqual([5, 10]);
  expect([...dataset.scenes.keys()]).toEqual([1, 12]);
  expect(await modelVertices(dataset, 5)).toEqual(mesh.vertices);
});

it("sceneTargets gives each target its instances, their visible shares and the camera", async () => {
  await writeBopDataset(folder, { models, scenes: scenes(), targets, camera });
  const dataset = await openBopDataset(folder);
  const [target, ...rest] = await sceneTargets(dataset, 1);
  expect(rest).toEqual([]);
  expect(target.target).toEqual(targets[0]);
  expect(target.truths.map((truth) => truth.pose[11])).toEqual([700, 900]);
  expect(target.visibleShares).toEqual([0.7, 0.9]);
  expect(target.camera).toEqual({ K, depthScale: 1 });
});

it("openBopDataset takes every instance for a target if there is no file of targets", async () => {
  await writeBopDataset(folder, { models, scenes: scenes() });
  const { targets: found, targetsFile } = await openBopDataset(folder);
  expect(targetsFile).toBeUndefined();
  expect(found).toEqual([targets[0], { scene: 1, image: 0, object: 10, count: 1 }, targets[1]]);
});

it("openBopDataset prefers models_eval, and takes the one split of a kind", async () => {
  await writeBopDataset(folder, { models, scenes: scenes() }, { split: "test_primesense" });
  await writeBopDataset(folder, { models: [models[0]], scenes: [] }, { models: "models_eval" });
  const form = { models: "models" };
  expect(await openBopDataset(folder, form)).toMatchObject({ ...form, split: "test_primesense" });
  expect(await refusal(() => openBopDataset(folder))).toContain(
    "scene 1, image 0, object 10: expected an object of models_info.json (5), got another",
  );
  await mkdir(join(folder, "test_kinect"));
  expect(await refusal(() => openBopDataset(folder, form))).toContain(
    "lm: split: expected one to be chosen, got several: test_kinect, test_primesense",
  );
  expect(await openBopDataset(folder, { ...form, split: "test_primesense" })).toMatchObject(form);
});

it("what is missing from a data set is named", async () => {
  expect(await refusal(() => openBopDataset(folder))).toContain(
    "lm: folder: expected a folder that",
  );
  await mkdir(folder);
  expect(await refusal(() => openBopDataset(folder))).toContain(
    "lm: models: expected models_eval/models_info.json or models/models_info.json, got neither",
  );
  await writeBopDataset(folder, { models: [models[0]], scenes: [], targets });
  expect(await refusal(() => openBopDataset(folder))).toContain(
    "split: expected a folder test, val",
  );
  await mkdir(join(folder, "test"));
  expect(await refusal(() => openBopDataset(folder))).toContain(
    "test: folder: expected scenes such",
  );
  await writeBopDataset(folder, { models: [models[0]], scenes: scenes(), targets });
  expect(await refusal(() => openBopDataset(folder))).toContain(
    "test_targets_bop19.json: scene 12, image 3, object 10: expected an object of models_info.json (5)",
  );
  const elsewhere = [{ ...targets[0], scene: 7 }];
  await writeBopDataset(folder, { models, scenes: scenes(), targets: elsewhere });
  expect(await refusal(() => openBopDataset(folder))).toContain(
    "scene 7, image 0, object 5: expected a scene of test (1, 12), got another",
  );
});

it("sceneTargets names images and instances that are missing, modelVertices the model", async () => {
  const more = [{ ...targets[0], count: 3 }, targets[1]];
  await writeBopDataset(folder, { models, scenes: scenes(), targets: more });
  const dataset = await openBopDataset(folder);
  expect(await refusal(() => sceneTargets(dataset, 1))).toContain(
    "scene_gt.json: scene 1, image 0, object 5: expected 3 instances, got 2",
  );
  expect(await refusal(() => sceneTargets(dataset, 2))).toContain("scene: expected 1, 12, got 2");
  const place = join(folder, "test", "000012");
  await writeFile(join(place, "scene_gt_info.json"), '{"3": []}');
  expect(await refusal(() => sceneTargets(dataset, 12))).toContain("expected 1 instances, got 0");
  await writeFile(join(place, "scene_camera.json"), "{}");
  expect(await refusal(() => sceneTargets(dataset, 12))).toContain(
    "scene_camera.json: scene 12, image 3, object 10: expected this image, got none",
  );
  await rm(join(place, "scene_gt.json"));
  expect(await refusal(() => sceneTargets(dataset, 12))).toContain("got no such file");
  await rm(join(folder, "models", "obj_000010.ply"));
  expect(await refusal(() => modelVertices(dataset, 10))).toContain(
    "obj_000010.ply: file: expected the model of object 10 eggbox, got no such file",
  );
});

it("writeBopDataset refuses a scene that has infos of some images only", async () => {
  const [[scene, [[id, first]]]] = scenes();
  const images: [number, BopImage][] = [
    [id, first],
    [1, { ...first, infos: undefined }],
  ];
  await expect(writeBopDataset(folder, { models, scenes: [[scene, images]] })).rejects.toThrow(
    "expected infos of every instance of scene 1, got some",
  );
});

it("objectLists number the objects of LineMOD, LM-O and YCB-V and those taken for symmetric", () => {
  const { lm, lmo, ycbv } = objectLists;
  expect([lm, lmo, ycbv].map(({ names }) => names.size)).toEqual([15, 8, 21]);
  expect([lm, lmo, ycbv].map(({ evaluated }) => evaluated.length)).toEqual([13, 8, 21]);
  const named = (list: typeof lm, ids: readonly number[]) => ids.map((id) => objectName(id, list));
  expect(named(lm, lm.symmetric.tables)).toEqual(["10 eggbox", "11 glue"]);
  expect(named(lm, lm.symmetric.bop)).toEqual(["3 bowl", "7 cup", "10 eggbox", "11 glue"]);
  expect(named(ycbv, ycbv.symmetric.tables)).toEqual([
    ...["13 bowl", "16 wood_block", "19 large_clamp", "20 extra_large_clamp", "21 foam_brick"],
  ]);
  // The challenges take more of YCB-V for symmetric than tables of ADD(-S).
  expect(ycbv.symmetric.bop).toEqual(expect.arrayContaining([...ycbv.symmetric.tables]));
  expect(ycbv.symmetric.bop.length).toBe(8);
  expect(objectName(99, lm)).toBe("99");
  expect(objectName(5)).toBe("5");
});
