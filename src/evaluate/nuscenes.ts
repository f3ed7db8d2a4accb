/** Detections in the format of nuScenes against the tables of its truth. */
import {
  type DetectionBox,
  type DetectionMeta,
  evaluatedBoxes,
  readDetections,
  readNuscenes,
} from "../datasets/index.js";
import { type DetectionClass, detectionClasses } from "../metrics/nuscenes-boxes.js";
import { classCurve } from "../metrics/nuscenes-precision.js";
import {
  type DetectionScore,
  detectionScore,
  truePositiveDistance,
} from "../metrics/nuscenes-score.js";
import type { Warning } from "./pose-report.js";

/** How many boxes there were, and how many were left out under each of the kit's three rules. */
export interface BoxCounts {
  readonly read: number;
  readonly evaluated: number;
  readonly removed: { readonly range: number; readonly points: number; readonly rack: number };
}

export interface DetectionReport {
  readonly kind: "detections";
  readonly format: "nuScenes";
  readonly dataset: string;
  readonly results: string;
  readonly meta: DetectionMeta | null;
  readonly samples: number;
  readonly truths: BoxCounts;
  readonly predictions: BoxCounts;
  readonly score: DetectionScore;
  /** Precision at the recalls 0, 0.01, …, 1 of matches within 2 m, of each class with truth. */
  readonly curves: readonly { readonly name: DetectionClass; readonly precision: Float64Array }[];
  readonly warnings: readonly Warning[];
  readonly notes: readonly string[];
}

export interface DetectionReportOptions {
  /** Names of the scenes to evaluate, those of a split; by default all of the tables. */
  readonly scenes?: Iterable<string>;
  /** Called with the bytes of the results read so far. */
  readonly onRead?: (bytes: number) => void;
}

/**
 * The report on a file of detections. @throws FormatError of a table or file that is missing or malformed,
 * naming table, sample or key.
 */
export async function detectionReport(
  folder: string,
  results: string,
  { scenes, onRead }: DetectionReportOptions = {},
): Promise<DetectionReport> {
  const samples = await readNuscenes(folder, scenes ? { scenes } : {});
  const truth: DetectionBox[] = [];
  for (const sample of samples.values()) truth.push(...sample.truths);
  const predictions: DetectionBox[] = [];
  let meta: DetectionMeta | null = null;
  const reading = readDetections(results, {
    samples: samples.keys(),
    ...(onRead && { onProgress: onRead }),
    onMeta: (found) => {
      meta = found;
    },
  });
  for await (const [, boxes] of reading) predictions.push(...boxes);
  const [truths, detected] = [truth, predictions].map((boxes) => evaluatedBoxes(samples, boxes));
  const counted = (read: number, { boxes, removed }: typeof truths): BoxCounts => ({
    ...{ read, evaluated: boxes.length, removed },
  });
  const absent = detectionClasses.filter((name) => !truths.boxes.some((box) => box.class === name));
  const warnings: Warning[] =
    detected.boxes.length > 0
      ? []
      : [
          {
            name: "no estimates",
            sentence: "No prediction is left to evaluate: every score is 0.",
          },
        ];
  return {
    ...{ kind: "detections", format: "nuScenes", dataset: folder, results, meta },
    ...{ samples: samples.size, warnings },
    truths: counted(truth.length, truths),
    predictions: counted(predictions.length, detected),
    score: detectionScore(truths.boxes, detected.boxes),
    curves: detectionClasses
      .filter((name) => !absent.includes(name))
      .map((name) => {
        const of = (boxes: readonly DetectionBox[]) => boxes.filter((box) => box.class === name);
        const { precision } = classCurve(
          of(truths.boxes),
          of(detected.boxes),
          truePositiveDistance,
        );
        return { name, precision };
      }),
    notes: [
      "Boxes are in the global frame, metres and radians; distances are on the ground plane; the denominator of mAP is ten classes.",
      "Left out: orientation, velocity and attribute of cones; velocity and attribute of barriers, whose yaw counts modulo a half turn.",
      ...(absent.length > 0
        ? [`Without truth, so that AP is 0 and errors are 1: ${absent.join(", ")}.`]
        : []),
    ],
  };
}
