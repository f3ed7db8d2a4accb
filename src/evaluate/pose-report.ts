/** What an evaluation of poses says: a table, what it was made of, and what looks wrong. */
import type { Model } from "../metrics/model.js";
import type { ErrorName } from "../metrics/pose-errors.js";
import { type Column, columnErrors } from "./columns.js";
import { type CompatibilitySwitch, compatibilitySwitches } from "./compatibility.js";
import {
  type Evaluation,
  type EvaluationInput,
  evaluation,
  rotationDefectLimit,
} from "./evaluation.js";
import { likelyMistakes, modelUnitWarning } from "./mistakes.js";
import { type RecallFigure, recallFigures } from "./recall-curves.js";
import { type ScoreTable, scoreTable, type TableOptions } from "./score-table.js";

export interface Warning {
  /** What it is about, for programs: "unit", "inverse pose", "rotation defect", … */
  readonly name: string;
  readonly sentence: string;
}

export interface PoseReport {
  readonly kind: "poses";
  /** Layout of the files: BOP or UAVA. */
  readonly format: string;
  readonly dataset: string;
  readonly results: string;
  /** Unit of models and translations. */
  readonly unit: string;
  /** Width of the images [px] that thresholds of MSPD are taken for. */
  readonly imageWidth: number;
  readonly models: readonly Model[];
  readonly table: ScoreTable;
  /** Counts of the evaluation; its errors are left out. */
  readonly counts: Omit<Evaluation, "objects" | "judged">;
  readonly figures: readonly RecallFigure[];
  readonly warnings: readonly Warning[];
  /** What a reader of the numbers has to know. */
  readonly notes: readonly string[];
  readonly compatibility: readonly CompatibilitySwitch[];
}

export interface PoseReportInput extends Omit<EvaluationInput, "wanted"> {
  readonly format: string;
  readonly dataset: string;
  readonly results: string;
  readonly unit: string;
  readonly imageWidth: number;
  readonly columns: readonly Column[];
  readonly table?: Omit<TableOptions, "compatibility">;
  readonly compatibility?: readonly CompatibilitySwitch[];
  readonly warnings?: readonly Warning[];
  readonly notes?: readonly string[];
}

/** The report on a stream of estimates. @throws RangeError as evaluation and scoreTable do. */
export async function poseReport(input: PoseReportInput): Promise<PoseReport> {
  const { columns, compatibility = [], warnings = [], notes = [] } = input;
  const { format, dataset, results, unit, imageWidth } = input;
  const wanted: readonly ErrorName[] = columnErrors(columns);
  const { judged, ...found } = await evaluation({ ...input, wanted });
  const { objects, ...counts } = found;
  const table = scoreTable({ ...found, judged }, columns, {
    ...input.table,
    compatibility: compatibility.map((name) => compatibilitySwitches[name]),
  });
  const modelUnit = modelUnitWarning(judged);
  return {
    ...{ kind: "poses", format, dataset, results, unit, imageWidth, table, counts, compatibility },
    models: objects.map(({ model }) => model),
    figures: recallFigures({ ...found, judged }, imageWidth),
    warnings: [
      ...likelyMistakes(judged),
      ...(modelUnit === null ? [] : [{ name: "model unit", sentence: modelUnit }]),
      ...countWarnings(counts),
      ...warnings,
    ],
    notes,
  };
}

function countWarnings({ estimates, defect, behind, instances }: PoseReport["counts"]): Warning[] {
  const found: Warning[] = [];
  const rows = (n: number) => (n === 1 ? "1 row" : `${n} rows`);
  const hold = (n: number) => (n === 1 ? "holds a matrix" : "hold matrices");
  if (defect.rows > 0)
    found.push({
      name: "rotation defect",
      sentence: `${rows(defect.rows)} ${hold(defect.rows)} that depart${defect.rows === 1 ? "s" : ""} from a rotation by more than ${rotationDefectLimit} (worst: ${defect.worst.toPrecision(2)} in row ${defect.row}); taken as given, never made orthonormal.`,
    });
  if (estimates.unasked > 0)
    found.push({
      name: "unasked estimates",
      sentence: `Of ${rows(estimates.rows)}, ${estimates.unasked} answer${estimates.unasked === 1 ? "s" : ""} no target and ${estimates.unasked === 1 ? "is" : "are"} left out.`,
    });
  if (estimates.kept === 0)
    found.push({
      name: "no estimates",
      sentence: `No row answers any of the ${instances} targets: every one is a miss. Are these the results of this data set?`,
    });
  if (behind > 0)
    found.push({
      name: "behind the camera",
      sentence: `${rows(behind)} put vertices at or behind the camera's plane, where pixels mean nothing; projected like any other.`,
    });
  return found;
}
