/**
 * A score with everything that a dispute about it is settled by: what was counted, of how many, in which
 * unit and frame, against which threshold, under which symmetries and of which objects.
 */
import { accuracy, averageRecall, jointAccuracy } from "./accuracy.js";
import {
  elevenPointArea,
  exactArea,
  interpolatedArea,
  simpsonArea,
  tenThresholdArea,
  toolboxArea,
} from "./area.js";
import type { Interval } from "./bootstrap.js";
import type { Model } from "./model.js";
import type { ErrorName } from "./pose-errors.js";
import { toolboxAreaOfNoneIsZero } from "./published.js";

const areas = {
  exact: exactArea,
  simpson: simpsonArea,
  toolbox: toolboxArea,
  "toolbox, 0 of none": toolboxAreaOfNoneIsZero,
  "ten thresholds": tenThresholdArea,
  "eleven points": elevenPointArea,
  interpolated: interpolatedArea,
} as const;
export type AreaRule = keyof typeof areas;

/** An error, or the two that "n°, n cm" asks for together. */
export type ScoredError = ErrorName | "rotation and translation";

/** How errors become a score. A length `of` the diameter is a share of it. */
export type Rule =
  | { readonly kind: "accuracy"; readonly threshold: number; readonly of?: "diameter" }
  | {
      readonly kind: "area";
      readonly area: AreaRule;
      readonly limit: number;
      readonly of?: "diameter";
    }
  | {
      readonly kind: "average recall";
      readonly thresholds: readonly number[];
      readonly of?: "diameter";
    }
  /** Mean over the limits n of the share with θ < n° and ‖Δt‖ < n cm. */
  | { readonly kind: "joint accuracy"; readonly limits: readonly number[] }
  | { readonly kind: "mean" };

export interface Result {
  readonly metric: ScoredError;
  readonly rule: Rule;
  /** The score: a share in 0 … 1, or for a mean the error itself. */
  readonly value: number;
  /** Unit of `value`. */
  readonly unit: string;
  /** Unit of the errors and absolute thresholds. */
  readonly errorUnit: string;
  /** In which frame the errors are lengths. */
  readonly frame: "camera" | "image" | "none";
  /** For ADD-S: which points look for their neighbour among which. */
  readonly direction?: "truth to estimate" | "estimate to truth";
  /** What the score is a share or a mean of. */
  readonly denominator: { readonly count: number; readonly of: "targets" | "objects" };
  /** Targets without an estimate, misses all of them; a mean error leaves them out. */
  readonly missing: number;
  /** The symmetries used, by object. */
  readonly symmetries: readonly string[];
  readonly objects: readonly string[];
  /** Diameter by object, where the rule uses it. */
  readonly diameters?: readonly number[];
  readonly interval?: Interval;
  /** "empty" if there is nothing to divide by: the value is NaN. */
  readonly status: "ok" | "empty";
  /** Published quirks that this number reproduces on purpose. */
  readonly compatibility: readonly string[];
}

/** What the errors of one object are, a missing estimate's being Infinity. */
export interface ObjectErrors {
  readonly model: Model;
  readonly errors: Float64Array;
  /** ‖Δt‖ of the same estimates, where `errors` are the angles of a joint accuracy. */
  readonly lengths?: Float64Array;
  /** Targets without an estimate; by default, as many as there are errors that are not finite. */
  readonly missing?: number;
}

/**
 * The score of each object, and `mean`, the mean of the objects' scores, which is what tables print.
 *
 * Objects of no targets are "empty" and left out of the mean, whose denominator says how many are in.
 * @throws RangeError if a threshold is not positive, an error is negative, or units differ.
 */
export function score(
  metric: ScoredError,
  rule: Rule,
  objects: readonly ObjectErrors[],
): { perObject: Result[]; mean: Result } {
  const units = [...new Set(objects.map(({ model }) => model.unit))];
  if (units.length > 1)
    throw new RangeError(`score: expected one unit of all models, got ${units.join(", ")}`);
  const facts = factsOf(metric, units[0] ?? "");
  const perObject = objects.map((object): Result => {
    const { model, errors } = object;
    const infinite = errors.reduce((count, e) => count + (e < Infinity ? 0 : 1), 0);
    const count = rule.kind === "mean" ? errors.length - infinite : errors.length;
    return {
      ...{ metric, rule, ...facts, missing: object.missing ?? infinite },
      value: count === 0 ? Number.NaN : scoreOf(rule, object),
      unit: rule.kind === "mean" ? facts.errorUnit : "1",
      denominator: { count, of: "targets" },
      symmetries: [symmetryWords(metric, model)],
      objects: [model.name],
      ...("of" in rule && rule.of && { diameters: [model.diameter] }),
      status: count === 0 ? "empty" : "ok",
      compatibility: quirks(rule),
    };
  });
  const kept = perObject.filter(({ status, value }) => status === "ok" && !Number.isNaN(value));
  const mean: Result = {
    ...{ metric, rule, ...facts },
    value: kept.reduce((sum, { value }) => sum + value, 0) / kept.length,
    unit: rule.kind === "mean" ? facts.errorUnit : "1",
    denominator: { count: kept.length, of: "objects" },
    missing: perObject.reduce((sum, one) => sum + one.missing, 0),
    symmetries: kept.flatMap((one) => one.symmetries),
    objects: kept.flatMap((one) => one.objects),
    ...("of" in rule && rule.of && { diameters: kept.flatMap((one) => one.diameters ?? []) }),
    status: kept.length === 0 ? "empty" : "ok",
    compatibility: quirks(rule),
  };
  return { perObject, mean };
}

/**
 * The score of each row alone, of which the object's score is the mean: NaN where a mean error leaves a
 * missing estimate out. Null for the toolbox's and the interpolated area, which are no means over rows.
 */
export function rowScores(rule: Rule, object: ObjectErrors): Float64Array | null {
  if (rule.kind === "area" && (isToolbox(rule.area) || rule.area === "interpolated")) return null;
  const { model, errors, lengths } = object;
  // One row after another in the same place: a row costs no memory but its score.
  const row = {
    model,
    errors: new Float64Array(1),
    ...(lengths && { lengths: new Float64Array(1) }),
  };
  return errors.map((error, i) => {
    row.errors[0] = error;
    if (lengths && row.lengths) row.lengths[0] = lengths[i];
    return scoreOf(rule, row);
  });
}

function scoreOf(rule: Rule, { model, errors, lengths }: ObjectErrors): number {
  const length = (share: number, of?: "diameter") => (of ? share * model.diameter : share);
  switch (rule.kind) {
    case "accuracy":
      return accuracy(errors, length(rule.threshold, rule.of));
    case "area":
      return areas[rule.area](errors, length(rule.limit, rule.of));
    case "average recall":
      return averageRecall(
        errors,
        rule.thresholds.map((threshold) => length(threshold, rule.of)),
      );
    case "joint accuracy": {
      if (lengths === undefined)
        throw new RangeError("score: expected lengths beside the angles of a joint accuracy");
      const centimetre = centimetreIn(model.unit);
      let total = 0;
      for (const n of rule.limits)
        total += jointAccuracy(errors, (n * Math.PI) / 180, lengths, n * centimetre);
      return total / rule.limits.length;
    }
    case "mean": {
      const found = errors.filter((e) => e < Infinity);
      return found.reduce((sum, e) => sum + e, 0) / found.length;
    }
  }
}

const centimetres: Readonly<Record<string, number>> = { mm: 10, cm: 1, m: 0.01 };

/** One centimetre in a unit of length. @throws RangeError unless it is mm, cm or m. */
function centimetreIn(unit: string): number {
  const centimetre = centimetres[unit];
  if (centimetre === undefined)
    throw new RangeError(`score: expected mm, cm or m for thresholds in cm, got ${unit}`);
  return centimetre;
}

function factsOf(
  metric: ScoredError,
  unit: string,
): Pick<Result, "errorUnit" | "frame" | "direction"> {
  if (metric === "rotation") return { errorUnit: "rad", frame: "none" };
  if (metric === "rotation and translation")
    return { errorUnit: `rad and ${unit}`, frame: "camera" };
  if (metric === "relativePosition") return { errorUnit: "1", frame: "camera" };
  if (metric === "projection" || metric === "mspd") return { errorUnit: "px", frame: "image" };
  const camera = { errorUnit: unit, frame: "camera" } as const;
  if (metric === "addS" || metric === "addOrAddS")
    return { ...camera, direction: "truth to estimate" };
  if (metric === "addSReversed") return { ...camera, direction: "estimate to truth" };
  return camera;
}

function symmetryWords(metric: ScoredError, model: Model): string {
  if (metric === "mssd" || metric === "mspd")
    return `${model.name}: ${model.symmetryCount} poses, the identity among them`;
  if (metric === "addOrAddS") return `${model.name}: ${model.symmetric ? "ADD-S" : "ADD"}`;
  return `${model.name}: ${metric.startsWith("addS") ? "any vertex for any other" : "none"}`;
}

const isToolbox = (area: AreaRule) => area === "toolbox" || area === "toolbox, 0 of none";

const quirks = (rule: Rule): string[] =>
  rule.kind !== "area"
    ? []
    : isToolbox(rule.area)
      ? [
          "toolbox area: the right end of every step, so e_max/n above the exact one",
          ...(rule.area === "toolbox" ? [] : ["toolbox area of no errors at most the limit: 0"]),
        ]
      : rule.area === "simpson"
        ? ["Simpson area: 1000 thresholds without the last, so below 1 for a perfect estimator"]
        : [];
