/**
 * Weighted PnP against RANSAC on keypoints whose noise was learned, with the LC loss or without (Table 5).
 *
 * Two designs: a small head that learns 16 keypoints and their σ on a few images; and weights learned from
 * the noise level alone under every loss of a pose that this project has, where the best answer is known.
 * Source: [LC2023] Table 5; EQUATIONS PNP-10, PNP-11, EXP-L5; SYSTEMS S-20, S-23.
 */
import { keypointLikelihoodLossGradient, keypointWeights } from "../kernels/keypoint-likelihood.js";
import { projection, rigidTransform } from "../kernels/projection.js";
import type { Correspondences } from "../problem/correspondences.js";
import type { Pose } from "../problem/pose.js";
import { ransac } from "../solve/ransac.js";
import { solveCorrespondences } from "../solve/solve-pnp.js";
import { cloudCorners, type FlatPose } from "./cloud.js";
import { errorMeasures, thresholds } from "./dense-head.js";
import { keypointHeadLoss } from "./keypoint-head.js";
import {
  type LevelWeight,
  learnedWeight,
  levels,
  type WeightSlopes,
  weightMeasures,
} from "./level-weights.js";
import { poseLossGradients, poseLossNames } from "./pose-losses.js";
import { SmallHead } from "./small-head.js";
import type { Cell, Measures, Study, StudySettings } from "./study.js";

interface SparseSettings extends StudySettings {
  readonly points: number;
  readonly capacity: number;
  readonly systematic: number;
  readonly misfit: number;
  readonly spread: number;
  /** Shifts that all keypoints of an image share [px]. */
  readonly shifts: readonly number[];
  readonly images: number;
  readonly steps: number;
  readonly rate: number;
  readonly tests: number;
  /** Weight of the LC loss. */
  readonly beta: number;
  readonly levelSteps: number;
  readonly levelBatch: number;
  readonly levelRate: number;
  readonly levelTests: number;
}

const trainings = ["MLE", "MLE + LC"] as const;
const solvers = ["RANSAC", "weighted"] as const;
type Solver = (typeof solvers)[number];
/** What weights are learned from the noise level under, and two sets that are not learned. */
const levelRows = ["MLE", ...poseLossNames, "1/s", "ones"] as const;
type LevelRow = (typeof levelRows)[number];

const headCell = (loss: string, solver: Solver, shift: number): Cell => ({
  id: `keypoints/${loss}/${solver}/shift=${shift}`,
  factors: { design: "keypoints", loss, solver, shift },
});
const levelCell = (row: LevelRow): Cell => ({
  id: `levels/${row}`,
  factors: { design: "levels", row },
});

export const sparseWeights: Study<SparseSettings> = {
  name: "sparse-weights",
  sentence: "What do learned weights of keypoints gain over RANSAC, and what does the LC loss add?",
  revision: 1,
  full: {
    ...{ repetitions: 10, points: 16, capacity: 12, systematic: 2, misfit: 0.2, spread: 0.5 },
    ...{ shifts: [0, 1], images: 32, steps: 300, rate: 0.03, tests: 100, beta: 0.7 },
    ...{ levelSteps: 150, levelBatch: 8, levelRate: 1e-2, levelTests: 256 },
  },
  quick: {
    ...{ repetitions: 2, points: 12, capacity: 6, systematic: 2, misfit: 0.2, spread: 0.5 },
    ...{ shifts: [0], images: 6, steps: 60, rate: 0.06, tests: 20, beta: 0.7 },
    ...{ levelSteps: 40, levelBatch: 4, levelRate: 2e-2, levelTests: 48 },
  },
  cells: ({ shifts }) => [
    ...shifts.flatMap((shift) =>
      trainings.flatMap((loss) => solvers.map((solver) => headCell(loss, solver, shift))),
    ),
    ...levelRows.map(levelCell),
  ],
  measure: ({ factors }, settings, name) =>
    factors.design === "keypoints"
      ? keypointMeasures(factors, settings, name)
      : levelMeasures(factors.row as LevelRow, settings, name),
  printed: Object.entries({ MLE: [0.5789, 0.599], "MLE + LC": [0.5774, 0.6108] }).flatMap(
    ([loss, values]) =>
      values.map((value, i) => ({
        ...{ cell: headCell(loss, solvers[i], 0).id, measure: "accuracy", value },
        source: "[LC2023] Table 5",
      })),
  ),
  figures: ({ shifts }) => [
    ...shifts.map((shift) => ({
      ...{ name: `accuracy-${shift}`, x: "corner error [mm]", y: "share of poses below" },
      ...{ at: thresholds, caption: `Corner errors on new images, common shift ${shift} px.` },
      series: trainings.flatMap((loss) =>
        solvers.map((solver) => ({
          ...{ name: `${loss}, ${solver}`, cells: [headCell(loss, solver, shift).id] },
          measure: "shares below",
        })),
      ),
    })),
    {
      ...{ name: "levels", x: "noise s [px]", y: "w s", at: levels, logarithmic: true },
      caption: "Weights learned from the noise level alone, times that noise: 1 is calibrated.",
      series: ["MLE" as const, ...poseLossNames].map((row) => ({
        ...{ name: row, cells: [levelCell(row).id], measure: "w s" },
      })),
    },
  ],
  remarks: [
    "As printed, weighted poses are above RANSAC's whichever loss taught the weights. Here by much more, since noise differs thirtyfold between keypoints, and RANSAC gives all within 2 px the same say.",
    "Not as printed: LC adds nothing to keypoints whose errors are independent. Their likelihood is then nearly that of the data, and no weights are better. With an error that all keypoints of an image share, weighted poses gain about as much as printed, 0.02, but that is little more than its standard error.",
    "RANSAC hears nothing of weights: where LC changes its accuracy, it has changed the pixels.",
    "From the noise level alone every loss finds weights as good as 1/s. LC and EPro-PnP also find their scale, EPro-PnP the closer one; a Laplace σ of Gaussian noise is its mean absolute value, so w s = √(π/2) = 1.25; BPnP does not set the scale, as its pose does not change along w.",
    "Printed are shares of ADD(-S) below 10 % of the diameter on LM-O; here they are shares of mean corner errors below 2 % of it: compare orders, not numbers.",
  ],
};

function keypointMeasures(
  { loss, solver, shift }: Cell["factors"],
  settings: SparseSettings,
  name: string,
): Measures {
  const { points, capacity, systematic, misfit, spread, images, steps, rate } = settings;
  const head = new SmallHead(name, {
    ...{ predicts: "x2d", points, capacity, systematic, misfit, spread, shift: Number(shift) },
  });
  head.train(keypointHeadLoss(loss === "MLE" ? 0 : settings.beta), { images, steps, rate });
  return errorMeasures(head.errors(settings.tests, solver === "RANSAC" ? agreed : weighted));
}

/** RANSAC with the published settings for keypoints: 150 samples, 2 px, EPnP. */
function agreed(problem: Correspondences): FlatPose | null {
  const options = { threshold: 2, maxIterations: 150, confidence: 0.99 };
  const found = ransac(problem, { ...options, minimal: "epnp" });
  return found.pose ? found : null;
}

/** The weighted pose, from RANSAC's where there is one (PNP-11). */
function weighted(problem: Correspondences): FlatPose | null {
  const start = agreed(problem);
  const { pose } = solveCorrespondences(problem, start ? { poseInit: start } : {});
  return pose ? { R: pose.R.data as Float64Array, t: pose.t.data as Float64Array } : null;
}

function levelMeasures(
  row: LevelRow,
  { levelSteps, levelBatch, levelRate, levelTests }: SparseSettings,
  name: string,
): Measures {
  const training = { steps: levelSteps, batch: levelBatch, rate: levelRate };
  const given: Partial<Record<LevelRow, LevelWeight>> = { "1/s": (s) => 1 / s, ones: () => 1 };
  const weight = given[row] ?? learnedWeight(slopesUnder(row), name, training);
  const { slope, scale, ...quality } = weightMeasures(weight, name, levelTests);
  return given[row] ? quality : { slope, scale, ...quality };
}

/** ∂L/∂w of a loss by name. */
function slopesUnder(row: LevelRow): WeightSlopes {
  const loss = poseLossNames.find((name) => name === row);
  if (loss === undefined) return likelihoodSlopes;
  return (problem, truth, name) =>
    poseLossGradients(loss, problem, truth, cloudCorners, `${name}/draws`)?.w2d ?? null;
}

/** Of LC-35 at the true pose, w = 1/σ. */
function likelihoodSlopes({ n, x2d, x3d, w2d, K }: Correspondences, truth: Pose): Float64Array {
  const [sigma, seen, unused, slopes] = [0, 0, 0, 0].map(() => new Float64Array(2 * n));
  const X = new Float64Array(3);
  for (let i = 0; i < n; i++) {
    rigidTransform(x3d.subarray(3 * i, 3 * i + 3), truth.R.data, truth.t.data, X);
    projection(X, K, seen.subarray(2 * i, 2 * i + 2));
  }
  keypointWeights(n, w2d, sigma);
  keypointLikelihoodLossGradient(n, x2d, seen, sigma, unused, slopes);
  return slopes.map((slope, j) => -slope * sigma[j] ** 2);
}
