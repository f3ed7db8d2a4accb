import { type Equation, type Place, place } from "./equation.js";

const recorded = "spec/metrics/recorded-metrics.spec.ts";
const scores = "spec/metrics/scores.spec.ts";
const nuscenes = "spec/metrics/nuscenes.spec.ts";
const errors = "spec/metrics/pose-errors.spec.ts";
const tables = "spec/metrics/printed-tables.spec.ts";
const evaluation = "none: a step function of the errors";

/** Definition, kernel and spec of one file. */
const pair = (file: string, ...names: string[]) => ({
  definition: place(`src/definitions/${file}.ts`, ...names),
  kernel: place(`src/kernels/${file}.ts`, ...names),
  specs: [`spec/equations/${file}.spec.ts`, recorded],
});
const staged = (stage: Place, ...specs: string[]) => ({ stage, specs });
const accuracy = (...names: string[]) => place("src/metrics/accuracy.ts", ...names);
const area = (...names: string[]) => place("src/metrics/area.ts", ...names);
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

/** REPRO-M1 to M5, LM-M1 to M6, YCB-M1 to M4, BOP-M1 to M5, NUS-M1 to M8, STAT-M1; BOP-M5, VSD, by an id of our own. */
export const metrics: readonly Equation[] = [
  {
    id: "REPRO-M1",
    name: "normalised position error",
    formula: "‖t̂ − t‖ / (‖t‖ + 1e-7)",
    derivatives: "w.r.t. the pose, chart LEFT; 0 on the kink t̂ = t",
    edges: ["t = 0: divided by the guard alone", "the guard is in the unit of t"],
    checks: ["free of scale without the guard", "duals through the definition"],
    sources: ["[UAVA2021] Sec 3.4"],
    ...pair("pose-error", "relativePositionError", "relativePositionErrorGradient"),
  },
  {
    id: "REPRO-M2",
    name: "rotation error",
    formula: "θ = atan2(‖½(B − Bᵀ)^∨‖, ½(tr B − 1)), B = R̂Rᵀ [rad]",
    derivatives: "w.r.t. the pose, chart LEFT: the axis; 0 on the kinks θ = 0 and θ = π",
    edges: ["θ near 0 and π: every digit kept", "no rotation: taken as it is, its defect reported"],
    checks: ["‖Log B‖ and the arc cosine of the trace", "unchanged by a turn on either side"],
    sources: ["[UAVA2021] Sec 3.4"],
    ...pair("pose-error", "rotationError", "rotationErrorGradient", "traceRotationError"),
  },
  {
    id: "REPRO-M3",
    name: "ACC-k",
    formula: "share of targets with θ < k° and ‖t̂ − t‖ < k cm",
    derivatives: evaluation,
    edges: ["exactly on a threshold: a miss", "missing estimate, NaN: a miss"],
    checks: ["counted by hand"],
    sources: ["[UAVA2021] Sec 3.4"],
    ...staged(accuracy("jointAccuracy"), scores),
  },
  {
    id: "REPRO-M4",
    name: "ADD and ADD-k",
    formula:
      "ADD = (1/n) Σ_v ‖P̂v − Pv‖; ADD-k: share of targets with ADD < (k/100) · reference length",
    derivatives: "of ADD w.r.t. the pose, chart LEFT; a vertex that is met adds 0",
    edges: [
      "reference length of UAVA: the diagonal of a box, no diameter",
      "exactly on a threshold: a miss",
    ],
    checks: ["a pure shift is its length", "a pure turn is at most 2 sin(θ/2) max ‖v‖"],
    sources: ["[UAVA2021] Sec 3.4", "[Hinterstoisser2012] Sec 4"],
    ...pair("vertex-distance", "averageVertexDistance", "averageVertexDistanceGradient"),
  },
  {
    id: "REPRO-M5",
    name: "projection distance and Proj-k",
    formula: "Proj = (1/n) Σ_v ‖π(P̂v) − π(Pv)‖ [px]; Proj-k: share of targets with Proj < k px",
    derivatives: "of Proj w.r.t. the pose, chart LEFT; a pixel that is met adds 0",
    edges: ["a vertex behind the camera: projected like any other, and counted"],
    checks: ["unchanged if object and depth grow alike", "duals through the definition"],
    sources: ["[UAVA2021] Sec 3.4", "[Brachmann2016] Sec 5"],
    ...pair("vertex-projection", "averageProjectionDistance", "averageProjectionDistanceGradient"),
  },
  {
    id: "LM-M1",
    name: "ADD-S and ADD(-S)",
    formula:
      "ADD-S = (1/n) Σ_v min_u ‖P̂u − Pv‖; ADD(-S): ADD-S of symmetric objects, ADD of the others",
    derivatives: "w.r.t. the pose, chart LEFT; a pair that is met adds 0, of ties the first counts",
    edges: [
      "the other direction, from estimate to truth: another number, offered by name",
      "one vertex, duplicates: exact",
      "R̂ singular: NaN",
    ],
    checks: ["at most ADD", "0 for a symmetric pose", "every pair tried"],
    sources: ["[Hinterstoisser2012] Sec 4", "[EProPnP2022] Sec 5.1"],
    ...pair("nearest-vertex", "nearestVertexDistance", "nearestVertexDistanceGradient"),
  },
  {
    id: "LM-M2",
    name: "ADD mean",
    formula: "mean of the accuracies at 0.02 d, 0.05 d and 0.1 d",
    derivatives: evaluation,
    edges: ["a column of this name may hold the area instead (LM-M3)"],
    checks: ["a printed row of [EProPnP2022]; a printed row of [BackboneStudy], which it is not"],
    sources: ["[EProPnP2022] Table 1"],
    ...staged(accuracy("averageRecall"), tables, scores),
  },
  {
    id: "LM-M3",
    name: "ADD area",
    formula:
      "(1/L) ∫₀ᴸ accuracy dτ, L = 0.1 d, by Simpson's rule on 1000 thresholds, the last left out",
    derivatives: evaluation,
    edges: ["an even number of nodes: the mean of two rules", "a perfect estimator: below 1"],
    checks: ["within 1.5e-3 of the exact area", "of no error at all by hand"],
    sources: ["published evaluator of [EProPnP2022]", "[BackboneStudy] Table 2"],
    ...staged(area("simpsonArea"), scores),
  },
  {
    id: "LM-M4",
    name: "n°, n cm",
    formula: "share of targets with θ < n° and ‖t̂ − t‖ < n cm",
    derivatives: evaluation,
    edges: ["eggbox turned once by π beyond 90°: by a named switch only"],
    checks: ["counted by hand", "a half turn about z of the switch"],
    sources: ["[EProPnP2022] Tables 2, 3"],
    ...staged(accuracy("jointAccuracy"), scores, errors),
  },
  {
    id: "LM-M5",
    name: "n°, n cm mean",
    formula: "mean of LM-M4 over n = 1 … 10",
    derivatives: evaluation,
    edges: ["not the mean of the columns printed beside it"],
    checks: ["between LM-M4 at 1 and at 10, whose mean it is"],
    sources: ["[BackboneStudy] Table 2"],
    ...staged(accuracy("jointAccuracyMean"), scores),
  },
  {
    id: "LM-M6",
    name: "2D projection",
    formula: "REPRO-M5 on vertices: shares at 2, 5, 10, 20 px, area over 0 … 50 px",
    derivatives: evaluation,
    edges: ["a vertex in the camera's plane: infinitely far"],
    checks: ["as REPRO-M5"],
    sources: ["published evaluator of [EProPnP2022]"],
    ...staged(place("src/metrics/result.ts", "score"), errors),
  },
  {
    id: "YCB-M1",
    name: "AUC, exact",
    formula: "(1/L) ∫₀ᴸ F̂(e) de = mean(max(0, 1 − e/L)), L = 10 cm",
    derivatives: "none: evaluation",
    edges: ["NaN, missing: no area", "no errors: NaN"],
    checks: ["three steps by hand"],
    sources: ["[LC2023] Sec 4.3", "[Xiang2018] Sec VI"],
    ...staged(area("exactArea"), scores),
  },
  {
    id: "YCB-M2",
    name: "AUC, all points (toolbox)",
    formula: "Σ Δe · (accuracy at the right end) / L = YCB-M1 + e_max/(n L)",
    derivatives: "none: evaluation",
    edges: ["no error at most L: NaN", "a single error at most L: 1"],
    checks: ["the identity with YCB-M1", "recorded values"],
    sources: ["[Xiang2018], its toolbox", "[LC2023] Tables 2, 10"],
    ...staged(area("toolboxArea"), scores, recorded),
  },
  {
    id: "YCB-M3",
    name: "AUC, “11-point”",
    formula:
      "mean of F̂ at 1, 2, …, 10 cm; with 0 cm as well, 10/11 of it; or of greatest precisions",
    derivatives: "none: evaluation",
    edges: ["an error exactly at a threshold: not below it"],
    checks: ["at least YCB-M1", "recorded values"],
    sources: ["[LC2023] Tables 2, 10", "[Everingham2010] Sec 4.2"],
    ...staged(area("tenThresholdArea", "elevenPointArea", "interpolatedArea"), scores, recorded),
  },
  {
    id: "YCB-M4",
    name: "which error the AUC is of",
    formula: "AUC of ADD-S: ADD-S of every object; AUC of ADD(-S): ADD-S of symmetric objects only",
    derivatives: "none: a convention",
    edges: ["lists of symmetric objects differ: the result names each object's error"],
    checks: ["ADD(-S) at least ADD-S, pose by pose"],
    sources: ["[LC2023] Sec 4.3, Table 10"],
    ...staged(place("src/metrics/published.ts", "ycbSymmetricObjects"), errors),
  },
  {
    id: "BOP-M1",
    name: "MSPD",
    formula: "min_S max_v ‖π(P̂v) − π(PSv)‖ [px]",
    derivatives: "w.r.t. the pose, chart LEFT; of ties the first counts",
    edges: [
      "continuous symmetries: discretised (SYM-2)",
      "a vertex in the camera's plane: Infinity",
    ],
    checks: ["0 for a symmetric pose", "unchanged by a roll of the camera"],
    sources: ["[BopChallenge2020] Sec 2", "[LC2023] Sec 4.3"],
    ...pair(
      "vertex-projection",
      "symmetricProjectionDistance",
      "symmetricProjectionDistanceGradient",
    ),
  },
  {
    id: "BOP-M2",
    name: "AR_MSPD",
    formula: "mean recall at MSPD < 5r, 10r, …, 50r px, r = width/640",
    derivatives: evaluation,
    edges: ["missing estimate: a miss"],
    checks: ["recorded recalls"],
    sources: ["[BopChallenge2020] Sec 2"],
    ...staged(accuracy("averageRecall", "mspdThresholds"), scores, recorded),
  },
  {
    id: "BOP-M3",
    name: "MSSD and AR_MSSD",
    formula: "min_S max_v ‖P̂v − PSv‖; mean recall at 0.05 d, 0.1 d, …, 0.5 d",
    derivatives: "w.r.t. the pose, chart LEFT; of ties the first counts",
    edges: ["as BOP-M1"],
    checks: ["0 for a symmetric pose", "every symmetry by itself", "any frame, any order"],
    sources: ["[BopChallenge2020] Sec 2"],
    ...pair("vertex-distance", "symmetricVertexDistance", "symmetricVertexDistanceGradient"),
  },
  {
    id: "BOP-M4",
    name: "translation error, and rotation error in degrees",
    formula: "‖t̂ − t‖ in the unit of t; 180/π · REPRO-M2",
    derivatives: "w.r.t. the pose, chart LEFT; 0 on the kink",
    edges: ["arc cosine of a rounded trace: offered by name, unclamped too"],
    checks: ["recorded values, of two evaluators"],
    sources: ["[Hodan2016] Sec 2"],
    ...pair("pose-error", "translationError", "translationErrorGradient"),
  },
  {
    id: "BOP-M5",
    name: "visible surface discrepancy",
    formula:
      "VSD(τ) = (Σ_{V∩V̂} cost(|d_gt − d_est|) + |V∪V̂| − |V∩V̂|) / |V∪V̂|, cost(a) = [a ≥ τ] or min(1, a/τ)",
    derivatives: "none: a step function of the poses through their depth maps",
    edges: [
      "depth 0: no surface there, or a sensor that saw nothing and hides nothing",
      "visible in neither pose: 1",
      "visibility in single precision, as published: offered by name",
    ],
    checks: ["recorded values of both costs", "four pixels by hand", "0 for the true surface"],
    sources: ["[Hodan2016] Sec 3", "[BopChallenge2020] Sec 2"],
    ...pair("surface-discrepancy", "surfaceDiscrepancy", "distanceMap"),
  },
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
  {
    id: "STAT-M1",
    name: "timing statistics",
    formula: "mean, median and standard error of seconds a run; totals in s, min and h",
    derivatives: "none: a measurement",
    edges: ["warm-up runs: left out and counted", "nothing left: refused"],
    checks: ["a null operation: 0", "five runs by hand"],
    sources: ["[UAVA2021] Tables 1, 7"],
    ...staged(place("src/metrics/timing.ts", "timingSummary"), scores),
  },
];
