import { expect, it } from "vitest";
import {
  type DroneFrame,
  droneInCamera,
  type Placement,
  readDroneFrames,
  writeDroneFrames,
} from "../../src/datasets/index.js";
import { rotation } from "../../src/kernels/index.js";
import { stream } from "../../src/random/index.js";
import { all, refusal, source } from "./files.js";

const draw = stream("spec/drone");
const placement = (): Placement => {
  const [w, x, y, z] = draw.unitQuaternion();
  const position = [draw.normal(), -0, 1e-9 * draw.normal()] as const;
  return { orientation: [x, y, z, w], position };
};
const frames: DroneFrame[] = Array.from({ length: 20 }, () => ({
  drone: [placement(), placement()],
  pilot: placement(),
}));
const text = [...writeDroneFrames(frames)].join("");
const read = (content: string, size?: number) =>
  all(readDroneFrames(source(content, size, "d.csv")));

it("writeDroneFrames is read back to the bit, in pieces of any size", async () => {
  for (const size of [0, 1, 11])
    expect(await read(text, size)).toEqual(frames.map((frame, i) => ({ row: i + 2, ...frame })));
  expect([...writeDroneFrames(await read(text))].join("")).toBe(text);
});

it("readDroneFrames takes columns in any order among others, parted by commas or tabs", async () => {
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));
  const shuffled = rows.map((cells, i) => [i === 0 ? "Scene" : "a b", ...cells.toReversed()]);
  const comma = shuffled.map((cells) => cells.join(", ")).join("\r\n");
  expect(await read(`\ufeff${comma}`)).toEqual(await read(text));
});

/** A placement turned by ω, at p. */
const turned = (omega: number[], position: readonly [number, number, number]): Placement => {
  const angle = Math.hypot(...omega);
  const [x, y, z] = omega.map((part) => (part / (angle || 1)) * Math.sin(angle / 2));
  return { orientation: [x, y, z, Math.cos(angle / 2)], position };
};

it("droneInCamera is R_cᵀ R_d and R_cᵀ (p_d − p_c), of quaternions x, y, z, w", () => {
  const quarter = turned([0, 0, Math.PI / 2], [1, 0, 0]);
  const drone = turned([0, 0, Math.PI / 2], [1, 3, 0]);
  const { pose, defect } = droneInCamera({ drone: [drone, drone], pilot: quarter }, 2);
  // The camera's x axis looks along the world's y: the drone is 3 m ahead on it, and not turned.
  const truth = [1, 0, 0, 3, 0, 1, 0, 0, 0, 0, 1, 0];
  for (let k = 0; k < 12; k++) expect(pose[k]).toBeCloseTo(truth[k], 14);
  expect(defect).toBeLessThan(8 * 2 ** -52);
  const R = new Float64Array(9);
  const omega = [0.3, -0.5, 0.9];
  rotation(Float64Array.from(omega), R);
  const upright = turned([0, 0, 0], [0, 0, 0]);
  const seen = droneInCamera({ drone: [turned(omega, [0, 0, 2]), drone], pilot: upright }, 1);
  for (let k = 0; k < 9; k++) expect(seen.pose[k + Math.floor(k / 3)]).toBeCloseTo(R[k], 14);
});

it("droneInCamera of a camera that looks along −z puts what it sees before the camera", () => {
  const [drone, pilot] = [turned([0, 0, 0], [1, 2, -5]), turned([0, 0, 0], [0, 0, 0])];
  const { pose } = droneInCamera({ drone: [drone, drone], pilot }, 1, "blender");
  expect([pose[3], pose[7], pose[11]]).toEqual([1, -2, 5]);
  expect([pose[0], pose[5], pose[10]]).toEqual([1, -1, -1]);
});

it("droneInCamera reports quaternions that are not of length 1, and takes them as they are", () => {
  const pilot = turned([0, 0, 0], [0, 0, 0]);
  const long: Placement = { orientation: [0, 0, 0, 1.1], position: [0, 0, 2] };
  const { pose, defect } = droneInCamera({ drone: [long, long], pilot }, 1);
  expect(pose[0]).toBeCloseTo(1.1 ** 2, 14);
  expect(defect).toBeCloseTo(1.1 ** 6 - 1, 13);
});

const [header, first] = text.split("\n");
it.each([
  ["", "file: expected a header and a frame a row, got no frame"],
  [header, "file: expected a header and a frame a row, got no frame"],
  [text.replace("Pilot(y)", "Pilot"), "row 1: expected a column Pilot(y)"],
  [`${header}\tPilotRot(w)\n${first}\t1`, "row 1: expected one column PilotRot(w)"],
  [`${header}\n${first}\t1`, "row 2: expected 21 cells, got 22"],
  [
    `${header}\n${first.replace(/^[^\t]*/, "nan")}`,
    'Position(x)_t1: expected a finite number, got "nan"',
  ],
  [`${header}\n${first}\n\n${first}`, "row 3: expected 21 cells, got 1"],
  [
    `${header}\n${first.replace(/(\t[^\t]*){4}$/, "\t0\t0\t0\t-0")}`,
    "row 2, PilotRot(x): expected a quaternion of some length, got 0,0,0,0",
  ],
])("readDroneFrames refuses %#", async (content, message) => {
  expect(await refusal(() => read(content))).toContain(message);
});
