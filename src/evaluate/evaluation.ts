/**
 * Every error of every target of a data set: estimates in, one column of errors for each object and metric
 * out. Scenes are taken one at a time, and estimates as they come.
 *
 * Of a target's estimates those of best score count, as many as it has instances; missing ones have the
 * error Infinity, so that the denominator is what was asked for. Where an image shows an object more than
 * once, lengths and pixels are those of recalledErrors; the angle, ‖Δt‖ and NPE are of pairs, each
 * estimate with the instance nearest by ADD(-S) that is left.
 */
import type { Model } from "../metrics/model.js";
import {
  type ErrorName,
  noPoseErrors,
  type PoseErrors,
  poseErrors,
  rotationDefect,
} from "../metrics/pose-errors.js";
import { BestEstimates, type EstimateCounts } from "./best-estimates.js";
import { recalledErrors, takenInstances } from "./matching.js";
import { type Estimate, type Target, type TargetTruth, targetWords } from "./target.js";

export interface EvaluationInput {
  /** Models by the object's number, all in one unit. */
  readonly models: ReadonlyMap<number, Model>;
  readonly targets: readonly Target[];
  readonly estimates: Iterable<Estimate> | AsyncIterable<Estimate>;
  /** The truth of every target of a scene. Asked once for each scene, in ascending order. */
  readonly truth: (scene: number) => Promise<Iterable<TargetTruth>> | Iterable<TargetTruth>;
  /** The errors to take. */
  readonly wanted: readonly ErrorName[];
  /** Another angle [rad] than that of the rotation, for an evaluator's quirk. */
  readonly rotationError?: (object: number, estimate: Float64Array, truth: Float64Array) => number;
  readonly onProgress?: (done: number, total: number, label: string) => void;
}

/** Errors of one object's instances, in the order of the targets. */
export interface ObjectColumns {
  readonly object: number;
  readonly model: Model;
  readonly instances: number;
  /** Without an estimate. */
  readonly missing: number;
  readonly errors: Readonly<Partial<Record<ErrorName, Float64Array>>>;
  /** Which image each row is of: rows of one image are drawn together by a bootstrap. */
  readonly images: Int32Array;
}

/** An estimate beside what it was to find: a sample of them is kept for judging mistakes. */
export interface JudgedRow {
  readonly model: Model;
  readonly estimate: Float64Array;
  readonly truths: readonly Float64Array[];
}

export interface Evaluation {
  readonly objects: readonly ObjectColumns[];
  readonly targets: number;
  readonly instances: number;
  readonly images: number;
  readonly estimates: Readonly<EstimateCounts>;
  /** How far the estimates' matrices are from rotations: the worst, its row, and how many beyond 1e-3. */
  readonly defect: { readonly worst: number; readonly row: number; readonly rows: number };
  /** Estimates with a vertex at or behind the camera's plane, counted if pixels are asked for. */
  readonly behind: number;
  readonly judged: readonly JudgedRow[];
}

/** Beyond this a matrix was no rotation before it was printed. */
export const rotationDefectLimit = 1e-3;
/** Rows on which mistakes are judged, at most. */
const JUDGED = 512;
const pairwise: readonly ErrorName[] = ["rotation", "translation", "relativePosition"];

/**
 * The errors of all targets.
 *
 * @throws RangeError if a target is there twice, has no model or no truth, or fewer instances are true
 * than it asks for.
 */
export async function evaluation(input: EvaluationInput): Promise<Evaluation> {
  const { models, targets, onProgress } = input;
  for (const target of targets)
    if (!models.has(target.object))
      throw new RangeError(
        `evaluation: expected a model of every object, got none for ${targetWords(target)}`,
      );
  const best = new BestEstimates(targets);
  for await (const estimate of input.estimates) best.take(estimate);
  const columns = columnsOf(input);
  const rows = new RowErrors(input);
  const stride = Math.max(1, Math.ceil(best.counts.kept / JUDGED));
  const defect = { worst: 0, row: 0, rows: 0 };
  const judged: JudgedRow[] = [];
  const byScene = new Map<number, number[]>();
  targets.forEach(({ scene }, i) => {
    const found = byScene.get(scene);
    if (found) found.push(i);
    else byScene.set(scene, [i]);
  });
  const instances = targets.reduce((sum, { count }) => sum + count, 0);
  let images = 0;
  let seen = 0;
  let done = 0;
  for (const [scene, places] of [...byScene].sort(([a], [b]) => a - b)) {
    const truth = truthByTarget(await input.truth(scene));
    const imageOf = new Map<number, number>();
    for (const i of places) {
      const { image, object, count } = targets[i];
      const found = truth.get(image)?.get(object);
      if (found === undefined || found.truths.length < count)
        throw new RangeError(
          `evaluation: expected ${count} true instances of ${targetWords(targets[i])}, got ${found?.truths.length ?? 0}`,
        );
      if (!imageOf.has(image)) imageOf.set(image, images++);
      const column = columns.get(object) as Column;
      const truths = found.truths.slice(0, count).map(({ pose }) => pose);
      const estimates = Array.from({ length: best.count(i) }, (_, k) => best.pose(i, k));
      rows.write(column, found.camera.K, estimates, truths);
      column.images.fill(imageOf.get(image) as number, column.at, column.at + count);
      column.at += count;
      column.missing += count - estimates.length;
      estimates.forEach((estimate, k) => {
        const off = rotationDefect(estimate);
        if (off > rotationDefectLimit) defect.rows++;
        if (off > defect.worst) Object.assign(defect, { worst: off, row: best.row(i, k) });
        if (seen++ % stride === 0)
          judged.push({ model: column.model, estimate: estimate.slice(), truths });
      });
      done += count;
      onProgress?.(done, instances, `scene ${scene}`);
    }
  }
  return {
    objects: [...columns.values()],
    targets: targets.length,
    instances,
    images,
    estimates: best.counts,
    defect,
    behind: rows.behind,
    judged,
  };
}

interface Column extends ObjectColumns {
  missing: number;
  /** Rows written. */
  at: number;
}

/** A column for each object that is asked for, in the order of their numbers. */
function columnsOf({ models, targets, wanted }: EvaluationInput): Map<number, Column> {
  const instances = new Map<number, number>();
  for (const { object, count } of targets)
    instances.set(object, (instances.get(object) ?? 0) + count);
  return new Map(
    [...instances]
      .sort(([a], [b]) => a - b)
      .map(([object, n]): [number, Column] => {
        const errors = Object.fromEntries(wanted.map((name) => [name, new Float64Array(n)]));
        const model = models.get(object) as Model;
        return [
          object,
          { object, model, instances: n, missing: 0, errors, images: new Int32Array(n), at: 0 },
        ];
      }),
  );
}

function truthByTarget(truths: Iterable<TargetTruth>): Map<number, Map<number, TargetTruth>> {
  const images = new Map<number, Map<number, TargetTruth>>();
  for (const truth of truths) {
    const { image, object } = truth.target;
    const objects = images.get(image) ?? new Map<number, TargetTruth>();
    images.set(image, objects.set(object, truth));
  }
  return images;
}

/** Writes the errors of one target after another, on scratch of its own. */
class RowErrors {
  behind = 0;
  private readonly row: PoseErrors = noPoseErrors();
  private readonly wanted: readonly ErrorName[];
  /** For pairs ADD(-S) is needed, asked for or not. */
  private readonly wantedOfMany: readonly ErrorName[];
  private readonly angle: EvaluationInput["rotationError"];

  constructor({ wanted, rotationError }: EvaluationInput) {
    this.wanted = wanted;
    this.wantedOfMany = [...new Set<ErrorName>([...wanted, "addOrAddS"])];
    this.angle = rotationError;
  }

  write(
    column: Column,
    K: Float64Array | null,
    estimates: readonly Float64Array[],
    truths: readonly Float64Array[],
  ): void {
    const [m, n] = [estimates.length, truths.length];
    if (m === 1 && n === 1) {
      this.measure(column, K, estimates[0], truths[0], this.wanted);
      for (const name of this.wanted)
        (column.errors[name] as Float64Array)[column.at] = this.row[name];
      if (this.row.behind > 0) this.behind++;
      return;
    }
    const tables = new Map(this.wantedOfMany.map((name) => [name, new Float64Array(m * n)]));
    estimates.forEach((estimate, i) => {
      truths.forEach((truth, j) => {
        this.measure(column, K, estimate, truth, this.wantedOfMany);
        for (const [name, table] of tables) table[i * n + j] = this.row[name];
      });
      if (this.row.behind > 0) this.behind++;
    });
    const pairs = takenInstances(m, n, tables.get("addOrAddS") as Float64Array);
    for (const name of this.wanted) {
      const table = tables.get(name) as Float64Array;
      const out = column.errors[name] as Float64Array;
      if (!pairwise.includes(name)) recalledErrors(m, n, table, n, out, column.at);
      else
        for (let i = 0; i < n; i++)
          out[column.at + i] = i < m && pairs[i] >= 0 ? table[i * n + pairs[i]] : Infinity;
    }
  }

  private measure(
    { object, model }: Column,
    K: Float64Array | null,
    estimate: Float64Array,
    truth: Float64Array,
    wanted: readonly ErrorName[],
  ): void {
    poseErrors(model, K, estimate, truth, wanted, this.row);
    if (this.angle && wanted.includes("rotation"))
      this.row.rotation = this.angle(object, estimate, truth);
  }
}
