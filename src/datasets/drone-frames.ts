/**
 * Annotations of the UAVA data set in the table published with DronePose: a row a pair of moments t1, t2,
 * with the drone at both and the pilot's camera, each placed in the world:
 *
 *     Position(x)_t1 …(y), (z)          Orientation(x)_t1 …(y), (z), (w)      the drone, and so for _t2
 *     Pilot(x), Pilot(y), Pilot(z)      PilotRot(x), (y), (z), (w)            the camera
 *
 * Metres; quaternions x, y, z, w, object to world. Cells are parted by tabs, or by commas if the header has
 * no tab; columns stand in any order, and others are passed over. A quaternion that is not of length 1 is
 * taken as it is: R is its homogeneous matrix, of which the defect tells.
 * Source: EQUATIONS DATA-1; [DronePose2020] and its published code.
 */
import { FormatError, shown } from "../formats/format-error.js";
import { quaternionRotation } from "../kernels/quaternion.js";
import { type Line, lines } from "./lines.js";
import { decimalText, decimalValue } from "./number-text.js";
import { poseOfParts, reportedDefect } from "./pose-numbers.js";
import { type FileSource, type ReadOptions, sourceName } from "./source.js";

/** Something placed in the world. */
export interface Placement {
  /** Quaternion x, y, z, w, object to world. */
  readonly orientation: readonly [x: number, y: number, z: number, w: number];
  /** Metres. */
  readonly position: readonly [x: number, y: number, z: number];
}

export interface DroneFrame {
  /** The drone at t1 and at t2. */
  readonly drone: readonly [Placement, Placement];
  /** The camera. */
  readonly pilot: Placement;
}

export interface DroneRow extends DroneFrame {
  /** Line of the file, counted from 1, the header being the first. */
  readonly row: number;
}

const triple = (name: string, end: string) =>
  ["x", "y", "z"].map((axis) => `${name}(${axis})${end}`);
const placed = (position: string, orientation: string, end: string) => [
  ...triple(position, end),
  ...triple(orientation, end),
  `${orientation}(w)${end}`,
];
const columns = [
  ...placed("Position", "Orientation", "_t1"),
  ...placed("Position", "Orientation", "_t2"),
  ...placed("Pilot", "PilotRot", ""),
];

/**
 * The rows of a table, one at a time.
 *
 * @throws FormatError naming row and column, if a column is missing or there twice, a row has another number
 * of cells than the header, a number is not finite, a quaternion is zero; or if there is no row.
 */
export async function* readDroneFrames(
  source: FileSource,
  options?: ReadOptions,
): AsyncGenerator<DroneRow> {
  const file = sourceName(source);
  let header:
    | { readonly separator: string; readonly width: number; readonly places: number[] }
    | undefined;
  let count = 0;
  for await (const line of lines(source, options)) {
    if (header) {
      yield row(line, file, header);
      count++;
      continue;
    }
    const separator = line.text.includes("\t") ? "\t" : ",";
    const names = line.text.split(separator).map((name) => name.trim());
    const places = columns.map((name) => {
      const place = names.indexOf(name);
      const fail = (expected: string): never => {
        throw new FormatError(file, `row ${line.number}`, expected, shown(line.text));
      };
      if (place < 0) return fail(`a column ${name}`);
      if (names.indexOf(name, place + 1) >= 0) return fail(`one column ${name}`);
      return place;
    });
    header = { separator, width: names.length, places };
  }
  if (count === 0) throw new FormatError(file, "file", "a header and a frame a row", "no frame");
}

function row(
  { number, text }: Line,
  file: string,
  { separator, width, places }: { separator: string; width: number; places: readonly number[] },
): DroneRow {
  const fail = (column: string, expected: string, got: string): never => {
    throw new FormatError(file, `row ${number}${column && `, ${column}`}`, expected, got);
  };
  const cells = text.split(separator);
  if (cells.length !== width) fail("", `${width} cells`, `${cells.length}`);
  const values = places.map((place, k) => {
    const cell = cells[place].trim();
    return decimalValue(cell) ?? fail(columns[k], "a finite number", shown(cell));
  });
  const placement = (k: number): Placement => {
    const [a, b, c, x, y, z, w] = values.slice(7 * k, 7 * k + 7);
    if (!(Math.hypot(x, y, z, w) > 0))
      fail(columns[7 * k + 3], "a quaternion of some length", `${[x, y, z, w]}`);
    return { orientation: [x, y, z, w], position: [a, b, c] };
  };
  return { row: number, drone: [placement(0), placement(1)], pilot: placement(2) };
}

/** Frames as the text of a table, a piece a row. Read back, every number has the same bits. */
export function* writeDroneFrames(frames: Iterable<DroneFrame>): Generator<string> {
  yield `${columns.join("\t")}\n`;
  for (const { drone, pilot } of frames) {
    const numbers = [...drone, pilot].flatMap((at) => [...at.position, ...at.orientation]);
    yield `${numbers.map(decimalText).join("\t")}\n`;
  }
}

export interface SeenDrone {
  /** [R | t] row by row [12], drone to camera, m. */
  readonly pose: Float64Array;
  /** Greatest entry of |RᵀR − I| and of |det R − 1|: how far the quaternions are from length 1. */
  readonly defect: number;
}

/**
 * The drone at t1 or t2 in the camera's frame, R = R_cᵀ R_d, t = R_cᵀ (p_d − p_c).
 *
 * @param axes "as written": the camera's own axes. "blender": those are +x right, +y up, looking along −z,
 * and are turned by π about x, to look along +z with +y down as everywhere in this project.
 */
export function droneInCamera(
  { drone, pilot }: DroneFrame,
  moment: 1 | 2,
  axes: "as written" | "blender" = "as written",
): SeenDrone {
  const placement = drone[moment - 1];
  if (!placement) throw new RangeError(`droneInCamera: expected moment 1 or 2, got ${moment}`);
  const [Rd, Rc] = [rotationOf(placement), rotationOf(pilot)];
  const [R, t] = [new Float64Array(9), new Float64Array(3)];
  for (let i = 0; i < 3; i++) {
    const sign = axes === "blender" && i > 0 ? -1 : 1;
    for (let k = 0; k < 3; k++) {
      for (let j = 0; j < 3; j++) R[3 * i + j] += sign * Rc[3 * k + i] * Rd[3 * k + j];
      t[i] += sign * Rc[3 * k + i] * (placement.position[k] - pilot.position[k]);
    }
  }
  const pose = poseOfParts(R, t);
  return { pose, defect: reportedDefect(pose) };
}

function rotationOf({ orientation: [x, y, z, w] }: Placement): Float64Array {
  const R = new Float64Array(9);
  quaternionRotation(Float64Array.of(w, x, y, z), "homogeneous", R);
  return R;
}
