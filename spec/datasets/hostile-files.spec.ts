import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type BopImage,
  type DetectionBox,
  readBopResults,
  readDetections,
  readDroneFrames,
  readModelsInfo,
  readPly,
  readSceneCameras,
  readSceneInfo,
  readSceneTruth,
  readSplits,
  readTargets,
  writeBopResults,
  writeDetections,
  writeDroneFrames,
  writeModelsInfo,
  writePly,
  writeSceneCameras,
  writeSceneInfo,
  writeSceneTruth,
  writeSplits,
  writeTargets,
} from "../../src/datasets/index.js";
import { FormatError } from "../../src/formats/index.js";
import { all, source } from "./files.js";

const pose = Float64Array.of(1, 0, 0, 0.5, 0, 1, 0, -2, 0, 0, 1, 900);
const K = Float64Array.of(500, 0, 320, 0, 510, 240, 0, 0, 1);
const camera: BopImage["camera"] = { K, depthScale: 0.1, worldToCamera: pose };
const box4 = Float64Array.of(1, 2, 3, 4);
const info = { boxObject: box4, boxVisible: box4, pixelsAll: 9, pixelsValid: 9, pixelsVisible: 3 };
const box: DetectionBox = {
  ...{ frame: "s", class: "car", centre: [1, 2, 3], size: [2, 4, 1.5], rotation: [1, 0, 0, 0] },
  ...{ velocity: [Number.NaN, 0], attribute: "", score: 0.5, yaw: 0, points: -1 },
};
const uses = { use_camera: true, use_lidar: true, use_radar: true, use_map: true };
const placed = { orientation: [0, 0, 0, 1], position: [1, 2, 3] } as const;
const half = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const axis = { axis: [0, 0, 1], offset: [0, 0, 0] };
const symmetries = { symmetries_discrete: [half], symmetries_continuous: [axis] };
const mesh = { vertices: pose, normals: pose, faces: [0, 1, 2, 1, 2, 3] };
const estimate = { scene: 1, image: 2, object: 3, score: 0.5, pose, time: 0.1 };
const text = (parts: Iterable<string>) => new TextEncoder().encode([...parts].join(""));

type Read = (bytes: Uint8Array, size: number) => unknown;
const files: Record<string, { bytes: Uint8Array; read: Read }> = {
  results: {
    bytes: text(writeBopResults([estimate, estimate])),
    read: (bytes, size) => all(readBopResults(source(bytes, size))),
  },
  truth: {
    bytes: text(writeSceneTruth([[1, [{ object: 5, pose, other: { note: "é" } }]]])),
    read: (bytes, size) => all(readSceneTruth(source(bytes, size))),
  },
  cameras: {
    bytes: text(writeSceneCameras([[1, camera]])),
    read: (bytes, size) => all(readSceneCameras(source(bytes, size))),
  },
  info: {
    bytes: text(writeSceneInfo([[1, [{ ...info, visibleShare: 0.3 }]]])),
    read: (bytes, size) => all(readSceneInfo(source(bytes, size))),
  },
  models: {
    bytes: text(writeModelsInfo([[1, { diameter: 3, min: pose.subarray(0, 3), ...symmetries }]])),
    read: (bytes, size) => readModelsInfo(source(bytes, size)),
  },
  targets: {
    bytes: text(writeTargets([{ scene: 1, image: 2, object: 3, count: 1 }])),
    read: (bytes, size) => readTargets(source(bytes, size)),
  },
  detections: {
    bytes: text(writeDetections([["s", [box]]], { ...uses, use_external: false })),
    read: (bytes, size) => all(readDetections(source(bytes, size))),
  },
  splits: {
    bytes: text(writeSplits([["val", ["scene-1"]]])),
    read: (bytes, size) => readSplits(source(bytes, size)),
  },
  drone: {
    bytes: text(writeDroneFrames([{ drone: [placed, placed], pilot: placed }])),
    read: (bytes, size) => all(readDroneFrames(source(bytes, size))),
  },
  "text mesh": {
    bytes: writePly(mesh, { format: "ascii" }),
    read: (bytes) => readPly(bytes, "m.ply"),
  },
  "binary mesh": {
    bytes: writePly(mesh, { format: "binary_big_endian", type: "float" }),
    read: (bytes) => readPly(bytes, "m.ply"),
  },
};

/** Bytes that mean something somewhere in these formats. */
const telling = [...'{}[]",:\\-+.eE0189 \t\r\n,NaN', "\0", "\u00ff"].map((c) => c.charCodeAt(0));
type Change = readonly [kind: "set" | "insert" | "remove" | "repeat", place: number, byte: number];
const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom("set", "insert", "remove", "repeat"),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.oneof(fc.constantFrom(...telling), fc.integer({ min: 0, max: 255 })),
);

function changed(bytes: Uint8Array, changes: readonly Change[], share: number): Uint8Array {
  const list = [...bytes];
  for (const [kind, place, byte] of changes) {
    const at = Math.floor(place * list.length);
    if (kind === "set") list[at] = byte;
    else if (kind === "insert") list.splice(at, 0, byte);
    else if (kind === "remove") list.splice(at, 1 + (byte % 9));
    else list.splice(at, 0, ...list.slice(at, at + byte));
  }
  return Uint8Array.from(list).subarray(0, Math.ceil(share * list.length));
}

it.each(Object.entries(files))(
  "%s cut off and changed anywhere are read or refused with a FormatError",
  async (_, { bytes, read }) => {
    await read(bytes, 0);
    const counts = { read: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 4 }),
        fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
        fc.integer({ min: 1, max: 40 }),
        async (changes, share, size) => {
          const content = changed(bytes, changes, share);
          const outcome = async (pieces: number) => {
            try {
              return JSON.stringify(await read(content, pieces));
            } catch (error) {
              // A TypeError from inside, or a RangeError of an allocation, fails here.
              if (!(error instanceof FormatError)) throw error;
              return error.message;
            }
          };
          const whole = await outcome(0);
          counts[whole?.startsWith("{") || whole?.startsWith("[") ? "read" : "refused"]++;
          // How the bytes arrive makes no difference.
          expect(await outcome(size)).toBe(whole);
        },
      ),
      { seed: 20260, numRuns: 300 },
    );
    expect(counts.read).toBeGreaterThan(5);
    expect(counts.refused).toBeGreaterThan(100);
  },
);
