/**
 * Boxes of nuScenes as its files hold them: in the global frame, z up, metres, the rotation a quaternion
 * w, x, y, z. The metrics ask only for its yaw, the direction of the box's +x axis on the ground,
 *
 *     yaw = atan2(2 (x y + w z), w² + x² − y² − z²)
 *
 * which does not depend on the quaternion's length: one that is not of length 1 is not made so.
 */
import {
  type Box,
  type DetectionClass,
  detectionClasses,
  isInRange,
} from "../metrics/nuscenes-boxes.js";
import type { JsonPlace } from "./json-place.js";

export interface DetectionBox extends Box {
  /** Rotation, box to global frame: a quaternion w, x, y, z, as the file gives it. */
  readonly rotation: readonly [w: number, x: number, y: number, z: number];
  /** Points of lidar and radar in it; −1 if nobody counted, as of predictions. */
  readonly points: number;
}

/** The class of each category; other categories are not evaluated. */
export const categoryClass: ReadonlyMap<string, DetectionClass> = new Map([
  ["movable_object.barrier", "barrier"],
  ["vehicle.bicycle", "bicycle"],
  ["vehicle.bus.bendy", "bus"],
  ["vehicle.bus.rigid", "bus"],
  ["vehicle.car", "car"],
  ["vehicle.construction", "construction_vehicle"],
  ["vehicle.motorcycle", "motorcycle"],
  ["human.pedestrian.adult", "pedestrian"],
  ["human.pedestrian.child", "pedestrian"],
  ["human.pedestrian.construction_worker", "pedestrian"],
  ["human.pedestrian.police_officer", "pedestrian"],
  ["movable_object.trafficcone", "traffic_cone"],
  ["vehicle.trailer", "trailer"],
  ["vehicle.truck", "truck"],
]);

export const attributeNames = [
  "pedestrian.moving",
  "pedestrian.sitting_lying_down",
  "pedestrian.standing",
  "cycle.with_rider",
  "cycle.without_rider",
  "vehicle.moving",
  "vehicle.parked",
  "vehicle.stopped",
] as const;

/** Yaw [rad] in (−π, π] of a quaternion w, x, y, z. */
export function quaternionYaw([w, x, y, z]: DetectionBox["rotation"]): number {
  return Math.atan2(2 * (x * y + w * z), w * w + x * x - y * y - z * z);
}

/** Where a box stands, and how large it is, of a record of a result or an annotation. */
export function placedBox(
  item: JsonPlace,
): Pick<DetectionBox, "centre" | "size" | "rotation" | "yaw"> {
  const size = item.member("size");
  const sides = size.numbers(3);
  if (!sides.every((side) => side > 0)) size.fail("three positive lengths", sides.join(", "));
  const quaternion = item.member("rotation");
  const [w, x, y, z] = quaternion.numbers(4);
  const rotation = [w, x, y, z] as const;
  const length = Math.hypot(w, x, y, z);
  if (!(length > 0 && length < Infinity))
    quaternion.fail("a quaternion of some length", rotation.join(", "));
  const [a, b, c] = item.member("translation").numbers(3);
  // Scaled by its length first: squares of very long or short ones would leave the range of doubles.
  const unit = [w / length, x / length, y / length, z / length] as const;
  return {
    centre: [a, b, c],
    size: [sides[0], sides[1], sides[2]],
    rotation,
    yaw: quaternionYaw(unit),
  };
}

export function detectionClass(item: JsonPlace): DetectionClass {
  const name = item.text();
  const found = detectionClasses.find((known) => known === name);
  return found ?? item.fail(`a class of the task (${detectionClasses.join(", ")})`);
}

/** True if a point [3] is in a box, its faces among it. */
export function isInBox(
  { centre, size, rotation }: Pick<DetectionBox, "centre" | "size" | "rotation">,
  point: readonly [number, number, number],
): boolean {
  const length = Math.hypot(...rotation);
  const [w, x, y, z] = rotation.map((part) => part / length);
  const d = point.map((coordinate, i) => coordinate - centre[i]);
  // Rᵀ d, R of the quaternion; the box's axes are length, width, height.
  const along = [
    (1 - 2 * (y * y + z * z)) * d[0] + 2 * (x * y + w * z) * d[1] + 2 * (x * z - w * y) * d[2],
    2 * (x * y - w * z) * d[0] + (1 - 2 * (x * x + z * z)) * d[1] + 2 * (y * z + w * x) * d[2],
    2 * (x * z + w * y) * d[0] + 2 * (y * z - w * x) * d[1] + (1 - 2 * (x * x + y * y)) * d[2],
  ];
  const sides = [size[1], size[0], size[2]];
  return along.every((coordinate, i) => Math.abs(coordinate) <= sides[i] / 2);
}

/** What of a sample decides which boxes are evaluated. */
export interface SampleSurroundings {
  /** Position of the vehicle in the global frame [3], m. */
  readonly vehicle: readonly [number, number, number];
  /** Racks for bicycles. */
  readonly racks: readonly Pick<DetectionBox, "centre" | "size" | "rotation">[];
}

export interface EvaluatedBoxes {
  readonly boxes: DetectionBox[];
  /** How many were left out, each counted under the first reason that applies. */
  readonly removed: { readonly range: number; readonly points: number; readonly rack: number };
}

/**
 * The boxes that are evaluated, of truths and of predictions alike: those within the range of their class,
 * with points in them (or uncounted ones), and, of bicycles and motorcycles, with their centre in no rack.
 *
 * @throws RangeError if a box is in a frame that is not among the samples.
 */
export function evaluatedBoxes(
  samples: ReadonlyMap<string, SampleSurroundings>,
  boxes: Iterable<DetectionBox>,
): EvaluatedBoxes {
  const kept: DetectionBox[] = [];
  const removed = { range: 0, points: 0, rack: 0 };
  for (const box of boxes) {
    const sample = samples.get(box.frame);
    if (!sample)
      throw new RangeError(`evaluatedBoxes: expected a frame of the samples, got ${box.frame}`);
    const rides = box.class === "bicycle" || box.class === "motorcycle";
    if (!isInRange(box, [sample.vehicle[0], sample.vehicle[1]])) removed.range++;
    else if (box.points === 0) removed.points++;
    else if (rides && sample.racks.some((rack) => isInBox(rack, box.centre))) removed.rack++;
    else kept.push(box);
  }
  return { boxes: kept, removed };
}
