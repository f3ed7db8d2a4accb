import { type Equation, type Place, place } from "./equation.js";

const nuscenes = "spec/metrics/nuscenes.spec.ts";
const evaluation = "none: a step function of the errors";

const staged = (stage: Place, ...specs: string[]) => ({ stage, specs });
const precision = (...names: string[]) => place("src/metrics/nuscenes-precision.ts", ...names);
const boxes = (...names: string[]) => place("src/metrics/nuscenes-boxes.ts", ...names);

/** A TP error of nuScenes, of which there are five. */
const matched = (k: number, name: string, formula: string, edge: string): Equation => ({
  id: `NUS-M${k}`,
  name,
  formula: `${formula}; a running mean over matches in score order, read at the recalls 0.11 … greatest`,
  derivatives: evaluation,
  edges: [edge, "recall never above 0.1: 1"],
  checks: ["a constant error is returned as it is"],
  sources: ["[EProPnP2022] Sec 5.1", "[Caesar2020] Sec 3.1"],
  ...staged(boxes("matchError", "isExcluded"), nuscenes),
});

/** NUS-M1 to M8: the nuScenes detection benchmark. */
export const detection: readonly Equation[] = [
  {
    id: "NUS-M1",
    name: "matching",
    formula:
      "in descending score, each prediction takes the nearest free truth in its frame within d",
    derivatives: evaluation,
    edges: ["equal scores: the later goes first, as the development kit", "no match: errors 1"],
    checks: ["three boxes by hand"],
    sources: ["[Caesar2020] Sec 3.1"],
    ...staged(precision("classCurve"), nuscenes),
  },
  {
    id: "NUS-M2",
    name: "AP and mAP",
    formula:
      "mean over recalls 0.11 … 1 of max(0, precision − 0.1), over 0.9; mean over d, then classes",
    derivatives: evaluation,
    edges: ["class absent from the truth: 0", "recall below 0.11: 0"],
    checks: ["a perfect detector: 1"],
    sources: ["[Caesar2020] Sec 3.1"],
    ...staged(precision("averagePrecision"), nuscenes),
  },
  matched(3, "ATE", "ground-plane distance [m]", "heights do not count"),
  matched(
    4,
    "ASE",
    "1 − IoU of the sizes, centres and axes aligned",
    "a size not positive: refused",
  ),
  matched(5, "AOE", "|Δyaw| modulo 2π, π for barriers [rad]", "cones are left out"),
  matched(6, "AVE", "‖Δv‖ on the ground plane [m/s]", "velocity NaN: skipped; cones, barriers out"),
  matched(7, "AAE", "share of wrong attributes", "no attribute: skipped; cones, barriers left out"),
  {
    id: "NUS-M8",
    name: "NDS",
    formula: "(1/10) (5 mAP + Σ₅ (1 − min(1, mTP)))",
    derivatives: "none: evaluation",
    edges: ["an error above 1: counts as 1"],
    checks: ["a perfect detector: 1", "by hand"],
    sources: ["[Caesar2020] Sec 3.1", "[EProPnP2022] Sec 5.1"],
    ...staged(place("src/metrics/nuscenes-score.ts", "nuscenesScore", "detectionScore"), nuscenes),
  },
];
