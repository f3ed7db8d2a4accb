import { describe } from "vitest";
import {
  covarianceLosses,
  InlineBackend,
  mapGradients,
  mapKeypoints,
  monteCarloLosses,
  packedProblems,
  poseDistances,
  poseGradients,
  seededMonteCarloLosses,
  solvedPoses,
} from "../../src/backend/index.js";
import { aimedBatch } from "./aimed-batch.js";
import { type Anything, expectRefusals } from "./refusals.js";

const { problems: list, truth } = aimedBatch(3);
const problems = packedProblems(list);
const P = problems.offsets[3];
const inline = new InlineBackend();
const zeros = (length: number) => new Float64Array(length);
const samples = { poses: zeros(42), logDensities: zeros(6) };

describe("functions of batches name themselves, what they expected and what they got:", () => {
  expectRefusals([
    [
      "a threshold of zero",
      () => solvedPoses(inline, problems, { delta: 0 }),
      "solvedPoses: expected delta > 0, got 0 of problem 0",
    ],
    [
      "thresholds that are too few",
      () => solvedPoses(inline, problems, { delta: [1, 2] }),
      "solvedPoses: expected 3 numbers of delta, [3, 1], got 2",
    ],
    [
      "a start that is no pose",
      () => solvedPoses(inline, problems, { poseInit: zeros(21) }),
      "solvedPoses: expected a pose (t, q) to start at, got (0, 0, 0, 0, 0, 0, 0) for problem 0",
    ],
    [
      "no iterations",
      () => solvedPoses(inline, problems, { maxIterations: 0 }),
      "solvedPoses: expected a whole maxIterations >= 1, got 0",
    ],
    [
      "poses that are too few",
      () => poseGradients(inline, problems, zeros(14), zeros(18)),
      "poseGradients: expected 21 numbers of poses, [3, 7], got 14",
    ],
    [
      "no upstream gradient",
      () => poseGradients(inline, problems, truth, undefined as Anything),
      "poseGradients: expected v as a flat array, got undefined",
    ],
    [
      "an unknown variant",
      () => poseGradients(inline, problems, truth, zeros(18), { variant: "slow" as Anything }),
      "poseGradients: expected variant exact, faster, gauss-newton, depth-weighted, depth-weighted-faster, got slow",
    ],
    [
      "targets of five numbers",
      () => monteCarloLosses(inline, problems, zeros(15), samples),
      "monteCarloLosses: expected 21 numbers of targets, [3, 7], got 15",
    ],
    [
      "densities of no whole proposal",
      () => monteCarloLosses(inline, problems, truth, { ...samples, logDensities: zeros(7) }),
      "monteCarloLosses: expected logDensities in a multiple of 6 numbers, got 7",
    ],
    [
      "a threshold below zero",
      () => monteCarloLosses(inline, problems, truth, samples, { delta: -1 }),
      "monteCarloLosses: expected delta >= 0, got -1 of problem 0",
    ],
    [
      "two thresholds",
      () => monteCarloLosses(inline, problems, truth, samples, { delta: 1, relativeDelta: 1 }),
      "monteCarloLosses: expected delta or relativeDelta, got both",
    ],
    [
      "an unknown slope",
      () =>
        monteCarloLosses(inline, problems, truth, samples, {
          attachedThreshold: "half" as Anything,
        }),
      "monteCarloLosses: expected attachedThreshold detached, weights, full, got half",
    ],
    [
      "clamps the wrong way round",
      () =>
        monteCarloLosses(inline, problems, truth, samples, { clamps: { lb: [1, 1], ub: [0, 0] } }),
      "monteCarloLosses: expected clamps lb <= ub",
    ],
    [
      "samples in uneven shares",
      () => seededMonteCarloLosses(inline, problems, truth, { samples: 10, iterations: 4 }),
      "seededMonteCarloLosses: expected samples a multiple of 4 iterations, got 10",
    ],
    [
      "an index that is none",
      () => seededMonteCarloLosses(inline, problems, truth, { indices: [0, 1, -1] }),
      "seededMonteCarloLosses: expected whole indices >= 0, got -1",
    ],
    [
      "no corners",
      () => covarianceLosses(inline, problems, truth),
      "covarianceLosses: expected corners for corners-3d, got none",
    ],
    [
      "corners twice",
      () => covarianceLosses(inline, problems, truth, { corners: zeros(24), cornersOf: zeros(72) }),
      "covarianceLosses: expected corners or cornersOf, got both",
    ],
    [
      "corners that do not divide",
      () => covarianceLosses(inline, problems, truth, { cornersOf: zeros(70) }),
      "covarianceLosses: expected cornersOf [3, G, 3], got 70 numbers",
    ],
    [
      "a failure that throws",
      () =>
        covarianceLosses(inline, problems, truth, {
          corners: zeros(24),
          failure: "throw" as Anything,
        }),
      "covarianceLosses: expected failure of status, identity, got throw",
    ],
    [
      "an unknown form",
      () =>
        covarianceLosses(inline, problems, truth, {
          corners: zeros(24),
          form: "cauchy" as Anything,
        }),
      "covarianceLosses: expected form of laplace, gaussian, got cauchy",
    ],
    [
      "valid below zero",
      () =>
        covarianceLosses(inline, problems, truth, { corners: zeros(24), valid: zeros(P).fill(-1) }),
      "covarianceLosses: expected valid >= 0, got -1",
    ],
    [
      "no vertex",
      () => poseDistances(inline, zeros(0), truth, truth),
      "poseDistances: expected at least one vertex, got none",
    ],
    [
      "truths that are too few",
      () => poseDistances(inline, zeros(3), truth, zeros(7)),
      "poseDistances: expected 21 numbers of truths, [3, 7], got 7",
    ],
    [
      "no rows",
      () => mapKeypoints(inline, zeros(4), { rows: 0, columns: 2 }),
      "mapKeypoints: expected a whole rows >= 1, got 0",
    ],
    [
      "half a map",
      () => mapKeypoints(inline, zeros(6), { rows: 2, columns: 2 }),
      "mapKeypoints: expected 4 numbers of maps, [1, 4], got 6",
    ],
    [
      "a cold softmax",
      () =>
        mapGradients(inline, zeros(4), zeros(2), undefined, {
          rows: 2,
          columns: 2,
          temperature: 0,
        }),
      "expected temperature > 0, got 0",
    ],
  ]);
});
