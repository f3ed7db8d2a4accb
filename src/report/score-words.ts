/** Scores in words and digits: what a number is a share or a mean of. */
import type { Column } from "../evaluate/columns.js";
import type { Interval } from "../metrics/bootstrap.js";
import type { Model } from "../metrics/model.js";
import type { Result, Rule, ScoredError } from "../metrics/result.js";

export const errorWords: Readonly<Record<ScoredError, string>> = {
  rotation: "angle",
  translation: "‖Δt‖",
  relativePosition: "NPE",
  add: "ADD",
  addS: "ADD-S",
  addSReversed: "ADD-S from estimate to truth",
  addOrAddS: "ADD(-S)",
  projection: "mean projected distance",
  mssd: "MSSD",
  mspd: "MSPD",
  "rotation and translation": "angle and ‖Δt‖",
};

/** What a column shows, in one sentence with unit and frame. */
export function columnSentence({ name, rule, metric }: Column, example?: Result): string {
  const { unit, where } = placeOf(example);
  return `${name}: ${ruleWords(rule, metric, unit)}${where}.`;
}

function placeOf(example?: Result): { unit: string; where: string } {
  if (example === undefined) return { unit: "", where: "" };
  const frame = { camera: "in the camera frame", image: "in the image", none: "" }[example.frame];
  const direction = example.direction ? `neighbours ${example.direction}` : "";
  const parts = [frame, direction].filter((part) => part !== "");
  return {
    unit: example.errorUnit,
    where: parts.length > 0 ? `; ${example.errorUnit}, ${parts.join(", ")}` : "",
  };
}

function ruleWords(rule: Rule, metric: ScoredError, unit: string): string {
  const error = errorWords[metric];
  const length = (x: number, of?: "diameter") =>
    of
      ? `${digits(x)} d`
      : `${digits(x)} ${metric === "mspd" || metric === "projection" ? "px" : unit}`;
  switch (rule.kind) {
    case "accuracy":
      return `share of targets with ${error} < ${length(rule.threshold, rule.of)}`;
    case "joint accuracy":
      return rule.limits.length === 1
        ? `share of targets with angle < ${rule.limits[0]}° and ‖Δt‖ < ${rule.limits[0]} cm`
        : `mean over n = ${rule.limits.join(", ")} of the share of targets with angle < n° and ‖Δt‖ < n cm`;
    case "area":
      return `area under the accuracy of ${error} up to ${length(rule.limit, rule.of)}, ${rule.area} rule`;
    case "average recall":
      return `mean over ${rule.thresholds.map((x) => digits(x)).join(", ")} ${rule.of ? "d" : "px"} of the share of targets with ${error} below`;
    case "mean":
      return `mean ${error} of the estimates found`;
  }
}

/** A score as tables print it: shares in per cent. */
export function scoreDigits(value: number, rule: Rule): string {
  if (Number.isNaN(value)) return "none";
  if (rule.kind === "mean") return value === 0 ? "0" : value.toPrecision(3);
  return (100 * value).toFixed(2);
}

/** "35.0–48.2" of an interval; "" without one. */
export function intervalDigits(interval: Interval | undefined, rule: Rule): string {
  if (!interval) return "";
  const end = (value: number) =>
    rule.kind === "mean" ? value.toPrecision(2) : (100 * value).toFixed(1);
  return `${end(interval.low)}–${end(interval.high)}`;
}

/** Diameter and symmetries of a model in words. */
export function modelWords({
  n,
  unit,
  diameter,
  diameterFrom,
  symmetric,
  symmetryCount,
}: Model): string {
  const from = diameterFrom === "given" ? "given" : "measured";
  const symmetry =
    symmetryCount > 1
      ? `${symmetryCount} symmetric poses for MSSD and MSPD`
      : "no symmetry for MSSD and MSPD";
  return `${n} vertices, d = ${Number(diameter.toPrecision(6))} ${unit} (${from}), ${symmetric ? "ADD-S" : "ADD"} for ADD(-S), ${symmetry}`;
}

const digits = (x: number): string => `${Number(x.toPrecision(6))}`;
