/** Recall against threshold: the share of targets found, as the threshold grows. */
import { below, sortedErrors } from "../metrics/area.js";
import type { ErrorName } from "../metrics/pose-errors.js";
import type { Evaluation, ObjectColumns } from "./evaluation.js";

export interface RecallLine {
  readonly name: string;
  /** Recall at each threshold [1]. */
  readonly recalls: Float64Array;
}

export interface RecallFigure {
  readonly metric: ErrorName;
  readonly title: string;
  /** What the thresholds are, with their unit. */
  readonly axis: string;
  readonly thresholds: Float64Array;
  /** One for each object with targets. */
  readonly objects: readonly RecallLine[];
  /** Mean over those objects. */
  readonly mean: RecallLine;
}

const STEPS = 100;

interface Drawn {
  readonly title: string;
  readonly axis: string;
  readonly limit: number;
  /** What one step of the axis is in the unit of the errors. */
  readonly unit: (object: ObjectColumns) => number;
}

/** The figures of the errors that an evaluation holds: ADD(-S), MSSD, MSPD, angle and ‖Δt‖. */
export function recallFigures({ objects }: Evaluation, imageWidth: number): RecallFigure[] {
  const shown = objects.filter(({ instances }) => instances > 0);
  if (shown.length === 0) return [];
  const centimetre = { mm: 10, cm: 1, m: 0.01 }[shown[0].model.unit] ?? Number.NaN;
  const diameters = (limit: number) => ({
    ...{ axis: "threshold [diameters]", limit },
    unit: ({ model }: ObjectColumns) => model.diameter,
  });
  const drawn: Partial<Record<ErrorName, Drawn>> = {
    addOrAddS: { title: "ADD(-S)", ...diameters(0.2) },
    add: { title: "ADD", ...diameters(0.2) },
    addS: { title: "ADD-S", ...diameters(0.2) },
    mssd: { title: "MSSD", ...diameters(0.5) },
    mspd: {
      ...{ title: "MSPD", axis: "threshold [px of an image 640 px wide]", limit: 50 },
      unit: () => imageWidth / 640,
    },
    projection: { title: "Proj", axis: "threshold [px]", limit: 20, unit: () => 1 },
    rotation: {
      ...{ title: "Angle", axis: "threshold [degrees]", limit: 20 },
      unit: () => Math.PI / 180,
    },
    translation: {
      ...{ title: "Translation", axis: "threshold [cm]", limit: 10 },
      unit: () => centimetre,
    },
  };
  return (Object.keys(drawn) as ErrorName[]).flatMap((metric): RecallFigure[] => {
    if (shown.some(({ errors }) => errors[metric] === undefined)) return [];
    const { title, axis, limit, unit } = drawn[metric] as Drawn;
    const thresholds = Float64Array.from({ length: STEPS + 1 }, (_, k) => (limit * k) / STEPS);
    const lines = shown.map((object): RecallLine => {
      const sorted = sortedErrors(object.errors[metric] as Float64Array);
      const scale = unit(object);
      return {
        name: object.model.name,
        recalls: thresholds.map((τ) => below(sorted, τ * scale) / sorted.length),
      };
    });
    const mean = thresholds.map(
      (_, k) => lines.reduce((sum, { recalls }) => sum + recalls[k], 0) / lines.length,
    );
    const line = { name: "mean over objects", recalls: mean };
    return [{ metric, title, axis, thresholds, objects: lines, mean: line }];
  });
}
