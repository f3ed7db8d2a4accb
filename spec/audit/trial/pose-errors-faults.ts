/** Planted faults of method metrics. */
import { stream } from "../../../src/random/stream.js";
import { divided, type ErrorSwitches, times, trace, transposed } from "./pose-errors.js";
import { comparedArrays, comparedInputs, comparedPoses, errorScene } from "./pose-errors-claims.js";
import { claimsFile, only, type PlantedFault } from "./trial.js";

interface Planted extends Omit<PlantedFault, "claims" | "method"> {
  readonly claims?: readonly string[];
  readonly with?: Partial<ErrorSwitches>;
}

type Pose = Parameters<ErrorSwitches["estimate"]>[0];
const turnedBack = ({ R, t }: Pose): Pose => ({ R: transposed(R), t });
const inverse = ({ R, t }: Pose): Pose => ({
  R: transposed(R),
  t: times(transposed(R), t).map((v) => -v),
});
const root = (v: readonly number[]) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));

function planted(seed: string): Planted[] {
  const draw = stream(`trial/errors/faults/${seed}`);
  const scale = 1.2 + 0.6 * draw.uniform();
  const ofPoints = ["add", "adds", "proj", "mssd", "mspd"];
  return [
    {
      name: "estimate transposed",
      sentence: "The estimated rotation is stored column by column.",
      spoils: ofPoints,
      cause: ["estimate-transposed"],
      with: { estimate: turnedBack },
    },
    {
      name: "estimate inverted",
      sentence: "The estimate maps camera points to object points.",
      spoils: [...ofPoints, "te"],
      cause: ["estimate-inverted"],
      with: { estimate: inverse },
    },
    {
      name: "truth inverted",
      sentence: "The truth maps camera points to object points.",
      spoils: ["add", "adds", "mssd", "te"],
      cause: ["truth-inverted"],
      with: { truth: inverse },
    },
    {
      name: "truth transposed",
      sentence: "The true rotation is stored column by column.",
      spoils: ["add", "adds", "proj", "mssd"],
      cause: ["truth-transposed"],
      with: { truth: turnedBack },
    },
    {
      name: "points in millimetres",
      sentence: "The model is in millimetres, poses in metres.",
      spoils: ofPoints,
      cause: ["points-in-millimetres"],
      with: { unit: 1000 },
    },
    {
      name: "ADD-S for ADD",
      sentence: "Every point meets the nearest one.",
      spoils: ["add"],
      cause: ["add-s-for-add"],
      claims: ["add", "adds"],
      with: { addNearest: true },
    },
    {
      name: "ADD for ADD-S",
      sentence: "Every point meets itself.",
      spoils: ["adds"],
      cause: ["add-for-add-s"],
      claims: ["add", "adds"],
      with: { nearest: "nobody" },
    },
    {
      name: "nearest the other way",
      sentence: "Estimated points look for true ones.",
      spoils: ["adds"],
      cause: ["estimate-to-truth"],
      with: { nearest: "estimate to truth" },
    },
    {
      name: "greatest for mean",
      sentence: "The greatest distance is taken.",
      spoils: ["add", "proj"],
      cause: ["max-for-mean"],
      with: { gather: (d) => Math.max(...d) },
    },
    {
      name: "mean for greatest",
      sentence: "The mean distance is taken.",
      spoils: ["mssd", "mspd"],
      cause: ["mean-for-max"],
      with: { gather: (d) => d.reduce((a, b) => a + b) / d.length },
    },
    {
      name: "median distance",
      sentence: "The median of the distances is taken.",
      spoils: ["add", "proj"],
      cause: ["median-distance"],
      with: {
        gather: (d) => {
          const sorted = [...d].sort((a, b) => a - b);
          return (sorted[(d.length - 1) >> 1] + sorted[d.length >> 1]) / 2;
        },
      },
    },
    {
      name: "sum of distances",
      sentence: "Distances are summed.",
      spoils: ["add", "adds", "proj"],
      cause: ["sum-of-distances"],
      with: { gather: (d) => d.reduce((a, b) => a + b) },
    },
    {
      name: "root mean square",
      sentence: "The root of the mean square is taken.",
      spoils: ["add", "adds", "proj"],
      cause: ["root-mean-square"],
      with: { gather: (d) => root(d) / Math.sqrt(d.length) },
    },
    {
      name: "one norm over all",
      sentence: "One norm is taken over all points.",
      spoils: ["add", "proj"],
      cause: ["norm-of-all-points"],
      with: { gather: root },
    },
    {
      name: "squared distances",
      sentence: "Distances are left squared.",
      spoils: ["add", "proj", "te"],
      cause: ["squared-distances"],
      with: { distance: (v) => v.reduce((sum, x) => sum + x * x, 0) },
    },
    {
      name: "sums of coordinates",
      sentence: "Absolute coordinates are added.",
      spoils: ["add", "te", "mssd"],
      cause: ["sum-of-coordinates"],
      with: { distance: (v) => v.reduce((sum, x) => sum + Math.abs(x), 0) },
    },
    {
      name: "camera left out",
      sentence: "Points are divided by their depth, without K.",
      spoils: ["proj", "mspd"],
      cause: ["camera-ignored"],
      with: { pixel: (X) => [X[0] / X[2], X[1] / X[2]] },
    },
    {
      name: "focal lengths exchanged",
      sentence: "The two focal lengths are exchanged.",
      spoils: ["proj", "mspd"],
      cause: ["focal-lengths-swapped"],
      with: {
        pixel: (X, [[fx, s, cx], [r, fy, cy], last]) =>
          divided(X, [[fy, s, cx], [r, fx, cy], last]), // biome-ignore format: one line
      },
    },
    {
      name: "camera transposed",
      sentence: "K is stored column by column.",
      spoils: ["proj", "mspd"],
      cause: ["camera-transposed"],
      with: { pixel: (X, K) => divided(X, transposed(K)) },
    },
    {
      name: "no perspective",
      sentence: "K X is not divided.",
      spoils: ["proj", "mspd"],
      cause: ["perspective-ignored"],
      with: { pixel: (X, K) => times(K, X).slice(0, 2) },
    },
    {
      name: "no symmetries",
      sentence: "Symmetries are left out.",
      spoils: ["mssd", "mspd"],
      cause: ["symmetries-ignored"],
      with: { symmetries: "none" },
    },
    {
      name: "symmetries of the camera",
      sentence: "Symmetries multiply from the left.",
      spoils: ["mssd", "mspd"],
      cause: ["symmetries-of-camera"],
      with: { symmetries: "of the camera" },
    },
    {
      name: "symmetries without offsets",
      sentence: "Of symmetries only the rotations are used.",
      spoils: ["mssd", "mspd"],
      cause: ["symmetry-offsets-ignored"],
      with: { symmetries: "without offsets" },
    },
    {
      name: "divided by the estimate",
      sentence: "The position error is divided by ‖t_est‖.",
      spoils: ["npe"],
      cause: ["normalised-by-estimate"],
      claims: ["te", "npe"],
      with: { divisor: (_, t) => root(t) },
    },
    {
      name: "divided by the depth",
      sentence: "The position error is divided by the depth.",
      spoils: ["npe"],
      cause: ["normalised-by-depth"],
      with: { divisor: (t) => t[2] },
    },
    {
      name: "not divided",
      sentence: "The position error is not divided.",
      spoils: ["npe"],
      cause: ["not-normalised"],
      with: { divisor: () => 1 },
    },
    {
      name: "chordal distance",
      sentence: "The distance of matrices is taken for an angle.",
      spoils: ["re_deg", "ad"],
      cause: ["chordal-distance"],
      with: { angle: (R, S) => root(R.flatMap((row, i) => row.map((v, j) => v - S[i][j]))) },
    },
    {
      name: "norm of the logarithm",
      sentence: "All nine entries of the logarithm enter its norm.",
      spoils: ["re_deg", "ad"],
      cause: ["norm-of-logarithm"],
      with: { angle: (R, S) => Math.SQRT2 * Math.acos((trace(R, S) - 1) / 2) },
    },
    {
      name: "transpose missing",
      sentence: "The angle of R̂R is taken.",
      spoils: ["re_deg", "ad"],
      cause: ["missing-transpose"],
      with: { angle: (R, S) => Math.acos((trace(R, transposed(S)) - 1) / 2) },
    },
    {
      name: "half the angle",
      sentence: "The angle between quaternions is taken.",
      spoils: ["re_deg", "ad"],
      cause: ["factor-half"],
      with: { angle: (R, S) => Math.acos((trace(R, S) - 1) / 2) / 2 },
    },
    {
      name: "a scale left in",
      sentence: "A rescaled model is not scaled back.",
      spoils: ["add", "te", "mssd"],
      cause: ["scaled"],
      with: { distance: (v) => scale * root(v) },
    },
    {
      name: "median of squares",
      sentence: "The median of squared distances is taken.",
      spoils: ["add"],
      cause: ["median-distance+squared-distances"],
      with: {
        distance: (v) => v.reduce((sum, x) => sum + x * x, 0),
        gather: (d) => {
          const sorted = [...d].sort((a, b) => a - b);
          return (sorted[(d.length - 1) >> 1] + sorted[d.length >> 1]) / 2;
        },
      },
    },
    {
      name: "nine tenths of the points",
      sentence: "The worst tenth of the points is cut off before the mean.",
      spoils: ["add", "proj"],
      cause: null,
      with: {
        gather: (d) => {
          const kept = [...d].sort((a, b) => a - b).slice(0, Math.ceil(0.9 * d.length) - 1);
          return kept.reduce((a, b) => a + b) / kept.length;
        },
      },
    },
    {
      name: "lost arc cosine",
      sentence: "An angle is not a number.",
      spoils: ["ad"],
      cause: ["non-finite"],
      with: { angle: () => Number.NaN },
    },
  ];
}

export function poseErrorsFaults(seed: string): PlantedFault[] {
  const problems = comparedPoses(errorScene(seed));
  return planted(seed).map((fault): PlantedFault => {
    const { name, sentence, spoils, cause } = fault;
    const claimed = only(comparedArrays(problems, fault.with), fault.claims ?? spoils);
    return {
      ...{ method: "metrics", name, sentence, spoils, cause },
      claims: claimsFile("metrics", comparedInputs(problems), claimed),
    };
  });
}
