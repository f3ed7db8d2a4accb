import { expect, it } from "vitest";
import {
  type BopCamera,
  type BopInstance,
  type BopInstanceInfo,
  type BopModelInfo,
  readModelsInfo,
  readSceneCameras,
  readSceneInfo,
  readSceneTruth,
  readTargets,
  writeModelsInfo,
  writeSceneCameras,
  writeSceneInfo,
  writeSceneTruth,
  writeTargets,
} from "../../src/datasets/index.js";
import { symmetryTransforms } from "../../src/problem/index.js";
import { stream } from "../../src/random/index.js";
import { all, refusal, source } from "./files.js";

const draw = stream("spec/scene");
const numbers = (length: number) =>
  Float64Array.from({ length }, (_, k) => (k % 5 === 4 ? -0 : draw.normal() * 10 ** (k % 9)));
const eye = "[1, 0, 0, 0, 1, 0, 0, 0, 1]";

it("scene_gt.json is read image by image, in pieces of any size, and written back to the bit", async () => {
  const entries: [number, BopInstance[]][] = [0, 7, 1202].map((image) => [
    image,
    Array.from({ length: image % 3 }, (_, i) => ({
      object: i + 1,
      pose: numbers(12),
      defect: 0,
      ...(i === 1 && { other: { obj_bb: [1, 2], note: 'one "é} \\' } }),
    })),
  ]);
  const text = writeSceneTruth(entries);
  for (const size of [0, 1, 13]) {
    const back = await all(readSceneTruth(source(text, size)));
    expect(back.map(([image, list]) => [image, list.map((x) => ({ ...x, defect: 0 }))])).toEqual(
      entries,
    );
    expect(writeSceneTruth(back)).toBe(text);
  }
});

it("scene_gt.json of the challenges' own writer is read: a pose in millimetres, and its defect", async () => {
  const text = `{\n  "3": [{"cam_R_m2c": ${eye}, "cam_t_m2c": [1.5, -2, 900], "obj_id": 5}]\n}`;
  const [[image, [instance]]] = await all(readSceneTruth(source(text)));
  expect(image).toBe(3);
  expect(instance.object).toBe(5);
  expect([...instance.pose]).toEqual([1, 0, 0, 1.5, 0, 1, 0, -2, 0, 0, 1, 900]);
  expect(instance.defect).toBe(0);
  const mirrored = text.replace(eye, "[1, 0, 0, 0, 1, 0, 0, 0, -1]");
  expect((await all(readSceneTruth(source(mirrored))))[0][1][0].defect).toBe(2);
});

it("scene_camera.json and scene_gt_info.json are read and written back to the bit", async () => {
  const cameras: [number, BopCamera][] = [
    [1, { K: numbers(9) }],
    [2, { K: numbers(9), depthScale: 0.1, worldToCamera: numbers(12), other: { view_level: 2 } }],
  ];
  const text = writeSceneCameras(cameras);
  expect(await all(readSceneCameras(source(text)))).toEqual(cameras);
  const counts = { pixelsAll: 10, pixelsValid: 9, pixelsVisible: 3, visibleShare: 0.3 };
  const infos: [number, BopInstanceInfo[]][] = [
    [1, []],
    [4, [{ boxObject: numbers(4), boxVisible: numbers(4), ...counts, other: { by: "hand" } }]],
  ];
  expect(await all(readSceneInfo(source(writeSceneInfo(infos))))).toEqual(infos);
});

it("models_info.json is read with its symmetries, as symmetryTransforms takes them", async () => {
  const half = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const models = new Map<number, BopModelInfo>([
    [1, { diameter: 102.1 }],
    [10, { diameter: 7, min: numbers(3), size: numbers(3), symmetries_discrete: [half] }],
    [13, { diameter: 7, symmetries_continuous: [{ axis: [0, 0, 2], offset: [1, 0, 0] }] }],
    [14, { diameter: 7, other: { sensor: [1] } }],
  ]);
  const back = await readModelsInfo(source(writeModelsInfo(models)));
  expect(back).toEqual(models);
  expect(symmetryTransforms(back.get(1) as BopModelInfo).count).toBe(1);
  expect(symmetryTransforms(back.get(10) as BopModelInfo).count).toBe(2);
  expect(symmetryTransforms(back.get(13) as BopModelInfo).count).toBe(315);
});

it("targets are read in order and written back; a missing inst_count is one", async () => {
  const targets = [5, 1].map((object) => ({ scene: 2, image: 3, object, count: object }));
  expect(await readTargets(source(writeTargets(targets)))).toEqual(targets);
  const bare = '[{"scene_id": 1, "im_id": 2, "obj_id": 3}]';
  expect(await readTargets(source(bare))).toEqual([{ scene: 1, image: 2, object: 3, count: 1 }]);
});

const truth = (text: string) => refusal(() => all(readSceneTruth(source(text))));
const camera = (text: string) => refusal(() => all(readSceneCameras(source(text))));
const info = (text: string) => refusal(() => all(readSceneInfo(source(text))));
const models = (text: string) => refusal(() => readModelsInfo(source(text)));
const targets = (text: string) => refusal(() => readTargets(source(text)));
const instance = `{"cam_R_m2c": ${eye}, "cam_t_m2c": [0, 0, 1], "obj_id": 5}`;

it.each([
  [truth, "", "file: file: expected JSON, got an empty file"],
  [truth, "[]", 'file: file: expected an object, got "[" at byte 0'],
  [truth, `{"1": [${instance}]`, "file: 1: expected a whole file, got one that ends early"],
  [truth, `{"1": [${instance}`, "file: 1: expected a whole file, got one that ends early"],
  [truth, `{"1": [${instance}]} x`, 'file: file: expected nothing after the end, got "x" at byte'],
  [truth, `{"1": [], "1": []}`, 'file: 1: expected members that occur once, got "1" twice'],
  [truth, `{"1": [], "01": []}`, "file: 01: expected ids that occur once, got 1 twice"],
  [truth, `{"one": []}`, 'file: one: expected a name that is a whole number, got "one"'],
  [truth, `{"1": {}}`, "file: 1: expected a list, got an object"],
  [truth, `{"1": [${instance},]}`, "file: 1: expected JSON, got Unexpected token"],
  [truth, `{"1": [],}`, 'file: 1: expected a name in quotes, got "}" at byte 9'],
  [
    truth,
    `{"1": [{"obj_id": 5}]}`,
    'file: 1[0]: expected a member "cam_R_m2c", got none among "obj_id"',
  ],
  [
    truth,
    `{"1": [${instance.replace("[0, 0, 1]", "[0, 0]")}]}`,
    "file: 1[0]/cam_t_m2c: expected a list of 3 numbers, got a list of 2",
  ],
  [
    truth,
    `{"1": [${instance.replace("[0, 0, 1]", "[0, NaN, 1]")}]}`,
    "file: 1: expected finite numbers, got NaN",
  ],
  [
    truth,
    `{"1": [${instance.replace("[0, 0, 1]", "[0, 1e999, 1]")}]}`,
    "file: 1[0]/cam_t_m2c[1]: expected a finite number, got one beyond 1.8e308",
  ],
  [
    truth,
    `{"1": [${instance.replace("5", "5.5")}]}`,
    "file: 1[0]/obj_id: expected a whole number from 0 on, got 5.5",
  ],
  [
    truth,
    `{"1": [{"obj_id": 1, "obj_id": 2}]}`,
    'file: 1: expected members that occur once, got "obj_id" twice',
  ],
  [
    camera,
    `{"1": {"cam_K": ${eye}, "cam_R_w2c": ${eye}}}`,
    "file: 1: expected cam_R_w2c and cam_t_w2c, or neither, got one of them",
  ],
  [
    camera,
    `{"1": {"cam_K": ${eye}, "depth_scale": 0}}`,
    "file: 1/depth_scale: expected a positive number, got 0",
  ],
  [info, '{"1": [{"visib_fract": 1.5}]}', "[0]/visib_fract: expected a share in 0 … 1, got 1.5"],
  [info, '{"1": [{"visib_fract": -1}]}', "[0]/visib_fract: expected a share in 0 … 1, got -1"],
  [info, `{"1": [{"visib_fract": 1}]}`, 'file: 1[0]: expected a member "bbox_obj", got none'],
  [models, `{"1": {}}`, 'file: 1: expected a member "diameter", got none among no members'],
  [models, `{"1": {"diameter": -1}}`, "file: 1/diameter: expected a positive number, got -1"],
  [
    models,
    `{"1": {"diameter": 1, "min_x": 0}}`,
    'file: 1: expected a member "min_y", got none among "diameter, min_x"',
  ],
  [
    models,
    `{"1": {"diameter": 1, "symmetries_continuous": [{"axis": [0, 0, 0]}]}}`,
    "file: 1/symmetries_continuous[0]/axis: expected an axis of some length, got 0, 0, 0",
  ],
  [
    models,
    `{"1": {"diameter": 1, "symmetries_discrete": [[1,0,0,0, 0,1,0,0, 0,0,1,0, 0,0,0,2]]}}`,
    "symmetries_discrete[0]: expected a motion [4, 4] whose last row is 0, 0, 0, 1, got 0, 0, 0, 2",
  ],
  [targets, "[]", "file: file: expected targets, got none"],
  [
    targets,
    writeTargets([1, 2, 1].map((object) => ({ scene: 1, image: 2, object, count: 1 }))),
    "[2]: expected targets that occur once, got scene 1, image 2, object 1 again, as [0]",
  ],
  [targets, '[{"im_id": 1}]', 'file: [0]: expected a member "scene_id", got none among "im_id"'],
])("%# refuses %o: %j", async (read, text, message) => {
  expect(await read(text)).toContain(message);
});
