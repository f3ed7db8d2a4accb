/** Poses of a drone in the table of UAVA against its annotations. */
import { type DroneRow, droneInCamera, readDroneFrames } from "../datasets/drone-frames.js";
import { FormatError } from "../formats/format-error.js";
import { type Model, preparedModel } from "../metrics/model.js";
import { hardCodedDroneDiagonal } from "../metrics/published.js";
import { type LayoutName, layoutColumns } from "./columns.js";
import {
  type CompatibilitySwitch,
  compatibleArea,
  compatibleDiameter,
  compatibleRotationError,
} from "./compatibility.js";
import { type PoseReport, poseReport } from "./pose-report.js";
import type { TableOptions } from "./score-table.js";
import type { Estimate, Target, TargetTruth } from "./target.js";

export interface DroneReportOptions {
  /** Vertices [3n] of the drone, metres; without them only NPE, angles and ACC-k are scored. */
  readonly vertices?: Float64Array;
  /** Camera matrix [9] and width of the images, px; without it nothing in pixels is scored. */
  readonly camera?: { readonly K: Float64Array; readonly width: number };
  /** Axes of the cameras in both tables. Default "as written". */
  readonly axes?: "as written" | "blender";
  /** Default "uava". */
  readonly layouts?: readonly LayoutName[];
  readonly compatibility?: readonly CompatibilitySwitch[];
  readonly table?: Omit<TableOptions, "compatibility">;
  readonly onProgress?: (done: number, total: number, label: string) => void;
  readonly onRead?: (bytes: number) => void;
}

const DRONE = 1;
const MOMENTS = [1, 2] as const;

/**
 * The report on a table of poses: row k answers row k of the annotations, at t1 and at t2.
 *
 * @throws FormatError if a table is malformed or the two have not equally many rows.
 */
export async function droneReport(
  annotations: string,
  results: string,
  options: DroneReportOptions = {},
): Promise<PoseReport> {
  const { vertices, camera, axes = "as written", compatibility = [], onRead } = options;
  const poses: [Float64Array, Float64Array][] = [];
  for await (const frame of readDroneFrames(annotations)) poses.push(seen(frame, axes));
  const model = droneModel(vertices, compatibleDiameter(compatibility, DRONE, "m"));
  const area = compatibleArea(compatibility);
  const width = camera?.width ?? 640;
  const columns = layoutColumns(options.layouts ?? ["uava"], {
    ...{ unit: "m", imageWidth: width, pixels: camera !== undefined && vertices !== undefined },
    ...(area && { area }),
  }).filter(
    ({ metric }) =>
      vertices !== undefined ||
      ["relativePosition", "rotation", "rotation and translation"].includes(metric),
  );
  const targets: Target[] = poses.flatMap((_, image) =>
    MOMENTS.map((scene) => ({ scene, image, object: DRONE, count: 1 })),
  );
  const rotationError = compatibleRotationError(compatibility, () => false);
  return poseReport({
    ...{ format: "UAVA", dataset: annotations, results, unit: "m", imageWidth: width },
    ...{ models: new Map([[DRONE, model]]), columns, targets, compatibility },
    estimates: droneEstimates(results, poses.length, axes, onRead),
    truth: (scene): TargetTruth[] =>
      poses.map((pair, image) => ({
        target: { scene, image, object: DRONE, count: 1 },
        truths: [{ pose: pair[scene - 1] }],
        camera: { K: camera?.K ?? null },
      })),
    ...(rotationError && { rotationError }),
    ...(options.table && { table: options.table }),
    ...(options.onProgress && { onProgress: options.onProgress }),
    notes: [
      "Row k of the results answers row k of the annotations, at t1 and at t2: both are targets. Lengths are in metres, poses drone to camera.",
      ...(vertices ? [] : ["There is no model: ADD and projections are not scored."]),
      ...(vertices && !camera ? ["There is no camera.json: projections are not scored."] : []),
    ],
  });
}

const seen = (frame: DroneRow, axes: "as written" | "blender"): [Float64Array, Float64Array] => [
  droneInCamera(frame, 1, axes).pose,
  droneInCamera(frame, 2, axes).pose,
];

async function* droneEstimates(
  file: string,
  frames: number,
  axes: "as written" | "blender",
  onRead: ((bytes: number) => void) | undefined,
): AsyncGenerator<Estimate> {
  let image = 0;
  for await (const frame of readDroneFrames(file, onRead ? { onProgress: onRead } : {})) {
    if (image >= frames)
      throw new FormatError(file, `row ${frame.row}`, `${frames} frames`, "another");
    for (const [i, pose] of seen(frame, axes).entries())
      yield { scene: i + 1, image, object: DRONE, score: 1, pose, row: frame.row };
    image++;
  }
  if (image < frames) throw new FormatError(file, "file", `${frames} frames`, `${image}`);
}

/** The drone; without vertices the corners of an octahedron, by which only mistakes are judged. */
function droneModel(vertices: Float64Array | undefined, diameter: number | undefined): Model {
  const r = hardCodedDroneDiagonal / 2;
  const corners = Float64Array.of(r, 0, 0, -r, 0, 0, 0, r, 0, 0, -r, 0, 0, 0, r, 0, 0, -r);
  return preparedModel({
    ...{ name: "drone", vertices: vertices ?? corners, unit: "m" },
    ...(diameter !== undefined && { diameter }),
  });
}
