/**
 * Boxes of the nuScenes detection task, and what a matched pair of them differs by.
 *
 *     centreDistance      ‖(x, y) − (x′, y′)‖ on the ground plane, by which boxes are matched; ATE   [m]
 *     scaleError          1 − IoU of the sizes with centres and axes aligned                    ASE [1]
 *     yawError            |β − β′| modulo the period, 2π, or π for barriers                    AOE [rad]
 *     velocityError       ‖v − v′‖ on the ground plane; NaN where the truth has none          AVE [m/s]
 *     attributeError      0 if the attributes agree, else 1; NaN where the truth has none        AAE [1]
 *
 * Centre, yaw and velocity are in the global frame, z up. Source: EQUATIONS NUS-M1, NUS-M3 … M7;
 * [Caesar2020] Sec 3.1 and its development kit.
 */

export const detectionClasses = [
  "car",
  "truck",
  "bus",
  "trailer",
  "construction_vehicle",
  "pedestrian",
  "motorcycle",
  "bicycle",
  "traffic_cone",
  "barrier",
] as const;
export type DetectionClass = (typeof detectionClasses)[number];

export interface Box {
  /** The frame (sample) it is in: boxes are matched within one. */
  readonly frame: string;
  readonly class: DetectionClass;
  /** Centre in the global frame [3], metres. */
  readonly centre: readonly [number, number, number];
  /** Width, length, height [3], metres, all positive. */
  readonly size: readonly [number, number, number];
  /** Yaw about +z, radians. */
  readonly yaw: number;
  /** Velocity on the ground plane [2], m/s; NaN if unknown. */
  readonly velocity: readonly [number, number];
  /** Attribute, or "" if it has none. */
  readonly attribute: string;
  /** Confidence of a prediction; unused for ground truth. */
  readonly score: number;
}

export type MatchError = "translation" | "scale" | "orientation" | "velocity" | "attribute";
export const matchErrors: readonly MatchError[] = [
  "translation",
  "scale",
  "orientation",
  "velocity",
  "attribute",
];

/** Range [m] on the ground plane around the vehicle within which a class is evaluated. */
export const classRange: Readonly<Record<DetectionClass, number>> = {
  car: 50,
  truck: 50,
  bus: 50,
  trailer: 50,
  construction_vehicle: 50,
  pedestrian: 40,
  motorcycle: 40,
  bicycle: 40,
  traffic_cone: 30,
  barrier: 30,
};

/** True if an error is left out for a class: a cone has no heading, and it and a barrier do not move. */
export function isExcluded(name: DetectionClass, error: MatchError): boolean {
  if (name === "traffic_cone") return error !== "translation" && error !== "scale";
  return name === "barrier" && (error === "velocity" || error === "attribute");
}

/** True if a box within the range of its class is evaluated: strictly nearer to the vehicle [2]. */
export function isInRange(box: Box, vehicle: readonly [number, number]): boolean {
  return Math.hypot(box.centre[0] - vehicle[0], box.centre[1] - vehicle[1]) < classRange[box.class];
}

/** Distance of the centres on the ground plane [m]. */
export function centreDistance(truth: Box, estimate: Box): number {
  return Math.hypot(truth.centre[0] - estimate.centre[0], truth.centre[1] - estimate.centre[1]);
}

/** The error of a matched pair; NaN where the truth says nothing. */
export function matchError(name: MatchError, truth: Box, estimate: Box): number {
  switch (name) {
    case "translation":
      return centreDistance(truth, estimate);
    case "scale":
      return scaleError(truth, estimate);
    case "orientation":
      return yawError(truth.yaw, estimate.yaw, truth.class === "barrier" ? Math.PI : 2 * Math.PI);
    case "velocity":
      return Math.hypot(
        truth.velocity[0] - estimate.velocity[0],
        truth.velocity[1] - estimate.velocity[1],
      );
    case "attribute":
      return truth.attribute === "" ? Number.NaN : truth.attribute === estimate.attribute ? 0 : 1;
  }
}

/** 1 − IoU of two boxes' sizes [1]. */
export function scaleError(truth: Box, estimate: Box): number {
  let shared = 1;
  let [first, second] = [1, 1];
  for (let a = 0; a < 3; a++) {
    shared *= Math.min(truth.size[a], estimate.size[a]);
    first *= truth.size[a];
    second *= estimate.size[a];
  }
  return 1 - shared / (first + second - shared);
}

/** Least |β − β′| modulo the period [rad], in 0 … period/2. */
export function yawError(truth: number, estimate: number, period = 2 * Math.PI): number {
  const turn = Math.abs(truth - estimate) % period;
  return Math.min(turn, period - turn);
}

/**
 * @throws RangeError if a class is unknown, a size is not positive, or a centre, yaw or (of predictions)
 * score is not finite, naming the box by its place in the list.
 */
export function requireBoxes(caller: string, boxes: readonly Box[], scored: boolean): void {
  for (const [i, box] of boxes.entries()) {
    const fail = (expected: string, got: unknown) => {
      throw new RangeError(
        `${caller}: expected ${expected} of box ${i} in ${box.frame}, got ${got}`,
      );
    };
    if (!detectionClasses.includes(box.class)) fail("a class of the task", box.class);
    if (!box.size.every((x) => x > 0 && x < Infinity)) fail("a positive size", box.size.join(", "));
    if (!box.centre.every(Number.isFinite)) fail("a finite centre", box.centre.join(", "));
    if (!Number.isFinite(box.yaw)) fail("a finite yaw", box.yaw);
    if (scored && !Number.isFinite(box.score)) fail("a finite score", box.score);
  }
}
