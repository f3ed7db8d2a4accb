import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  type DetectionBox,
  evaluatedBoxes,
  isInBox,
  isNuscenesFolder,
  quaternionYaw,
  readDetections,
  readNuscenes,
  readSplits,
  splitSizes,
  writeDetections,
  writeSplits,
} from "../../src/datasets/index.js";
import { detectionScore } from "../../src/metrics/index.js";
import { stream } from "../../src/random/index.js";
import { all, refusal, source } from "./files.js";
import { tables } from "./nuscenes-tables.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nuscenes-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes the tables, changed, and reads them. */
async function read(
  change: (content: ReturnType<typeof tables>) => unknown = () => {},
  scenes?: string[],
) {
  const content = tables();
  change(content);
  for (const [name, records] of Object.entries(content))
    await writeFile(join(folder, `${name}.json`), JSON.stringify(records, null, 1));
  return readNuscenes(folder, scenes && { scenes });
}
const truths = async (...at: Parameters<typeof read>) =>
  [...(await read(...at)).values()].flatMap((sample) => sample.truths);
const meta = {
  ...{ use_camera: true, use_lidar: false, use_radar: false, use_map: false },
  use_external: true,
};

it("readNuscenes gives every sample its scene, the vehicle at the lidar's key frame, boxes and racks", async () => {
  expect(await isNuscenesFolder(folder)).toBe(false);
  const samples = await read();
  expect(await isNuscenesFolder(folder)).toBe(true);
  expect([...samples.keys()]).toEqual(["s1", "s2", "s3"]);
  expect(samples.get("s2")).toMatchObject({ scene: "scene-1", vehicle: [2, 0, 0] });
  // The animal is no class of the task; the rack is none either, but hides bicycles.
  expect(samples.get("s2")?.truths.map((box) => box.class)).toEqual(["car", "bicycle"]);
  expect(samples.get("s2")?.racks).toEqual([
    { centre: [20.5, 0, 1], size: [2, 4, 1.5], rotation: [1, 0, 0, 0] },
  ]);
  expect(samples.get("s1")?.truths[0]).toEqual({
    ...{ frame: "s1", class: "car", centre: [10, 0, 1], size: [2, 4, 1.5], rotation: [1, 0, 0, 0] },
    ...{ yaw: 0, attribute: "vehicle.moving", points: 4, score: 0, velocity: [2, 0] },
  });
  expect([...(await read(() => {}, ["scene-2"])).keys()]).toEqual(["s3"]);
});

it("velocities are differences over the neighbours, NaN beyond 1.5 s, or 3 s between both", async () => {
  const speeds = async (seconds: [number, number]) => {
    const [a, b, c] = await truths((content) => {
      const car = content.sample_annotation[0];
      const [s1, s2, s3] = content.sample;
      s3.scene_token = "c1";
      s2.timestamp = s1.timestamp + 1e6 * seconds[0];
      s3.timestamp = s2.timestamp + 1e6 * seconds[1];
      const at = (token: string, sample: string, x: number, prev: string, next: string) => ({
        ...{ ...car, token, sample_token: sample, translation: [x, 2 * x, 0], prev, next },
      });
      content.sample_annotation = [
        at("n1", "s1", 1, "", "n2"),
        at("n2", "s2", 2, "n1", "n3"),
        at("n3", "s3", 5, "n2", ""),
      ];
    });
    return [a, b, c].map((box) => box.velocity);
  };
  expect(await speeds([0.5, 0.5])).toEqual([
    [2, 4],
    [4, 8],
    [6, 12],
  ]);
  const none = [Number.NaN, Number.NaN];
  expect(await speeds([1.5, 1.5])).toEqual([
    [1 / 1.5, 2 / 1.5],
    [4 / 3, 8 / 3],
    [2, 4],
  ]);
  expect(await speeds([1.500001, 1])).toEqual([none, [4 / 2.500001, 8 / 2.500001], [3, 6]]);
  expect(await speeds([1.5, 1.500001])).toEqual([[1 / 1.5, 2 / 1.5], none, none]);
  expect((await truths())[2].velocity).toEqual(none);
});

it("evaluatedBoxes leaves out what is too far, has no points or stands in a rack, and counts it", async () => {
  const samples = await read();
  const boxes = [...samples.values()].flatMap((sample) => sample.truths);
  const { boxes: kept, removed } = evaluatedBoxes(samples, boxes);
  // s3: 52.9 m from the origin is 49.9 m from the vehicle; 50 m is not within 50 m.
  expect(kept.map((box) => [box.frame, box.centre[0]])).toEqual([
    ["s1", 10],
    ["s3", 52.9],
  ]);
  expect(removed).toEqual({ range: 1, points: 1, rack: 1 });
  const guess = (part: Partial<DetectionBox>) => ({ ...boxes[2], points: -1, ...part });
  const predictions = [guess({}), guess({ centre: [18.4, 0, 1] }), guess({ class: "pedestrian" })];
  expect(evaluatedBoxes(samples, predictions).boxes).toEqual(predictions.slice(1));
  expect(() => evaluatedBoxes(samples, [guess({ frame: "s9" })])).toThrow("got s9");
  const scored = kept.map((box) => ({ ...box, score: 0.5 }));
  expect(detectionScore(kept, scored).classes.car.averagePrecision).toBeCloseTo(1, 14);
});

it("isInBox turns with the box, its faces among it, whatever the quaternion's length", () => {
  const half = Math.SQRT1_2;
  const rack = { centre: [1, 2, 3], size: [2, 4, 1], rotation: [half, 0, 0, half] } as const;
  const at = (x: number, y: number, z: number) => isInBox(rack, [1 + x, 2 + y, 3 + z]);
  // A quarter turn about z: the length is along y.
  expect([at(0.9, 1.9, 0.4), at(1.1, 0, 0), at(0, 2.1, 0), at(0, 0, 0.51)]).toEqual([
    ...[true, false, false, false],
  ]);
  const straight = { ...rack, rotation: [3, 0, 0, 0] } as const;
  expect([isInBox(straight, [3, 3, 3.5]), isInBox(straight, [3.01, 3, 3.5])]).toEqual([
    true,
    false,
  ]);
  const draw = stream("spec/rack");
  for (let i = 0; i < 50; i++) {
    const rotation = [...draw.unitQuaternion()] as [number, number, number, number];
    const [w, x, y, z] = rotation;
    // The box's +x axis, turned: where the yaw looks, and half a length along it is the face.
    const axis = [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)];
    expect(quaternionYaw(rotation)).toBeCloseTo(Math.atan2(axis[1], axis[0]), 12);
    const point = (share: number) =>
      axis.map((part, k) => rack.centre[k] + share * 2 * part) as [number, number, number];
    const turned = { ...rack, rotation };
    expect([isInBox(turned, point(0.999)), isInBox(turned, point(1.001))]).toEqual([true, false]);
  }
});

const box = (part: Partial<DetectionBox> = {}): DetectionBox => ({
  ...{
    frame: "s1",
    class: "car",
    centre: [1, 2, 3],
    size: [2, 4, 1.5],
    rotation: [0.6, 0, 0, 0.8],
  },
  ...{ yaw: quaternionYaw([0.6, 0, 0, 0.8]), velocity: [0.1, -0], attribute: "vehicle.parked" },
  ...{ score: 0.25, points: -1, ...part },
});

it("writeDetections is read back to the bit, in pieces of any size, unknown velocities as NaN", async () => {
  const draw = stream("spec/detections");
  const entries: [string, DetectionBox[]][] = [
    ["s1", [box(), box({ velocity: [Number.NaN, Number.NaN], attribute: "", score: 1 })]],
    ["s2", []],
    ["s3", [box({ frame: "s3", centre: [draw.normal(), 5e-324, -0], score: draw.normal() })]],
  ];
  const text = [...writeDetections(entries, meta)].join("");
  for (const size of [0, 1, 10]) {
    const seen: unknown[] = [];
    const options = { samples: ["s1", "s2", "s3"], onMeta: (found: unknown) => seen.push(found) };
    expect(await all(readDetections(source(text, size), options))).toEqual(entries);
    expect(seen).toEqual([meta]);
  }
});

const valid = [...writeDetections([["s1", [box()]]], meta)].join("");
const results = (text: string, samples?: string[]) =>
  refusal(() => all(readDetections(source(text), samples && { samples })));
it.each([
  ["", "file: file: expected JSON, got an empty file"],
  [valid.slice(0, -3), "expected a whole file, got one that ends early"],
  ['{"results": {"s1": []}}', 'file: file: expected a member "meta", got none'],
  [valid.replace(/"results": .*/s, '"results": {}}'), "results: expected a list of boxes"],
  [valid.replace(/"results": .*/s, '"results": []}'), 'results: expected an object, got "["'],
  [valid.replace("true", "1"), "meta/use_camera: expected true or false, got 1"],
  [valid.replace('"car"', '"cart"'), "results/s1[0]/detection_name: expected a class of the task"],
  [
    valid.replace('oken": "s1"', 'oken": "s2"'),
    'sample_token: expected the sample of its list, "s1"',
  ],
  [valid.replace("[2, 4, 1.5]", "[2, 0, 1.5]"), "s1[0]/size: expected three positive lengths"],
  [valid.replace("[1, 2, 3]", "[1, NaN, 3]"), "translation[1]: expected a finite number"],
  [
    valid.replace("[0.6, 0, 0, 0.8]", "[0, 0, 0, 0]"),
    "rotation: expected a quaternion of some length",
  ],
  [valid.replace("[0.1, -0.0]", "[0.1]"), "velocity: expected a list of 2 numbers"],
  [valid.replace("0.25", '"NaN"'), "detection_score: expected a finite number"],
  [valid.replace("vehicle.parked", "parked"), "attribute_name: expected pedestrian.moving, "],
  [
    [...writeDetections([["s1", Array(501).fill(box())]], meta)].join(""),
    "results/s1: expected at most 500 boxes, got 501",
  ],
])("readDetections refuses %#: %j", async (text, message) => {
  expect(await results(text)).toContain(message);
});

it("readDetections refuses samples that are not of the split, and splits that it does not cover", async () => {
  expect(await results(valid, ["s2"])).toContain(
    'results/s1: expected a sample of the split, got "s1"',
  );
  expect(await results(valid, ["s1", "s2", "s3"])).toContain(
    'results: expected every sample of the split, such as "s2", got 2 missing',
  );
});

type Tables = ReturnType<typeof tables>;
it.each<[string, (content: Tables) => unknown, string]>([
  [
    "a scene",
    (t) => t.scene.push(t.scene[0]),
    '[2]: expected tokens that occur once, got "c1" twice',
  ],
  [
    "an instance",
    (t) => t.instance.pop(),
    'instance_token: expected a token of instance, got "i4"',
  ],
  [
    "a category",
    (t) => t.category.pop(),
    '[3]/category_token: expected a token of category, got "k4"',
  ],
  ["an attribute", (t) => t.attribute.pop(), "attribute_tokens[0]: expected a token of attribute"],
  [
    "attributes",
    (t) => t.sample_annotation[0].attribute_tokens.push("a1"),
    "at most one attribute",
  ],
  ["a sensor", (t) => t.sensor.shift(), '[0]/sensor_token: expected a token of sensor, got "l"'],
  [
    "a pose",
    (t) => t.ego_pose.pop(),
    'sample "s3": expected a key frame of LIDAR_TOP with its ego_pose',
  ],
  ["samples", (t) => t.sample.splice(0), "expected samples of the wanted scenes, got none"],
  ["a neighbour", (t) => t.sample_annotation.splice(1, 1), 'same scene as next, got "n2"'],
  ["time", (t) => (t.sample[1].timestamp -= 1e6), 'token "n1": expected prev before next'],
])("readNuscenes refuses tables where %s is wrong", async (_, change, message) => {
  expect(await refusal(() => read(change))).toContain(message);
});

it("readNuscenes names wanted scenes and tables that are not there", async () => {
  expect(await refusal(() => read(() => {}, ["scene-1", "scene-9"]))).toContain(
    'scene.json: file: expected every wanted scene, got 1 missing, such as "scene-9"',
  );
  await rm(join(folder, "ego_pose.json"));
  expect(await refusal(() => readNuscenes(folder))).toContain(
    "ego_pose.json: file: expected a file",
  );
});

it("splits are read and written; the published ones make 1000 scenes", async () => {
  const splits = new Map([
    ["train", ["scene-1", "scene-2"]],
    ["val", ["scene-3"]],
  ]);
  expect(await readSplits(source(writeSplits(splits)))).toEqual(splits);
  expect(await refusal(() => readSplits(source('{"val": ["a", "a"]}')))).toContain('"a" twice');
  expect(await refusal(() => readSplits(source('{"val": []}')))).toContain("at least one scene");
  expect(await refusal(() => readSplits(source("{}")))).toContain("expected splits, got none");
  expect(splitSizes.train + splitSizes.val + splitSizes.test).toBe(1000);
});
